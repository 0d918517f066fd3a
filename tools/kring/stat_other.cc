/* SPDX-License-Identifier: GPL-2.0-only */
/* `kring stat` of channels that are no traces: the numbers that their kind has. */
#include "stat_other.hh"

#include <span>
#include <string_view>

namespace
{

std::span<const std::string_view> numbers_of(__u32 kind)
{
	static constexpr std::string_view fifo[] = {"size", "used"};
	static constexpr std::string_view mirror[] = {"size", "used", "overwritten"};
	static constexpr std::string_view broadcast[] = {"size",
							 "ledger/published",
							 "ledger/discarded",
							 "ledger/dropped_too_big",
							 "ledger/dropped_held",
							 "ledger/dropped_lapped",
							 "ledger/dropped_overtaken"};

	switch (kind) {
	case KRING_KIND_FIFO:
		return fifo;
	case KRING_KIND_MIRROR:
		return mirror;
	case KRING_KIND_BROADCAST:
		return broadcast;
	}
	return {};
}

} /* namespace */

void print_other(output &out, const kring_channel &channel, bool json)
{
	const kring_channel_info &info = *kring_channel__info(&channel);
	std::string line;

	for (std::string_view name : numbers_of(info.kind)) {
		std::string_view shown = name.substr(name.find('/') + 1);
		__u64 value = 0;

		if (kring_channel__number(&channel, name.data(), &value))
			return; /* it is gone */
		line += json ? fmt::format(R"(,"{}":{})", shown, value) : fmt::format("  {} {}", shown, value);
	}
	if (json)
		out.line(R"({{"channel":{},"kind":"{}"{}}})", json_string(info.name), kring_kind_name(info.kind), line);
	else
		out.line("{:<20}  {}{}", info.name, kring_kind_name(info.kind), line);
}
