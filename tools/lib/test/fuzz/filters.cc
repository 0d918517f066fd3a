/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Filters: any text, over a type with a field of each kind, and a record that is
 * as short as it may be, or longer, or too short.
 *
 * Input: a byte for the record's type, 0 for none; a byte for its size; a byte for
 * how many bytes of its payload follow, and these; the rest is the filter.
 */
#include <cstdio>
#include <cstdlib>
#include <optional>

#include <bpf/btf.h>

#include "../../filter.hh"
#include "input.hh"

using namespace kring;
using namespace kring::fuzz;

namespace
{

/* A decoder takes BTF from a file: this one is gone when it has done so. */
class known_types {
public:
	known_types()
	{
		char folder[] = "/tmp/kring-filter-XXXXXX";
		__u32 size = 0;

		make_types();
		require(mkdtemp(folder));

		const void *bytes = btf__raw_data(types_.get(), &size);
		std::string path = std::string{folder} + "/vmlinux";
		FILE *file = fopen(path.c_str(), "w");

		require(file && fwrite(bytes, size, 1, file) == 1 && fclose(file) == 0);
		decoder_.emplace(std::vector<record_type>{{1, 80, "struct record", "vmlinux"}}, folder);
		require(decoder_->plan_of(1));
		remove(path.c_str());
		remove(folder);
	}

	kring::decoder &decoder() { return *decoder_; }

private:
	void make_types()
	{
		btf *types = types_.get();
		int number = btf__add_int(types, "int", 4, BTF_INT_SIGNED);
		int letter = btf__add_int(types, "char", 1, 0);
		int truth = btf__add_int(types, "bool", 1, BTF_INT_BOOL);
		int ratio = btf__add_float(types, "double", 8);
		int name = btf__add_array(types, number, letter, 8);
		int rest = btf__add_array(types, number, number, 0);
		int state = btf__add_enum(types, "state", 4);

		btf__add_enum_value(types, "ON", 1);
		btf__add_enum_value(types, "OFF", -1);

		int pair = btf__add_struct(types, "pair", 8);

		btf__add_field(types, "x", number, 0, 0);
		btf__add_field(types, "y", number, 32, 7);

		int pairs = btf__add_array(types, number, pair, 2);
		const int members[] = {number, letter, truth, ratio, name, state, pair, pairs, btf__add_ptr(types, 0)};
		__u32 at = 0;

		btf__add_struct(types, "record", 80);
		for (int each : members) {
			const char letters[] = {static_cast<char>('a' + (&each - members)), 0};

			btf__add_field(types, letters, each, at, 0);
			at += 64 * (each == pairs ? 2 : 1);
		}
		btf__add_field(types, "z", rest, at, 0);
	}

	std::unique_ptr<btf, void (*)(btf *)> types_{btf__new_empty(), btf__free};
	std::optional<kring::decoder> decoder_;
};

} /* namespace */

FUZZ_TARGET
{
	static known_types known;
	decoder &types = known.decoder();
	input input{data, size};
	kring_item item{};

	item.kind = KRING_ITEM_RECORD;
	item.type = input.take<__u8>() % 3;
	item.size = input.take<__u8>();

	memory payload{item.size};

	payload.set(input.take_bytes(input.take<__u8>()));
	item.payload = payload.at();

	memory text{input.take_rest()};
	filter one;
	std::string why = one.compile({text.at(), text.size()}, types);

	if (!why.empty()) {
		require(why.starts_with("column "));
		return 0;
	}

	bool matches = one.matches(item);
	std::string negated = "!(" + std::string{text.at(), text.size()} + ")";
	filter other;

	/* One deeper may be too deep. */
	require(!other.compile(negated, types).empty() || !matches || !other.matches(item));
	return 0;
}
