/* SPDX-License-Identifier: GPL-2.0-only */
/* Decoding what a C compiler laid out, by the BTF that pahole made of it. */
#include <cstddef>
#include <cstdlib>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "../decoder.hh"
#include "all_kinds.hh"

namespace kring::test
{
namespace
{

/* Needs quotes, and bytes that are not printed as they are. */
constexpr char awkward[] = "a \"b\"\n!!";

struct decoder_test : testing::Test {
	decoder_test()
		: decoder_{{{1, sizeof(all_kinds), "struct all_kinds", "module"},
			    {2, sizeof(with_text), "struct with_text", "module"},
			    {3, sizeof(with_points), "struct with_points", "module"},
			    {4, sizeof(shared_type), "struct shared_type", "module"},
			    {5, sizeof(__s32), "struct only_in_kernel", "vmlinux"},
			    {6, sizeof(__s32), "struct only_in_kernel", "module"},
			    {7, 8, "__u64", "module"},
			    {8, 8, "struct nowhere", "module"},
			    {9, 8, "struct all_kinds", "module"},
			    {10, 8, "struct all_kinds", "no_such_module"},
			    {11, 8, "struct all_kinds", "../module"}},
			   std::getenv("KRING_TEST_BTF")}
	{
	}

	template <class Style>
	std::string write(__u32 type, std::string_view payload)
	{
		char buffer[2000];
		size_t length = decoder_.write<Style>(type, payload, buffer, sizeof(buffer));

		EXPECT_EQ(length, strlen(buffer));
		return buffer;
	}
	template <class T>
	std::string text(__u32 type, const T &record, size_t size = sizeof(T))
	{
		return write<text_style>(type, {reinterpret_cast<const char *>(&record), size});
	}
	template <class T>
	std::string json(__u32 type, const T &record, size_t size = sizeof(T))
	{
		return write<json_style>(type, {reinterpret_cast<const char *>(&record), size});
	}

