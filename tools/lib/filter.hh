/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * A filter of records: parsed once, and bound once to each record type. What it
 * says of a record is yes, no, or unknown, if the record does not have a field
 * that is asked for: then its negation is unknown, too. Only yes is a match.
 */
#ifndef LIBKRING_FILTER_HH
#define LIBKRING_FILTER_HH

#include "decoder.hh"
#include "filter_binding.hh"

namespace kring
{

class filter {
public:
	filter() = default;
	filter(const filter &) = delete;
	filter &operator=(const filter &) = delete;

	/*
	 * Why the text is no filter of these types; empty if it is one. The decoder stays for as long
	 * as the filter does.
	 */
	std::string compile(std::string_view text, decoder &types);

	/* A loss always matches. Memory is taken only with the first record of a type. */
	bool matches(const kring_item &item);

private:
	/* The comparisons, bound to a type. */
	using bindings = std::vector<binding>;

	bindings bind(__u32 type);
	const bindings &bound_to(__u32 type);
	std::string why_unbound(size_t comparison, const std::vector<bindings> &types) const;
	std::string why_unknown(const comparison &wanted) const;
	std::string why_no_type(const comparison &wanted) const;
	verdict test(const filter_node *node, const bindings &comparisons, const kring_item &record) const;

	struct known_type {
		bindings comparisons;
		bool is_known = false; /* to the decoder, when they were bound */
	};

	decoder *types_ = nullptr;
	filter_syntax syntax_;
	std::map<__u32, known_type> by_type_;
};

} /* namespace kring */

#endif
