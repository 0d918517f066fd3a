/* SPDX-License-Identifier: GPL-2.0-only */
/* What the program kring computes: lists of CPUs, rates, the words of stat; and what it says of errors. */
#include <cerrno>
#include <stdexcept>

#include <gtest/gtest.h>

#include "../../kring/cpu_list.hh"
#include "../../kring/failure.hh"
#include "../../kring/rates.hh"
#include "../../kring/start_place.hh"
#include "../../kring/stat_options.hh"
#include "../../kring/verdict.hh"

namespace
{

using cpus = std::vector<unsigned int>;

TEST(cpu_list_test, lists)
{
	EXPECT_EQ(parse_cpu_list("0", 8), (cpus{0}));
	EXPECT_EQ(parse_cpu_list("0,2-3", 8), (cpus{0, 2, 3}));
	EXPECT_EQ(parse_cpu_list("7,0-1,1,5-5", 8), (cpus{0, 1, 5, 7}));
}

TEST(cpu_list_test, no_lists)
{
	for (const char *text :
	     {"", ",", "0,", ",0", "a", "0x1", "1-", "-1", "3-2", "1-2-3", "0 1", " 0", "8", "0-8", "99999999999"})
		EXPECT_THROW(parse_cpu_list(text, 8), std::invalid_argument) << text;
}

TEST(start_place_test, places)
{
	EXPECT_FALSE(parse_start_place("oldest").newest);
	EXPECT_TRUE(parse_start_place("newest").newest);

	start_place place = parse_start_place("0:0,3:18446744073709551615");

	ASSERT_EQ(place.positions.size(), 2U);
	EXPECT_FALSE(place.newest);
	EXPECT_EQ(place.positions[0].cpu, 0U);
	EXPECT_EQ(place.positions[0].seq, 0U);
	EXPECT_EQ(place.positions[1].cpu, 3U);
	EXPECT_EQ(place.positions[1].seq, ~__u64{0});
	EXPECT_EQ(place.positions[1].channel, 0U);
}

TEST(start_place_test, no_places)
{
	for (const char *text : {"", "Oldest", "newest ", "0", ":", "0:", ":1", "0:x", "x:0", "0:1:2", "-1:0", "0:-1",
				 "0:1,", ",0:1", "0:1,newest", "0:1,0:2", "4294967296:0", "0:18446744073709551616"})
		EXPECT_THROW(parse_start_place(text), std::invalid_argument) << text;
}

kring_ledger make_ledger(__u64 committed, __u64 read, __u64 overwritten, __u64 unread)
{
	kring_ledger ledger{};

	ledger.committed = committed;
	ledger.read = read;
	ledger.overwritten = overwritten;
	ledger.unread = unread;
	return ledger;
}

TEST(rates_test, per_second)
{
	kring_ledger before = make_ledger(100, 50, 20, 30);
	kring_ledger now = make_ledger(300, 60, 220, 20);

	now.dropped[KRING_DROP_FULL] = 3;
	now.dropped[KRING_DROP_NO_CPU] = 4;
	now.discarded = 1;

	rates each = rates_between(before, now, 0.5);

	EXPECT_DOUBLE_EQ(each.committed, 400);
	EXPECT_DOUBLE_EQ(each.read, 20);
	EXPECT_DOUBLE_EQ(each.overwritten, 400);
	EXPECT_DOUBLE_EQ(each.dropped, 14);
	EXPECT_DOUBLE_EQ(each.discarded, 2);
}

TEST(rates_test, channel_that_began_anew)
{
	EXPECT_DOUBLE_EQ(rates_between(make_ledger(100, 0, 0, 100), make_ledger(10, 0, 0, 10), 1).committed, 10);
}

TEST(rates_test, no_time)
{
	EXPECT_DOUBLE_EQ(rates_between(make_ledger(0, 0, 0, 0), make_ledger(10, 0, 0, 10), 0).committed, 0);
	EXPECT_DOUBLE_EQ(rates_between(make_ledger(0, 0, 0, 0), make_ledger(10, 0, 0, 10), -1).committed, 0);
}

TEST(rates_test, fill)
{
	kring_ledger ledger{};

	EXPECT_DOUBLE_EQ(fill_percent(ledger), 0);
	ledger.pages = 8;
	ledger.pages_unread = 2;
	EXPECT_DOUBLE_EQ(fill_percent(ledger), 25);
	ledger.pages_unread = 9;
	EXPECT_DOUBLE_EQ(fill_percent(ledger), 100);
}

TEST(rates_test, gap)
{
	EXPECT_EQ(ledger_gap(make_ledger(10, 3, 4, 3)), 0);
	EXPECT_EQ(ledger_gap(make_ledger(10, 3, 4, 2)), 1);
	EXPECT_EQ(ledger_gap(make_ledger(10, 3, 4, 5)), -2);
	EXPECT_LT(ledger_gap(make_ledger(10, 11, 0, ~__u64{0})), 0) << "a difference that has wrapped";
}

TEST(rates_test, since_the_last_report)
{
	kring_ledger before = make_ledger(100, 50, 20, 30);
	kring_ledger now = make_ledger(300, 40, 220, 20);

	before.dropped[KRING_DROP_LAPPED] = 5;
	now.dropped[KRING_DROP_LAPPED] = 7;
	before.discarded = now.discarded = 9;
	now.pages = 8;

	kring_ledger news = since(before, now);

	EXPECT_EQ(news.committed, 200U);
	EXPECT_EQ(news.read, 40U) << "it went backwards: began anew";
	EXPECT_EQ(news.overwritten, 200U);
	EXPECT_EQ(news.unread, 20U);
	EXPECT_EQ(news.dropped[KRING_DROP_LAPPED], 2U);
	EXPECT_EQ(news.discarded, 0U);
	EXPECT_EQ(news.pages, 8U);
}

TEST(rates_test, lost)
{
	kring_ledger ledger = make_ledger(90, 0, 20, 70);

	EXPECT_DOUBLE_EQ(lost_percent(make_ledger(0, 0, 0, 0)), 0);
	EXPECT_DOUBLE_EQ(lost_percent(make_ledger(90, 0, 0, 90)), 0);
	ledger.dropped[KRING_DROP_TOO_BIG] = 10;
	EXPECT_DOUBLE_EQ(lost_percent(ledger), 30);
	EXPECT_DOUBLE_EQ(lost_percent(make_ledger(10, 0, 500, 0)), 100) << "older ones were overwritten";
	EXPECT_DOUBLE_EQ(lost_percent(make_ledger(0, 0, 1, 0)), 100);
}

TEST(verdict_test, percents_that_are_not_nothing_and_not_all)
{
	EXPECT_EQ(percent_text(0), "0.0");
	EXPECT_EQ(percent_text(0.0001), "<0.1");
	EXPECT_EQ(percent_text(0.1), "0.1");
	EXPECT_EQ(percent_text(99.99), ">99.9");
	EXPECT_EQ(percent_text(100), "100.0");
}

TEST(verdict_test, names_the_causes_and_what_helps_against_the_first)
{
	kring_ledger ledger = make_ledger(90, 70, 0, 20);

	ledger.discarded = 5;
	EXPECT_EQ(verdict_on(ledger), "nothing lost");
	ledger.dropped[KRING_DROP_FULL] = 4;
	ledger.dropped[KRING_DROP_TOO_BIG] = 6;
	EXPECT_EQ(verdict_on(ledger),
		  "lost 10.0% (6 too_big, 4 full): records do not fit on a page: raise the channel's order");
	ledger.overwritten = 20;
	EXPECT_EQ(verdict_on(ledger),
		  "lost 30.0% (20 overwritten, 6 too_big, 4 full): the owning reader is too slow, or "
		  "the rings are too small");
	ledger.read = 0;
	EXPECT_NE(verdict_on(ledger).find("): nobody consumes the records"), std::string::npos);
}

stat_options split(std::vector<std::string> words)
{
	stat_options options;

	options.words = std::move(words);
	split_words(options);
	return options;
}

TEST(stat_options_test, channels_interval_count)
{
	stat_options none = split({});

	EXPECT_TRUE(none.channels.empty());
	EXPECT_EQ(none.count, 1U);

	stat_options all = split({"sched", "5ms", "0.5", "3"});

	EXPECT_EQ(all.channels, (std::vector<std::string>{"sched", "5ms"}));
	EXPECT_DOUBLE_EQ(all.interval, 0.5);
	EXPECT_EQ(all.count, 3U);
	EXPECT_EQ(split({"2"}).count, 0U) << "without end";
}

TEST(stat_options_test, what_cannot_be)
{
	for (const std::vector<std::string> &words : std::vector<std::vector<std::string>>{{"0"},
											   {"-1"},
											   {"inf"},
											   {"nan"},
											   {"1e9"},
											   {"1", "0"},
											   {"1", "-1"},
											   {"1", "x"},
											   {"1", "2", "3"},
											   {"1", "1.5"}})
		EXPECT_THROW(split(words), std::invalid_argument) << words[0];
}

TEST(failure_test, says_what_to_do)
{
	EXPECT_STREQ(read_failure("x", ENOTTY).what(),
		     "channel 'x': the kring module that is loaded cannot order the records of several CPUs: use "
		     "--unordered, or the module that came with this kring");
	EXPECT_STREQ(read_failure("x", EBUSY).what(), channel_failure("x", EBUSY).what());
}

} /* namespace */
