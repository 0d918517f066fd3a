/* SPDX-License-Identifier: GPL-2.0-only */
/* The page ring stopped or disabled in the middle of a write, at each of the write's accesses. */
#include <gtest/gtest.h>

#include "nesting_scene.hh"

namespace kring::test
{
namespace
{

using ring_type = test_ring<platform_nesting, nesting_clock>;

/* Five records a page. */
constexpr shape small{.list_pages = 3, .page_size = 256};

/* True if the write was long enough. */
bool interrupted_write(ring_type &ring, u32 size, u64 at, const std::function<void()> &what)
{
	return interruptions::run({{at, what}}, [&] { ring.write(size); });
}

/* Number of the page that was opened last. */
u64 newest_page(const ring_memory &memory)
{
	u64 newest = 0;

	for (u32 id = 0; id < memory.pages(); id++)
		if (memory.page(id).seq != KRING_SEQ_INVALID)
			newest = std::max<u64>(newest, memory.page(id).seq);
	return newest;
}

struct page_ring_stop : testing::Test {
	/* A ring in which a nested writer ran over its record's header; true if the write was long enough. */
	static bool by_nested_writer(u32 fill, u32 size, u64 at)
	{
		ring_type ring{small};
		u64 newest = 0;

		ring.write_many(fill);

		bool reached = interrupted_write(ring, size, at, [&] {
			auto record = ring.reserve(8);

			static_cast<kring_record *>(record.payload)[-1].type |= KRING_RECORD_RESERVED;
			ring.discard(record);
			newest = newest_page(ring.memory);
		});

		if (!reached)
			return false;
		EXPECT_EQ(ring.ring.fault(), u32{KRING_FAULT_RECORD});
		EXPECT_EQ(ring.times_stopped, 1U);
		EXPECT_EQ(newest_page(ring.memory), newest);
		EXPECT_FALSE(ring.write());
		EXPECT_EQ(ring.dropped(), ring.ring.dropped(KRING_DROP_DISABLED));
		return !HasFailure();
	}

	/* The gate changed meanwhile; true if the write was long enough. */
	static bool by_enabling(bool enable, u32 fill, u64 at)
	{
		ring_type ring{small};

		ring.write_many(fill);
		ring.ring.set_enabled(!enable);
		if (!interrupted_write(ring, 16, at, [&] { ring.ring.set_enabled(enable); }))
			return false;
		EXPECT_EQ(ring.write(), enable);
		ring.ring.set_enabled(true);
		EXPECT_TRUE(ring.write());
		EXPECT_EQ(ring.finish(), "") << fill << ' ' << at;
		return !HasFailure();
	}

	/* The ring stopped while the gate was changed; true if that took long enough. */
	static bool while_enabling(bool enable, u64 at)
	{
		ring_type ring{small};

		ring.ring.set_enabled(!enable);
		if (!interruptions::run({{at, [&] { EXPECT_FALSE(ring.ring.commit(nullptr)); }}},
					[&] { ring.ring.set_enabled(enable); }))
			return false;
		EXPECT_EQ(ring.ring.fault(), u32{KRING_FAULT_COMMIT});
		ring.ring.set_enabled(true);
		EXPECT_FALSE(ring.write()) << at;
		return !HasFailure();
	}

	fresh_clock clock;
};

/* Who sets update is the only one to change that link; else the list is broken, and nobody reads on along it. */
TEST_F(page_ring_stop, link_changed_under_a_head_move)
{
	bool reached = true;
	u32 broken = 0;

	for (u64 at = 0; reached; at++) {
		ring_type ring{small};
		u64 &link = ring.memory.slots()[2].next;
		bool changed = false;

		ring.write_many(15);
		reached = interrupted_write(ring, 16, at, [&] {
			changed = tagged_link{link}.is(link_flag::update);
			if (changed)
				link = tagged_link{link}.to(tagged_link{link}.page(), link_flag::normal).word();
		});
		if (!changed)
			continue;
		broken++;
		ASSERT_EQ(ring.ring.fault(), u32{KRING_FAULT_LINK}) << at;
		ASSERT_EQ(ring.times_stopped, 1U);
		ASSERT_EQ(ring.acquire(), status::stopped);
		ASSERT_FALSE(ring.reader.readable());
		ASSERT_FALSE(ring.write());
		ASSERT_EQ(ring.ring.dropped(KRING_DROP_DISABLED), 1U);
	}
	EXPECT_GT(broken, 0U);
}

/* A writer that is inside already when the ring stops opens no page any more, and is told so. */
TEST_F(page_ring_stop, by_a_nested_writer)
{
	for (u32 fill : {0U, 1U, 4U, 5U, 14U, 15U})
		for (u32 size : {16U, max_payload(small.page_size)})
			for (u64 at = 0; by_nested_writer(fill, size, at); at++)
				;
}

/* The gate is one word for the depth and for this: neither change gets lost in the other. */
TEST_F(page_ring_stop, disabled_and_enabled_under_a_writer)
{
	for (bool enable : {false, true})
		for (u32 fill : {0U, 4U, 5U, 15U})
			for (u64 at = 0; by_enabling(enable, fill, at); at++)
				;
}

/* Whoever else finds a fault while one is told. */
TEST_F(page_ring_stop, while_stopping)
{
	bool reached = true;

	for (u64 at = 0; reached; at++) {
		ring_type ring{small};

		reached = interruptions::run({{at, [&] { EXPECT_FALSE(ring.ring.commit(nullptr)); }}},
					     [&] { EXPECT_FALSE(ring.ring.commit(nullptr)); });
		EXPECT_EQ(ring.times_stopped, 1U) << at;
		EXPECT_FALSE(ring.write());
	}
}

/* Nor does that it is stopped get lost in enabling. */
TEST_F(page_ring_stop, under_disabling_and_enabling)
{
	for (bool enable : {false, true})
		for (u64 at = 0; while_enabling(enable, at); at++)
			;
}

} /* namespace */
} /* namespace kring::test */
