/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The broadcast ring with something happening before each single access of a
 * producer or a consumer, in one thread: what is between two accesses of theirs
 * runs as a whole. The explorer goes further; this is what a debugger can follow.
 */
#include <gtest/gtest.h>

#include "broadcast_fixture.hh"
#include "platform_nesting.hh"

namespace kring::test
{
namespace
{

using broadcast = test_broadcast<platform_nesting>;

constexpr u32 size = 16;

/* Does `operation` on fresh rings, with `what` before each of its accesses in turn; as many as it has. */
template <class operation_type, class injected_type>
void before_each_access(u32 slots, u32 fill, operation_type operation, injected_type injected)
{
	bool injected_it = true;
	u64 at = 0;

	for (; injected_it; at++) {
		SCOPED_TRACE(testing::Message() << "before access " << at << ", after " << fill << " records");
		broadcast ring{slots};

		ring.producer.write_many(fill, size);
		injected_it = interruptions::run({{at, [&] { injected(ring); }}}, [&] { operation(ring); });
		ASSERT_STREQ(ring.quiet(), "");
	}
	EXPECT_GT(at, 2);
}

void write_one(broadcast &ring)
{
	(void)ring.producer.write(size);
}

TEST(broadcast_nesting, producer_in_producer)
{
	for (u32 fill = 0; fill < 10; fill++)
		before_each_access(4, fill, write_one, write_one);
}

TEST(broadcast_nesting, laps_in_a_producer)
{
	for (u32 laps = 1; laps < 4; laps++)
		for (u32 fill = 0; fill < 10; fill++)
			for (u32 more = 0; more < 4; more++)
				before_each_access(4, fill, write_one, [&](broadcast &ring) {
					ring.producer.write_many(4 * laps + more, size);
				});
}

TEST(broadcast_nesting, laps_in_a_consumer)
{
	for (u32 records = 1; records < 14; records++)
		for (u32 fill = 0; fill < 10; fill++)
			before_each_access(
				4, fill, [](broadcast &ring) { ring.consumers[0].poll_all(); },
				[&](broadcast &ring) { ring.producer.write_many(records, size); });
}

TEST(broadcast_nesting, laps_in_a_producer_that_withdraws)
{
	auto withdraw = [](broadcast &ring) {
		broadcast_open record = ring.producer.reserve(size);

		if (record)
			ring.producer.discard(record);
	};

	for (u32 records = 1; records < 9; records++)
		for (u32 fill = 0; fill < 5; fill++)
			before_each_access(2, fill, withdraw,
					   [&](broadcast &ring) { ring.producer.write_many(records, size); });
}

/* A lap comes before the first access of a producer has led to a second: it has a ticket, and no slot yet. */
TEST(broadcast_nesting, producer_that_comes_too_late)
{
	broadcast ring{4};
	broadcast_status late = broadcast_status::ok;

	EXPECT_TRUE(interruptions::run({{1, [&] { ring.producer.write_many(4, size); }}},
				       [&] { late = ring.producer.write(size); }));
	EXPECT_EQ(late, broadcast_status::lapped);
	EXPECT_EQ(ring.ring.dropped(KRING_BROADCAST_DROP_LAPPED), 1);
	EXPECT_STREQ(ring.quiet(), "");
	EXPECT_EQ(ring.consumers[0].received, 4);
	EXPECT_EQ(ring.consumers[0].cursor.lost(), 1);
}

/* B5: whatever comes into a commit, its producer is told whether the record can be read. */
TEST(broadcast_nesting, producer_is_told_what_became_of_its_record)
{
	bool injected = true;
	u32 overtaken = 0;

	for (u64 at = 0; injected; at++) {
		broadcast ring{2};
		broadcast_open record = ring.producer.reserve(size);
		broadcast_status status = broadcast_status::not_open;

		injected = interruptions::run({{at, [&] { ring.producer.write_many(2, size); }}},
					      [&] { status = ring.producer.commit(record); });
		EXPECT_EQ(status == broadcast_status::ok, ring.slot_of(record).state == KRING_BROADCAST_READY(0))
			<< "before access " << at;
		overtaken += status == broadcast_status::overtaken;
		if (!injected)
			ring.producer.write_many(2, size);
		EXPECT_STREQ(ring.quiet(), "");
	}
	EXPECT_GT(overtaken, 0U);
}

/* B8: alone at work, whatever was before. */
TEST(broadcast_nesting, producer_takes_few_steps)
{
	constexpr u64 most = 5 + (size + 7) / 8 + 3;

	for (u32 fill = 0; fill < 10; fill++) {
		broadcast ring{4};
		u64 steps = 0;

		ring.producer.write_many(fill, size);
		while (interruptions::run({{steps, [] {}}}, [&] { write_one(ring); }))
			steps++;
		EXPECT_LE(steps, most);
	}
}

/* As many producers as there are slots and more, each in the one before, at its every access. */
TEST(broadcast_nesting, deep)
{
	for (u64 at = 0; at < 12; at++) {
		broadcast ring{2};
		plan inner = {};

		for (u32 depth = 0; depth < 7; depth++)
			inner = plan{{at, [&] { write_one(ring); }, inner}};
		interruptions::run(inner, [&] { write_one(ring); });
		EXPECT_STREQ(ring.quiet(), "") << "before access " << at;
	}
}

} /* namespace */
} /* namespace kring::test */
