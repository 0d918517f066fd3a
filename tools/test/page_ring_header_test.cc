/* SPDX-License-Identifier: GPL-2.0-only */
/* What the header of a page tells, looked at from another CPU at each access of a write. */
#include <gtest/gtest.h>

#include "nesting_scene.hh"

namespace kring::test
{
namespace
{

using ring_type = test_ring<platform_nesting, nesting_clock>;

struct page_ring_header : testing::Test {
	fresh_clock clock;
};

/* A page that is open to readers has the totals of refusals and of discarded records up to then. */
TEST_F(page_ring_header, totals_come_with_the_page)
{
	bool reached = true;
	u32 seen = 0;

	for (u64 at = 0; reached; at++) {
		ring_type ring{{.list_pages = 3, .page_size = 256}};

		for (u32 times = 0; times < 7; times++)
			ring.write(1000);
		ring.write_discarded();
		ring.write_discarded();
		ring.write_many(5);

		auto look = [&] {
			position commit{platform_native::load_acquire(ring.memory.ring().commit_page)};
			const kring_page &page = ring.memory.page(commit.page());

			if (commit.seq() == 1)
				return;
			seen++;
			EXPECT_EQ(page.dropped[KRING_DROP_TOO_BIG], 7U) << at;
			EXPECT_EQ(page.discarded, 2U) << at;
			EXPECT_EQ(page.first, 5U) << at;
		};

		reached = interruptions::run({{at, look}}, [&] { ring.write(); });
	}
	EXPECT_GT(seen, 0U);
}

} /* namespace */
} /* namespace kring::test */
