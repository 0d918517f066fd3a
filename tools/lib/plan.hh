/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * A decode plan: a C type as a tree of fields, made once from BTF, so that
 * writing a payload asks BTF nothing.
 */
#ifndef LIBKRING_PLAN_HH
#define LIBKRING_PLAN_HH

#include <bit>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <linux/types.h>

struct btf;

namespace kring
{

static_assert(std::endian::native == std::endian::little,
	      "bit-fields are taken apart as little-endian machines lay them");

enum class field_kind {
	integer,
	boolean,
	character,
	floating,
	pointer,
	enumeration,
	string, /* array of char */
	array,
	group, /* struct or union */
	opaque /* written as bytes */
};

struct field {
	field_kind kind = field_kind::opaque;
	bool is_signed = false;
	bool is_flexible = false;  /* array or string: as many elements as the record has room for */
	__u8 shift = 0;		   /* bit-field: its lowest bit in the byte at offset */
	__u8 bits = 0;		   /* bit-field: its width; else 0 */
	std::string name;	   /* empty: an array's element, or the whole type */
	__u64 offset = 0;	   /* in the group, or in the array's first element: 0 */
	__u64 size = 0;		   /* bytes; of a flexible one: 0 */
	__u64 count = 0;	   /* array: elements */
	__u64 extent = 0;	   /* bytes that a payload must have for all of it, from the group's begin */
	std::vector<field> fields; /* group: its members; array: its one element */
	std::vector<std::pair<__u64, std::string>> names; /* enumeration: by value */
};

struct plan {
	field root;
	__u64 size = 0; /* of the C type */
	bool has_flexible = false;
};

/*
 * Makes the plan for a type that is called as in C ("struct foo", "foo", "u64").
 * The type is looked for among btf's own types first, then in its base. An
 * error is a sentence; empty if there is none.
 */
std::string make_plan(const btf &btf, std::string_view type_name, plan &plan);
/* The same for a type that was found already. */
std::string make_plan(const btf &btf, __u32 type, plan &plan);

/* Its id; 0: there is no such type. */
__u32 find_record_type(const btf &btf, std::string_view type_name);

/* "foo" of "struct foo". */
std::string_view without_keyword(std::string_view type_name);

} /* namespace kring */

#endif
