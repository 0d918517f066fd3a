/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Making a plan from BTF; see plan.hh. */
#include "plan.hh"

#include <algorithm>
#include <cstring>

#include <bpf/btf.h>
#include <linux/kring.h>

namespace kring
{

namespace
{

/* BTF from a file is not trusted: nesting and breadth are bounded. */
constexpr unsigned int depth_max = 32;
constexpr size_t fields_max = 10000;

struct named_kind {
	std::string_view name;
	__u32 kind; /* BTF_KIND_UNKN: any that can be named without a keyword */
};

named_kind split_name(std::string_view name)
{
	constexpr std::pair<std::string_view, __u32> keywords[] = {
		{"struct ", BTF_KIND_STRUCT}, {"union ", BTF_KIND_UNION}, {"enum ", BTF_KIND_ENUM}};

	for (auto [keyword, kind] : keywords)
		if (name.starts_with(keyword))
			return {name.substr(keyword.size()), kind};
	return {name, BTF_KIND_UNKN};
}

bool is_kind(const btf_type &type, __u32 kind)
{
	if (kind == BTF_KIND_ENUM)
		return btf_is_any_enum(&type);
	if (kind == BTF_KIND_UNKN)
		return btf_is_typedef(&type) || btf_is_int(&type) || btf_is_float(&type);
	return btf_kind(&type) == kind;
}

/* Id of the type in [first, end); 0 for none. */
__u32 find_type(const btf &btf, named_kind wanted, __u32 first, __u32 end)
{
	for (__u32 id = first; id < end; id++) {
		const btf_type *type = btf__type_by_id(&btf, id);
		const char *name = btf__name_by_offset(&btf, type->name_off);

		if (name && name == wanted.name && is_kind(*type, wanted.kind))
			return id;
	}
	return 0;
}

bool is_number(field_kind kind)
{
	return kind == field_kind::integer || kind == field_kind::boolean || kind == field_kind::character ||
	       kind == field_kind::enumeration;
}

class plan_builder {
public:
	explicit plan_builder(const btf &btf) : btf_{btf} {}

	/* Fills all of made but its name, and its offset but for a bit-field. False: error() says why. */
	bool build(__u32 id, field &made, unsigned int depth);

	const std::string &error() const { return error_; }

private:
	bool build_int(const btf_type &type, field &made);
	bool build_enum(const btf_type &type, field &made);
	bool build_array(const btf_type &type, field &made, unsigned int depth);
	bool build_group(const btf_type &type, field &made, unsigned int depth);
	bool build_member(const btf_type &group, __u32 index, field &made, unsigned int depth);
	const btf_type *resolve(__u32 id) const;
	const char *name_of(__u32 offset) const
	{
		const char *name = btf__name_by_offset(&btf_, offset);

		return name ? name : "";
	}
	bool fail(const char *why)
	{
		error_ = why;
		return false;
	}

