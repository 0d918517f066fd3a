/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * A field filter as it is written, taken apart: "prev_pid == 42 && comm ~ k*".
 * What the names and values stand for is another matter: see filter.hh.
 *
 *	any        = all { "||" all }
 *	all        = one { "&&" one }
 *	one        = "!" one | "(" any ")" | comparison
 *	comparison = field [ operator value ]
 *	field      = name { "." name | "[" number "]" }
 *	operator   = "==" | "!=" | "<" | "<=" | ">" | ">=" | "~" | "!~"
 *	value      = a word, or text in " or ' with \\ \" \' \xNN
 */
#ifndef LIBKRING_FILTER_SYNTAX_HH
#define LIBKRING_FILTER_SYNTAX_HH

#include <string>
#include <string_view>
#include <vector>

#include <linux/types.h>

namespace kring
{

enum class relation {
	equal,
	unequal,
	less,
	less_equal,
	greater,
	greater_equal,
	like, /* a pattern with * and ? */
	unlike,
	is_set /* the field stands alone */
};

/* One step of the way to a field: into a member, or to an element of an array. */
struct path_step {
	std::string name; /* empty: the element number index */
	__u64 index = 0;
};

struct comparison {
	std::string field; /* as it is written */
	size_t field_at = 0;
	std::vector<path_step> path;
	relation how = relation::is_set;
	std::string value;
	size_t value_at = 0;
	bool is_quoted = false;
};

enum class filter_operation {
	compare, /* its operands: none */
	any,
	all,
	negate
};

/* Before its operands, which follow one behind the other. */
struct filter_node {
	filter_operation operation = filter_operation::compare;
	size_t length = 1;     /* in nodes, with those of all operands */
	size_t comparison = 0; /* of compare: which one */
};

struct filter_syntax {
	std::vector<filter_node> nodes; /* the whole is the first */
	std::vector<comparison> comparisons;
};

/* How deep "(" and "!" may stand in each other. */
inline constexpr unsigned int filter_depth_max = 32;
inline constexpr size_t filter_comparisons_max = 256;

/* Places in the text are told as columns: the first is 1. */
std::string at_column(size_t at, std::string_view what);

/* What is wrong, and where; empty if nothing is. */
std::string parse_filter(std::string_view text, filter_syntax &made);

} /* namespace kring */

#endif
