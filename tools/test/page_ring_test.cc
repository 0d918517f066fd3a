/* SPDX-License-Identifier: GPL-2.0-only */
/* The page ring's writers, uninterrupted: sizes, page moves, refusals, discards, time. */
#include <gtest/gtest.h>

#include "platform_native.hh"
#include "ring_fixture.hh"

namespace kring::test
{
namespace
{

using ring_type = test_ring<platform_native>;

struct page_ring_test : testing::Test {
	fresh_clock clock;
};

/* Both modes and all page orders. */
struct page_ring_shapes : testing::TestWithParam<std::tuple<bool, u32>> {
	static shape of_pages(u32 list_pages)
	{
		auto [overwrite, order] = GetParam();

		return {.list_pages = list_pages, .page_size = 4096U << order, .overwrite = overwrite};
	}

	fresh_clock clock;
};

INSTANTIATE_TEST_SUITE_P(modes_and_orders, page_ring_shapes, testing::Combine(testing::Bool(), testing::Range(0U, 5U)));

TEST_P(page_ring_shapes, sizes)
{
	ring_type ring{of_pages(8)};
	u32 max = max_payload(ring.memory.page_size());

	for (u32 size : {0U, 1U, 7U, 8U, 9U, 16U, max / 2, max - 8, max - 1, max}) {
		EXPECT_TRUE(ring.write(size)) << size;
		EXPECT_EQ(ring.quiet(), "") << size;
	}
	EXPECT_EQ(ring.ledger().committed, 10U);
	EXPECT_EQ(ring.finish(), "");
	EXPECT_EQ(ring.read, 10U);
}

TEST_P(page_ring_shapes, too_big)
{
	ring_type ring{of_pages(2)};
	u32 max = max_payload(ring.memory.page_size());
	u64 spaces[] = {KRING_RECORD_SPACE(max + 1), 1U << 17, 1U << 29, 1U << 30};
	u64 refused = 0;

	/* The same on an empty page, a page with records, and a full one. */
	for (u32 records : {0U, 1U, 200U}) {
		ring.write_many(records);

		ring_ledger before = ring.ledger();

		for (u64 space : spaces) {
			ring.log.attempt(max + 1);
			EXPECT_EQ(ring.ring.reserve<fake_clock>(record_step(static_cast<u32>(space)), 0), nullptr)
				<< space;
			EXPECT_EQ(ring.ring.dropped(KRING_DROP_TOO_BIG), ++refused);
			EXPECT_EQ(ring.quiet(), "");
		}
		EXPECT_EQ(ring.ledger().committed, before.committed);
	}
}

TEST_P(page_ring_shapes, max_record_with_long_stamp)
{
	ring_type ring{of_pages(4)};
	u32 max = max_payload(ring.memory.page_size());

	fake_clock::time += u64{1} << 32;
	EXPECT_TRUE(ring.write(max));
	fake_clock::time += u64{1} << 40;
	EXPECT_TRUE(ring.write(max));
	EXPECT_FALSE(ring.write(max + 1));
	EXPECT_EQ(ring.ring.dropped(KRING_DROP_TOO_BIG), 1U);
	EXPECT_EQ(ring.finish(), "");
	EXPECT_EQ(ring.read, 2U);
}

TEST_P(page_ring_shapes, many_laps)
{
	ring_type ring{of_pages(3)};
	bool overwrite = std::get<0>(GetParam());
	u32 page_size = ring.memory.page_size();

	for (u32 round = 0; round < 40; round++) {
		for (u32 size = 0; size < page_size / 2; size += page_size / 61 + round)
			EXPECT_TRUE(ring.write(size) || !overwrite);
		EXPECT_EQ(ring.quiet(), "");
		if (round % 7 == 0)
			ring.take();
	}
	EXPECT_EQ(ring.finish(), "");
	EXPECT_EQ(ring.ledger().overwritten == 0, !overwrite);
	EXPECT_EQ(ring.ring.dropped(KRING_DROP_FULL) == 0, overwrite);
}

/* A ring keeps all but the page that it reuses: none is given up early. */
TEST_P(page_ring_shapes, keeps_as_much_as_it_has_pages)
{
	ring_type ring{of_pages(5)};
	u32 per_page = (ring.memory.page_size() - page_header_size - long_stamp_size) / KRING_RECORD_SPACE(16);

	ring.write_many(5 * per_page);
	EXPECT_EQ(ring.ledger().unread, 5 * per_page);
	EXPECT_EQ(ring.ledger().pages_unread, 5U);
	EXPECT_EQ(ring.dropped(), 0U);
	if (std::get<0>(GetParam())) {
		EXPECT_TRUE(ring.write());
		EXPECT_EQ(ring.ledger().overwritten, per_page);
	} else {
		EXPECT_FALSE(ring.write());
		EXPECT_EQ(ring.ring.dropped(KRING_DROP_FULL), 1U);
	}
	EXPECT_EQ(ring.finish(), "");
}

struct page_ring_modes : testing::TestWithParam<bool> {
	fresh_clock clock;
};

INSTANTIATE_TEST_SUITE_P(modes, page_ring_modes, testing::Bool());

TEST_P(page_ring_modes, fewest_pages)
{
	ring_type ring{{.list_pages = min_list_pages, .overwrite = GetParam()}};

	for (u32 record = 0; record < 2000; record++) {
		ring.write(record % 50);
		if (record % 9 == 0)
			ring.take();
		ASSERT_EQ(ring.quiet(), "") << record;
	}
	EXPECT_EQ(ring.finish(), "");
}

TEST_P(page_ring_modes, most_pages)
{
	ring_type ring{{.list_pages = max_list_pages, .page_size = 256, .overwrite = GetParam()}};

	ring.write_many(5 * max_list_pages + 10);
	EXPECT_EQ(ring.quiet(), "");
	EXPECT_EQ(ring.ledger().overwritten, GetParam() ? 10U : 0U);
	ring.take();
	ring.write_many(10);
	EXPECT_EQ(ring.finish(), "");
}

/* A record that does not fit does not use up what a smaller one still fits into. */
TEST_F(page_ring_test, discard_mode_smaller_record_still_fits)
{
	ring_type ring{{.list_pages = 2, .overwrite = false}};

	while (ring.write(1000))
		;
	u64 full = ring.ring.dropped(KRING_DROP_FULL);

	EXPECT_EQ(full, 1U);
	EXPECT_TRUE(ring.write(16));
	EXPECT_FALSE(ring.write(1000));
	EXPECT_TRUE(ring.write(0));
	EXPECT_EQ(ring.ring.dropped(KRING_DROP_FULL), 2U);
	EXPECT_EQ(ring.quiet(), "");
	EXPECT_TRUE(ring.take());
	EXPECT_TRUE(ring.write(1000));
	EXPECT_EQ(ring.finish(), "");
}

/* I8: of whatever a refused reserve could have touched, only the counter differs. */
TEST_F(page_ring_test, refused_changes_nothing)
{
	ring_type ring{{.list_pages = 2, .page_size = 256, .overwrite = false}};

	ring.write_many(10);

	std::vector<char> before(3 * 256);
	std::vector<page_slot> slots(3);

	std::memcpy(before.data(), &ring.memory.page(0), before.size());
	std::memcpy(slots.data(), ring.memory.slots(), 3 * sizeof(page_slot));
	EXPECT_FALSE(ring.write());
	EXPECT_FALSE(ring.write(5000));
	EXPECT_EQ(std::memcmp(before.data(), &ring.memory.page(0), before.size()), 0);
	EXPECT_EQ(std::memcmp(slots.data(), ring.memory.slots(), 3 * sizeof(page_slot)), 0);
	EXPECT_EQ(ring.finish(), "");
}

TEST_F(page_ring_test, page_headers)
{
	ring_type ring{{.list_pages = 3, .page_size = 8192}};

	ring.write_many(2000);
	for (u32 id = 0; id < 4; id++) {
		const kring_page &page = ring.memory.page(id);

		EXPECT_EQ(page.magic, KRING_MAGIC);
		EXPECT_EQ(page.version, KRING_ABI_VERSION);
		EXPECT_EQ(page.header, sizeof(kring_page));
		EXPECT_EQ(page.cpu, 7U);
		EXPECT_EQ(page.size, 8192U);
		EXPECT_EQ(page.id, id);
		EXPECT_EQ(page.clock, 1U);
		EXPECT_EQ(page.seq == KRING_SEQ_INVALID, id == 3) << "the reader's page, never used";
	}
	EXPECT_EQ(ring.memory.ring().cpu, 7U);
}

/* A saved page tells what had been refused and discarded until it was opened. */
TEST_F(page_ring_test, page_tells_losses_before_it)
{
	ring_type ring{{.list_pages = 3, .page_size = 256}};

	ring.write_many(4);
	ring.write(100000);
	ring.write_discarded();
	EXPECT_EQ(ring.memory.page(0).dropped[KRING_DROP_TOO_BIG], 0U);
	ring.write_many(2);
	EXPECT_EQ(ring.memory.page(0).dropped[KRING_DROP_TOO_BIG], 0U);
	EXPECT_EQ(ring.memory.page(1).dropped[KRING_DROP_TOO_BIG], 1U);
	EXPECT_EQ(ring.memory.page(1).discarded, 1U);
	EXPECT_EQ(ring.memory.page(1).first, 5U);
	EXPECT_EQ(ring.finish(), "");
}

} /* namespace */
} /* namespace kring::test */
