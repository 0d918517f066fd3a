/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Reading values; see filter_value.hh. */
#include "filter_value.hh"

#include <charconv>

namespace kring
{

/* Digits to the end of the text. */
static bool parse_digits(std::string_view text, int base, __u64 &number)
{
	const char *end = text.data() + text.size();
	auto [behind, error] = std::from_chars(text.data(), end, number, base);

	return error == std::errc{} && behind == end;
}

/* Cuts a unit of time off the text: what it is in nanoseconds; 0 for none. */
static __u64 take_unit(std::string_view &text)
{
	constexpr std::pair<std::string_view, __u64> units[] = {
		{"ns", 1}, {"us", 1000}, {"ms", 1000000}, {"s", 1000000000}};

	for (auto [unit, size] : units) {
		if (!text.ends_with(unit))
			continue;
		text.remove_suffix(unit.size());
		return size;
	}
	return 0;
}

/* Digits, and behind a point as many as the unit can be divided by ten. */
static bool parse_time(std::string_view text, __u64 unit, wide_number &number)
{
	size_t point = text.find('.');
	std::string_view part = point == text.npos ? "" : text.substr(point + 1);
	__u64 whole = 0;
	__u64 digits = 0;

	if (!parse_digits(text.substr(0, point), 10, whole))
		return false;
	number = static_cast<wide_number>(whole) * unit;
	if (point == text.npos)
		return true;
	for (size_t i = 0; i < part.size(); i++) {
		if (unit == 1)
			return false;
		unit /= 10;
	}
	if (!parse_digits(part, 10, digits))
		return false;
	number += static_cast<wide_number>(digits) * unit;
	return true;
}

bool parse_wide_number(std::string_view text, wide_number &number)
{
	bool is_negative = text.starts_with('-');
	__u64 plain = 0;

	text.remove_prefix(is_negative);
	if (text.starts_with("0x") || text.starts_with("0X")) {
		if (!parse_digits(text.substr(2), 16, plain))
			return false;
		number = plain;
	} else if (__u64 unit = take_unit(text)) {
		if (!parse_time(text, unit, number))
			return false;
	} else {
		if (!parse_digits(text, 10, plain))
			return false;
		number = plain;
	}
	number = is_negative ? -number : number;
	return true;
}

/* Goes back to the last * only: what an earlier one could take more of, that one can, too. */
bool matches_pattern(std::string_view text, std::string_view pattern)
{
	size_t at = 0;
	size_t in_pattern = 0;
	size_t star = pattern.npos; /* behind the last one */
	size_t after_star = 0;	    /* where in the text the rest was tried last */

	while (at < text.size()) {
		if (in_pattern < pattern.size() && pattern[in_pattern] == '*') {
			star = ++in_pattern;
			after_star = at;
		} else if (in_pattern < pattern.size() &&
			   (pattern[in_pattern] == '?' || pattern[in_pattern] == text[at])) {
			in_pattern++;
			at++;
		} else if (star != pattern.npos) {
			in_pattern = star;
			at = ++after_star;
		} else {
			return false;
		}
	}
	return pattern.find_first_not_of('*', in_pattern) == pattern.npos;
}

bool text_holds(relation how, std::string_view left, std::string_view right)
{
	switch (how) {
	case relation::equal:
		return left == right;
	case relation::unequal:
		return left != right;
	case relation::like:
		return matches_pattern(left, right);
	case relation::unlike:
		return !matches_pattern(left, right);
	case relation::is_set:
		return !left.empty();
	default:
		return false;
	}
}

} /* namespace kring */
