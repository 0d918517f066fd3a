/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Copying types, those they are made of first; see btf_subset.hh. */
#include "btf_subset.hh"

#include <map>
#include <memory>

#include <bpf/btf.h>

namespace kring
{

namespace
{

class subset {
public:
	explicit subset(const btf &from) : from_{from} {}

	/* Its id here; negative: it cannot be copied. */
	int copy(__u32 id, unsigned int depth = 0);

	std::string bytes() const
	{
		__u32 size = 0;
		const void *data = btf__raw_data(made_.get(), &size);

		return data ? std::string{static_cast<const char *>(data), size} : std::string{};
	}

private:
	int copy_array(const struct btf_array &array, unsigned int depth);
	int copy_group(const btf_type &group, unsigned int depth);

	const btf &from_;
	std::unique_ptr<btf, void (*)(btf *)> made_{btf__new_empty(), btf__free};
	std::map<__u32, int> copied_;
};

int subset::copy(__u32 id, unsigned int depth)
{
	constexpr unsigned int depth_max = 100;
	const btf_type *type = btf__type_by_id(&from_, id);
	auto known = copied_.find(id);
	int child = 0;
	int made = -1;

	if (!type || !made_ || depth > depth_max)
		return -1;
	if (known != copied_.end())
		return known->second;
	if (btf_is_ptr(type)) {
		made = btf__add_ptr(made_.get(), 0);
	} else if (btf_is_array(type)) {
		made = copy_array(*btf_array(type), depth + 1);
	} else if (btf_is_composite(type)) {
		made = copy_group(*type, depth + 1);
	} else if (btf_is_mod(type) || btf_is_typedef(type) || btf_is_type_tag(type)) {
		child = copy(type->type, depth + 1);
		made = child < 0 ? child : btf__add_type(made_.get(), &from_, type);
		if (made >= 0)
			const_cast<btf_type *>(btf__type_by_id(made_.get(), static_cast<__u32>(made)))->type =
				static_cast<__u32>(child);
	} else if (btf_is_int(type) || btf_is_float(type) || btf_is_any_enum(type)) {
		made = btf__add_type(made_.get(), &from_, type);
	}
	copied_[id] = made;
	return made;
}

int subset::copy_array(const struct btf_array &array, unsigned int depth)
{
	int index = copy(array.index_type, depth);
	int element = copy(array.type, depth);

	return index < 0 || element < 0 ? -1 : btf__add_array(made_.get(), index, element, array.nelems);
}

int subset::copy_group(const btf_type &group, unsigned int depth)
{
	const btf_member *members = btf_members(&group);

	for (__u16 i = 0; i < btf_vlen(&group); i++)
		if (copy(members[i].type, depth) < 0)
			return -1;

	int made = btf__add_type(made_.get(), &from_, &group);

	if (made < 0)
		return made;

	btf_member *mine = btf_members(const_cast<btf_type *>(btf__type_by_id(made_.get(), static_cast<__u32>(made))));

	for (__u16 i = 0; i < btf_vlen(&group); i++)
		mine[i].type = static_cast<__u32>(copied_[members[i].type]);
	return made;
}

} /* namespace */

std::string btf_subset(const btf &from, __u32 type)
{
	subset made{from};

	return made.copy(type) < 0 ? std::string{} : made.bytes();
}

} /* namespace kring */
