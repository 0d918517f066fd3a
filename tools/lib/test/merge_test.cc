/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Order over CPUs, and where a stream begins: what it costs to know that a
 * record is the oldest, what happens if that cannot be known, and going on
 * where another stream has stopped.
 */
#include <gtest/gtest.h>

#include "../mapped_source.hh"
#include "simulated_kernel.hh"

namespace kring::test
{
namespace
{

constexpr shape small{.list_pages = 4, .page_size = 4096, .overwrite = true};

struct merging : testing::Test, fresh_clock {
	using source = mapped_source<simulated_device>;
	using observer = stream<simulated_device, source>;

	/* The next record's CPU and number as "cpu:number"; losses before it as "+lost "; "" for nothing. */
	static std::string next(observer &stream)
	{
		const kring_item *item;
		std::string text;

		while (stream.next(item) == 1) {
			if (item->kind == KRING_ITEM_RECORD)
				return text + std::to_string(item->cpu) + ":" + std::to_string(item->seq);
			text += "+" + std::to_string(item->lost) + (item->earlier ? "e " : " ");
		}
		return text;
	}
	void write(__u32 cpu, unsigned int records = 1)
	{
		while (records--)
			ASSERT_TRUE(device.rings[cpu]->write(64));
	}
	observer make(order order = order::by_time, bool rests = true)
	{
		observer made{device, source{device, rests}, {}, order};

		made.start(false);
		return made;
	}
	/* From record number seq of CPU 0 on. */
	observer resume(__u64 seq)
	{
		source place{device, true};

		place.start_at(0, seq);

		observer made{device, std::move(place), {}};

		made.start(false);
		return made;
	}

