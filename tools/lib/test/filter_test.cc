/* SPDX-License-Identifier: GPL-2.0-only */
/* Filters on records that a C compiler laid out: what matches, and what is said of filters that are none. */
#include <cstdlib>

#include <gtest/gtest.h>

#include "../filter.hh"
#include "all_kinds.hh"

namespace kring::test
{
namespace
{

enum type_id : __u32 { untyped, all_id, text_id, points_id, alone_id, late_id };

struct filter_test : testing::Test {
	filter_test()
		: types{{{all_id, sizeof(all_kinds), "struct all_kinds", "module"},
			 {text_id, sizeof(with_text), "struct with_text", "module"},
			 {points_id, sizeof(with_points), "struct with_points", "module"},
			 {alone_id, 8, "__u64", "module"}},
			std::getenv("KRING_TEST_BTF")}
	{
		item.kind = KRING_ITEM_RECORD;
		item.cpu = 3;
		item.seq = 0xfffffffff;
		item.time = 1234567890123;
		show(all_id, record);
	}

	template <class T>
	void show(__u32 type, const T &payload, __u32 size = sizeof(T))
	{
		item.type = type;
		item.payload = &payload;
		item.size = size;
	}
	std::string why(std::string_view text)
	{
		filter one;

		return one.compile(text, types);
	}
	bool matches(std::string_view text)
	{
		filter one;

		EXPECT_EQ(one.compile(text, types), "") << text;
		return one.matches(item);
	}
	/* Each with its negation, so that neither can stand for the other. */
	void expect_match(const std::string &text)
	{
		EXPECT_TRUE(matches(text)) << text;
		EXPECT_FALSE(matches("!(" + text + ")")) << text;
	}
	void expect_no_match(const std::string &text) { expect_match("!(" + text + ")"); }
	void expect_unknown(const std::string &text)
	{
		EXPECT_FALSE(matches(text)) << text;
		EXPECT_FALSE(matches("!(" + text + ")")) << text;
		EXPECT_FALSE(matches("!!(" + text + ")")) << text;
	}

