/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Text that libkring and the kring command take apart: the types of a channel as
 * sysfs has them, names, numbers, lists of CPUs; and text that they quote.
 */
#include <stdexcept>

#include "../../../kring/cpu_list.hh"
#include "../../channel.hh"
#include "../../decoder.hh"
#include "input.hh"

using namespace kring;
using namespace kring::fuzz;

namespace
{

/* What was accepted is as it has to be, and can be asked for. */
void check_types(std::string_view text)
{
	std::vector<record_type> types;

	if (parse_types(text, types))
		return;

	decoder decoder{types, "/nonexistent"};

	for (const record_type &type : types) {
		char buffer[64];

		require(type.id > 0 && type.id <= KRING_TYPE_MAX && type.size <= KRING_PAYLOAD_MAX);
		require(!type.name.empty() && !type.module.empty());
		require(decoder.knows(type.id) && decoder.name(type.id) && decoder.why_hex(type.id));
		require(decoder.write<json_style>(type.id, type.name, buffer, sizeof(buffer)) ==
			type.name.size() * 2 + strlen(R"({"hex":""})"));
	}
}

void check_cpus(std::string_view text)
try {
	constexpr unsigned int limit = 64;
	std::vector<unsigned int> cpus = parse_cpu_list(text, limit);

	require(!cpus.empty() && cpus.size() <= limit && cpus.back() < limit && std::ranges::is_sorted(cpus));
} catch (const std::invalid_argument &) {
}

template <class Style>
void check_quoted(std::string_view text)
{
	/* At its worst, each byte as \u00ff. */
	memory room{text.size() * 6 + 3};
	text_buffer out{const_cast<char *>(room.at()), room.size()};

	Style::string(out, text);
	require(out.finish() < room.size());
	for (size_t at = 0; at < strlen(room.at()); at++)
		require(static_cast<unsigned char>(room.at()[at]) >= ' ');
}

} /* namespace */

FUZZ_TARGET
{
	memory bytes{std::string_view{reinterpret_cast<const char *>(data), size}};
	std::string_view text{bytes.at(), bytes.size()};
	__u64 number;

	check_types(text);
	check_cpus(text);
	check_quoted<text_style>(text);
	check_quoted<json_style>(text);
	require(!parse_number(text, number) || text.find_first_not_of("0123456789") == text.npos);
	require(!is_channel_name(text) || (text.find('/') == text.npos && text[0] != '.'));
	return 0;
}
