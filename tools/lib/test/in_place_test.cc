/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records read where they stand, and runs of them: what is overwritten while
 * it is used is told as lost, what was found whole is not, and walking a run
 * gives what asking for each record gives.
 */
#include <atomic>
#include <random>
#include <thread>

#include <gtest/gtest.h>

#include "../mapped_source.hh"
#include "../owner_source.hh"
#include "simulated_kernel.hh"

namespace kring::test
{
namespace
{

constexpr shape small{.list_pages = 4, .page_size = 4096, .overwrite = true};
constexpr __u32 size = 64;

struct in_place : testing::Test, fresh_clock {
	using source = mapped_source<simulated_device>;
	using observer = stream<simulated_device, source>;

	observer make(order order = order::by_time, bool in_place = true)
	{
		observer made{device, source{device, true, in_place}, {}, order};

		made.start(false);
		return made;
	}
	void write(__u32 cpu, unsigned int records = 1)
	{
		while (records--)
			ASSERT_TRUE(device.rings[cpu]->write(size));
	}
	/* More than a ring has room for. */
	void overwrite(__u32 cpu) { write(cpu, 4 * 4096 / size); }
	/* The ring's number of a record is its payload. */
	static __u64 number(const void *payload) { return *static_cast<const __u64 *>(payload); }
	/* Until there is nothing. */
	void expect_rest(observer &stream, __u64 received, __u64 lost)
	{
		const kring_item *item;

		while (stream.next(item) == 1) {
			received += item->kind == KRING_ITEM_RECORD && stream.is_whole();
			lost += item->lost;
		}
		EXPECT_EQ(received + lost, device.rings[0]->written + device.rings[1]->written);
	}

