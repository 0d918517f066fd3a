/* SPDX-License-Identifier: GPL-2.0-only */
/* Walking a run, on memory that holds what a page being used again may hold; see in_place_test.cc for runs of streams. */
#include <vector>

#include <gtest/gtest.h>

#include <kring/run.h>

#include "../mapped_source.hh"
#include "simulated_kernel.hh"

namespace kring::test
{
namespace
{

constexpr __u64 high = __u64{7} << 32;

/* Words as they may stand on a page, and a run over all of them. */
struct words {
	explicit words(std::vector<__u64> of) : memory{std::move(of)}
	{
		run.at = reinterpret_cast<const char *>(memory.data());
		run.end = reinterpret_cast<const char *>(memory.data() + memory.size());
		run.base = high;
		run.limit = high | 1000;
		run.time_max = 1000;
		run.seq = 5;
	}
	bool next() { return kring_run__next(&run, &record); }
	/* How many words were walked over. */
	size_t walked() const
	{
		return static_cast<size_t>(run.at - reinterpret_cast<const char *>(memory.data())) / 8;
	}

	std::vector<__u64> memory;
	kring_run run{};
	kring_run_record record{};
};

constexpr __u64 header(__u32 time, __u64 size, __u64 type)
{
	return type << 48 | size << 32 | time;
}

TEST(run, a_record)
{
	words words{{header(11, 9, 3), 0, 0}};

	ASSERT_TRUE(words.next());
	EXPECT_EQ(words.record.payload, &words.memory[1]);
	EXPECT_EQ(words.record.seq, 5U);
	EXPECT_EQ(words.record.stamp, high | 11);
	EXPECT_EQ(words.record.size, 9U);
	EXPECT_EQ(words.record.type, 3U);
	EXPECT_FALSE(words.next());
	EXPECT_EQ(words.run.seq, 6U);
	EXPECT_EQ(words.walked(), 3U);
}

/* By its size or by its long stamp: nothing behind the end is looked at. */
TEST(run, beyond_the_end)
{
	for (__u64 type : {__u64{0}, __u64{KRING_RECORD_LONG_TIME}, __u64{KRING_RECORD_DISCARDED},
			   __u64{KRING_RECORD_LONG_TIME | KRING_RECORD_DISCARDED}})
		for (__u64 size : {17, 24, 4096, 65535}) {
			words words{{header(1, size, type), 0, 0}};

			EXPECT_FALSE(words.next()) << size << " of type " << type;
			EXPECT_EQ(words.walked(), 0U);
			EXPECT_EQ(words.run.seq, 5U);
		}
	EXPECT_FALSE((words{{header(1, 16, KRING_RECORD_LONG_TIME), 0, high | 1}}.next()));
	EXPECT_TRUE((words{{header(1, 16, 0), 0, 0}}.next()));
}

/* The last one is as old as the limit says, however its stamp is written. */
TEST(run, limits)
{
	EXPECT_TRUE((words{{header(1000, 0, 0)}}.next()));
	EXPECT_FALSE((words{{header(1001, 0, 0)}}.next()));
	EXPECT_TRUE((words{{header(5000, 0, KRING_RECORD_LONG_TIME), high | 1000}}.next()));
	EXPECT_FALSE((words{{header(5, 0, KRING_RECORD_LONG_TIME), high | 1001}}.next()));
	EXPECT_TRUE((words{{header(5000, 0, KRING_RECORD_LONG_TIME), high - 1}}.next()));
}

TEST(run, flags)
{
	/* Those that were discarded have no number, and may be as late as they like. */
	words words{{header(5000, 8, KRING_RECORD_DISCARDED), 0,
		     header(5000, 0, KRING_RECORD_DISCARDED | KRING_RECORD_LONG_TIME), ~__u64{0}, header(6, 0, 4)}};

	ASSERT_TRUE(words.next());
	EXPECT_EQ(words.record.seq, 5U);
	EXPECT_EQ(words.record.type, 4U);
	EXPECT_EQ(words.walked(), 5U);
	for (__u64 reserved : {0x1000, 0x2000, 0x3000, 0x5000, 0xa000}) {
		test::words odd{{header(1, 0, reserved), 0, 0, 0}};

		EXPECT_FALSE(odd.next()) << reserved;
		EXPECT_EQ(odd.walked(), 0U);
	}
}

/* The clock went back by more than a short stamp can tell, and forth again. */
TEST(run, of_a_record_from_before_its_page)
{
	fresh_clock clock;

	fake_clock::time = 3 * high;

	simulated_device device{2, {.list_pages = 4, .page_size = 4096, .overwrite = true}};

	fake_clock::time = high;
	ASSERT_TRUE(device.rings[0]->write(8));
	fake_clock::time = high + 1000;
	ASSERT_TRUE(device.rings[1]->write(8));
	fake_clock::time = 3 * high + 10;
	ASSERT_TRUE(device.rings[0]->write(8));

	stream stream{device, mapped_source{device, true}, {}};

	stream.start(false);
	for (__u32 cpu : {0, 1, 0}) {
		const kring_item *item;
		kring_run_record record;
		kring_run *run;

		ASSERT_EQ(stream.next_run(item, run), 1);
		EXPECT_EQ(run->cpu, cpu);
		EXPECT_TRUE(kring_run__next(run, &record));
		EXPECT_FALSE(kring_run__next(run, &record));
	}
}

} /* namespace */
} /* namespace kring::test */