	decoder decoder_;
};

TEST_F(decoder_test, text_of_each_kind)
{
	EXPECT_EQ(decoder_.why_hex(1), nullptr);
	EXPECT_EQ(text(1, example(awkward)),
		  "byte=200 negative=-5 word=65535 number=-100000 large=18446744073709551615 letter='R' yes=true "
		  "name=\"a \\\"b\\\"\\x0a!!\" color=BLUE low=5 middle=-3 high=4194303 point={x=1 y=-1} "
		  "points=[{x=2 y=3} {x=4 y=5}] matrix=[0 0 0 0 0 9] "
		  "address=0xffff888000001000 as_number=65 as_text=A");
}

TEST_F(decoder_test, json_of_each_kind)
{
	EXPECT_EQ(
		json(1, example(awkward)),
		R"({"byte":200,"negative":-5,"word":65535,"number":-100000,"large":18446744073709551615,"letter":"R",)"
		R"("yes":true,"name":"a \"b\"\u000a!!","color":"BLUE","low":5,"middle":-3,"high":4194303,)"
		R"("point":{"x":1,"y":-1},"points":[{"x":2,"y":3},{"x":4,"y":5}],"matrix":[0,0,0,0,0,9],)"
		R"("address":"0xffff888000001000","as_number":65,"as_text":"A"})");
}

TEST_F(decoder_test, value_without_a_name_is_a_number)
{
	all_kinds record = example(awkward);

	record.color = static_cast<color>(77);
	EXPECT_NE(text(1, record).find(" color=77 "), std::string::npos);
	EXPECT_NE(json(1, record).find("\"color\":77,"), std::string::npos);
}

/* A record with a text at its end may be shorter than the struct, which is padded. */
TEST_F(decoder_test, flexible_text_ends_with_the_record)
{
	alignas(8) char bytes[32] = {7, 0, 0, 0, 0, 0, 0, 0, 5};
	constexpr size_t at = offsetof(with_text, text);

	static_assert(at < sizeof(with_text));
	memcpy(bytes + at, "hello, world", 12);
	EXPECT_EQ(text(2, bytes, at), "id=7 length=5 text=\"\"");
	EXPECT_EQ(text(2, bytes, at + 5), "id=7 length=5 text=hello");
	EXPECT_EQ(text(2, bytes, at + 12), "id=7 length=5 text=\"hello, world\"");
	EXPECT_EQ(text(2, bytes, at + 20), "id=7 length=5 text=\"hello, world\"");
	EXPECT_EQ(text(2, bytes, at - 1), "hex=070000000000000005");
}

TEST_F(decoder_test, flexible_array_has_whole_elements)
{
	struct {
		__u32 id;
		inner points[3];
	} record{7, {{1, 2}, {3, 4}, {5, 6}}};

	EXPECT_EQ(text(3, record, 4), "id=7 points=[]");
	EXPECT_EQ(text(3, record, 7), "id=7 points=[]");
	EXPECT_EQ(text(3, record, 8), "id=7 points=[{x=1 y=2}]");
	EXPECT_EQ(json(3, record, 16), R"({"id":7,"points":[{"x":1,"y":2},{"x":3,"y":4},{"x":5,"y":6}]})");
}

TEST_F(decoder_test, the_modules_own_type_comes_first)
{
	EXPECT_EQ(text(4, __u32{3}), "number=3");
	EXPECT_EQ(text(5, __s32{-3}), "pid=-3");
	EXPECT_EQ(text(6, __s32{-3}), "pid=-3");
}

TEST_F(decoder_test, number_alone)
{
	EXPECT_EQ(text(7, __u64{12}), "value=12");
	EXPECT_EQ(json(7, __u64{12}), R"({"value":12})");
}

TEST_F(decoder_test, more_than_the_type_is_shown)
{
	__u32 record[2] = {3, 0x01020304};

	EXPECT_EQ(text(4, record), "number=3 more=04030201");
	EXPECT_EQ(json(4, record), R"({"number":3,"more":"04030201"})");
}

TEST_F(decoder_test, hex_says_why)
{
	__u32 record = 0x01020304;
	auto why = [&](__u32 type) {
		EXPECT_EQ(text(type, record), "hex=04030201");
		EXPECT_EQ(json(type, record), R"({"hex":"04030201"})");
		return std::string{decoder_.why_hex(type)};
	};

	EXPECT_NE(why(8).find("no such type"), std::string::npos) << why(8);
	EXPECT_NE(why(9).find("the channel with 8"), std::string::npos) << why(9);
	EXPECT_NE(why(10).find("no BTF of 'no_such_module'"), std::string::npos) << why(10);
	EXPECT_NE(why(11).find("no module's name"), std::string::npos) << why(11);
	EXPECT_EQ(why(0), "it was written without a type");
	EXPECT_EQ(why(12), "its type is not registered");
	EXPECT_STREQ(decoder_.name(1), "struct all_kinds");
	EXPECT_STREQ(decoder_.name(0), "untyped");
	EXPECT_STREQ(decoder_.name(12), "unknown");
}

/* A module that is loaded anew may have the same struct with the same size and another layout. */
TEST(decoder_of_modules, only_of_those_that_are_loaded_still)
{
	char modules[] = "/tmp/kring-modules-XXXXXX";

	ASSERT_NE(mkdtemp(modules), nullptr);

	std::string folder = std::string{modules} + "/module";
	struct stat loaded;

	ASSERT_EQ(mkdir(folder.c_str(), 0700), 0);
	ASSERT_EQ(stat(folder.c_str(), &loaded), 0);

	std::vector<record_type> types{{1, sizeof(shared_type), "struct shared_type", "module", loaded.st_ino},
				       {2, sizeof(shared_type), "struct shared_type", "module", loaded.st_ino + 1},
				       {3, sizeof(__s32), "struct only_in_kernel", "vmlinux", 0},
				       {4, 8, "struct none", "no_such_module", 77}};
	decoder before{types, std::getenv("KRING_TEST_BTF"), modules};

	EXPECT_NE(before.plan_of(1), nullptr);
	EXPECT_NE(before.plan_of(3), nullptr);
	for (__u32 id : {2, 4}) {
		EXPECT_EQ(before.plan_of(id), nullptr);
		EXPECT_NE(std::string{before.why_hex(id)}.find("was unloaded since"), std::string::npos)
			<< before.why_hex(id);
	}
	EXPECT_EQ(rmdir(folder.c_str()), 0);

	decoder after{types, std::getenv("KRING_TEST_BTF"), modules};

	EXPECT_EQ(after.plan_of(1), nullptr);
	EXPECT_NE(after.plan_of(3), nullptr);
	/* Who was there before knows it still. */
	before.set_types(types);
	EXPECT_NE(before.plan_of(1), nullptr);
	EXPECT_EQ(rmdir(modules), 0);
}

/* Whatever room there is, not a byte behind it is touched, and the length is that of the whole. */
TEST_F(decoder_test, text_is_cut_to_its_room)
{
	all_kinds record = example(awkward);
	std::string whole = text(1, record);

	for (size_t room = 0; room <= whole.size() + 1; room++) {
		std::string buffer(room + 1, '~');

		EXPECT_EQ(decoder_.write<text_style>(1, {reinterpret_cast<char *>(&record), sizeof(record)},
						     buffer.data(), room),
			  whole.size());
		EXPECT_EQ(buffer[room], '~');
		if (room) {
			EXPECT_EQ(buffer.c_str(), whole.substr(0, room - 1));
		}
	}
}

} /* namespace */
} /* namespace kring::test */
