/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Binding to the types, and the logic over comparisons; see filter.hh. */
#include "filter.hh"

#include <algorithm>
#include <set>

namespace kring
{

namespace
{

/* "a, b, c", cut off where it gets long. */
class name_list {
public:
	void add(std::string_view name)
	{
		constexpr size_t long_enough = 300;

		if (text_.size() > long_enough || !seen_.insert(std::string{name}).second)
			return;
		text_ += text_.empty() ? "" : ", ";
		text_ += text_.size() > long_enough ? "..." : name;
	}
	const std::string &text() const { return text_; }

private:
	std::set<std::string> seen_;
	std::string text_;
};

} /* namespace */

filter::bindings filter::bind(__u32 type)
{
	const plan *plan = types_->plan_of(type);
	bindings bound;

	for (const comparison &each : syntax_.comparisons)
		bound.emplace_back(each, type, types_->name(type), plan);
	return bound;
}

std::string filter::compile(std::string_view text, decoder &types)
{
	std::string why = parse_filter(text, syntax_);
	std::vector<bindings> bound;

	types_ = &types;
	by_type_.clear();
	if (!why.empty())
		return why;
	/* Records without a type have no fields, but what all records have. */
	bound.push_back(bind(0));
	for (__u32 id : types.ids())
		bound.push_back(bind(id));
	for (size_t i = 0; i < syntax_.comparisons.size() && why.empty(); i++)
		why = why_unbound(i, bound);
	return why;
}

/* Each comparison has to make sense for one type at least. */
std::string filter::why_unbound(size_t comparison, const std::vector<bindings> &types) const
{
	const kring::comparison &wanted = syntax_.comparisons[comparison];
	bool is_bound = false;
	bool is_named = false;
	std::string why;

	for (const bindings &each : types) {
		const binding &here = each[comparison];

		is_bound |= here.result() == binding::outcome::bound;
		is_named |= here.is_type_named();
		if (why.empty())
			why = here.why();
	}
	if (is_bound)
		return is_about_type(wanted) && !is_named ? why_no_type(wanted) : "";
	return why.empty() ? why_unknown(wanted) : why;
}

std::string filter::why_no_type(const comparison &wanted) const
{
	name_list names;

	for (__u32 id : types_->ids())
		names.add(without_keyword(types_->name(id)));
	names.add(types_->name(0));
	return at_column(wanted.value_at,
			 "no record type is called '" + wanted.value + "'; there are: " + names.text());
}

std::string filter::why_unknown(const comparison &wanted) const
{
	name_list names;
	std::string why_hex;

	for (__u32 id : types_->ids()) {
		const plan *plan = types_->plan_of(id);

		if (!plan && why_hex.empty())
			why_hex = " ('" + std::string{types_->name(id)} +
				  "' cannot be decoded: " + types_->why_hex(id) + ")";
		if (plan && plan->root.kind != field_kind::group)
			names.add("value");
		for (size_t i = 0; plan && plan->root.kind == field_kind::group && i < plan->root.fields.size(); i++)
			names.add(plan->root.fields[i].name);
	}
	for (const char *each : {"type", "cpu", "seq", "time", "size"})
		names.add(each);
	return at_column(wanted.field_at, "no record type has a field '" + wanted.field + "'" + why_hex +
						  "; there are: " + names.text());
}

const filter::bindings &filter::bound_to(__u32 type)
{
	known_type &found = by_type_[type];

	/* It may have been registered since. */
	if (!found.is_known && (found.comparisons.empty() || types_->knows(type))) {
		found.comparisons = bind(type);
		found.is_known = types_->knows(type);
	}
	return found.comparisons;
}

bool filter::matches(const kring_item &item)
{
	return item.kind != KRING_ITEM_RECORD || test(syntax_.nodes.data(), bound_to(item.type), item) == verdict::yes;
}

/* As deep as the parser let it become. */
verdict filter::test(const filter_node *node, const bindings &comparisons, const kring_item &record) const
{
	const filter_node *end = node + node->length;

	if (node->operation == filter_operation::compare)
		return comparisons[node->comparison].test(record);
	if (node->operation == filter_operation::negate)
		return negated(test(node + 1, comparisons, record));

	bool is_any = node->operation == filter_operation::any;
	verdict enough = to_verdict(is_any);
	verdict made = to_verdict(!is_any);

	for (node++; node < end && made != enough; node += node->length) {
		verdict each = test(node, comparisons, record);

		made = is_any ? std::max(made, each) : std::min(made, each);
	}
	return made;
}

} /* namespace kring */
