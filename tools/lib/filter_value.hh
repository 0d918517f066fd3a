/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Values of a filter: numbers as people write them, patterns, and what each relation says of two values. */
#ifndef LIBKRING_FILTER_VALUE_HH
#define LIBKRING_FILTER_VALUE_HH

#include <string_view>

#include "filter_syntax.hh"

namespace kring
{

/* Each number that a field can have, with or without a sign. */
using wide_number = __int128;

/*
 * 42, -1, 0x2a; a time as 1.5s, 20ms, 7us or 7ns, which is nanoseconds. False:
 * it is no number, or none of whole nanoseconds, or beyond 64 bits.
 */
bool parse_wide_number(std::string_view text, wide_number &number);

/* Does all of the text look like this? * stands for any characters, ? for one. */
bool matches_pattern(std::string_view text, std::string_view pattern);

constexpr bool is_pattern(relation how)
{
	return how == relation::like || how == relation::unlike;
}

constexpr bool is_equality(relation how)
{
	return how == relation::equal || how == relation::unequal;
}

/* Of two numbers of one kind. */
template <class T>
bool holds(relation how, T left, T right)
{
	switch (how) {
	case relation::equal:
		return left == right;
	case relation::unequal:
		return left != right;
	case relation::less:
		return left < right;
	case relation::less_equal:
		return left <= right;
	case relation::greater:
		return left > right;
	case relation::greater_equal:
		return left >= right;
	case relation::is_set:
		return left != T{};
	default:
		return false;
	}
}

/* Of a text: equality and patterns. */
bool text_holds(relation how, std::string_view left, std::string_view right);

} /* namespace kring */

#endif
