/* SPDX-License-Identifier: GPL-2.0-only */
/* Observers: they see what is published, are told exactly what they missed, and disturb nobody. */
#include <functional>

#include <gtest/gtest.h>

#include "observer_fixture.hh"
#include "platform_nesting.hh"

namespace kring::test
{
namespace
{

using ring_type = test_ring<platform_native>;
using observer = test_observer<platform_native>;

struct page_observer_test : testing::TestWithParam<bool> {
	page_observer_test() : ring{{.list_pages = 4, .page_size = 256, .overwrite = GetParam()}} {}

	observer make() { return observer{ring.memory, ring.log}; }
	void expect_at_end(observer &observer)
	{
		observer.poll_all();
		observer.expect_at(ring.log.committed());
		EXPECT_EQ(ring.log.wrong(), "");
	}

	fresh_clock clock;
	ring_type ring; /* five records a page */
};

INSTANTIATE_TEST_SUITE_P(modes, page_observer_test, testing::Bool());

TEST_P(page_observer_test, nothing_there)
{
	observer one = make();

	EXPECT_EQ(one.poll(), status::empty);
	EXPECT_EQ(one.poll(), status::empty);
	expect_at_end(one);
	EXPECT_EQ(one.cursor.lost(), 0U);
}

TEST_P(page_observer_test, follows)
{
	observer one = make();

	for (u32 record = 0; record < 100; record++) {
		ring.write();
		ring.take_all();
		ASSERT_EQ(one.poll(), status::ok) << record;
		ASSERT_EQ(one.poll(), status::empty) << record;
	}
	expect_at_end(one);
	EXPECT_EQ(one.received, 100U);
	EXPECT_EQ(one.cursor.lost(), 0U);
}

/* It starts at the oldest record that is there; what was before is no loss of its own. */
TEST_P(page_observer_test, starts_at_the_oldest)
{
	ring.write_many(33);

	observer one = make();

	expect_at_end(one);
	EXPECT_EQ(one.received, ring.ledger().unread);
	EXPECT_EQ(one.cursor.lost(), 0U);
}

/* The reader's page is as good as any other, while it is among the last ones. */
TEST_P(page_observer_test, sees_the_readers_page)
{
	ring.write_many(7);
	EXPECT_EQ(ring.acquire(), status::ok);

	observer one = make();

	expect_at_end(one);
	EXPECT_EQ(one.received, 7U);
	EXPECT_EQ(ring.release(), status::ok);
}

/* With the list full beside it, that is one page more than the list has. */
TEST_P(page_observer_test, sees_the_readers_page_and_a_full_list)
{
	ring.write_many(20);
	ring.take_all();
	ring.write_many(20);

	observer one = make();

	expect_at_end(one);
	EXPECT_EQ(one.received, 25U);
	EXPECT_EQ(one.cursor.lost(), 0U);
}

/* Lapped at every place of a page, by every number of records. */
TEST_P(page_observer_test, lapped)
{
	for (u32 at = 0; at < 12; at++) {
		for (u32 burst = 0; burst < 70; burst++) {
			ring_type ring{{.list_pages = 3, .page_size = 256, .overwrite = GetParam()}};
			observer one{ring.memory, ring.log};
			u64 lost = 0;

			ring.write_many(at);
			one.poll_all();
			ring.write_many(burst);
			one.poll_all();
			lost = one.cursor.lost();
			one.expect_at(ring.log.committed());
			ASSERT_EQ(one.received + lost, ring.log.committed());
			ASSERT_EQ(lost == 0, !GetParam() || at / 5 + 3 > (at + burst - 1) / 5 || burst == 0)
				<< at << " " << burst;
			ASSERT_EQ(ring.finish(), "");
		}
	}
}

/* A copy that a writer came upon is worth nothing, and says so. */
TEST_P(page_observer_test, page_reused_under_the_copy)
{
	page_observer<platform_native> cursor{};
	page_span span{};

	ring.write_many(7);
	EXPECT_EQ(cursor.look(ring.memory, span), status::ok);
	ring.write_many(200);
	EXPECT_EQ(cursor.confirm(ring.memory, span), !GetParam());
	if (!GetParam())
		return;
	EXPECT_EQ(cursor.look(ring.memory, span), status::ok);
	EXPECT_EQ(cursor.lost(), span.first);
	EXPECT_TRUE(cursor.confirm(ring.memory, span));
}

/* Not confirmed is not consumed. */
TEST_P(page_observer_test, looks_twice)
{
	page_observer<platform_native> cursor{};
	page_span first{};
	page_span second{};

	ring.write_many(3);
	EXPECT_EQ(cursor.look(ring.memory, first), status::ok);
	ring.write();
	EXPECT_EQ(cursor.look(ring.memory, second), status::ok);
	EXPECT_EQ(first.start, second.start);
	EXPECT_EQ(first.count, 3U);
	EXPECT_EQ(second.count, 4U);
	EXPECT_TRUE(cursor.confirm(ring.memory, first));
	EXPECT_EQ(cursor.look(ring.memory, second), status::ok);
	EXPECT_EQ(second.first, 3U);
	EXPECT_EQ(second.count, 1U);
}

TEST_P(page_observer_test, open_records_are_not_seen)
{
	observer one = make();
	auto outer = ring.reserve(16);

	ring.write_many(3);
	EXPECT_EQ(one.poll(), status::empty);
	ring.discard(outer);
	expect_at_end(one);
	EXPECT_EQ(one.received, 3U);
}

TEST_P(page_observer_test, seeks_newest)
{
	for (u32 round = 1; round < 40; round++) {
		observer one = make();

		ring.write_many(round);
		ring.take();
		one.cursor.seek_newest(ring.memory);
		ASSERT_EQ(one.poll(), status::empty) << round;
		ASSERT_EQ(one.cursor.expected(), ring.log.committed());
		ring.write();
		expect_at_end(one);
		ASSERT_LE(one.received, 1U);
		ASSERT_EQ(one.cursor.lost(), 0U);
	}
}

TEST_P(page_observer_test, seeks_oldest)
{
	for (u32 round = 1; round < 40; round++) {
		page_observer<platform_native> cursor{};
		page_span span{};

		ring.write_many(round);
		ring.take();
		cursor.seek_newest(ring.memory);
		cursor.seek_oldest();
		ASSERT_EQ(cursor.look(ring.memory, span), status::ok);
		ASSERT_EQ(cursor.lost(), 0U);
		ASSERT_LE(span.first, ring.ledger().read + ring.ledger().overwritten)
			<< "nothing that is unread is left out";
	}
}

/* Behind the newest record, then lapped: the loss counts from there. */
TEST_P(page_observer_test, lapped_after_seek)
{
	ring.write_many(12);

	observer one = make();

	one.cursor.seek_newest(ring.memory);
	ring.write_many(100);
	expect_at_end(one);
	EXPECT_EQ(one.received + one.cursor.lost(), ring.log.committed() - 12);
}

TEST_P(page_observer_test, two_and_the_reader_at_once)
{
	observer quick = make();
	observer slow = make();

	for (u32 round = 0; round < 300; round++) {
		ring.write_many(round % 11);
		quick.poll();
		quick.poll_all();
		if (round % 3 == 0)
			ring.take();
		if (round % 17 == 0)
			slow.poll();
		ASSERT_EQ(ring.quiet(), "") << round;
	}
	expect_at_end(quick);
	expect_at_end(slow);
	EXPECT_EQ(quick.cursor.lost(), 0U);
	EXPECT_EQ(quick.received, ring.log.committed());
	EXPECT_GT(slow.cursor.lost(), 0U) << "a page that the reader took is reused, in discard mode too";
	EXPECT_EQ(ring.finish(), "");
}

/* Pages of discarded records only are passed by. */
TEST_P(page_observer_test, discarded_pages)
{
	observer one = make();

	for (u32 round = 0; round < 40; round++) {
		auto outer = ring.reserve(8);
		auto inner = ring.reserve(max_payload(256));

		if (inner)
			ring.discard(inner);
		if (outer)
			ring.discard(outer);
		one.poll();
		ring.take();
	}
	ring.write();
	expect_at_end(one);
	EXPECT_EQ(one.received, 1U);
	EXPECT_EQ(ring.finish(), "");
}

/* The memory of a mapping may hold anything: pages are looked for inside of it only. */
TEST_P(page_observer_test, spoilt_ids)
{
	u32 *directory = reinterpret_cast<u32 *>(ring.memory.shared() + 1);

	ring.write_many(20);
	for (u32 id : {5U, 6U, 0x10000U, 0xffffffffU}) {
		page_observer<platform_native> cursor{};
		page_span span{};

		for (u32 entry = 0; entry < directory_entries(4); entry++)
			directory[entry] = id;
		(void)cursor.look(ring.memory, span);
		cursor.seek_newest(ring.memory);
		(void)cursor.look(ring.memory, span);
		ring.memory.shared()->commit_page = position{4, id & 0xffff}.word();
		cursor.seek_newest(ring.memory);
		cursor.seek_oldest();
		(void)cursor.look(ring.memory, span);
	}
	EXPECT_FALSE(ring.memory.was_left());
}

/* No span goes beyond its page, whatever the page says. */
TEST_P(page_observer_test, spoilt_commit)
{
	kring_page &page = ring.memory.page(0);

	ring.write_many(2);
	for (u32 offset : {0U, 8U, 257U, 264U, 4096U, 0x7fffffffU}) {
		page_observer<platform_native> cursor{};
		page_span span{};

		page.commit = offset;
		EXPECT_NE(cursor.look(ring.memory, span), status::ok) << offset;
	}
}

/* A page that is announced and not there is being reused; one that is not announced is yet to come. */
TEST_P(page_observer_test, spoilt_seq)
{
	observer one = make();

	ring.write_many(20);
	expect_at_end(one);
	ring.memory.page(3).seq = KRING_SEQ_INVALID;
	EXPECT_EQ(one.poll(), status::busy);
	ring.memory.shared()->commit_page = position{1, 0}.word();
	EXPECT_EQ(one.poll(), status::empty);
}

/* Writers come in between, at each access of an observer. */
struct page_observer_interrupted : testing::Test {
	using observer = test_observer<platform_nesting>;