	simulated_device device{2, small};
};

TEST_F(merging, a_silent_cpu_is_asked_for)
{
	observer stream = make();

	write(0);
	EXPECT_EQ(next(stream), "0:0");
	EXPECT_EQ(device.asked, 1U);
}

TEST_F(merging, once_for_all_that_is_there)
{
	observer stream = make();

	write(0, 20);
	for (unsigned int record = 0; record < 20; record++)
		EXPECT_EQ(next(stream), "0:" + std::to_string(record));
	EXPECT_EQ(next(stream), "");
	EXPECT_EQ(device.asked, 1U);
}

TEST_F(merging, nobody_is_asked_for_while_all_have_records)
{
	observer stream = make();

	write(0);
	write(1);
	write(0);
	EXPECT_EQ(next(stream), "0:0");
	EXPECT_EQ(next(stream), "1:0");
	EXPECT_EQ(device.asked, 0U);
	EXPECT_EQ(next(stream), "0:1");
	EXPECT_EQ(device.asked, 1U) << "1 is silent now";
}

TEST_F(merging, nobody_is_asked_for_without_order)
{
	observer stream = make(order::at_hand);

	write(0);
	EXPECT_EQ(next(stream), "0:0");
	EXPECT_EQ(device.asked, 0U);
}

TEST_F(merging, what_comes_before_the_answer_is_taken_into_account)
{
	observer stream = make();

	write(1);
	device.at_horizon = [&] { fake_clock::time -= 5, write(0), fake_clock::time += 5; };
	EXPECT_EQ(next(stream), "0:0");
	EXPECT_EQ(next(stream), "1:0");
}

/* poll() has to say then that there is something, though the stream may have rested behind it. */
TEST_F(merging, a_record_that_stays_open_holds_up_what_is_later)
{
	observer stream = make();
	const kring_item *item;

	EXPECT_EQ(next(stream), "");
	EXPECT_EQ(device.rested, 1U);
	device.is_open = true;
	write(0);
	EXPECT_EQ(stream.next(item), -EAGAIN);
	EXPECT_EQ(stream.next(item), -EAGAIN);
	EXPECT_EQ(device.rested, 1U);
	EXPECT_EQ(device.held_back, 2U);
	device.is_open = false;
	EXPECT_EQ(next(stream), "0:0");
	EXPECT_EQ(next(stream), "");
	EXPECT_EQ(device.rested, 2U);
}

/* A clock that is behind names times that are not late enough, for a while. */
TEST_F(merging, clocks_that_differ)
{
	observer stream = make();

	write(0);
	device.behind = 3;
	EXPECT_EQ(next(stream), "0:0");
	EXPECT_GT(device.asked, 1U);
	write(0);
	device.behind = 1 << 20;
	EXPECT_EQ(next(stream), "");
	EXPECT_LT(device.asked, 200U);
}

/* Who reads without order does not notice. */
TEST_F(merging, a_module_that_knows_no_order)
{
	observer ordered = make(), unordered = make(order::at_hand);
	const kring_item *item;

	device.is_old = true;
	write(0);
	for (unsigned int times = 0; times < 2; times++) {
		EXPECT_EQ(ordered.next(item), -ENOTTY);
		EXPECT_NE(ordered.message().find("KRING_STREAM_UNORDERED"), std::string::npos) << ordered.message();
	}
	EXPECT_EQ(next(unordered), "0:0");
	EXPECT_EQ(next(unordered), "");
}

/* A counter may be set back, by hours: nobody waits for it to come there again. */
TEST_F(merging, clocks_that_are_set_back)
{
	observer stream = make();

	fake_clock::time = u64{1} << 40;
	write(0);
	device.behind = fake_clock::time - 1000;
	EXPECT_EQ(next(stream), "0:0");
	EXPECT_LT(device.asked, 200U);
}

/* While all others have records; its first is older than what the others get later. */
TEST_F(merging, a_ring_that_is_new)
{
	device.hide(1);

	observer stream = make();
	std::string told;

	write(0, 200);
	EXPECT_EQ(next(stream), "0:0");
	device.show(1);
	write(1);
	for (unsigned int records = 0; records < 200; records++) {
		write(0);
		told += next(stream) + ' ';
	}
	EXPECT_NE(told.find("1:0"), told.npos);
}

/* Who asks for no horizon looks at the others at the end of each page. */
TEST_F(merging, a_busy_cpu_hides_no_other)
{
	observer stream = make(order::at_hand);
	std::string told;

	write(0, 200);
	EXPECT_EQ(next(stream), "0:0");
	write(1);
	for (unsigned int records = 0; records < 200; records++) {
		write(0);
		told += next(stream) + ' ';
	}
	EXPECT_NE(told.find("1:0"), told.npos);
}

/* Who looks all the time makes no system call for nothing. */
TEST_F(merging, spinning)
{
	observer stream = make(order::by_time, false);
	const kring_item *item;

	EXPECT_EQ(next(stream), "");

	unsigned int asked = device.ledgers_asked;

	for (unsigned int times = 0; times < 10; times++)
		EXPECT_EQ(next(stream), "");
	EXPECT_EQ(device.ledgers_asked, asked);
	EXPECT_EQ(device.rested, 0U);
	write(0);
	EXPECT_EQ(next(stream), "0:0");
	device.gone = true;
	EXPECT_EQ(stream.next(item), -ENODEV);
}

TEST_F(merging, the_end)
{
	observer stream = make();
	const kring_item *item;

	write(0);
	device.gone = true;
	EXPECT_EQ(next(stream), "0:0");
	EXPECT_EQ(stream.next(item), -ENODEV);
}

TEST_F(merging, positions_follow_what_was_delivered)
{
	observer stream = make();
	__u64 seq = 99;

	EXPECT_FALSE(stream.position(2, seq));
	write(0, 3);
	EXPECT_EQ(next(stream), "0:0");
	EXPECT_EQ(next(stream), "0:1");
	ASSERT_TRUE(stream.position(0, seq));
	EXPECT_EQ(seq, 2U);
	ASSERT_TRUE(stream.position(1, seq));
	EXPECT_EQ(seq, 0U);
}

TEST_F(merging, going_on_at_a_position)
{
	write(0, 100);
	for (__u64 seq : {0U, 1U, 37U, 99U}) {
		observer stream = resume(seq);
		__u64 position;

		EXPECT_EQ(next(stream), "0:" + std::to_string(seq));
		ASSERT_TRUE(stream.position(0, position));
		EXPECT_EQ(position, seq + 1);
	}

	observer stream = resume(100);
	__u64 position;

	EXPECT_EQ(next(stream), "");
	ASSERT_TRUE(stream.position(0, position));
	EXPECT_EQ(position, 100U);
	write(0);
	EXPECT_EQ(next(stream), "0:100");
}

/* However many pages are between the oldest and the position. */
TEST_F(merging, going_on_far_behind_the_oldest)
{
	simulated_device large{2, {.list_pages = 300, .page_size = 4096, .overwrite = true}};
	source place{large, true};
	const kring_item *item;

	large.set_pages(301);
	for (unsigned int records = 0; records < 10000; records++)
		ASSERT_TRUE(large.rings[0]->write(64));
	place.start_at(0, 9990);

	observer stream{large, std::move(place), {}};

	stream.start(false);
	ASSERT_EQ(stream.next(item), 1);
	EXPECT_EQ(item->seq, 9990U);
}

/* Others begin behind the newest. */
TEST_F(merging, going_on_where_others_begin_at_the_newest)
{
	source place{device, true};
	const kring_item *item;

	write(0, 100);
	write(1, 100);
	place.start_newest(0);
	place.start_newest(1);
	place.start_at(0, 90);

	observer stream{device, std::move(place), {}};

	stream.start(true);
	EXPECT_EQ(next(stream), "0:90");
	for (__u64 seq = 91; seq < 100; seq++) {
		ASSERT_EQ(stream.next(item), 1);
		EXPECT_EQ(item->seq, seq);
	}
	EXPECT_EQ(next(stream), "");
}

/* A loss that was told is behind the position. */
TEST_F(merging, a_position_behind_a_loss)
{
	const kring_item *item;
	__u64 seq = 0;

	write(0, 1000);

	observer stream = resume(10);

	ASSERT_EQ(stream.next(item), 1);
	ASSERT_EQ(item->kind, +KRING_ITEM_LOSS);
	ASSERT_TRUE(stream.position(0, seq));
	EXPECT_EQ(seq, 10 + item->lost);
}

/* What was overwritten behind the position is its loss, and no more. */
TEST_F(merging, a_position_that_is_gone)
{
	__u64 first;

	write(0, 1000);
	{
		observer oldest = make();
		const kring_item *item;

		ASSERT_EQ(oldest.next(item), 1);
		ASSERT_EQ(item->kind, +KRING_ITEM_LOSS);
		first = item->lost;
	}

	observer stream = resume(10);

	EXPECT_EQ(next(stream), "+" + std::to_string(first - 10) + " 0:" + std::to_string(first));
}

} /* namespace */
} /* namespace kring::test */
