/* SPDX-License-Identifier: GPL-2.0-only */
/* The owning reader: acquire, release, abandon; the open page as it grows; laps; the ledger. */
#include <gtest/gtest.h>

#include "platform_native.hh"
#include "ring_fixture.hh"

namespace kring::test
{
namespace
{

using ring_type = test_ring<platform_native>;

struct page_ring_reader_test : testing::TestWithParam<bool> {
	page_ring_reader_test() : ring{{.list_pages = 4, .page_size = 256, .overwrite = GetParam()}} {}

	fresh_clock clock;
	ring_type ring; /* five records a page */
};

INSTANTIATE_TEST_SUITE_P(modes, page_ring_reader_test, testing::Bool());

TEST_P(page_ring_reader_test, nothing_there)
{
	EXPECT_FALSE(ring.reader.readable());
	EXPECT_EQ(ring.acquire(), status::empty);
	EXPECT_EQ(ring.reader.release(), status::not_acquired);
	EXPECT_EQ(ring.finish(), "");

	ring.write();
	ring.take_all();
	EXPECT_FALSE(ring.reader.readable());
	EXPECT_EQ(ring.acquire(), status::empty);
	EXPECT_EQ(ring.reader.release(), status::not_acquired);
	EXPECT_EQ(ring.finish(), "");
}

/* Not even the open page, which would be kept from being overwritten then. */
TEST_P(page_ring_reader_test, takes_no_empty_page)
{
	EXPECT_EQ(ring.acquire(), status::empty);
	ring.write_many(1000);
	EXPECT_TRUE(ring.take());
	EXPECT_EQ(ring.held.first, GetParam() ? 980U : 0U);
	EXPECT_EQ(ring.finish(), "");
}

TEST_P(page_ring_reader_test, acquire_twice)
{
	ring.write();
	EXPECT_TRUE(ring.reader.readable());
	EXPECT_EQ(ring.acquire(), status::ok);

	page_span again{};

	EXPECT_EQ(ring.reader.acquire(again), status::acquired);
	EXPECT_EQ(ring.ledger().read, 0U) << "acquire consumes nothing";
	EXPECT_EQ(ring.release(), status::ok);
	EXPECT_EQ(ring.reader.release(), status::not_acquired);
	EXPECT_EQ(ring.finish(), "");
}

TEST_P(page_ring_reader_test, span)
{
	ring.write_many(7);
	EXPECT_TRUE(ring.take());
	EXPECT_EQ(ring.held.seq, 1U);
	EXPECT_EQ(ring.held.first, 0U);
	EXPECT_EQ(ring.held.count, 5U);
	EXPECT_EQ(ring.held.start, page_header_size);
	EXPECT_EQ(ring.held.end, page_header_size + 5 * 24);
	EXPECT_TRUE(ring.take());
	EXPECT_EQ(ring.held.seq, 2U);
	EXPECT_EQ(ring.held.first, 5U);
	EXPECT_EQ(ring.held.count, 2U);
	EXPECT_EQ(ring.finish(), "");
}

/* A reader that dies has consumed nothing; the next one finds the same, and what came since. */
TEST_P(page_ring_reader_test, abandon)
{
	ring.write_many(3);
	EXPECT_EQ(ring.acquire(), status::ok);
	EXPECT_EQ(ring.held.count, 3U);
	ring.reader.abandon();
	ring.reader.abandon();
	EXPECT_EQ(ring.reader.release(), status::not_acquired);
	EXPECT_TRUE(ring.reader.readable());
	EXPECT_EQ(ring.ledger().read, 0U);
	EXPECT_EQ(ring.quiet(), "");

	ring.write();
	EXPECT_EQ(ring.acquire(), status::ok);
	EXPECT_EQ(ring.held.first, 0U);
	EXPECT_EQ(ring.held.count, 4U);
	EXPECT_EQ(ring.release(), status::ok);
	EXPECT_EQ(ring.finish(), "");
}

/* What is held stays as it is through any number of laps: the page is out of the list. */
TEST_P(page_ring_reader_test, held_through_laps)
{
	ring.write_many(12);
	EXPECT_EQ(ring.acquire(), status::ok);
	ring.write_many(1000);
	EXPECT_EQ(ring.release(), status::ok); /* looks at it again */
	EXPECT_EQ(ring.read, 5U);
	EXPECT_EQ(ring.finish(), "");
}

TEST_P(page_ring_reader_test, held_page_is_the_commit_page)
{
	ring.write_many(2);
	EXPECT_EQ(ring.acquire(), status::ok);
	ring.write_many(1000);
	EXPECT_EQ(ring.release(), status::ok);
	EXPECT_EQ(ring.read, 2U);
	EXPECT_TRUE(ring.take());
	EXPECT_EQ(ring.held.first, 2U) << "the rest of the page that it holds";
	EXPECT_EQ(ring.held.count, 3U);
	EXPECT_EQ(ring.finish(), "");
}

/* The commit page is taken while it is open, and read as it grows, then the next one. */
TEST_P(page_ring_reader_test, open_page_grows)
{
	for (u32 record = 0; record < 100; record++) {
		ASSERT_TRUE(ring.write());
		ASSERT_TRUE(ring.reader.readable()) << record;
		ASSERT_TRUE(ring.take()) << record;
		ASSERT_EQ(ring.held.count, 1U) << record;
		ASSERT_EQ(ring.held.first, record);
		ASSERT_FALSE(ring.reader.readable()) << record;
		ASSERT_FALSE(ring.take());
		ASSERT_EQ(ring.quiet(), "") << record;
	}
	EXPECT_EQ(ring.ledger().overwritten, 0U);
	EXPECT_EQ(ring.dropped(), 0U);
}

/* Each record is read, overwritten or unread, wherever the reader stands when it takes a page. */
TEST_P(page_ring_reader_test, ledger_at_every_step)
{
	for (u32 step = 1; step < 60; step++) {
		ring_type ring{{.list_pages = 3, .page_size = 256, .overwrite = GetParam()}};

		for (u32 round = 0; round < 12; round++) {
			ring.write_many(step);
			ASSERT_EQ(ring.quiet(), "") << step;
			ring.take();
			ASSERT_EQ(ring.quiet(), "") << step;
		}
		ASSERT_EQ(ring.finish(), "") << step;
		ASSERT_EQ(ring.reader.overwritten(), ring.ledger().overwritten);
	}
}

TEST_P(page_ring_reader_test, pages_unread)
{
	EXPECT_EQ(ring.ledger().pages_unread, 0U);
	ring.write();
	EXPECT_EQ(ring.ledger().pages_unread, 1U);
	ring.write_many(19);
	EXPECT_EQ(ring.ledger().pages_unread, 4U);
	EXPECT_EQ(ring.acquire(), status::ok);
	EXPECT_EQ(ring.ledger().pages_unread, 4U) << "what is acquired is unread until it is released";
	ring.write_many(5);
	EXPECT_EQ(ring.ledger().pages_unread, 5U);
	EXPECT_EQ(ring.release(), status::ok);
	EXPECT_EQ(ring.ledger().pages_unread, 4U);
	ring.take_all();
	EXPECT_EQ(ring.ledger().pages_unread, 0U);
	ring.write_many(2);
	ring.take_all();
	ring.write();
	EXPECT_EQ(ring.ledger().pages_unread, 1U) << "the reader's page, which is the open one";
	EXPECT_EQ(ring.finish(), "");
}

/* Overwritten records are counted once: before the reader comes, and when it does. */
TEST(page_ring_reader_overwriting, overwritten)
{
	ring_type ring{{.list_pages = 4, .page_size = 256}};

	ring.write_many(35);
	EXPECT_EQ(ring.ledger().overwritten, 15U);
	EXPECT_EQ(ring.reader.overwritten(), 0U) << "not found out yet";
	EXPECT_TRUE(ring.take());
	EXPECT_EQ(ring.held.first, 15U);
	EXPECT_EQ(ring.reader.overwritten(), 15U);
	EXPECT_EQ(ring.ledger().overwritten, 15U);
	EXPECT_EQ(ring.finish(), "");
	EXPECT_EQ(ring.read, 20U);
}

/* By nested writers, whose records are not there yet. */
TEST(page_ring_reader_overwriting, all_by_what_is_not_published)
{
	ring_type ring{{.list_pages = 2, .page_size = 256}};

	ring.write_many(5);
	ring.write_discarded();

	auto outer = ring.reserve(16);

	EXPECT_TRUE(ring.reader.readable());
	ring.write_many(5);
	EXPECT_FALSE(ring.reader.readable());
	EXPECT_FALSE(ring.take());
	ring.commit(outer);
	EXPECT_TRUE(ring.reader.readable());
	EXPECT_EQ(ring.finish(), "");
	EXPECT_EQ(ring.read, 6U);
}

/* In discard mode a full ring takes records again as soon as one page was read. */
TEST(page_ring_reader_discarding, refills)
{
	ring_type ring{{.list_pages = 4, .page_size = 256, .overwrite = false}};

	for (u32 round = 0; round < 30; round++) {
		while (ring.write())
			;
		EXPECT_EQ(ring.ledger().unread, 20U);
		EXPECT_TRUE(ring.take());
		EXPECT_EQ(ring.held.count, 5U);
	}
	EXPECT_EQ(ring.ring.dropped(KRING_DROP_FULL), 30U);
	EXPECT_EQ(ring.ledger().overwritten, 0U);
	EXPECT_EQ(ring.finish(), "");
}

} /* namespace */
} /* namespace kring::test */
