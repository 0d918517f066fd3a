/* SPDX-License-Identifier: GPL-2.0-only */
/* The page ring under callers that break its rules: it stops, says so once, and touches nothing else. */
#include <gtest/gtest.h>

#include "platform_native.hh"
#include "platform_nesting.hh"
#include "ring_fixture.hh"

namespace kring::test
{
namespace
{

using ring_type = test_ring<platform_native>;

struct page_ring_fault : testing::Test {
	page_ring_fault() : ring{{.list_pages = 3}} {}

	/* It stopped, once; more is refused, and what was published before can still be read. */
	void expect_stopped(u32 fault, u64 readable)
	{
		u64 refused = ring.ring.dropped(KRING_DROP_DISABLED);

		EXPECT_EQ(ring.ring.fault(), fault);
		EXPECT_EQ(ring.times_stopped, 1U);
		EXPECT_FALSE(ring.write());
		EXPECT_EQ(ring.ring.dropped(KRING_DROP_DISABLED), refused + 1);
		EXPECT_EQ(ring.times_stopped, 1U);
		ring.take_all();
		EXPECT_EQ(ring.read, readable);
		EXPECT_EQ(ring.log.wrong(), "");
	}

	fresh_clock clock;
	ring_type ring;
};

TEST_F(page_ring_fault, commit_of_null)
{
	ring.write();
	EXPECT_FALSE(ring.ring.commit(nullptr));
	expect_stopped(KRING_FAULT_COMMIT, 1);
}

TEST_F(page_ring_fault, discard_of_null)
{
	ring.write();
	EXPECT_FALSE(ring.ring.discard(nullptr));
	expect_stopped(KRING_FAULT_COMMIT, 1);
}

TEST_F(page_ring_fault, commit_of_foreign_memory)
{
	u64 foreign[2] = {};

	EXPECT_FALSE(ring.ring.commit(&foreign[1]));
	expect_stopped(KRING_FAULT_COMMIT, 0);
	EXPECT_EQ(foreign[0], 0U);
}

TEST_F(page_ring_fault, commit_of_another_ring)
{
	ring_type other{{.list_pages = 3}};
	auto record = other.reserve(16);

	EXPECT_FALSE(ring.ring.commit(record.payload));
	expect_stopped(KRING_FAULT_COMMIT, 0);
	other.commit(record);
	EXPECT_EQ(other.finish(), "");
}

TEST_F(page_ring_fault, commit_twice)
{
	auto record = ring.reserve(16);

	ring.commit(record);
	EXPECT_FALSE(ring.ring.commit(record.payload));
	expect_stopped(KRING_FAULT_COMMIT, 1);
}

TEST_F(page_ring_fault, commit_then_discard)
{
	auto record = ring.reserve(16);

	ring.commit(record);
	EXPECT_FALSE(ring.ring.discard(record.payload));
	expect_stopped(KRING_FAULT_COMMIT, 1);
}

/* Closing something else closes the innermost open record: each reserve has its one close that returns true. */
TEST_F(page_ring_fault, wrong_pointer_with_a_record_open)
{
	for (const void *wrong : {static_cast<const void *>(nullptr), static_cast<const void *>(&ring)}) {
		ring_type broken{{.list_pages = 3}};
		auto record = broken.reserve(16);

		EXPECT_TRUE(broken.ring.commit(wrong));
		EXPECT_FALSE(broken.ring.commit(record.payload)) << "its reserve is balanced already";
		EXPECT_EQ(broken.ring.fault(), u32{KRING_FAULT_COMMIT});
		EXPECT_EQ(broken.times_stopped, 1U);
		broken.take_all();
		EXPECT_EQ(broken.read, 0U) << "what may be half written is not published";
	}
}

TEST_F(page_ring_fault, not_the_innermost)
{
	auto outer = ring.reserve(16);
	auto inner = ring.reserve(16);

	EXPECT_TRUE(ring.ring.commit(outer.payload));
	EXPECT_TRUE(ring.ring.commit(outer.payload));
	EXPECT_FALSE(ring.ring.commit(inner.payload));
	expect_stopped(KRING_FAULT_COMMIT, 0);
}

TEST_F(page_ring_fault, nested_commit_twice)
{
	auto outer = ring.reserve(16);
	auto inner = ring.reserve(16);

	EXPECT_TRUE(ring.ring.commit(inner.payload));
	EXPECT_TRUE(ring.ring.commit(inner.payload));
	EXPECT_FALSE(ring.ring.commit(outer.payload));
	expect_stopped(KRING_FAULT_COMMIT, 0);
}

/* A writer that ran over the header before its payload, then discards. */
TEST_F(page_ring_fault, header_overwritten)
{
	struct header {
		u16 size;
		u16 type;
	};

	for (header bad : {header{0xffff, 0}, header{16, KRING_RECORD_RESERVED}, header{16, KRING_RECORD_DISCARDED},
			   header{4096, 0}, header{0xfff0, 0xffff}}) {
		ring_type broken{{.list_pages = 3}};
		broken.write_many(2);

		auto record = broken.reserve(16);
		kring_record *header = static_cast<kring_record *>(record.payload) - 1;

		header->size = bad.size;
		header->type = bad.type;
		EXPECT_TRUE(broken.ring.discard(record.payload));
		EXPECT_EQ(broken.ring.fault(), u32{KRING_FAULT_RECORD}) << bad.size << " " << bad.type;
		EXPECT_EQ(broken.times_stopped, 1U);
		EXPECT_FALSE(broken.write());
		broken.take_all();
		EXPECT_EQ(broken.read, 2U);
		EXPECT_EQ(broken.log.wrong(), "");
	}
}

/* Links that are not what they should be: every walk ends, nothing is read or written outside of the ring. */
TEST_F(page_ring_fault, broken_list)
{
	for (link_flag flag : {link_flag::normal, link_flag::head, link_flag::update}) {
		for (u32 page = 0; page < 4; page++) {
			for (u32 target = 0; target < 4; target++) {
				ring_type broken{{.list_pages = 3, .page_size = 256}};

				broken.write_many(12);
				broken.memory.slots()[page].next = tagged_link{target, flag}.word();
				broken.log.in_order = false;
				for (u32 round = 0; round < 10; round++) {
					broken.write_many(7);
					broken.take();
					(void)broken.reader.readable();
					ring_ledger ledger;
					(void)broken.reader.ledger(ledger);
				}
			}
		}
	}
}

TEST_F(page_ring_fault, stopped_while_records_are_open)
{
	ring.write();

	auto outer = ring.reserve(16);
	auto inner = ring.reserve(16);

	EXPECT_TRUE(ring.ring.commit(nullptr)) << "in place of the inner one";
	(void)inner;
	EXPECT_TRUE(ring.ring.commit(outer.payload));
	expect_stopped(KRING_FAULT_COMMIT, 1);
}

/* Wherever a nested writer stops the ring: the one that it interrupted does not publish what it left half written. */
TEST(page_ring_fault_nested, wrong_pointer)
{
	for (bool discard : {false, true})
		for (u32 before : {0U, 4U, 5U}) {
			bool reached = true;

			for (u64 at = 0; reached; at++) {
				test_ring<platform_nesting> broken{{.list_pages = 3, .page_size = 256}};
				auto commit_wrongly = [&broken] {
					EXPECT_TRUE(broken.reserve(16));
					EXPECT_TRUE(broken.ring.commit(nullptr));
				};

				broken.write_many(before);
				reached = interruptions::run({{at, commit_wrongly}}, [&broken, discard] {
					discard ? broken.write_discarded() : broken.write();
				});
				EXPECT_EQ(broken.times_stopped, reached ? 1U : 0U);
				broken.take_all();
				EXPECT_EQ(broken.log.wrong(), "")
					<< (discard ? "discard" : "commit") << " after " << before << ", access " << at;
			}
		}
}

} /* namespace */
} /* namespace kring::test */
