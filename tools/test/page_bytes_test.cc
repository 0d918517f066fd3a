/* SPDX-License-Identifier: GPL-2.0-only */
/* How far readers are behind in bytes of pages, which is what watermarks are about. */
#include <gtest/gtest.h>

#include "observer_fixture.hh"
#include "platform_native.hh"

namespace kring::test
{
namespace
{

using ring_type = test_ring<platform_native>;
using observer = test_observer<platform_native>;
using cursor = page_observer<platform_native>;

constexpr u32 list_pages = 4;
constexpr u32 page_size = 256;
constexpr u32 record = 24;
constexpr u32 on_a_page = 5; /* and 8 bytes are left over */

/* What so many records in all have come to. */
u64 bytes_of(u64 records)
{
	u64 left = records ? (records - 1) / on_a_page : 0;

	return left * page_size + (records - left * on_a_page) * record;
}

struct page_bytes_test : testing::TestWithParam<bool> {
	page_bytes_test() : ring{{.list_pages = list_pages, .page_size = page_size, .overwrite = GetParam()}} {}

	u64 published() { return cursor::bytes_published(ring.memory); }
	u64 unread() { return published() - ring.reader.bytes_passed(); }
	u64 unread(observer &observer) { return published() - observer.cursor.bytes_passed(ring.memory); }

	fresh_clock clock;
	ring_type ring;
};

INSTANTIATE_TEST_SUITE_P(modes, page_bytes_test, testing::Bool());

TEST_P(page_bytes_test, from_the_first_record)
{
	observer one{ring.memory, ring.log};

	EXPECT_EQ(one.poll(), status::empty);
	for (u32 records = 0; records <= 12; records++) {
		EXPECT_EQ(published(), bytes_of(records));
		EXPECT_EQ(unread(), bytes_of(records));
		EXPECT_EQ(unread(one), bytes_of(records));
		ring.write();
	}
}

/* Also at the end of a page, before the next one is begun and after. */
TEST_P(page_bytes_test, none_when_all_was_read)
{
	observer one{ring.memory, ring.log};

	for (u32 records = 1; records < 50; records++) {
		ring.write();
		EXPECT_EQ(ring.acquire(), status::ok);
		EXPECT_GE(unread(), record) << "is not consumed";
		EXPECT_EQ(ring.release(), status::ok);
		one.poll_all();
		EXPECT_EQ(unread(one), 0U) << records;
		EXPECT_EQ(unread(), 0U) << records;
	}
}

TEST_P(page_bytes_test, each_reader_has_its_own)
{
	observer one{ring.memory, ring.log};

	ring.write_many(3);
	EXPECT_TRUE(ring.take());
	ring.write();
	EXPECT_EQ(unread(), record);
	EXPECT_EQ(one.poll(), status::ok);
	EXPECT_EQ(unread(one), 0U);
	ring.write_many(2);
	EXPECT_EQ(unread(one), bytes_of(6) - bytes_of(4));
	EXPECT_EQ(unread(), bytes_of(6) - bytes_of(3));
}

/* Of a page that its writer leaves later, with nothing on the next: no phantom is unread. */
TEST_P(page_bytes_test, a_page_that_is_left_empty_handed)
{
	ring.write_many(on_a_page);
	ring.take_all();
	ring.write_discarded();
	EXPECT_EQ(ring.ring.discarded(), 1U);
	EXPECT_EQ(published(), u64{page_size});
	EXPECT_EQ(unread(), 0U);
}

/* All pages but one: so much is there before the first record is lost. */
TEST_P(page_bytes_test, before_a_ring_is_full)
{
	u64 most = 0;

	while (!ring.dropped() && !ring.ledger().overwritten) {
		most = unread();
		ring.write();
	}
	EXPECT_GE(most, u64{list_pages - 1} * page_size);
}

/* A ring whose writer comes in when its commit page is known, and has not been looked at. */
struct busy_view {
	ring_type &of;
	u64 records;

	const kring_ring &ring() const { return of.memory.ring(); }
	const kring_page &page(u32 id) const
	{
		of.write_many(records);
		return of.memory.page(id);
	}
	u32 pages() const { return of.memory.pages(); }
};

TEST(page_bytes, while_it_is_written)
{
	for (u64 before = 0; before < 12; before++)
		for (u64 meanwhile = 0; meanwhile < 60; meanwhile++) {
			fresh_clock clock;
			ring_type ring{{.list_pages = list_pages, .page_size = page_size}};
			u64 left, found;

			ring.write_many(before);
			found = cursor::bytes_published(busy_view{ring, meanwhile});
			left = bytes_of(before + meanwhile) / page_size;
			if (left == bytes_of(before) / page_size)
				EXPECT_EQ(found, bytes_of(before + meanwhile));
			else
				EXPECT_EQ(found, left * page_size) << "what is on the page is found the next time";
		}
}

} /* namespace */
} /* namespace kring::test */