	simulated_device device{2, small};
	const kring_item *item = nullptr;
	kring_run *run = nullptr;
	kring_run_record record{};
};

TEST_F(in_place, payloads_stand_in_the_ring)
{
	observer stream = make();

	write(0);
	ASSERT_EQ(stream.next(item), 1);

	const kring_page *page = device.rings[0]->page(device.view(0).ring().commit_page & 0xffff);

	EXPECT_EQ(item->payload, reinterpret_cast<const char *>(page) + page_header_size + record_header_size);
	EXPECT_TRUE(stream.is_whole());
}

TEST_F(in_place, what_is_overwritten_in_use_is_lost)
{
	observer stream = make();

	write(0, 3);
	ASSERT_EQ(stream.next(item), 1);
	ASSERT_EQ(stream.next(item), 1);
	overwrite(0);
	EXPECT_FALSE(stream.is_whole());

	__u64 seq = 0;

	EXPECT_TRUE(stream.position(0, seq));
	EXPECT_EQ(seq, 1U) << "who goes on there is told the loss";
	ASSERT_EQ(stream.next(item), 1);
	EXPECT_EQ(item->kind, +KRING_ITEM_LOSS);
	EXPECT_EQ(item->seq, 1U);
	expect_rest(stream, 1, item->lost);
}

TEST_F(in_place, what_was_whole_is_received)
{
	observer stream = make();

	write(0, 3);
	ASSERT_EQ(stream.next(item), 1);
	EXPECT_TRUE(stream.is_whole());
	overwrite(0);
	EXPECT_FALSE(stream.is_whole()) << "it is not any more";
	ASSERT_EQ(stream.next(item), 1);
	EXPECT_EQ(item->seq, 1U);
	EXPECT_EQ(item->kind, +KRING_ITEM_LOSS);
	expect_rest(stream, 1, item->lost);
}

TEST_F(in_place, what_nobody_asked_about_is_asked_about)
{
	observer stream = make();

	write(0, 3);
	ASSERT_EQ(stream.next(item), 1);
	overwrite(0);
	ASSERT_EQ(stream.next(item), 1);
	EXPECT_EQ(item->kind, +KRING_ITEM_LOSS);
	EXPECT_EQ(item->seq, 0U);
	expect_rest(stream, 0, item->lost);
}

TEST_F(in_place, overwritten_while_it_waits_its_turn)
{
	observer stream = make();

	write(0);
	write(1);
	ASSERT_EQ(stream.next(item), 1);
	EXPECT_EQ(item->cpu, 0U);
	overwrite(1);
	EXPECT_TRUE(stream.is_whole());

	unsigned int received = 1;
	__u64 lost = 0;

	/* CPU 1's record was found before, and is not whole any more. */
	while (stream.next(item) == 1) {
		bool is_record = item->kind == KRING_ITEM_RECORD;
		__u64 payload = is_record ? number(item->payload) : 0;
		bool whole = is_record && stream.is_whole();

		received += whole;
		lost += item->lost;
		EXPECT_TRUE(!whole || payload == item->seq);
	}
	EXPECT_GT(lost, 0U);
	EXPECT_EQ(received + lost, device.rings[0]->written + device.rings[1]->written);
}

TEST_F(in_place, discarded_at_the_end_of_a_page_are_passed)
{
	observer stream = make();
	__u64 seq = 0;

	/* One more fits, and that is discarded; the nested one is on the next page. */
	write(0, 54);
	device.rings[0]->write_nested_in_discarded(size);
	ASSERT_EQ(device.view(0).ring().commit_page >> 16, 2U);
	for (; stream.next(item) == 1; seq++)
		EXPECT_EQ(item->seq, seq);
	EXPECT_EQ(seq, 55U);
}

/* A page of which nothing is left but what was withdrawn. */
TEST_F(in_place, a_page_of_discarded_is_passed)
{
	observer stream = make();

	write(0, 54);
	device.rings[0]->write_nested_in_discarded(3900);
	for (__u64 seq = 0; seq < 55; seq++) {
		ASSERT_EQ(stream.next(item), 1);
		EXPECT_EQ(item->seq, seq);
	}
	EXPECT_EQ(stream.next(item), 0);
}

TEST_F(in_place, long_stamps)
{
	observer walked = make(), asked = make(order::by_time, false);
	__u64 last = 0;

	fake_clock::reset(1000, 0x90000000);
	write(0, 20);
	ASSERT_EQ(walked.next_run(item, run), 1);
	for (__u64 seq = 0; seq < 20; seq++) {
		ASSERT_TRUE(kring_run__next(run, &record));
		ASSERT_EQ(asked.next(item), 1);
		EXPECT_EQ(record.stamp, item->stamp);
		EXPECT_EQ(number(record.payload), seq);
		EXPECT_GE(record.stamp, last + 0x90000000);
		last = record.stamp;
	}
}

TEST_F(in_place, the_position_moves_with_the_walk)
{
	observer stream = make();
	__u64 seq = 0;

	write(0, 5);
	ASSERT_EQ(stream.next_run(item, run), 1);
	EXPECT_TRUE(stream.position(0, seq));
	EXPECT_EQ(seq, 0U);
	kring_run__next(run, &record);
	kring_run__next(run, &record);
	EXPECT_TRUE(stream.position(0, seq));
	EXPECT_EQ(seq, 2U);
	ASSERT_EQ(stream.next(item), 1);
	EXPECT_EQ(item->seq, 2U);
	EXPECT_TRUE(stream.position(0, seq));
	EXPECT_EQ(seq, 3U);
}

/* Writers that do not wait for anybody; the reader takes what it can get. */
TEST_F(in_place, beside_a_writer)
{
	constexpr unsigned int records = 2'000'000;
	observer stream = make(order::at_hand);
	__u64 received = 0, lost = 0;
	std::atomic<bool> done = false;
	std::thread writer{[&] {
		/* Headers of one lap stand where payloads of another were. */
		for (unsigned int written = 0; written < records; written++)
			ASSERT_TRUE(device.rings[0]->write(8 + written * 7 % 200));
		done = true;
	}};

	while (received + lost < records) {
		bool is_last = done;
		int got = stream.next_run(item, run);

		if (got != 1) {
			ASSERT_EQ(got, 0);
			ASSERT_FALSE(is_last) << received << " received, " << lost << " lost";
			continue;
		}
		lost += item->lost;
		while (run && kring_run__next(run, &record)) {
			bool is_true = is_filled(record.payload, record.size, record.seq);

			if (kring_run__is_whole(run)) {
				EXPECT_TRUE(is_true);
				received++;
			}
		}
	}
	writer.join();
	EXPECT_EQ(received + lost, records);
	EXPECT_GT(received, 0U);
}

TEST_F(in_place, a_run_is_what_is_there)
{
	observer stream = make();

	write(0, 20);
	device.rings[0]->write_nested_in_discarded(size);
	write(0, 9);
	ASSERT_EQ(stream.next_run(item, run), 1);
	ASSERT_TRUE(run);
	for (__u64 seq = 0; seq < 30; seq++) {
		ASSERT_TRUE(kring_run__next(run, &record));
		EXPECT_EQ(record.seq, seq);
		EXPECT_EQ(number(record.payload), seq);
		EXPECT_EQ(record.size, size);
		EXPECT_EQ(record.type, 1U);
	}
	EXPECT_FALSE(kring_run__next(run, &record));
	EXPECT_TRUE(kring_run__is_whole(run));
	EXPECT_EQ(stream.next_run(item, run), 0);

	__u64 position = 0;

	EXPECT_TRUE(stream.position(0, position));
	EXPECT_EQ(position, 30U);
}

TEST_F(in_place, a_run_ends_where_another_cpu_is_older)
{
	observer stream = make();

	write(0, 5);
	write(1, 5);
	write(0, 5);
	for (auto [cpu, records] : {std::pair{0U, 5}, {1U, 5}, {0U, 5}}) {
		ASSERT_EQ(stream.next_run(item, run), 1);
		EXPECT_EQ(run->cpu, cpu);
		for (; records; records--)
			EXPECT_TRUE(kring_run__next(run, &record));
		EXPECT_FALSE(kring_run__next(run, &record));
	}
}

TEST_F(in_place, a_run_ends_at_the_horizon)
{
	observer stream = make();

	write(0, 20);
	device.behind = 10;
	ASSERT_EQ(stream.next_run(item, run), 1);

	__u64 horizon = fake_clock::time - device.behind;

	while (kring_run__next(run, &record))
		EXPECT_LT(record.stamp, horizon);
	EXPECT_GT(record.seq, 0U);
	EXPECT_LT(record.seq, 19U);
}

TEST_F(in_place, what_was_not_walked_comes_again)
{
	observer stream = make();

	write(0, 10);
	ASSERT_EQ(stream.next_run(item, run), 1);
	for (unsigned int walked = 0; walked < 4; walked++)
		ASSERT_TRUE(kring_run__next(run, &record));
	ASSERT_EQ(stream.next(item), 1);
	EXPECT_EQ(item->seq, 4U);
	ASSERT_EQ(stream.next_run(item, run), 1);
	EXPECT_EQ(item->seq, 5U);
}

TEST_F(in_place, a_run_that_was_partly_whole_is_partly_received)
{
	observer stream = make();

	write(0, 10);
	ASSERT_EQ(stream.next_run(item, run), 1);
	for (unsigned int walked = 0; walked < 4; walked++)
		ASSERT_TRUE(kring_run__next(run, &record));
	EXPECT_TRUE(kring_run__is_whole(run));
	ASSERT_TRUE(kring_run__next(run, &record));
	overwrite(0);
	EXPECT_FALSE(kring_run__is_whole(run));
	ASSERT_EQ(stream.next(item), 1);
	EXPECT_EQ(item->kind, +KRING_ITEM_LOSS);
	EXPECT_EQ(item->seq, 4U);

	__u64 seq = 0;

	EXPECT_TRUE(stream.position(0, seq));
	EXPECT_EQ(seq, item->seq + item->lost);
	expect_rest(stream, 4, item->lost);
}

/* What an owner walks and does not pass is unread again. */
TEST_F(in_place, an_owner_has_runs_too)
{
	stream<simulated_device, owner_source<simulated_device>> stream{device, owner_source{device}, {}};
	__u64 walked = 0;

	stream.start(false);
	write(0, 100);
	write(1, 100);
	while (stream.next_run(item, run) == 1) {
		ASSERT_TRUE(run);
		while (kring_run__next(run, &record)) {
			EXPECT_EQ(number(record.payload), record.seq);
			walked++;
		}
		EXPECT_TRUE(kring_run__is_whole(run));
	}
	EXPECT_EQ(walked, 200U);
}

/* A writer that comes at any moment: what a program believes is true, and all adds up. */
struct storm : in_place, testing::WithParamInterface<unsigned int> {
	void maybe_write()
	{
		if (random() % 8 == 0)
			write(random() % 2, random() % 60);
		if (random() % 64 == 0)
			device.rings[random() % 2]->write_nested_in_discarded(size);
	}
	/* Some of a run; what is found whole counts. */
	void walk()
	{
		__u64 unconfirmed = 0;
		bool is_true = true;

		for (__u64 steps = random() % 40; steps && kring_run__next(run, &record); steps--) {
			unconfirmed++;
			maybe_write();
			is_true &= record.size == size && number(record.payload) == record.seq;
			if (random() % 4)
				continue;
			maybe_write();
			confirm(unconfirmed, is_true);
		}
		confirm(unconfirmed, is_true);
	}
	void confirm(__u64 &unconfirmed, bool &is_true)
	{
		if (kring_run__is_whole(run)) {
			EXPECT_TRUE(is_true);
			received += unconfirmed;
		}
		unconfirmed = 0;
		is_true = true;
	}

