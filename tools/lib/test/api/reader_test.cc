/* SPDX-License-Identifier: GPL-2.0-only */
/* Readers of which rings fail: each is told, and the others are read on. */
#include <cerrno>
#include <chrono>
#include <memory>

#include <gtest/gtest.h>
#include <kring/kring.h>

#include "simulated_api.hh"

namespace kring::test
{
namespace
{

/* A record function's @ctx: how many records of each CPU. */
struct counts {
	__u64 records[4];

	static int on_record(void *ctx, const kring_item *record)
	{
		static_cast<counts *>(ctx)->records[record->cpu]++;
		return 0;
	}
};

struct failing_rings : testing::Test {
	failing_rings()
	{
		for (__u32 cpu = 0; cpu < 4; cpu++)
			for (simulated_channel *each : {&first, &second})
				each->write(cpu, 10);
	}

	void open()
	{
		reader.reset(kring_reader__new("first", counts::on_record, &of_first, nullptr));
		ASSERT_TRUE(reader);
		ASSERT_EQ(kring_reader__add(reader.get(), "second", counts::on_record, &of_second, nullptr), 0);
	}
	/* Records and errors that calls of consume(reader) return, until it has nothing. */
	template <class F>
	void expect(F consume, int expected_records, int expected_errors)
	{
		int records = 0, errors = 0, got;

		while ((got = consume(reader.get())) != 0 && records + errors < 1000) {
			EXPECT_TRUE(got > 0 || got == -EBADMSG) << got;
			(got > 0 ? records : errors) += got > 0 ? got : 1;
		}
		EXPECT_EQ(errors, expected_errors);
		EXPECT_LE(records, expected_records) << "those of a call that fails are not in what it returns";
	}
	static __u64 sum(const counts &of) { return of.records[0] + of.records[1] + of.records[2] + of.records[3]; }

	simulated_channel first{"first", 4}, second{"second", 4};
	counts of_first{}, of_second{};
	std::unique_ptr<kring_reader, decltype(&kring_reader__free)> reader{nullptr, kring_reader__free};
};

TEST_F(failing_rings, are_told_each)
{
	for (__u32 cpu : {0, 1, 3})
		first.damage(cpu);
	for (__u32 cpu : {1, 2})
		second.damage(cpu);
	open();
	expect(kring_reader__consume, 30, 5);
	EXPECT_EQ(of_first.records[2], 10U);
	EXPECT_EQ(sum(of_first), 10U);
	EXPECT_EQ(of_second.records[0], 10U);
	EXPECT_EQ(of_second.records[3], 10U);
	EXPECT_EQ(sum(of_second), 20U);
}

/* No file says that there is an error. */
TEST_F(failing_rings, are_not_waited_for)
{
	using clock = std::chrono::steady_clock;

	for (__u32 cpu = 0; cpu < 4; cpu++)
		first.damage(cpu);
	open();
	for (int errors = 0; errors < 4; errors++) {
		clock::time_point begin = clock::now();

		for (int got = 1; got >= 0;) {
			got = kring_reader__poll(reader.get(), 2000);
			EXPECT_TRUE(got > 0 || got == -EBADMSG) << got;
		}
		EXPECT_LT(clock::now() - begin, std::chrono::seconds{1});
	}
	EXPECT_EQ(sum(of_second), 40U);
	EXPECT_EQ(kring_reader__poll(reader.get(), 0), 0);
}

TEST_F(failing_rings, do_not_end_the_channel)
{
	for (__u32 cpu = 0; cpu < 4; cpu++)
		for (simulated_channel *each : {&first, &second})
			each->damage(cpu);
	open();
	expect(kring_reader__consume, 0, 8);
	first.write(1);
	EXPECT_EQ(kring_reader__consume(reader.get()), 0) << "a ring that failed is left out";
}

TEST_F(failing_rings, one_record_at_a_time)
{
	for (__u32 cpu : {0, 3})
		first.damage(cpu);
	second.damage(2);
	open();
	expect([](kring_reader *reader) { return kring_reader__consume_n(reader, 1); }, 50, 3);
	EXPECT_EQ(sum(of_first) + sum(of_second), 50U);
}

} /* namespace */
} /* namespace kring::test */
