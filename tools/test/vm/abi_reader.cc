/* SPDX-License-Identifier: GPL-2.0-only */
/* Documentation/examples/reader.c, compiled and run. */
#include "abi_program.hh"
#include "abi_test.hh"

namespace kring::abi
{
namespace
{

class example_reader : public clean_test {};

size_t lines_with(const std::string &text, const std::string &part)
{
	size_t count = 0;

	for (const std::string &line : lines_of(text))
		count += line.find(part) != std::string::npos;
	return count;
}

/* All records of a channel that is read while it is written, until it ends. */
void read_to_the_end(const std::vector<std::string> &words, number consumed)
{
	load load{"discard=10"};
	program reader{words};
	descriptor file = open_channel();
	number committed;

	load.write(1000);
	committed = load.count("committed");
	EXPECT_TRUE(eventually([&] { return lines_with(reader.out(), " type 1 size ") == committed; }));
	EXPECT_EQ(ledger_of(file.fd()).read, consumed * committed);
	EXPECT_EQ(load.unload(), 0);
	EXPECT_EQ(reader.wait(), 0);
	EXPECT_EQ(reader.err(), "reader: " + std::to_string(committed) + " records, 0 lost\n");
}

TEST_F(example_reader, as_the_owner)
{
	read_to_the_end({"reader", "/dev/kring/load"}, 1);
}

TEST_F(example_reader, as_an_observer)
{
	read_to_the_end({"reader", "-o", "/dev/kring/load"}, 0);
}

TEST_F(example_reader, counts_what_was_lost)
{
	load load{"cpus=0 size=8K"};
	program reader{{"reader", "-o", "/dev/kring/load"}};

	load.write(10);
	EXPECT_TRUE(eventually([&] { return lines_of(reader.out()).size() == 10; }));
	load.write(100000);
	EXPECT_EQ(load.unload(), 0);
	EXPECT_EQ(reader.wait(), 0);

	number records = 0, lost = 0;

	ASSERT_EQ(sscanf(reader.err().c_str(), "reader: %llu records, %llu lost", &records, &lost), 2) << reader.err();
	EXPECT_EQ(records + lost, 100010U);
	EXPECT_GT(lost, 0U);
}

TEST_F(example_reader, refuses_what_is_no_channel)
{
	EXPECT_EQ(run("reader").status, 2);
	EXPECT_EQ(run("reader -o").status, 1);
	EXPECT_EQ(run("reader /dev/kring/none").status, 1);
	EXPECT_EQ(run("reader /dev/null").err.rfind("reader: not a kring channel: ", 0), 0U);
}

} /* namespace */
} /* namespace kring::abi */
