/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The page ring with several records open at once, as nested writers leave
 * them: how deep, who publishes, who outruns whom, and disabling meanwhile.
 */
#include <gtest/gtest.h>

#include "platform_native.hh"
#include "ring_fixture.hh"

namespace kring::test
{
namespace
{

using ring_type = test_ring<platform_native>;

struct page_ring_depth : testing::TestWithParam<bool> {
	page_ring_depth() : ring{{.list_pages = 3, .page_size = 256, .overwrite = GetParam()}} {}

	/* Opens records inside one another; as many as were let in. */
	std::vector<ring_type::open_record> open(u32 count)
	{
		std::vector<ring_type::open_record> records;

		while (count--) {
			auto record = ring.reserve(8);

			if (record)
				records.push_back(record);
		}
		return records;
	}
	void commit(std::vector<ring_type::open_record> &records)
	{
		for (; !records.empty(); records.pop_back())
			ring.commit(records.back());
	}

	fresh_clock clock;
	ring_type ring;
};

INSTANTIATE_TEST_SUITE_P(modes, page_ring_depth, testing::Bool());

TEST_P(page_ring_depth, five_contexts)
{
	for (u32 round = 0; round < 20; round++) {
		auto records = open(5);

		ASSERT_EQ(records.size(), 5U);
		commit(records);
		ASSERT_EQ(ring.quiet(), "");
		ring.take_all();
	}
	EXPECT_EQ(ring.dropped(), 0U);
	EXPECT_EQ(ring.finish(), "");
	EXPECT_EQ(ring.read, 100U);
}

TEST_P(page_ring_depth, sixth_is_refused)
{
	auto records = open(7);

	EXPECT_EQ(records.size(), 5U);
	EXPECT_EQ(ring.ring.dropped(KRING_DROP_TOO_DEEP), 2U);

	/* One closed, one may come. */
	ring.commit(records.back());
	records.pop_back();
	EXPECT_TRUE(ring.write());
	commit(records);
	EXPECT_EQ(ring.finish(), "");
	EXPECT_EQ(ring.read, 6U);
}

/* A refusal says why in the order: disabled, too deep, too big. */
TEST_P(page_ring_depth, one_cause_each)
{
	auto records = open(5);

	EXPECT_FALSE(ring.write(5000));
	EXPECT_EQ(ring.ring.dropped(KRING_DROP_TOO_DEEP), 1U);
	ring.ring.set_enabled(false);
	EXPECT_FALSE(ring.write(5000));
	EXPECT_EQ(ring.ring.dropped(KRING_DROP_DISABLED), 1U);
	ring.ring.set_enabled(true);
	commit(records);
	EXPECT_FALSE(ring.write(5000));
	EXPECT_EQ(ring.ring.dropped(KRING_DROP_TOO_BIG), 1U);
	EXPECT_EQ(ring.finish(), "");
}

TEST_P(page_ring_depth, only_the_outermost_publishes)
{
	auto outer = ring.reserve(16);

	ring.write_many(7);
	EXPECT_FALSE(ring.reader.readable());
	EXPECT_FALSE(ring.take());
	EXPECT_EQ(ring.memory.page(0).commit, write_word::empty().word());
	ring.commit(outer);
	EXPECT_TRUE(ring.reader.readable());
	EXPECT_EQ(ring.finish(), "");
	EXPECT_EQ(ring.read, 8U);
}

/* A nested writer that is refused does not publish the open record of the one below. */
TEST_P(page_ring_depth, refused_nested_writer_publishes_nothing)
{
	auto outer = ring.reserve(16);

	EXPECT_FALSE(ring.write(5000));
	EXPECT_FALSE(ring.take());
	ring.commit(outer);
	EXPECT_EQ(ring.finish(), "");
	EXPECT_EQ(ring.read, 1U);
}

/* The pages behind the open record are all that nested writers get: its own page is never reused. */
TEST_P(page_ring_depth, lapped)
{
	for (u32 before = 0; before < 20; before++) {
		ring_type ring{{.list_pages = 3, .page_size = 256, .overwrite = GetParam()}};

		ring.write_many(before);
		ring.take_all();

		auto outer = ring.reserve(16);

		ring.write_many(40);
		EXPECT_GT(ring.dropped(), 20U);
		EXPECT_GE(ring.log.committed(), before + 10) << "two more pages";
		ring.commit(outer);
		ASSERT_EQ(ring.quiet(), "") << before;
		EXPECT_TRUE(ring.write() || !GetParam());
		ASSERT_EQ(ring.finish(), "") << before;
	}
}

TEST_P(page_ring_depth, lapped_with_the_commit_page_at_the_reader)
{
	for (u32 on_page = 1; on_page < 5; on_page++) {
		ring_type ring{{.list_pages = 3, .page_size = 256, .overwrite = GetParam()}};

		ring.write_many(on_page);
		ring.take_all();

		auto outer = ring.reserve(16);

		ring.write_many(60);
		EXPECT_EQ(ring.ring.dropped(KRING_DROP_LAPPED), ring.dropped());
		EXPECT_EQ(ring.log.committed(), on_page + (4 - on_page) + 15)
			<< "the rest of its page and all three of the list";
		EXPECT_FALSE(ring.take());
		ring.commit(outer);
		ASSERT_EQ(ring.finish(), "") << on_page;
		EXPECT_EQ(ring.ledger().overwritten, 0U);
	}
}

/* In an interrupt storm a mover gives up behind a page that it has sealed. It is not final until somebody moves on. */
TEST_P(page_ring_depth, sealed_tail_page_is_not_final)
{
	auto outer = ring.reserve(16);
	u64 &word = ring.memory.slots()[0].write;

	word = write_word{word}.sealed().word();
	ring.commit(outer);
	EXPECT_FALSE(write_word{ring.memory.page(0).commit}.is_sealed());
	EXPECT_TRUE(ring.take());
	EXPECT_TRUE(ring.write());
	EXPECT_TRUE(write_word{ring.memory.page(0).commit}.is_sealed());
	EXPECT_EQ(ring.finish(), "");
	EXPECT_EQ(ring.read, 2U);
}

/* The outermost writer publishes all of it, though no loop may go on for ever. */
TEST_P(page_ring_depth, nested_writers_fill_a_large_ring)
{
	ring_type ring{{.list_pages = 3000, .page_size = 256, .overwrite = GetParam()}};
	auto outer = ring.reserve(16);

	ring.write_many(5 * 3000);
	EXPECT_EQ(ring.dropped(), 1U);
	ring.commit(outer);
	EXPECT_EQ(ring.finish(), "");
	EXPECT_EQ(ring.read, 5 * 3000U);
}

/* A page's header tells of every cause. */
TEST_P(page_ring_depth, page_tells_every_cause)
{
	ring.write_many(1);
	ring.take_all();

	auto records = open(6);

	ring.write(5000);
	commit(records);
	EXPECT_FALSE(ring.write(5000));
	ring.ring.set_enabled(false);
	EXPECT_FALSE(ring.write());
	ring.ring.set_enabled(true);

	auto outer = ring.reserve(16);

	ring.write_many(60);
	ring.commit(outer);
	ring.write_many(60);
	ring.take_all();
	ring.write_many(6);

	u32 newest = KRING_POSITION_ID(ring.memory.ring().commit_page);

	for (u32 cause = 0; cause < KRING_NR_DROPS; cause++) {
		bool possible = cause != KRING_DROP_NO_CPU && (cause != KRING_DROP_FULL || !GetParam());

		EXPECT_EQ(ring.ring.dropped(cause) != 0, possible) << cause;
		EXPECT_EQ(ring.memory.page(newest).dropped[cause], ring.ring.dropped(cause)) << cause;
	}
	EXPECT_EQ(ring.finish(), "");
}

TEST_P(page_ring_depth, disabled)
{
	EXPECT_TRUE(ring.write());
	ring.ring.set_enabled(false);
	ring.ring.set_enabled(false);
	EXPECT_FALSE(ring.write());
	EXPECT_EQ(ring.ring.dropped(KRING_DROP_DISABLED), 1U);
	EXPECT_EQ(ring.quiet(), "");
	ring.ring.set_enabled(true);
	ring.ring.set_enabled(true);
	EXPECT_TRUE(ring.write());
	EXPECT_EQ(ring.finish(), "");
}

/* What was open may still be committed, and is published though nobody comes after it. */
TEST_P(page_ring_depth, disabled_while_records_are_open)
{
	ring.write_many(4);

	auto outer = ring.reserve(16);
	auto inner = ring.reserve(16);

	ring.ring.set_enabled(false);
	EXPECT_FALSE(ring.write());
	ring.commit(inner);
	EXPECT_FALSE(ring.write());
	ring.commit(outer);
	EXPECT_EQ(ring.ring.dropped(KRING_DROP_DISABLED), 2U);
	EXPECT_EQ(ring.finish(), "");
	EXPECT_EQ(ring.read, 6U);
	ring.ring.set_enabled(true);
	EXPECT_TRUE(ring.write());
	EXPECT_EQ(ring.finish(), "");
}

TEST_P(page_ring_depth, disabled_and_enabled_while_a_record_is_open)
{
	auto outer = ring.reserve(16);

	ring.ring.set_enabled(false);
	ring.ring.set_enabled(true);
	EXPECT_TRUE(ring.write());
	ring.discard(outer);
	EXPECT_EQ(ring.finish(), "");
	EXPECT_EQ(ring.read, 1U);
}

} /* namespace */
} /* namespace kring::test */