	all_kinds record = example("kworker!");
	decoder types;
	kring_item item{};
};

TEST_F(filter_test, numbers_of_each_width_and_sign)
{
	for (const char *text :
	     {"byte == 200", "byte == 0xC8", "negative == -5", "word == 65535", "number == -100000",
	      "large == 18446744073709551615", "large == 0xffffffffffffffff", "low == 5", "middle == -3",
	      "high == 4194303", "address == 0xffff888000001000", "as_number == 65", "byte", "negative"})
		expect_match(text);
	for (const char *text : {"byte == -56", "negative == 251", "number == 4294867296", "large == -1",
				 "middle == 125", "byte == 456", "address == 0xffff888000001001", "matrix[0]"})
		expect_no_match(text);
}

/* As numbers are compared, not as some machine word is. */
TEST_F(filter_test, order)
{
	for (const char *text :
	     {"negative < 0", "negative > -6", "negative >= -5", "negative <= -5", "large > 0", "large > -1",
	      "large >= 18446744073709551615", "number < 5000000000", "byte < 5000000000", "byte > -5000000000",
	      "negative < 18446744073709551615", "middle < 0", "high > 0", "negative != 5", "letter < 'S'", "color < 0",
	      "color < RED", "address > 0xffff800000000000"})
		expect_match(text);
	for (const char *text : {"byte < 200", "byte > 200", "large < 18446744073709551615", "negative > 0"})
		expect_no_match(text);
}

TEST_F(filter_test, units_of_time)
{
	expect_match("time == 1234567890123");
	expect_match("time == 1234.567890123s");
	expect_match("time > 1234.567890s");
	expect_match("time < 1234.6s");
	expect_match("time >= 1234567ms && time < 1234568ms");
	expect_match("time == 1234567890.123us");
	expect_match("word == 65.535us");
	expect_match("byte == 200ns");
	for (const char *text : {"time > 1.5", "time > 1.5ns", "time > 1.1234567890s", "time > 1.s", "time > .5s",
				 "time > s", "time > 5m", "time > 99999999999999999999"})
		EXPECT_NE(why(text), "") << text;
}

TEST_F(filter_test, text_and_patterns)
{
	for (const char *text :
	     {"name == kworker!", "name == \"kworker!\"", "name == 'kworker!'", "name ~ kwork*", "name ~ '*er!'",
	      "name ~ *", "name ~ k?orker?", "name ~ k**!", "name ~ *o*k*", "name != kworker", "name !~ kworker",
	      "name", "as_text == A", "as_text == '\\x41'", "name[0] == k", "name[7] == '!'"})
		expect_match(text);
	for (const char *text : {"name == kworker", "name ~ ?worker", "name ~ '*o*o*o*'", "name ~ ''", "name == ''"})
		expect_no_match(text);
	memcpy(record.name, "a\"\\'\x01\0x", 8);
	expect_match("name == \"a\\\"\\\\'\\x01\"");
	expect_match("name == 'a\"\\\\\\'\\x01'");
	memcpy(record.name, "\xab\xCD", 3);
	expect_match("name == '\\xAb\\xcD'");
	record.name[0] = 0;
	expect_match("!name && name == '' && name ~ ''");
}

TEST_F(filter_test, patterns_go_back_to_the_last_star)
{
	EXPECT_TRUE(matches_pattern("", ""));
	EXPECT_TRUE(matches_pattern("", "***"));
	EXPECT_FALSE(matches_pattern("", "?"));
	EXPECT_TRUE(matches_pattern("abcabd", "*abd"));
	EXPECT_TRUE(matches_pattern("aXbXc", "a*b*c"));
	EXPECT_FALSE(matches_pattern("aXbXcd", "a*b*c"));
	EXPECT_TRUE(matches_pattern("a*c", "a*c"));
	EXPECT_FALSE(matches_pattern("abc", "abcd"));
	EXPECT_FALSE(matches_pattern("abcd", "abc"));
	/* Not a matter of centuries. */
	EXPECT_FALSE(matches_pattern(std::string(10000, 'a'), "*a*a*a*a*a*a*a*a*a*a*a*a*a*b"));
}

TEST_F(filter_test, characters_names_and_truth)
{
	for (const char *text : {"letter == R", "letter == 'R'", "letter == 0x52", "letter == 82", "letter != 8",
				 "color == BLUE", "color == -2", "color != RED", "color ~ B*", "color !~ R*", "color",
				 "yes", "yes == true", "yes == 1", "yes != false", "yes != 0"})
		expect_match(text);
	record.letter = '\xff';
	record.yes = false;
	expect_match("letter == '\\xff'");
	expect_match("!yes && yes == false");
	/* No compiler stores it, a broken writer does: true, as it is shown. */
	memset(&record.yes, 2, 1);
	expect_match("yes == true");
	record.color = static_cast<color>(77);
	expect_match("color == 77 && color !~ *?");
}

TEST_F(filter_test, paths)
{
	for (const char *text : {"point.x == 1", "point.y == -1", "points[0].x == 2", "points[1].y == 5",
				 "matrix[5] == 9", "fields.points[1].x == 4", "as_number == 0x41"})
		expect_match(text);
}

TEST_F(filter_test, what_each_record_has)
{
	for (const char *text :
	     {"cpu == 3", "seq == 68719476735", "size > 8", "type == all_kinds", "type == 'struct all_kinds'",
	      "type ~ all_*", "type ~ 'struct *'", "type != with_text", "type !~ with_*", "type == 1", "type"})
		expect_match(text);
	for (const char *text : {"cpu == 2", "type == with_text", "type == untyped", "type ~ with*"})
		expect_no_match(text);
	show(untyped, record, 0);
	expect_match("type == untyped && size == 0 && cpu < 4");
	expect_no_match("type");
}

TEST_F(filter_test, a_record_without_the_field_matches_nothing_of_it)
{
	with_points other{};

	show(points_id, other);
	expect_match("id == 0");
	expect_unknown("byte == 200");
	expect_unknown("byte != 200");
	expect_unknown("byte == 0 && id == 0");
	expect_unknown("byte == 0 || id == 1");
	expect_match("byte == 0 || id == 0");
	expect_no_match("byte == 0 && id == 1");
	expect_match("type == with_points || byte == 200");
	show(late_id, other);
	expect_unknown("id == 0");
	show(all_id, record, offsetof(all_kinds, as_number));
	expect_unknown("byte == 200");
	show(late_id, other);
	expect_match("cpu == 3 && type != with_points");
}

TEST_F(filter_test, elements_that_this_record_does_not_have)
{
	struct {
		__u32 id = 7;
		inner points[3] = {{1, 2}, {3, 4}, {5, 6}};
	} three;

	show(points_id, three);
	expect_match("points[2].y == 6");
	expect_unknown("points[3].y == 6");
	show(points_id, three, 15);
	expect_unknown("points[2].y == 6");
	expect_match("points[1].y == 4");
	show(points_id, three, 3);
	expect_unknown("id == 7");
}

TEST_F(filter_test, text_to_the_end_of_the_record)
{
	alignas(8) char bytes[32] = {7, 0, 0, 0, 0, 0, 0, 0, 5};
	constexpr __u32 at = offsetof(with_text, text);

	memcpy(bytes + at, "hello, world", 12);
	show(text_id, bytes, at + 5);
	expect_match("text == hello");
	expect_match("text[4] == o");
	expect_unknown("text[5] == ','");
	show(text_id, bytes, at);
	expect_match("text == ''");
	show(text_id, bytes);
	expect_match("text == 'hello, world'");
}

TEST_F(filter_test, a_type_that_is_no_struct)
{
	__u64 value = 12;

	show(alone_id, value);
	expect_match("value == 12");
	expect_match("type == __u64");
}

TEST_F(filter_test, precedence)
{
	EXPECT_TRUE(matches("cpu == 3 || cpu == 4 && cpu == 5"));
	EXPECT_FALSE(matches("(cpu == 3 || cpu == 4) && cpu == 5"));
	EXPECT_TRUE(matches("cpu == 5 && cpu == 4 || cpu == 3"));
	EXPECT_FALSE(matches("!cpu == 3 && cpu == 3"));
	EXPECT_TRUE(matches("!(cpu == 3 && cpu == 4) && !(cpu == 4 || cpu == 5)"));
	EXPECT_TRUE(matches("cpu == 1 || cpu == 2 || cpu == 3"));
	EXPECT_FALSE(matches("cpu == 3 && byte == 200 && cpu == 4"));
	EXPECT_TRUE(matches(" ( ( cpu==3)&&!!(byte==200) )||cpu==4 "));
}

/* Each truth table of three operands, against a plain computation. */
TEST_F(filter_test, logic_of_three_operands)
{
	/* no, unknown, yes: it has no id. */
	const std::string operands[] = {"cpu == 0", "id == 0", "cpu == 3"};

	for (int a = 0; a < 3; a++)
		for (int b = 0; b < 3; b++)
			for (int c = 0; c < 3; c++) {
				auto text = [&](const char *first, const char *second) {
					return operands[a] + first + operands[b] + second + operands[c];
				};

				EXPECT_EQ(matches(text(" && ", " || ")), std::max(std::min(a, b), c) == 2);
				EXPECT_EQ(matches(text(" || ", " && ")), std::max(a, std::min(b, c)) == 2);
				EXPECT_EQ(matches(text(" || !(", " || ") + ")"), std::max(a, 2 - std::max(b, c)) == 2);
				EXPECT_EQ(matches(text(" && !(", " && ") + ")"), std::min(a, 2 - std::min(b, c)) == 2);
			}
}

TEST_F(filter_test, losses_always_match)
{
	filter one;

	ASSERT_EQ(one.compile("cpu == 77", types), "");
	EXPECT_FALSE(one.matches(item));
	item.kind = KRING_ITEM_LOSS;
	EXPECT_TRUE(one.matches(item));
}

TEST_F(filter_test, types_that_come_later)
{
	with_points other{};
	filter one;

	other.id = 9;
	ASSERT_EQ(one.compile("id == 9", types), "");
	show(late_id, other);
	EXPECT_FALSE(one.matches(item));
	types.set_types({{late_id, sizeof(with_points), "struct with_points", "module"}});
	EXPECT_TRUE(one.matches(item));
}

TEST_F(filter_test, errors_say_where_and_what_to_do)
{
	const std::pair<const char *, const char *> wrong[] = {
		{"", "column 1: the filter ends where the name of a field is expected"},
		{"byte ==", "column 8: the filter ends where a value, such as 42, 0x2a, NAME or \"text\", is expected"},
		{"byte = 3", "column 6: '=' is no operator: equal is '=='"},
		{"byte == 3 & cpu", "column 11: '&' is no operator: and is '&&', or is '||'"},
		{"byte == 3 and cpu",
		 "column 11: 'and cpu' stands where an operator, '&&', '||' or the end is expected"},
		{"(byte == 3", "column 1: this '(' is never closed"},
		{"byte == 3)", "column 10: ')' closes what no '(' has opened"},
		{"(byte = 3)", "column 7: '=' is no operator: equal is '=='"},
		{"3 == byte", "column 1: '3 == byte' stands where the name of a field is expected"},
		{"cpu == 3 && ", "column 13: the filter ends where the name of a field is expected"},
		{"name == \"a", "column 9: the text behind this \" has no end"},
		{"name == 'a\\q'",
		 "column 11: behind a backslash comes \\, a quote, or xNN with two hexadecimal digits"},
		{"points[x].x", "column 8: 'x].x' stands where the number of an element, and ']' is expected"},
		{"byte == red", "column 9: 'byte' is compared with a number, such as 42 or 0x2a: 'red' is none"},
		{"byte == '5'",
		 "column 9: 'byte' is compared with a number, such as 42 or 0x2a: '5' in quotes is a text"},
		{"byte ~ 5",
		 "column 1: 'byte' is compared with a number, such as 42 or 0x2a: patterns are for texts and names"},
		{"color == GREEN",
		 "column 10: 'color' is compared with one of its names, such as RED, or a number: 'GREEN' is none"},
		{"letter == ABC",
		 "column 11: 'letter' is compared with a character, such as 'R', or its number: 'ABC' is none"},
		{"yes == maybe", "column 8: 'yes' is compared with true or false: 'maybe' is none"},
		{"yes < true", "column 1: 'yes' is true or false: it is compared by == and !="},
		{"name < x", "column 1: 'name' is a text: texts are compared by ==, !=, ~ and !~"},
		{"point == 1", "column 1: 'point' has fields of its own: say which, such as point.x"},
		{"points == 1", "column 1: 'points' is an array: say which element, such as points[0]"},
		{"points.x == 1", "column 1: 'points.x' goes into an array: say into which element, such as [0]"},
		{"byte[0] == 1", "column 1: 'byte[0]' asks for an element of what is no array"},
		{"matrix[6] == 1", "column 1: 'matrix[6]' is not there: that array has 6 elements, from [0] on"},
		{"text[70000] == 1", "column 1: 'text[70000]' is not there: no record has room for so many elements"},
		{"cpu.x == 1", "column 1: cpu has no fields: a record's own field of this name is fields.cpu.x"},
		{"type < 3", "column 1: types have no order: they are compared by ==, !=, ~ and !~"},
		{"type == red",
		 "column 9: no record type is called 'red'; there are: all_kinds, with_text, with_points, __u64, untyped"},
	};

	for (auto [text, expected] : wrong)
		EXPECT_EQ(why(text), expected) << text;

	EXPECT_EQ(why("fields == 1").find("column 1: no record type has a field 'fields'"), 0U);

	std::string unknown = why("cpu == 1 && prev_pid == 3");

	EXPECT_EQ(unknown.find("column 13: no record type has a field 'prev_pid'; there are: byte, negative, "), 0U)
		<< unknown;
}

TEST_F(filter_test, types_that_cannot_be_decoded)
{
	decoder none{{{1, 8, "struct a", "no_such_module"}}, std::getenv("KRING_TEST_BTF")};
	filter one;
	std::string why = one.compile("x == 1", none);

	EXPECT_EQ(why.find("column 1: no record type has a field 'x' ('struct a' cannot be decoded: there is no BTF"),
		  0U)
		<< why;
	EXPECT_EQ(one.compile("type == a && cpu == 1", none), "");
}

TEST_F(filter_test, limits)
{
	std::string deep(filter_depth_max, '(');
	std::string many = "cpu == 3";

	EXPECT_TRUE(matches(deep + "cpu == 3" + std::string(filter_depth_max, ')')));
	EXPECT_TRUE(matches(std::string(filter_depth_max, '!') + "cpu == 3"));
	EXPECT_NE(why("(" + deep + "cpu == 3" + std::string(filter_depth_max + 1, ')')).find(" deep"),
		  std::string::npos);
	EXPECT_NE(why(std::string(100000, '!')).find(" deep"), std::string::npos);
	EXPECT_NE(why(std::string(100000, '(')).find(" deep"), std::string::npos);
	for (size_t i = 1; i < filter_comparisons_max; i++)
		many += " && cpu == 3";
	EXPECT_TRUE(matches(many));
	EXPECT_NE(why(many + " && cpu == 3").find("more than 256 comparisons"), std::string::npos);
}

} /* namespace */
} /* namespace kring::test */