	std::minstd_rand random{GetParam()};
	__u64 received = 0;
	__u64 lost = 0;
};

TEST_P(storm, adds_up)
{
	observer stream = make(GetParam() % 2 ? order::by_time : order::at_hand);

	for (unsigned int round = 0; round < 3000; round++) {
		maybe_write();
		if (stream.next_run(item, run) != 1)
			continue;
		lost += item->lost;
		if (run)
			walk();
	}
	EXPECT_GT(received, 1000U);
	EXPECT_GT(lost, 100U);
	expect_rest(stream, received, lost);
}

INSTANTIATE_TEST_SUITE_P(seeds, storm, testing::Range(1U, 9U));

/* Walked or asked for one by one, in place or copied: the same records in the same order. */
TEST_P(storm, runs_are_what_next_gives)
{
	order order = GetParam() % 2 ? order::by_time : order::at_hand;
	observer walked = make(order), asked = make(order::by_time, false);
	std::vector<std::pair<__u32, __u64>> left, right;

	for (unsigned int round = 0; round < 200; round++) {
		write(random() % 2, random() % 20);
		while (walked.next_run(item, run) == 1)
			while (run && kring_run__next(run, &record))
				left.emplace_back(run->cpu, record.seq);
		while (asked.next(item) == 1)
			right.emplace_back(item->cpu, item->seq);
	}
	if (order == order::at_hand) {
		std::sort(left.begin(), left.end());
		std::sort(right.begin(), right.end());
	}
	EXPECT_EQ(left, right);
}

} /* namespace */
} /* namespace kring::test */
