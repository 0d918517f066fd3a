/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * A comparison of a filter bound to the records of one type: where its left side
 * is found, and what it is compared with. Looking at a record asks no names.
 */
#ifndef LIBKRING_FILTER_BINDING_HH
#define LIBKRING_FILTER_BINDING_HH

#include <kring/kring.h>

#include "filter_value.hh"
#include "plan.hh"

namespace kring
{

/* In this order && is the least of its operands, || the greatest. */
enum class verdict : __s8 {
	no,
	unknown, /* the record does not have the field */
	yes
};

constexpr verdict to_verdict(bool holds)
{
	return holds ? verdict::yes : verdict::no;
}

constexpr verdict negated(verdict one)
{
	return one == verdict::unknown ? one : to_verdict(one == verdict::no);
}

class binding {
public:
	enum class outcome {
		bound,
		lacking, /* records of this type do not have the field */
		misfit	 /* they have it, but it cannot be compared like this: why() */
	};

	/* The comparison stays where it is; so does the plan: nullptr if there is none. */
	binding(const comparison &wanted, __u32 type, std::string_view type_name, const plan *plan);

	outcome result() const { return outcome_; }
	const std::string &why() const { return why_; }
	/* Of a comparison with a type: is it this one that is named? */
	bool is_type_named() const { return is_type_named_; }

	/* Of a record of the type. */
	verdict test(const kring_item &record) const;

private:
	enum class left {
		nothing,
		type, /* decided already */
		cpu,
		seq,
		time,
		size,
		number, /* these are fields of the payload */
		real,
		text,
		name /* of an enumeration's value */
	};

	void bind_type(__u32 type, std::string_view name);
	bool bind_pseudo_field();
	void bind_field(const plan &plan);
	const field *walk(const field &root);
	const field *step_into(const field &from, const path_step &step);
	const field *element_of(const field &array, __u64 index);
	/* By the kind of field_. */
	void bind_value();
	void bind_number(const std::string &expected);
	void bind_boolean();
	void bind_character();
	void bind_enumeration();
	void bind_real();

	void bind(left side);
	void misfit(const std::string &why);
	void misfit_value(const std::string &expected);
	std::string called() const;
	bool holds_in(std::string_view payload) const;

	const comparison &wanted_;
	outcome outcome_ = outcome::lacking;
	std::string why_;
	left left_ = left::nothing;
	const field *field_ = nullptr;
	__u64 offset_ = 0; /* of the field in the payload */
	__u64 needed_ = 0; /* bytes that a payload must have */
	wide_number number_ = 0;
	double real_ = 0;
	verdict decided_ = verdict::unknown;
	bool is_type_named_ = false;
};

/* Does the comparison ask for the record's type? */
bool is_about_type(const comparison &wanted);

} /* namespace kring */

#endif