	const btf &btf_;
	std::string error_;
	size_t fields_ = 0;
};

/* Without typedefs and qualifiers; nullptr for void and for what BTF does not have. */
const btf_type *plan_builder::resolve(__u32 id) const
{
	for (unsigned int depth = 0; depth < depth_max && id; depth++) {
		const btf_type *type = btf__type_by_id(&btf_, id);

		if (!type || !(btf_is_mod(type) || btf_is_typedef(type) || btf_is_type_tag(type)))
			return type;
		id = type->type;
	}
	return nullptr;
}

bool plan_builder::build(__u32 id, field &made, unsigned int depth)
{
	const btf_type *type = resolve(id);

	if (depth > depth_max || ++fields_ > fields_max)
		return fail("the type is nested too deeply or has too many fields");
	if (!type)
		return fail("a type that it needs is not in BTF");

	made.size = type->size;
	switch (btf_kind(type)) {
	case BTF_KIND_INT:
		return build_int(*type, made);
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		return build_enum(*type, made);
	case BTF_KIND_PTR:
		made.kind = field_kind::pointer;
		made.size = sizeof(__u64);
		return true;
	case BTF_KIND_FLOAT:
		made.kind = made.size == 4 || made.size == 8 ? field_kind::floating : field_kind::opaque;
		return true;
	case BTF_KIND_ARRAY:
		return build_array(*type, made, depth);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return build_group(*type, made, depth);
	default:
		return fail("it contains what no record can");
	}
}

bool plan_builder::build_int(const btf_type &type, field &made)
{
	__u8 encoding = btf_int_encoding(&type);
	__u8 bits = btf_int_bits(&type);

	made.is_signed = encoding & BTF_INT_SIGNED;
	if (!std::has_single_bit(made.size) || made.size > 8)
		made.kind = field_kind::opaque;
	else if (encoding & BTF_INT_BOOL)
		made.kind = field_kind::boolean;
	else if (made.size == 1 && !strcmp(name_of(type.name_off), "char"))
		made.kind = field_kind::character;
	else
		made.kind = field_kind::integer;
	/* How BTF told bit-fields before it had them in members. */
	if (made.kind != field_kind::opaque && bits < made.size * 8) {
		if (btf_int_offset(&type) + bits > made.size * 8)
			return fail("a bit-field is larger than its type");
		made.bits = bits;
		made.shift = btf_int_offset(&type);
	}
	return true;
}

bool plan_builder::build_enum(const btf_type &type, field &made)
{
	if (!std::has_single_bit(made.size) || made.size > 8)
		return fail("an enumeration has an impossible size");
	made.kind = field_kind::enumeration;
	made.is_signed = btf_kflag(&type);

	/* As a field of this size reads: cut to its width. */
	__u64 mask = ~__u64{0} >> (64 - made.size * 8);

	for (__u16 i = 0; i < btf_vlen(&type); i++) {
		if (btf_is_enum64(&type)) {
			const struct btf_enum64 &value = btf_enum64(&type)[i];

			made.names.emplace_back(btf_enum64_value(&value) & mask, name_of(value.name_off));
		} else {
			const struct btf_enum &value = btf_enum(&type)[i];

			made.names.emplace_back(static_cast<__u64>(value.val) & mask, name_of(value.name_off));
		}
	}
	std::stable_sort(made.names.begin(), made.names.end(),
			 [](const auto &left, const auto &right) { return left.first < right.first; });
	return true;
}

bool plan_builder::build_array(const btf_type &type, field &made, unsigned int depth)
{
	const struct btf_array &array = *btf_array(&type);
	field element;

	if (!build(array.type, element, depth + 1))
		return false;
	element.extent = element.extent ? element.extent : element.size;
	if (!element.size)
		return fail("it has an array of elements without a size");
	if (element.extent > KRING_PAYLOAD_MAX || array.nelems * element.size > KRING_PAYLOAD_MAX)
		return fail("it is larger than a record can be");
	made.count = array.nelems;
	made.size = array.nelems * element.size;
	made.is_flexible = array.nelems == 0;
	made.kind = element.kind == field_kind::character ? field_kind::string : field_kind::array;
	made.extent = made.count ? (made.count - 1) * element.size + element.extent : 0;
	made.fields.push_back(std::move(element));
	return true;
}

bool plan_builder::build_group(const btf_type &type, field &made, unsigned int depth)
{
	made.kind = field_kind::group;
	for (__u16 i = 0; i < btf_vlen(&type); i++) {
		field member;

		if (!build_member(type, i, member, depth + 1))
			return false;
		made.extent = std::max(made.extent, member.extent);
		if (member.kind != field_kind::group || !member.name.empty()) {
			made.fields.push_back(std::move(member));
			continue;
		}
		/* The fields of a group without a name are written as if they were those of the group around it. */
		for (field &inner : member.fields) {
			inner.offset += member.offset;
			inner.extent += member.offset;
			made.fields.push_back(std::move(inner));
		}
	}
	if (made.extent > KRING_PAYLOAD_MAX)
		return fail("it is larger than a record can be");
	return true;
}

bool plan_builder::build_member(const btf_type &group, __u32 index, field &made, unsigned int depth)
{
	__u32 at = btf_member_bit_offset(&group, index);
	__u32 bits = btf_member_bitfield_size(&group, index);
	const struct btf_member &member = btf_members(&group)[index];

	made.name = name_of(member.name_off);
	if (!build(member.type, made, depth))
		return false;
	if (bits && (!is_number(made.kind) || bits > made.size * 8))
		return fail("a bit-field is larger than its type");
	if (bits) {
		made.bits = static_cast<__u8>(bits);
		made.shift = 0;
	}
	if (!made.bits && at % 8)
		return fail("a field does not begin at a byte");
	at += made.shift;
	made.offset = at / 8;
	made.shift = at % 8;

	__u64 bytes = made.bits ? (made.shift + made.bits + 7U) / 8 : made.extent ? made.extent : made.size;

	made.extent = made.offset + bytes;
	return true;
}

/*
 * An array without elements is flexible if it stands behind all else in the
 * record, which ends at end; otherwise it is empty, as is a group without
 * fields. Returns whether there is a flexible one.
 */
bool settle_flexible(field &group, __u64 base, __u64 end)
{
	bool found = false;

	std::erase_if(group.fields, [&](field &each) {
		__u64 offset = base + each.offset;

		if (each.is_flexible && offset < end)
			return true;
		found |= each.is_flexible;
		/* An element of an array is followed by the next one, or by what is behind the array. */
		if (each.kind == field_kind::array)
			settle_flexible(each, 0, UINT64_MAX);
		if (each.kind == field_kind::group)
			found |= settle_flexible(each, offset, end);
		return (each.kind == field_kind::group || each.kind == field_kind::array) && each.fields.empty();
	});
	return found;
}

} /* namespace */

std::string_view without_keyword(std::string_view type_name)
{
	return split_name(type_name).name;
}

__u32 find_record_type(const btf &btf, std::string_view type_name)
{
	const struct btf *base = btf__base_btf(&btf);
	__u32 own = base ? btf__type_cnt(base) : 1;
	named_kind wanted = split_name(type_name);
	__u32 id = find_type(btf, wanted, own, btf__type_cnt(&btf));

	return id ? id : find_type(btf, wanted, 1, own);
}

std::string make_plan(const btf &btf, std::string_view type_name, plan &plan)
{
	__u32 id = find_record_type(btf, type_name);

	return id ? make_plan(btf, id, plan) : "its BTF has no such type";
}

std::string make_plan(const btf &btf, __u32 type, plan &plan)
{
	plan_builder builder{btf};

	plan = {};
	if (!builder.build(type, plan.root, 0))
		return builder.error();
	if (!plan.root.extent)
		plan.root.extent = plan.root.size;
	plan.size = plan.root.size;
	plan.has_flexible = settle_flexible(plan.root, 0, plan.root.extent);
	return {};
}

} /* namespace kring */
