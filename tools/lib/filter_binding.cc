/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Finding fields and reading values after their kind; see filter_binding.hh. */
#include "filter_binding.hh"

#include <algorithm>
#include <charconv>

#include "payload_writer.hh"

namespace kring
{

/* A field of the record that is called as one that all records have: fields.cpu. */
static bool is_prefixed(const comparison &wanted)
{
	return wanted.path.size() > 1 && wanted.path[0].name == "fields";
}

bool is_about_type(const comparison &wanted)
{
	return wanted.path[0].name == "type";
}

binding::binding(const comparison &wanted, __u32 type, std::string_view type_name, const plan *plan) : wanted_{wanted}
{
	if (is_about_type(wanted))
		bind_type(type, type_name);
	else if (!bind_pseudo_field() && plan)
		bind_field(*plan);
}

static bool asks_for_order(relation how)
{
	return how != relation::is_set && !is_equality(how) && !is_pattern(how);
}

void binding::bind(left side)
{
	outcome_ = outcome::bound;
	left_ = side;
}

void binding::misfit(const std::string &why)
{
	outcome_ = outcome::misfit;
	why_ = at_column(wanted_.field_at, why);
}

void binding::misfit_value(const std::string &expected)
{
	outcome_ = outcome::misfit;
	why_ = at_column(wanted_.value_at, called() + " is compared with " + expected + ": '" + wanted_.value +
						   (wanted_.is_quoted ? "' in quotes is a text" : "' is none"));
}

std::string binding::called() const
{
	return "'" + wanted_.field + "'";
}

/* By name, with or without its "struct", or by number. */
void binding::bind_type(__u32 type, std::string_view name)
{
	wide_number id = 0;

	if (wanted_.path.size() > 1)
		return misfit("a type has no fields: a record's own field of this name is fields." + wanted_.field);
	if (asks_for_order(wanted_.how))
		return misfit("types have no order: they are compared by ==, !=, ~ and !~");

	relation how = is_pattern(wanted_.how) ? relation::like : relation::equal;

	if (wanted_.how == relation::is_set)
		is_type_named_ = type != 0;
	else if (!wanted_.is_quoted && is_equality(wanted_.how) && parse_wide_number(wanted_.value, id))
		is_type_named_ = id == type;
	else
		is_type_named_ =
			text_holds(how, name, wanted_.value) || text_holds(how, without_keyword(name), wanted_.value);
	bind(left::type);
	decided_ = to_verdict(is_type_named_ == (wanted_.how != relation::unequal && wanted_.how != relation::unlike));
}

/* What each record has, whatever its type. */
bool binding::bind_pseudo_field()
{
	constexpr std::pair<std::string_view, left> pseudo_fields[] = {
		{"cpu", left::cpu}, {"seq", left::seq}, {"time", left::time}, {"size", left::size}};

	for (auto [name, side] : pseudo_fields) {
		if (wanted_.path[0].name != name)
			continue;
		if (wanted_.path.size() > 1)
			misfit(std::string{name} + " has no fields: a record's own field of this name is fields." +
			       wanted_.field);
		else
			bind_number("a number");
		if (outcome_ == outcome::bound)
			left_ = side;
		return true;
	}
	return false;
}

void binding::bind_field(const plan &plan)
{
	field_ = walk(plan.root);
	if (!field_)
		return;
	/* What is too short for its type is not decoded, and has no fields. */
	needed_ = std::max(plan.root.extent, offset_ + field_->extent - field_->offset);
	bind_value();
}

/* The field at the end of the path, and its offset. */
const field *binding::walk(const field &root)
{
	auto step = wanted_.path.begin() + is_prefixed(wanted_);
	const field *at = &root;

	/* A type that is no struct is written as a field called value. */
	if (root.kind != field_kind::group && step++->name != "value")
		return nullptr;
	for (; at && step != wanted_.path.end(); ++step)
		at = step_into(*at, *step);
	return at;
}

const field *binding::step_into(const field &from, const path_step &step)
{
	if (step.name.empty())
		return element_of(from, step.index);
	if (from.kind == field_kind::array)
		misfit(called() + " goes into an array: say into which element, such as [0]");
	if (from.kind != field_kind::group)
		return nullptr;
	for (const field &each : from.fields) {
		if (each.name != step.name)
			continue;
		offset_ += each.offset;
		return &each;
	}
	return nullptr;
}

const field *binding::element_of(const field &array, __u64 index)
{
	if (array.kind != field_kind::array && array.kind != field_kind::string)
		misfit(called() + " asks for an element of what is no array");
	else if (!array.is_flexible && index >= array.count)
		misfit(called() + " is not there: that array has " + std::to_string(array.count) +
		       " elements, from [0] on");
	else if (index > KRING_PAYLOAD_MAX)
		misfit(called() + " is not there: no record has room for so many elements");
	else
		offset_ += index * array.fields[0].size;
	return outcome_ == outcome::misfit ? nullptr : &array.fields[0];
}

void binding::bind_value()
{
	switch (field_->kind) {
	case field_kind::integer:
	case field_kind::pointer:
		return bind_number("a number, such as 42 or 0x2a");
	case field_kind::boolean:
		return bind_boolean();
	case field_kind::character:
		return bind_character();
	case field_kind::enumeration:
		return bind_enumeration();
	case field_kind::floating:
		return bind_real();
	case field_kind::string:
		if (asks_for_order(wanted_.how))
			return misfit(called() + " is a text: texts are compared by ==, !=, ~ and !~");
		return bind(left::text);
	case field_kind::array:
		return misfit(called() + " is an array: say which element, such as " + wanted_.field + "[0]");
	case field_kind::group:
		return misfit(called() + " has fields of its own: say which, such as " + wanted_.field + "." +
			      field_->fields[0].name);
	case field_kind::opaque:
		return misfit(called() + " is of a type that cannot be compared");
	}
}

void binding::bind_number(const std::string &expected)
{
	if (wanted_.how == relation::is_set)
		return bind(left::number);
	if (is_pattern(wanted_.how))
		return misfit(called() + " is compared with " + expected + ": patterns are for texts and names");
	if (wanted_.is_quoted || !parse_wide_number(wanted_.value, number_))
		return misfit_value(expected);
	bind(left::number);
}

void binding::bind_boolean()
{
	if (wanted_.value != "true" && wanted_.value != "false")
		return bind_number("true or false");
	if (!is_equality(wanted_.how))
		return misfit(called() + " is true or false: it is compared by == and !=");
	number_ = wanted_.value == "true";
	bind(left::number);
}

/* One character is itself, also if it is a digit; more are its number. */
void binding::bind_character()
{
	if (wanted_.value.size() != 1 || is_pattern(wanted_.how))
		return bind_number("a character, such as 'R', or its number");

	char value = wanted_.value[0];

	number_ = field_->is_signed ? static_cast<signed char>(value) : static_cast<unsigned char>(value);
	bind(left::number);
}

void binding::bind_enumeration()
{
	const auto &names = field_->names;
	unsigned int unused_bits = 64 - static_cast<unsigned int>(field_->size) * 8;
	auto is_called_so = [this](const auto &each) { return each.second == wanted_.value; };
	auto named = std::find_if(names.begin(), names.end(), is_called_so);

	if (is_pattern(wanted_.how))
		return bind(left::name);
	if (wanted_.how == relation::is_set || named == names.end())
		return bind_number(names.empty() ? "a number" :
						   "one of its names, such as " + names[0].second + ", or a number");

	__u64 value = named->first << unused_bits;

	if (field_->is_signed)
		number_ = static_cast<__s64>(value) >> unused_bits;
	else
		number_ = value >> unused_bits;
	bind(left::number);
}

void binding::bind_real()
{
	const char *begin = wanted_.value.data();
	const char *end = begin + wanted_.value.size();

	if (is_pattern(wanted_.how))
		return misfit(called() + " is a number: patterns are for texts and names");
	if (wanted_.how != relation::is_set && (wanted_.is_quoted || std::from_chars(begin, end, real_).ptr != end))
		return misfit_value("a number, such as 0.5");
	bind(left::real);
}

verdict binding::test(const kring_item &record) const
{
	auto compare = [this](__u64 value) { return to_verdict(holds<wide_number>(wanted_.how, value, number_)); };

	switch (left_) {
	case left::nothing:
		return verdict::unknown;
	case left::type:
		return decided_;
	case left::cpu:
		return compare(record.cpu);
	case left::seq:
		return compare(record.seq);
	case left::time:
		return compare(record.time);
	case left::size:
		return compare(record.size);
	default:
		return record.size < needed_ ?
			       verdict::unknown :
			       to_verdict(holds_in({static_cast<const char *>(record.payload), record.size}));
	}
}

/* Of a payload that has the field. */
bool binding::holds_in(std::string_view payload) const
{
	const char *at = payload.data() + offset_;

	if (left_ == left::text) {
		std::string_view text{at, field_->is_flexible ? payload.size() - offset_ : field_->count};

		return text_holds(wanted_.how, text.substr(0, text.find('\0')), wanted_.value);
	}

	__u64 bits = load_number(*field_, at);

	if (left_ == left::name)
		return text_holds(wanted_.how, name_of(*field_, bits), wanted_.value);
	if (left_ == left::real)
		return holds(wanted_.how, to_real(*field_, bits), real_);
	if (field_->kind == field_kind::boolean)
		bits = bits != 0;
	return holds<wide_number>(wanted_.how, field_->is_signed ? static_cast<__s64>(bits) : wide_number{bits},
				  number_);
}

} /* namespace kring */
