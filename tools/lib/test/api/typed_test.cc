/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kring.hpp: its loops over records give what asking a stream for one item
 * after another gives, losses and errors included, however it reads.
 */
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <kring/kring.hpp>

#include "simulated_api.hh"

namespace kring::test
{
namespace
{

/* Each record's first word is its number in its ring. */
struct numbered {
	__u64 number;
};

class opened {
public:
	explicit opened(__u32 flags = 0) : stream{"channel", options(flags)} {}

	kring::stream stream;

private:
	const kring_stream_opts *options(__u32 flags)
	{
		opts_.sz = sizeof(opts_);
		opts_.flags = flags;
		return &opts_;
	}

	kring_stream_opts opts_{};
};

std::string text_of(const kring_item &item)
{
	if (item.kind == KRING_ITEM_LOSS)
		return fmt::format("cpu {}: {} lost at {}", item.cpu, item.lost, item.seq);
	return fmt::format("cpu {}: {} of {} bytes, type {}, at {}", item.cpu, item.seq, item.size, item.type,
			   item.time);
}

template <class T>
std::string text_of(const record<T> &record)
{
	return fmt::format("cpu {}: {} of {} bytes, type 1, at {}", record.cpu(), record.seq(), record.size(),
			   record.time());
}

struct typed : testing::Test {
	simulated_channel channel{"channel", 3};
};

struct typed_ways : typed, testing::WithParamInterface<__u32> {
	opened asked{GetParam()}, walked{GetParam()};
};

INSTANTIATE_TEST_SUITE_P(flags, typed_ways,
			 testing::Values(0U, KRING_STREAM_UNORDERED, KRING_STREAM_IN_PLACE,
					 KRING_STREAM_IN_PLACE | KRING_STREAM_UNORDERED));

TEST_P(typed_ways, give_what_next_gives)
{
	std::vector<std::string> left, right;
	std::mt19937 random{7};

	walked.stream.on_loss([&](const kring_item &loss) { left.push_back(text_of(loss)); });
	for (int round = 0; round < 300; round++) {
		/* At times more than there is room for. */
		for (unsigned int burst = random() % 8 ? random() % 40 : 900; burst; burst--)
			channel.write(random() % 3, 1, 8 + random() % 100);
		for (const auto &record : walked.stream.records<numbered>()) {
			EXPECT_EQ(record->number, record.seq());
			EXPECT_EQ(text_of(record), text_of(record.item()));
			left.push_back(text_of(record));
		}
		while (const kring_item *item = asked.stream.next())
			right.push_back(text_of(*item));
	}
	EXPECT_EQ(left, right);
	EXPECT_GT(right.size(), 6000U);
}

/* Loops that are left early, and other ways to go on in between. */
TEST_P(typed_ways, go_on_where_the_last_one_was_left)
{
	std::vector<__u64> next(3);
	auto got = [&](__u32 cpu, __u64 seq) { EXPECT_EQ(seq, next[cpu]++); };

	for (int i = 0; i < 100; i++)
		channel.write(static_cast<__u32>(i % 7 % 3));
	for (int round = 0; round < 30; round++) {
		int left = round % 4;

		for (const auto &record : walked.stream.records<numbered>()) {
			got(record.cpu(), record.seq());
			EXPECT_EQ(walked.stream.position(record.cpu()).seq, record.seq() + 1);
			if (left == 2)
				if (const kring_item *item = walked.stream.next())
					got(item->cpu, item->seq);
			if (left-- == 0)
				break;
		}
		if (const kring_item *item = walked.stream.next())
			got(item->cpu, item->seq);
	}
	EXPECT_EQ(next[0] + next[1] + next[2], 100U);
}

TEST_P(typed_ways, throw_what_a_ring_fails_with)
{
	unsigned int records = 0, errors = 0;

	for (__u32 cpu = 0; cpu < 3; cpu++)
		channel.write(cpu, 10);
	channel.damage(0);
	channel.damage(2);
	for (int round = 0; round < 5; round++) {
		try {
			for (const auto &record : walked.stream.records<numbered>())
				records += record.cpu() == 1;
		} catch (const std::system_error &error) {
			EXPECT_EQ(error.code().value(), EBADMSG);
			EXPECT_STREQ(error.what(), errors++ ? "cpu 2: Bad message" : "cpu 0: Bad message");
		}
	}
	EXPECT_EQ(records, 10U);
	EXPECT_EQ(errors, 2U);
}

/* What nobody asked about is asked about record by record, as next() does it. */
TEST_P(typed_ways, lose_what_is_overwritten_in_use)
{
	bool in_place = GetParam() & KRING_STREAM_IN_PLACE;
	__u64 first_lost = ~0ULL, received = 0, lost = 0;

	walked.stream.on_loss([&](const kring_item &loss) {
		first_lost = std::min(first_lost, +loss.seq);
		lost += loss.lost;
	});
	channel.write(0, 10);
	for (const auto &record : walked.stream.records<numbered>()) {
		if (record.seq() == 5 && first_lost == ~0ULL)
			channel.overwrite(0);
		received += record.seq() < 5 || walked.stream.is_whole();
	}
	EXPECT_EQ(first_lost, in_place ? 5U : 10U);
	EXPECT_EQ(received + lost, channel.written(0));
}

TEST_P(typed_ways, receive_what_was_whole)
{
	__u64 lost_at = ~0ULL;

	walked.stream.on_loss([&](const kring_item &loss) { lost_at = loss.seq; });
	channel.write(0, 10);
	for (const auto &record : walked.stream.records<numbered>()) {
		if (record.seq() != 5 || lost_at != ~0ULL)
			continue;
		EXPECT_TRUE(walked.stream.is_whole());
		channel.overwrite(0);
	}
	EXPECT_EQ(lost_at, GetParam() & KRING_STREAM_IN_PLACE ? 6U : 10U);
}

TEST_F(typed, leave_out_what_is_smaller_or_of_another_type)
{
	opened one, other;
	__u64 records = 0;

	channel.write(0, 1, 0);
	channel.write(0, 1, 7);
	channel.write(0, 2, 8);
	channel.write(1, 1, 4);
	for (const auto &record : one.stream.records<numbered>(1))
		records += record.size();
	EXPECT_EQ(records, 16U);
	for (const auto &record : other.stream.records<numbered>(2))
		FAIL() << record.seq();
}

TEST_F(typed, of_no_channel)
{
	EXPECT_THROW(kring::stream{"none"}, std::system_error);
}

TEST_F(typed, a_record_is_no_part_of_its_loop)
{
	opened asked;

	channel.write(0, 2);

	auto records = asked.stream.records<numbered>();
	auto at = records.begin();
	auto first = *at;

	++at;
	EXPECT_EQ(first.seq(), 0U);
	EXPECT_EQ((*at).seq(), 1U);
}

TEST_F(typed, a_record_is_of_its_run_s_cpu)
{
	opened asked;
	const kring_item *item = nullptr;

	channel.write(0, 3);
	channel.write(1, 3);
	for (const auto &record : asked.stream.records<numbered>()) {
		EXPECT_EQ(record.cpu(), 0U);
		break;
	}
	do
		ASSERT_EQ(kring_stream__next(asked.stream.get(), &item), 1);
	while (item->cpu == 0);
	for (const auto &record : asked.stream.records<numbered>()) {
		EXPECT_EQ(record.cpu(), 1U);
		EXPECT_EQ(record.seq(), item->seq + 1);
		break;
	}
}

} /* namespace */
} /* namespace kring::test */
