/* SPDX-License-Identifier: GPL-2.0-only */
/* Parsing sizes; see sizes.hh. */
#include "sizes.hh"

#include <charconv>
#include <limits>
#include <stdexcept>

#include <fmt/format.h>

/* -1: no such letter. */
static int shift_of(std::string_view suffix)
{
	if (suffix.empty())
		return 0;
	if (suffix.size() > 1)
		return -1;
	switch (suffix[0]) {
	case 'k':
	case 'K':
		return 10;
	case 'm':
	case 'M':
		return 20;
	case 'g':
	case 'G':
		return 30;
	}
	return -1;
}

__u64 parse_size(std::string_view text)
{
	__u64 number = 0;
	auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
	int shift = shift_of(text.substr(static_cast<size_t>(end - text.data())));

	if (error != std::errc{} || shift < 0 || !number || number > std::numeric_limits<__u64>::max() >> shift)
		throw std::invalid_argument{
			fmt::format("'{}' is no size: bytes, 1 or more, such as 65536, 64K or 4M", text)};
	return number << shift;
}
