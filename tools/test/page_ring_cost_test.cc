/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What operations cost, in accesses to shared memory: no more for a large ring
 * or an old one.
 */
#include <gtest/gtest.h>

#include "nesting_scene.hh"

namespace kring::test
{
namespace
{

using ring_type = test_ring<platform_nesting, nesting_clock>;

constexpr u64 few = 100;

bool is_cheap(const std::function<void()> &operation, u64 limit = few)
{
	return !interruptions::run({{limit, [] {}}}, operation);
}

struct page_ring_cost : testing::TestWithParam<bool> {
	page_ring_cost() : large{{.list_pages = 1000, .page_size = 256, .overwrite = GetParam()}} {}

	/* Its pages were written hundreds of times. */
	void age(ring_type &ring)
	{
		for (u32 pages = 0; pages < 1000; pages++) {
			ring.write_many(5);
			if (pages < 10)
				ring.take();
		}
	}

	fresh_clock clock;
	ring_type large; /* five records a page */
};

INSTANTIATE_TEST_SUITE_P(modes, page_ring_cost, testing::Bool());

TEST_P(page_ring_cost, write)
{
	for (u32 record = 0; record < 12000; record++)
		ASSERT_TRUE(is_cheap([&] { large.write(); })) << record;
}

/* Where writers have moved the head, the reader looks for it once. */
TEST_P(page_ring_cost, take)
{
	large.write_many(5 * 1000 + 100);
	ASSERT_TRUE(large.take());
	for (u32 page = 1; page < 1000; page++)
		ASSERT_TRUE(is_cheap([&] { ASSERT_TRUE(large.take()); })) << page;
}

/* In a new ring the reader knows where it is. */
TEST_P(page_ring_cost, first_take)
{
	large.write();
	EXPECT_TRUE(is_cheap([&] { ASSERT_TRUE(large.take()); }));
}

/* While a writer moves it, the reader does not go around the ring to look for it, however often it tries. */
TEST_P(page_ring_cost, head_under_way)
{
	bool reached = true;

	large.write_many(5 * 1000);
	for (u64 at = 0; reached; at++) {
		bool cheap = true;

		reached = interruptions::run(
			{{at,
			  [&] { cheap = is_cheap([&] { (void)large.reader.readable(), large.take(); }, 20 * few); }}},
			[&] { large.write(); });
		ASSERT_TRUE(cheap) << at;
		large.write_many(4);
	}
}

TEST_P(page_ring_cost, ledger)
{
	ring_type ring{{.list_pages = 3, .page_size = 256, .overwrite = GetParam()}};

	age(ring);
	EXPECT_TRUE(is_cheap([&] { ring.ledger(); }));
	EXPECT_TRUE(is_cheap([&] { (void)ring.reader.readable(); }));
}

TEST_P(page_ring_cost, observer)
{
	ring_type ring{{.list_pages = 3, .page_size = 256, .overwrite = GetParam()}};
	page_observer<platform_nesting> cursor{};
	page_span span{};

	age(ring);
	EXPECT_TRUE(is_cheap([&] { ASSERT_EQ(cursor.look(ring.memory, span), status::ok); }));
	EXPECT_TRUE(is_cheap([&] { cursor.seek_newest(ring.memory); }));
	EXPECT_TRUE(is_cheap([&] { ASSERT_EQ(cursor.look(ring.memory, span), status::empty); }));
}

/* Writers that go around the ring at every look at it keep nobody for ever. There is something to read all the time. */
TEST(page_ring_cost_restless, readers)
{
	fresh_clock clock;
	ring_type ring{{.list_pages = 2, .page_size = 256}};
	page_observer<platform_nesting> cursor{};
	page_span span{};
	ring_ledger sums{};
	plan laps;

	for (u64 at = 0; at < 50 * few; at++)
		laps.push_back({at, [&] { ring.write_many(3 * 5); }});
	EXPECT_FALSE(interruptions::run(laps, [&] { EXPECT_TRUE(ring.reader.readable()); }));
	EXPECT_FALSE(interruptions::run(laps, [&] { EXPECT_FALSE(ring.reader.ledger(sums)); }));
	EXPECT_FALSE(interruptions::run(laps, [&] { EXPECT_EQ(ring.acquire(), status::busy); }));
	EXPECT_FALSE(interruptions::run(laps, [&] { EXPECT_EQ(cursor.look(ring.memory, span), status::busy); }));
	EXPECT_FALSE(interruptions::run(laps, [&] { cursor.seek_newest(ring.memory); }));
	EXPECT_EQ(cursor.expected(), 0U) << "the oldest, for want of the newest";
	EXPECT_EQ(ring.finish(), "");
}

TEST_P(page_ring_cost, nested_and_refused)
{
	auto outer = large.reserve(16);
	auto inner = large.reserve(16);

	EXPECT_TRUE(is_cheap([&] { large.commit(inner); }));
	EXPECT_TRUE(is_cheap([&] { large.write_discarded(); }));
	EXPECT_TRUE(is_cheap([&] { large.write(5000); }));
	EXPECT_TRUE(is_cheap([&] { large.commit(outer); }));
	EXPECT_EQ(large.finish(), "");
}

TEST_P(page_ring_cost, stopped)
{
	auto outer = large.reserve(16);

	large.reserve(16);
	EXPECT_TRUE(is_cheap([&] { large.ring.commit(nullptr); }));
	EXPECT_TRUE(is_cheap([&] { large.commit(outer); }));
	EXPECT_TRUE(is_cheap([&] { large.write(); }));
}

} /* namespace */
} /* namespace kring::test */
