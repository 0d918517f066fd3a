/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What payload_writer does the same in each style. */
#include "payload_writer.hh"

namespace kring
{

__u64 load_number(const field &at, const char *from)
{
	size_t width = at.bits ? at.bits : at.size * 8;
	/* A bit-field may begin in one byte and end in the ninth. */
	unsigned __int128 word = 0;

	memcpy(&word, from, at.bits ? (at.shift + width + 7) / 8 : at.size);

	__u64 value = static_cast<__u64>(word >> at.shift) << (64 - width);

	return at.is_signed ? static_cast<__u64>(static_cast<__s64>(value) >> (64 - width)) : value >> (64 - width);
}

double to_real(const field &at, __u64 bits)
{
	return at.size == 4 ? std::bit_cast<float>(static_cast<__u32>(bits)) : std::bit_cast<double>(bits);
}

std::string_view name_of(const field &at, __u64 value)
{
	__u64 mask = ~__u64{0} >> (64 - at.size * 8);
	auto below = [](const auto &each, __u64 wanted) { return each.first < wanted; };
	auto found = std::lower_bound(at.names.begin(), at.names.end(), value & mask, below);

	return found != at.names.end() && found->first == (value & mask) ? found->second : std::string_view{};
}

} /* namespace kring */
