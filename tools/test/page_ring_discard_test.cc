/* SPDX-License-Identifier: GPL-2.0-only */
/* The page ring's discard: the last record, one with others behind it, on a sealed page, at a page's very end. */
#include <gtest/gtest.h>

#include "platform_native.hh"
#include "ring_fixture.hh"

namespace kring::test
{
namespace
{

using ring_type = test_ring<platform_native>;

constexpr u32 small_page = 256; /* five records of 16 bytes */

struct page_ring_discard : testing::TestWithParam<bool> {
	page_ring_discard() : ring{{.list_pages = 3, .page_size = small_page, .overwrite = GetParam()}} {}

	u32 committed_bytes(u32 page) const { return KRING_COMMIT_OFFSET(ring.memory.page(page).commit); }

	fresh_clock clock;
	ring_type ring;
};

INSTANTIATE_TEST_SUITE_P(modes, page_ring_discard, testing::Bool());

TEST_P(page_ring_discard, last_gives_its_space_back)
{
	ring.write();
	for (u32 times = 0; times < 100; times++) {
		ASSERT_TRUE(ring.write_discarded(max_payload(small_page) - 24));
		ASSERT_EQ(ring.quiet(), "");
	}
	EXPECT_EQ(committed_bytes(0), page_header_size + 24);
	EXPECT_EQ(ring.ring.discarded(), 100U);
	EXPECT_EQ(ring.finish(), "");
	EXPECT_EQ(ring.read, 1U);
}

TEST_P(page_ring_discard, long_stamp_gives_its_space_back)
{
	fake_clock::time += u64{1} << 40;
	EXPECT_TRUE(ring.write_discarded(24));
	EXPECT_EQ(committed_bytes(0), page_header_size);
	EXPECT_TRUE(ring.write(max_payload(small_page)));
	EXPECT_EQ(ring.finish(), "");
}

/* A record without payload has its payload where the next page begins. */
TEST_P(page_ring_discard, empty_record_at_the_end_of_a_page)
{
	for (u32 times = 0; times < 100; times++) {
		ring.write_discarded(0);
		ASSERT_EQ(ring.quiet(), "") << times;
		ring.write(0);
		ASSERT_EQ(ring.quiet(), "") << times;
	}
	EXPECT_EQ(ring.finish(), "");
}

/* The same with the last byte of the page in use: the record has a long stamp or begins in the last header. */
TEST_P(page_ring_discard, empty_record_with_long_stamp_at_the_end_of_a_page)
{
	fake_clock::time += u64{1} << 33;
	for (u32 times = 0; times < 100; times++) {
		ring.write_discarded(0);
		ring.write(0);
		ASSERT_EQ(ring.quiet(), "") << times;
	}
	EXPECT_EQ(ring.finish(), "");
}

TEST_P(page_ring_discard, not_last_stays_marked)
{
	auto outer = ring.reserve(16);
	ASSERT_TRUE(ring.write());
	ring.discard(outer);

	EXPECT_EQ(committed_bytes(0), page_header_size + 48);
	EXPECT_EQ(KRING_COMMIT_COUNT(ring.memory.page(0).commit), 1U);
	EXPECT_EQ(ring.finish(), "");
	EXPECT_EQ(ring.read, 1U);
}

TEST_P(page_ring_discard, on_a_sealed_page)
{
	ring.write_many(2);

	auto outer = ring.reserve(16);
	ring.write_many(4);
	ring.discard(outer);

	EXPECT_EQ(KRING_COMMIT_COUNT(ring.memory.page(0).commit), 4U);
	EXPECT_EQ(ring.memory.page(1).first, 4U) << "the discarded record has no number";
	EXPECT_EQ(ring.finish(), "");
	EXPECT_EQ(ring.read, 6U);
}

TEST_P(page_ring_discard, sealed_just_behind_it)
{
	ring.write_many(4);

	auto outer = ring.reserve(16);
	ring.write();
	ring.discard(outer);
	EXPECT_EQ(committed_bytes(0), page_header_size + 5 * 24) << "I4: a sealed word keeps its offset";
	EXPECT_EQ(ring.finish(), "");
	EXPECT_EQ(ring.read, 5U);
}

TEST_P(page_ring_discard, all_of_a_page)
{
	using record = ring_type::open_record;
	std::vector<record> open;

	ring.write_many(5);
	for (u32 depth = 0; depth < 5; depth++)
		open.push_back(ring.reserve(16));

	/* From the outside in is not how records close: from the inside out each is last. */
	for (u32 depth = 5; depth > 0; depth--)
		ring.discard(open[depth - 1]);
	EXPECT_EQ(ring.quiet(), "");
	EXPECT_EQ(committed_bytes(1), page_header_size);

	/* With one behind them, none is. */
	open.clear();
	for (u32 depth = 0; depth < 4; depth++)
		open.push_back(ring.reserve(16));
	ring.write();
	for (u32 depth = 4; depth > 0; depth--)
		ring.discard(open[depth - 1]);
	EXPECT_EQ(committed_bytes(1), page_header_size + 5 * 24);
	EXPECT_EQ(KRING_COMMIT_COUNT(ring.memory.page(1).commit), 1U);
	EXPECT_EQ(ring.finish(), "");
	EXPECT_EQ(ring.read, 6U);
}

/* The first records of pages are discarded, so that pages hold nothing that counts. */
TEST_P(page_ring_discard, pages_of_discarded_records)
{
	for (u32 round = 0; round < 20; round++) {
		auto outer = ring.reserve(16);
		auto inner = ring.reserve(max_payload(small_page));

		if (inner)
			ring.discard(inner);
		if (outer)
			ring.discard(outer);
		ASSERT_EQ(ring.quiet(), "") << round;
		ring.take();
	}
	EXPECT_EQ(ring.ledger().committed, 0U);
	EXPECT_EQ(ring.finish(), "");
}

TEST_P(page_ring_discard, on_the_readers_page)
{
	ring.write_many(2);
	EXPECT_TRUE(ring.take());

	auto outer = ring.reserve(16);
	EXPECT_FALSE(ring.take());
	ring.write_many(4);
	EXPECT_FALSE(ring.take());
	ring.discard(outer);
	EXPECT_EQ(ring.finish(), "");
	EXPECT_EQ(ring.read, 6U);
}

} /* namespace */
} /* namespace kring::test */
