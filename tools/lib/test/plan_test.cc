/* SPDX-License-Identifier: GPL-2.0-only */
/* Plans from BTF that no compiler makes: what is hostile or odd is refused with a reason, never read out of bounds. */
#include <memory>
#include <random>

#include <bpf/btf.h>
#include <gtest/gtest.h>

#include "../payload_writer.hh"

namespace kring::test
{
namespace
{

struct plan_test : testing::Test {
	plan_test()
	{
		number = btf__add_int(types.get(), "int", 4, BTF_INT_SIGNED);
		letter = btf__add_int(types.get(), "char", 1, 0);
	}

	/* Why there is no plan for it; empty if there is one. */
	std::string why(const char *name) { return make_plan(*types, name, made); }
	template <class Style>
	std::string written(std::string_view payload)
	{
		char buffer[2000];
		text_buffer out{buffer, sizeof(buffer)};

		payload_writer<Style>::write(out, made, payload);
		out.finish();
		return buffer;
	}
	/* A payload that is as short as the plan says that it may be. */
	std::string shortest()
	{
		/* Of this size to the byte, so that the sanitizer sees what is read behind it. */
		std::unique_ptr<char[]> payload{new char[made.root.extent]()};

		return written<text_style>({payload.get(), made.root.extent});
	}