	using act = std::function<void(observer &, const ring_memory &)>;

	/* On a small ring with records on both pages. True if what was interrupted was long enough. */
	static bool run(u64 at, u32 records, bool starts, const act &what)
	{
		fresh_clock clock;
		test_ring<platform_nesting> ring{{.list_pages = 2, .page_size = 256}};
		observer one{ring.memory, ring.log};

		ring.write_many(8);
		if (!starts) {
			EXPECT_EQ(one.poll(), status::ok);
		}

		bool reached =
			interruptions::run({{at, [&] { ring.write_many(records); }}}, [&] { what(one, ring.memory); });

		one.poll_all();
		one.expect_at(ring.log.committed());
		EXPECT_EQ(ring.finish(), "") << at << ' ' << records;
		return reached && !HasFailure();
	}
	static void at_every_access(const act &what)
	{
		for (bool starts : {false, true})
			for (u32 records = 1; records <= 20; records++)
				for (u64 at = 0; run(at, records, starts, what); at++)
					;
	}
};

/* It goes on to what they have left, and has found that whole. */
TEST_F(page_observer_interrupted, look)
{
	at_every_access([](observer &one, const ring_memory &memory) {
		page_span span{};

		EXPECT_EQ(one.cursor.look(memory, span), status::ok);

		page_observer<platform_nesting> cursor = one.cursor;

		interruptions::run({}, [&] { EXPECT_TRUE(cursor.confirm(memory, span)); });
	});
}

TEST_F(page_observer_interrupted, seek_newest)
{
	at_every_access([](observer &one, const ring_memory &) { one.seek_newest(); });
}

} /* namespace */
} /* namespace kring::test */
