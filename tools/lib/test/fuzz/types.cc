/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Record types: made of BTF that no compiler makes, and a payload that is as short
 * as its plan allows, or longer.
 *
 * Input: a byte for how many bytes the payload has more, and its bytes; then one
 * step after the other: a byte for the kind of type, and its numbers. Each struct
 * is planned and written when it is done. libbpf makes the BTF: whether that reads
 * any file without harm is not the question here.
 */
#include <string>

#include <bpf/btf.h>

#include "../../payload_writer.hh"
#include "input.hh"

using namespace kring;
using namespace kring::fuzz;

namespace
{

class type_maker {
public:
	explicit type_maker(input &steps) : steps_{steps}
	{
		btf__add_int(types_.get(), "int", 4, BTF_INT_SIGNED);
		btf__add_int(types_.get(), "char", 1, 0);
	}

	/* The type that a step makes. */
	void step()
	{
		switch (steps_.take<__u8>() % 9) {
		case 0:
			btf__add_int(types_.get(), "number", 1U << byte() % 5, byte() % 8);
			break;
		case 1:
			add_enum();
			break;
		case 2:
			btf__add_ptr(types_.get(), type());
			break;
		case 3:
			btf__add_array(types_.get(), 1, type(), word() * (byte() % 4 ? 1U : word()));
			break;
		case 4:
			btf__add_typedef(types_.get(), "other", type());
			break;
		case 5:
			btf__add_float(types_.get(), "ratio", 1U << byte() % 5);
			break;
		case 6:
			btf__add_const(types_.get(), type());
			break;
		default:
			add_group();
		}
	}

	/* Its name; empty for none yet. */
	const std::string &last_group() const { return last_group_; }
	const btf &types() const { return *types_; }

private:
	__u8 byte() { return steps_.take<__u8>(); }
	__u16 word() { return steps_.take<__u16>(); }
	/* Any that is there, or will be. */
	int type() { return byte() % (static_cast<int>(btf__type_cnt(types_.get())) + 2); }

	void add_enum()
	{
		bool is_wide = byte() % 2;

		if (is_wide)
			btf__add_enum64(types_.get(), "wide", 8, byte() % 2);
		else
			btf__add_enum(types_.get(), "narrow", 1U << byte() % 5);
		for (unsigned int values = byte() % 4; values; values--) {
			std::string name = "V" + std::to_string(values);

			if (is_wide)
				btf__add_enum64_value(types_.get(), name.c_str(), steps_.take<__u64>());
			else
				btf__add_enum_value(types_.get(), name.c_str(), steps_.take<__s32>());
		}
	}

	void add_group()
	{
		bool is_union = byte() % 8 == 0;
		std::string name = "g" + std::to_string(groups_++);
		auto add = is_union ? btf__add_union : btf__add_struct;

		if (add(types_.get(), name.c_str(), word()) < 0)
			return;
		last_group_ = (is_union ? "union " : "struct ") + name;
		for (unsigned int fields = byte() % 6; fields; fields--) {
			std::string field = "f" + std::to_string(fields);
			__u32 bits = byte() % 4 ? 0 : byte() % 70;
			__u32 at = is_union ? 0 : bits ? word() : word() * 8U;

			btf__add_field(types_.get(), byte() % 4 ? field.c_str() : nullptr, type(), at, bits);
		}
	}

	input &steps_;
	std::unique_ptr<btf, void (*)(btf *)> types_{btf__new_empty(), btf__free};
	std::string last_group_;
	unsigned int groups_ = 0;
};

/* Twice: how long it is, and then as much as fits in less room than that. */
template <class Style>
void write(const plan &plan, const memory &payload)
{
	std::string_view bytes{payload.at(), payload.size()};
	text_buffer counted{nullptr, 0};

	payload_writer<Style>::write(counted, plan, bytes);

	size_t length = counted.finish();
	memory cut{length / 2 + 1};
	text_buffer written{const_cast<char *>(cut.at()), cut.size()};

	payload_writer<Style>::write(written, plan, bytes);
	require(written.finish() == length);
	require(strlen(cut.at()) <= length);
}

} /* namespace */

FUZZ_TARGET
{
	constexpr unsigned int steps_max = 64;
	input input{data, size};
	size_t more = input.take<__u8>();
	std::string_view content = input.take_bytes(input.take<__u8>());
	type_maker maker{input};
	plan made;

	for (unsigned int steps = 0; input.size() && steps < steps_max; steps++)
		maker.step();
	if (maker.last_group().empty() || !make_plan(maker.types(), maker.last_group(), made).empty())
		return 0;

	memory payload{made.root.extent + more};

	payload.set(content);
	write<text_style>(made, payload);
	write<json_style>(made, payload);
	return 0;
}