	std::unique_ptr<btf, void (*)(btf *)> types{btf__new_empty(), btf__free};
	int number;
	int letter;
	plan made;
};

TEST_F(plan_test, names_as_in_c)
{
	btf__add_struct(types.get(), "both", 4);
	btf__add_field(types.get(), "a", number, 0, 0);
	btf__add_typedef(types.get(), "both", number);
	EXPECT_EQ(why("struct both"), "");
	EXPECT_EQ(shortest(), "a=0");
	EXPECT_EQ(why("both"), "");
	EXPECT_EQ(shortest(), "value=0");
	EXPECT_NE(why("union both"), "");
	EXPECT_NE(why("struct bot"), "");
	EXPECT_NE(why(""), "");
}

TEST_F(plan_test, wide_enumeration)
{
	int id = btf__add_enum64(types.get(), "wide", 8, false);

	btf__add_enum64_value(types.get(), "HUGE_ONE", 0x8000000000000001);
	btf__add_struct(types.get(), "s", 8);
	btf__add_field(types.get(), "e", id, 0, 0);
	ASSERT_EQ(why("struct s"), "");

	__u64 value = 0x8000000000000001;

	EXPECT_EQ(written<text_style>({reinterpret_cast<char *>(&value), sizeof(value)}), "e=HUGE_ONE");
}

/* Which pahole does not make unless it is asked to. */
TEST_F(plan_test, floating_and_arrays_of_arrays)
{
	int ratio = btf__add_float(types.get(), "double", 8);
	int word = btf__add_array(types.get(), number, letter, 4);
	int words = btf__add_array(types.get(), number, word, 2);

	btf__add_struct(types.get(), "s", 16);
	btf__add_field(types.get(), "ratio", ratio, 0, 0);
	btf__add_field(types.get(), "words", words, 64, 0);
	ASSERT_EQ(why("struct s"), "");

	struct {
		double ratio;
		char words[2][4];
	} record{-0.5, {"one", {'f', 'o', 'u', 'r'}}};
	std::string_view payload{reinterpret_cast<char *>(&record), sizeof(record)};

	EXPECT_EQ(written<text_style>(payload), "ratio=-0.5 words=[one four]");
	record.ratio = __builtin_inf();
	EXPECT_EQ(written<json_style>(payload), R"({"ratio":null,"words":["one","four"]})");
}

TEST_F(plan_test, empty_arrays_in_the_middle_are_left_out)
{
	int empty = btf__add_array(types.get(), number, letter, 0);

	btf__add_struct(types.get(), "s", 8);
	btf__add_field(types.get(), "begin", empty, 0, 0);
	btf__add_field(types.get(), "a", number, 0, 0);
	btf__add_field(types.get(), "middle", empty, 32, 0);
	btf__add_field(types.get(), "b", number, 32, 0);
	btf__add_field(types.get(), "end", empty, 64, 0);
	ASSERT_EQ(why("struct s"), "");
	EXPECT_TRUE(made.has_flexible);
	EXPECT_EQ(shortest(), "a=0 b=0 end=\"\"");
}

TEST_F(plan_test, bit_field_over_nine_bytes)
{
	int wide = btf__add_int(types.get(), "u64", 8, 0);

	btf__add_struct(types.get(), "s", 16);
	btf__add_field(types.get(), "a", number, 0, 3);
	btf__add_field(types.get(), "b", wide, 3, 64);
	ASSERT_EQ(why("struct s"), "");

	unsigned char bytes[9] = {0xf8 | 2, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x07};

	EXPECT_EQ(written<text_style>({reinterpret_cast<char *>(bytes), sizeof(bytes)}), "a=2 b=18446744073709551615");
}

TEST_F(plan_test, fields_outside_of_their_struct_need_a_longer_record)
{
	btf__add_struct(types.get(), "s", 4);
	btf__add_field(types.get(), "a", number, 800, 0);
	ASSERT_EQ(why("struct s"), "");
	EXPECT_EQ(made.root.extent, 104U);
	EXPECT_EQ(shortest(), "a=0");
}

TEST_F(plan_test, array_of_what_is_larger_than_its_element)
{
	int element = btf__add_struct(types.get(), "element", 1);

	btf__add_field(types.get(), "a", number, 400, 0);

	int array = btf__add_array(types.get(), number, element, 3);

	btf__add_struct(types.get(), "s", 3);
	btf__add_field(types.get(), "list", array, 0, 0);
	ASSERT_EQ(why("struct s"), "");
	EXPECT_EQ(shortest(), "list=[{a=0} {a=0} {a=0}]");
}

TEST_F(plan_test, what_cannot_be_has_a_reason)
{
	int self = btf__add_struct(types.get(), "self", 4);

	btf__add_field(types.get(), "a", self, 0, 0);
	EXPECT_NE(why("struct self"), "");

	int huge = btf__add_array(types.get(), number, number, 0x7fffffff);

	btf__add_struct(types.get(), "huge", 4);
	btf__add_field(types.get(), "a", huge, 0, 0);
	EXPECT_NE(why("struct huge"), "");

	int nested = number;

	for (int depth = 0; depth < 8; depth++)
		nested = btf__add_array(types.get(), number, nested, 1000);
	btf__add_struct(types.get(), "nested", 4);
	btf__add_field(types.get(), "a", nested, 0, 0);
	EXPECT_NE(why("struct nested"), "");

	btf__add_struct(types.get(), "far", 4);
	btf__add_field(types.get(), "a", number, 0xfffff8, 0);
	EXPECT_NE(why("struct far"), "");

	btf__add_struct(types.get(), "wide_bits", 4);
	btf__add_field(types.get(), "a", number, 0, 33);
	EXPECT_NE(why("struct wide_bits"), "");

	int function = btf__add_func_proto(types.get(), number);

	btf__add_struct(types.get(), "function", 4);
	btf__add_field(types.get(), "a", function, 0, 0);
	EXPECT_NE(why("struct function"), "");
}

/* Random structs, at times nonsense: a reason, or a plan that stays within what it asks for. */
TEST_F(plan_test, random_types)
{
	std::mt19937 random{7};
	std::vector<int> ids{number, letter};
	unsigned int plans = 0;

	for (int i = 0; i < 2000; i++) {
		std::string name = "s" + std::to_string(i);

		if (random() % 3 == 0) {
			int element = ids[random() % ids.size()];

			ids.push_back(btf__add_array(types.get(), number, element, random() % 4));
		}

		int id = btf__add_struct(types.get(), name.c_str(), random() % 64);

		for (unsigned int fields = random() % 4; fields; fields--) {
			unsigned int bits = random() % 4 ? 0 : random() % 40;
			unsigned int at = bits ? random() % 256 : random() % 32 * 8;

			btf__add_field(types.get(), random() % 4 ? "f" : nullptr, ids[random() % ids.size()], at, bits);
		}
		if (id > 0 && ids.size() < 60)
			ids.push_back(id);
		if (why(("struct " + name).c_str()).empty()) {
			plans++;
			shortest();
		}
	}
	EXPECT_GT(plans, 100U);
}

TEST(styles_test, json_strings_are_utf8)
{
	auto json = [](std::string_view text) {
		char buffer[100];
		text_buffer out{buffer, sizeof(buffer)};

		json_style::string(out, text);
		out.finish();
		return std::string{buffer};
	};

	EXPECT_EQ(json("plain \\ \"quoted\""), R"("plain \\ \"quoted\"")");
	EXPECT_EQ(json("\xc3\xa4 \xe2\x82\xac \xf0\x9f\x90\xa7"), "\"\xc3\xa4 \xe2\x82\xac \xf0\x9f\x90\xa7\"");
	EXPECT_EQ(json("\xe4 \xc3"), R"("\u00e4 \u00c3")");
	EXPECT_EQ(json("\xed\xa0\x80"), R"("\u00ed\u00a0\u0080")") << "a surrogate";
	EXPECT_EQ(json("\xc0\x80\xf4\x90\x80\x80"), R"("\u00c0\u0080\u00f4\u0090\u0080\u0080")");
	EXPECT_EQ(json({"\0\x7f", 2}), R"("\u0000\u007f")");
}

} /* namespace */
} /* namespace kring::test */
