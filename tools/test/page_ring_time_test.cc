/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The page ring's stamps: whatever the clock does, a record is read with the
 * stamp that it was given (the journal compares), in 8 bytes where it must be.
 */
#include <gtest/gtest.h>

#include "platform_native.hh"
#include "ring_fixture.hh"

namespace kring::test
{
namespace
{

using ring_type = test_ring<platform_native>;

constexpr u64 high_half = u64{1} << 32;

struct page_ring_time : testing::TestWithParam<bool> {
	page_ring_time() : ring{{.list_pages = 3, .page_size = 512, .overwrite = GetParam()}}
	{
		ring.log.in_order = false;
	}

	/* At exactly this time. Reads along, so that nothing is refused. */
	void write_at(u64 time, u32 size = 16)
	{
		fake_clock::reset(time, 0);
		EXPECT_TRUE(ring.write(size));
		EXPECT_EQ(ring.quiet(), "") << time;
		ring.take_all();
	}
	u32 long_stamps(u32 page) const
	{
		record_cursor records{ring.memory.page(page)};
		record_view record;
		u32 found = 0;
		u32 at = page_header_size;

		while (records.next(record)) {
			found += record.end - at > KRING_RECORD_SPACE(record.size);
			at = record.end;
		}
		return found;
	}

	fresh_clock clock;
	ring_type ring;
};

INSTANTIATE_TEST_SUITE_P(modes, page_ring_time, testing::Bool());

TEST_P(page_ring_time, high_half_changes_on_a_page)
{
	write_at(2000);
	write_at(high_half - 1);
	EXPECT_EQ(long_stamps(0), 0U);
	write_at(high_half);
	write_at(high_half + 1);
	EXPECT_EQ(long_stamps(0), 2U);
	for (u32 record = 0; record < 100; record++)
		write_at(high_half + 2 + record);
	for (u32 page = 0; page < 4; page++)
		EXPECT_EQ(long_stamps(page), 0U) << "pages opened since then have the new high half";
	EXPECT_EQ(ring.finish(), "");
}

/* The first page has its base from the start: no record of a fresh ring needs a long stamp. */
TEST_P(page_ring_time, first_page)
{
	fake_clock::reset(7 * high_half, 1);

	ring_type ring{{.list_pages = 3, .page_size = 512, .overwrite = GetParam()}};

	ring.write(16);
	EXPECT_EQ(KRING_COMMIT_OFFSET(ring.memory.page(0).commit), page_header_size + KRING_RECORD_SPACE(16));
	EXPECT_EQ(ring.finish(), "");
}

TEST_P(page_ring_time, jumps_forth_and_back)
{
	u64 times[] = {1, 5 * high_half, 7, ~u64{0}, 0, 1, high_half, 3, ~u64{0} - high_half, 9};

	for (u32 round = 0; round < 50; round++)
		for (u64 time : times)
			write_at(time, round);
	EXPECT_EQ(ring.finish(), "");
	EXPECT_EQ(ring.read, 500U);
}

TEST_P(page_ring_time, stands_still)
{
	for (u32 record = 0; record < 500; record++)
		write_at(4711, record % 100);
	EXPECT_EQ(ring.finish(), "");
}

/* A long stamp stands behind the padded payload, whatever its size. */
TEST_P(page_ring_time, long_stamp_of_every_size)
{
	for (u32 size = 0; size <= max_payload(512); size++) {
		write_at(u64{size} << 33, size);
		write_at(high_half * 77, size);
	}
	EXPECT_EQ(ring.finish(), "");
}

/* A second reading would be later than that of a writer nested in between. */
TEST_P(page_ring_time, long_stamp_is_read_once)
{
	fake_clock::reset(high_half, 1);

	auto record = ring.reserve(16);
	const kring_record *header = static_cast<kring_record *>(record.payload) - 1;

	ring.commit(record);
	EXPECT_EQ(fake_clock::time, high_half + 2) << "once on each path";
	EXPECT_EQ(*reinterpret_cast<const u64 *>(header + 3), fake_clock::time);
	EXPECT_EQ(header->time_lo, 2U);
	EXPECT_EQ(ring.finish(), "");
}

/* Records that another high half makes longer still fill a page without going beyond it. */
TEST_P(page_ring_time, a_page_of_long_stamps)
{
	fake_clock::reset(high_half * 3, 0);
	for (u32 record = 0; record < 40; record++) {
		fake_clock::time += high_half;
		EXPECT_TRUE(ring.write(record % 3 * 8));
		EXPECT_EQ(ring.quiet(), "");
		if (record % 8 == 7)
			ring.take_all();
	}
	EXPECT_EQ(ring.finish(), "");
}

} /* namespace */
} /* namespace kring::test */
