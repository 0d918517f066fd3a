/* SPDX-License-Identifier: GPL-2.0-only */
/* Channels from a folder that looks like sysfs. */
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "../channel.hh"

extern "C" int c_api_surprise(void);

namespace kring::test
{
namespace
{

struct channel_test : testing::Test {
	channel_test()
	{
		char name[] = "/tmp/kring-test-XXXXXX";

		top = mkdtemp(name);
		for (auto [file, value] : {std::pair{"kind", "trace"},
					   {"size", "65536"},
					   {"order", "1"},
					   {"page_size", "8192"},
					   {"pages", "8"},
					   {"mode", "discard"},
					   {"clock", "counter"},
					   {"enabled", "1"},
					   {"owner", "producer"}})
			put(file, value);
		put("types", "1 24 producer 77 struct my_event\n2 8 producer 78 u64");
		for (const char *folder : {"ledger", "cpu0", "cpu2", "cpu10", "cpux"})
			put_ledger(folder);
	}
	~channel_test() override { std::filesystem::remove_all(top); }

	void put(const std::string &file, const std::string &value)
	{
		std::filesystem::path path = top + "/events/" + file;

		std::filesystem::create_directories(path.parent_path());
		std::ofstream{path} << value << '\n';
	}
	void put_ledger(const std::string &folder)
	{
		for (auto [file, value] : {std::pair{"committed", "10"},
					   {"read", "3"},
					   {"overwritten", "4"},
					   {"unread", "3"},
					   {"discarded", "2"},
					   {"dropped_full", "1"},
					   {"dropped_lapped", "0"},
					   {"dropped_too_big", "0"},
					   {"dropped_too_deep", "0"},
					   {"dropped_disabled", "6"},
					   {"dropped_no_cpu", "0"},
					   {"fault", "record"},
					   {"pages", "8"},
					   {"pages_unread", "2"}})
			put(folder + "/" + file, value);
	}
	int look(const char *name = "events") { return seen.look(sysfs_folder{top}, name); }

	std::string top;
	channel seen;
};

TEST_F(channel_test, all_that_is_there)
{
	ASSERT_EQ(look(), 0);

	const kring_channel_info &info = seen.info();

	EXPECT_STREQ(info.name, "events");
	EXPECT_STREQ(info.owner, "producer");
	EXPECT_EQ(info.size, 65536U);
	EXPECT_EQ(info.page_size, 8192U);
	EXPECT_EQ(info.pages, 8U);
	EXPECT_EQ(info.mode, +KRING_MODE_DISCARD);
	EXPECT_EQ(info.clock, +KRING_CLOCK_COUNTER);
	EXPECT_EQ(info.enabled, 1U);
	EXPECT_EQ((std::vector<__u32>{info.cpus, info.cpus + info.nr_cpus}), (std::vector<__u32>{0, 2, 10}));
	ASSERT_EQ(info.nr_types, 2U);
	EXPECT_STREQ(seen.type(0)->name, "struct my_event");
	EXPECT_EQ(seen.type(0)->size, 24U);
	EXPECT_STREQ(seen.type(1)->module, "producer");
	EXPECT_EQ(seen.type(2), nullptr);
}

/* What is of traces alone is not looked for. */
TEST_F(channel_test, other_kinds)
{
	__u64 number = 0;

	for (const char *kind : {"fifo", "mirror", "broadcast"}) {
		std::filesystem::remove_all(top + "/events");
		for (auto [file, value] : {std::pair{"kind", kind}, {"size", "4096"}, {"owner", "kring"}})
			put(file, value);
		EXPECT_EQ(look(), -ENOENT) << kind << ": it has more";
		for (auto [file, value] : {std::pair{"element", "8"},
					   {"length", "2"},
					   {"slot", "16"},
					   {"mode", "discard"},
					   {"ledger/published", "7"}})
			put(file, value);
		ASSERT_EQ(look(), 0) << kind;
		EXPECT_STREQ(kring_kind_name(seen.info().kind), kind);
		EXPECT_EQ(seen.info().size, 4096U);
		EXPECT_STREQ(seen.info().owner, "kring");
		EXPECT_EQ(seen.info().nr_cpus, 0U);
		EXPECT_EQ(seen.number("ledger/published", number), 0);
		EXPECT_EQ(number, 7U);
		EXPECT_EQ(seen.number("nope", number), -ENOENT);
		EXPECT_EQ(seen.number("mode", number), -EPROTO);
	}
	EXPECT_EQ(seen.info().unit, 16U) << "of a broadcast: a slot";
	put("kind", "mirror");
	put("mode", "other");
	EXPECT_EQ(look(), -EPROTO);
	put("kind", "fifo");
	ASSERT_EQ(look(), 0);
	EXPECT_EQ(seen.info().unit, 8U);
	EXPECT_EQ(seen.info().length, 2U);
}

TEST_F(channel_test, ledgers)
{
	kring_ledger ledger;

	ASSERT_EQ(look(), 0);
	ASSERT_EQ(seen.ledger(2, ledger), 0);
	EXPECT_EQ(ledger.committed, 10U);
	EXPECT_EQ(ledger.dropped[KRING_DROP_DISABLED], 6U);
	EXPECT_EQ(ledger.fault, +KRING_FAULT_RECORD);
	EXPECT_EQ(ledger.pages, 8U);
	ASSERT_EQ(seen.ledger(KRING_CPU_ALL, ledger), 0);
	EXPECT_EQ(ledger.pages, 24U);
	EXPECT_EQ(ledger.pages_unread, 6U);
	EXPECT_EQ(seen.ledger(1, ledger), -ENXIO);
	std::filesystem::remove_all(top + "/events");
	EXPECT_EQ(seen.ledger(KRING_CPU_ALL, ledger), -ENOENT);
}

TEST_F(channel_test, what_cannot_be)
{
	EXPECT_EQ(look("nope"), -ENOENT);
	for (const char *name : {"", ".", "..", ".x", "a/b", "a b", "12345678901234567890123456789012"})
		EXPECT_EQ(look(name), -EINVAL) << name;
	EXPECT_EQ(look("1234567890123456789012345678901"), -ENOENT);
	for (auto [file, value] : {std::pair{"kind", "other"},
				   {"size", "large"},
				   {"pages", "4294967296"},
				   {"mode", "other"},
				   {"clock", ""},
				   {"order", "5"},
				   {"types", "1 24 producer struct my_event"},
				   {"types", "1 24 producer 77"},
				   {"types", "1 24 producer -1 u64"},
				   {"types", "0 24 producer 77 u64"},
				   {"types", "4096 24 producer 77 u64"},
				   {"types", "1 x producer 77 u64"},
				   {"types", "1"}}) {
		std::ifstream in{top + "/events/" + file};
		std::string before{std::istreambuf_iterator<char>{in}, {}};

		put(file, value);
		EXPECT_EQ(look(), -EPROTO) << file << ": " << value;
		std::ofstream{top + "/events/" + file} << before;
	}
	EXPECT_EQ(look(), 0);
}

TEST(c_api_test, fails_as_documented)
{
	EXPECT_EQ(c_api_surprise(), 0) << "the number of the call in c_api.c";
}

} /* namespace */
} /* namespace kring::test */
