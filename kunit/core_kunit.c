// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit suite of the seam (src/core.h): one ring, written and read by the test
 * itself with a clock that the test sets, its invariants checked after each
 * test. The exported API is tested in api_kunit.c.
 */

#include <kunit/test.h>
#include <linux/kring.h>
#include <linux/module.h>

#include "ring.h"

static void *reserve(struct ring *ring, size_t size)
{
	return kring_core_reserve_local(ring->core, __kring_step(size), __kring_size_and_type(size, 7));
}

/* False: nothing was open, as the core has told the shim. */
static bool commit(struct ring *ring, const void *payload)
{
	u32 before = nothing_was_open;

	kring_core_commit(ring->core, payload);
	return nothing_was_open == before;
}

/* Likewise. */
static bool discard(struct ring *ring, const void *payload)
{
	u32 before = nothing_was_open;

	kring_core_discard(ring->core, payload);
	return nothing_was_open == before;
}

static bool write_u64(struct ring *ring, u64 value)
{
	u64 *payload = reserve(ring, sizeof(value));

	if (!payload)
		return false;
	*payload = value;
	return commit(ring, payload);
}

static struct kring_ledger ledger_of(struct kunit *test, struct ring *ring)
{
	struct kring_ledger ledger = {};

	KUNIT_ASSERT_EQ(test, kring_core_ledger(ring->core, &ledger), KRING_CORE_OK);
	KUNIT_EXPECT_EQ(test, ledger.committed, ledger.read + ledger.overwritten + ledger.unread);
	return ledger;
}

/* Consumes all; expects consecutive values from @first on in 8-byte records; returns the next one. */
static u64 read_all(struct kunit *test, struct ring *ring, u64 first)
{
	struct kring_core_span span;
	u32 at;

	while (kring_core_acquire(ring->core, &span) == KRING_CORE_OK) {
		void *page = ring->pages[span.page];

		KUNIT_EXPECT_EQ(test, span.first, first);
		for (at = span.start; at < span.end; at += KRING_RECORD_SPACE(8), first++) {
			KUNIT_ASSERT_EQ(test, ((struct kring_record *)(page + at))->size, 8);
			KUNIT_ASSERT_EQ(test, *(u64 *)(page + at + 8), first);
		}
		KUNIT_EXPECT_EQ(test, span.first + span.count, first);
		KUNIT_ASSERT_EQ(test, kring_core_release(ring->core), KRING_CORE_OK);
	}
	return first;
}

static void round_trip(struct kunit *test)
{
	unsigned int order;

	for (order = 0; order <= KRING_ORDER_MAX; order++) {
		struct ring *ring = ring_make(test, 4, order, false);
		u64 value, records = 0;

		for (value = 0; write_u64(ring, value); value++)
			records++;
		KUNIT_EXPECT_EQ(test, ledger_of(test, ring).dropped[KRING_DROP_FULL], 1);
		KUNIT_EXPECT_EQ(test, records, 4 * ((ring->page_size - 128 - 8) / 16));
		KUNIT_EXPECT_EQ(test, read_all(test, ring, 0), records);
		KUNIT_EXPECT_EQ(test, ledger_of(test, ring).read, records);
		KUNIT_EXPECT_FALSE(test, kring_core_readable(ring->core));
		ring_unmake(test);
	}
}

static void overwriting_counts_what_it_takes(struct kunit *test)
{
	struct ring *ring = ring_make(test, 3, 0, true);
	struct kring_ledger ledger;
	u64 value;

	for (value = 0; value < 10000; value++)
		KUNIT_ASSERT_TRUE(test, write_u64(ring, value));
	ledger = ledger_of(test, ring);
	KUNIT_EXPECT_EQ(test, ledger.committed, 10000);
	KUNIT_EXPECT_GT(test, ledger.overwritten, 9000);
	KUNIT_EXPECT_EQ(test, read_all(test, ring, ledger.overwritten), 10000);
	KUNIT_EXPECT_EQ(test, ledger_of(test, ring).overwritten, ledger.overwritten);
}

static void a_full_ring_takes_what_still_fits(struct kunit *test)
{
	struct ring *ring = ring_make(test, 2, 0, false);

	void *payload;
	int large = 0;

	while ((payload = reserve(ring, 1000))) {
		KUNIT_ASSERT_TRUE(test, commit(ring, payload));
		large++;
	}
	KUNIT_EXPECT_EQ(test, large, 2 * 3);
	payload = reserve(ring, 100);
	KUNIT_ASSERT_NOT_NULL(test, payload);
	KUNIT_EXPECT_TRUE(test, commit(ring, payload));
	KUNIT_EXPECT_EQ(test, ledger_of(test, ring).dropped[KRING_DROP_FULL], 1);
}

static void sizes(struct kunit *test)
{
	struct ring *ring = ring_make(test, 4, 0, true);
	u32 max = kring_core_max_payload(ring->page_size);
	static const u64 too_big[] = { 1ULL << 31, 1ULL << 32, (1ULL << 32) + 8, ~0ULL, 65528, 65529, 65536 };
	void *payload;
	u32 i;

	KUNIT_EXPECT_EQ(test, max, PAGE_SIZE - 128 - 16);
	payload = reserve(ring, 0);
	KUNIT_ASSERT_NOT_NULL(test, payload);
	KUNIT_EXPECT_TRUE(test, commit(ring, payload));
	payload = reserve(ring, max);
	KUNIT_ASSERT_NOT_NULL(test, payload);
	memset(payload, 0xff, max);
	KUNIT_EXPECT_TRUE(test, commit(ring, payload));
	KUNIT_EXPECT_NULL(test, reserve(ring, max + 1));
	for (i = 0; i < ARRAY_SIZE(too_big); i++)
		KUNIT_EXPECT_NULL(test, reserve(ring, too_big[i]));
	KUNIT_EXPECT_EQ(test, ledger_of(test, ring).dropped[KRING_DROP_TOO_BIG], 1 + ARRAY_SIZE(too_big));
	KUNIT_EXPECT_EQ(test, ledger_of(test, ring).committed, 2);
}

static void nesting_is_five_deep(struct kunit *test)
{
	struct ring *ring = ring_make(test, 4, 0, true);
	void *open[5];
	int i;

	for (i = 0; i < 5; i++) {
		open[i] = reserve(ring, 8);
		KUNIT_ASSERT_NOT_NULL(test, open[i]);
		*(u64 *)open[i] = i;
	}
	KUNIT_EXPECT_NULL(test, reserve(ring, 8));
	KUNIT_EXPECT_FALSE(test, kring_core_readable(ring->core));
	while (i--)
		KUNIT_EXPECT_TRUE(test, commit(ring, open[i]));
	KUNIT_EXPECT_EQ(test, ledger_of(test, ring).dropped[KRING_DROP_TOO_DEEP], 1);
	KUNIT_EXPECT_EQ(test, read_all(test, ring, 0), 5);
}

static void nested_writers_may_not_pass_the_open_record(struct kunit *test)
{
	struct ring *ring = ring_make(test, 2, 0, true);
	u64 *open = reserve(ring, 8);
	u64 value;

	KUNIT_ASSERT_NOT_NULL(test, open);
	*open = 0;
	for (value = 1; write_u64(ring, value); value++)
		;
	KUNIT_EXPECT_EQ(test, ledger_of(test, ring).dropped[KRING_DROP_LAPPED], 1);
	KUNIT_EXPECT_EQ(test, ledger_of(test, ring).committed, 0);
	KUNIT_EXPECT_TRUE(test, commit(ring, open));
	KUNIT_EXPECT_EQ(test, read_all(test, ring, 0), value);
}

static void disabling(struct kunit *test)
{
	struct ring *ring = ring_make(test, 4, 0, true);
	u64 *open = reserve(ring, 8);

	KUNIT_ASSERT_NOT_NULL(test, open);
	*open = 0;
	kring_core_set_enabled(ring->core, false);
	kring_core_set_enabled(ring->core, false);
	KUNIT_EXPECT_FALSE(test, write_u64(ring, 9));
	KUNIT_EXPECT_TRUE(test, commit(ring, open));
	KUNIT_EXPECT_FALSE(test, write_u64(ring, 9));
	kring_core_set_enabled(ring->core, true);
	KUNIT_EXPECT_TRUE(test, write_u64(ring, 1));
	KUNIT_EXPECT_EQ(test, ledger_of(test, ring).dropped[KRING_DROP_DISABLED], 2);
	KUNIT_EXPECT_EQ(test, read_all(test, ring, 0), 2);
}

static void discarded_records_have_no_number(struct kunit *test)
{
	struct ring *ring = ring_make(test, 4, 0, true);
	struct kring_core_span span;
	void *outer, *inner;

	KUNIT_EXPECT_TRUE(test, write_u64(ring, 0));
	outer = reserve(ring, 8);
	inner = reserve(ring, 8);
	KUNIT_ASSERT_NOT_NULL(test, inner);
	KUNIT_EXPECT_TRUE(test, commit(ring, inner));
	KUNIT_EXPECT_TRUE(test, discard(ring, outer));
	KUNIT_EXPECT_EQ(test, ledger_of(test, ring).committed, 2);
	KUNIT_EXPECT_EQ(test, ledger_of(test, ring).discarded, 1);
	KUNIT_ASSERT_EQ(test, kring_core_acquire(ring->core, &span), KRING_CORE_OK);
	KUNIT_EXPECT_EQ(test, span.count, 2);
	KUNIT_EXPECT_EQ(test, span.end - span.start, 48);
	KUNIT_EXPECT_EQ(test, kring_core_release(ring->core), KRING_CORE_OK);

	/* The last one gives its space back. */
	outer = reserve(ring, 8);
	KUNIT_EXPECT_TRUE(test, discard(ring, outer));
	KUNIT_EXPECT_EQ(test, kring_core_acquire(ring->core, &span), KRING_CORE_EMPTY);
}

static void wrong_pointers_stop_the_ring(struct kunit *test)
{
	struct ring *ring = ring_make(test, 4, 0, true);
	void *open = reserve(ring, 8);
	u64 foreign = 0;

	KUNIT_EXPECT_TRUE(test, commit(ring, open));
	KUNIT_EXPECT_EQ(test, ring->faults, 0);
	KUNIT_EXPECT_FALSE(test, commit(ring, open));
	KUNIT_EXPECT_EQ(test, ring->faults, 1);
	KUNIT_EXPECT_EQ(test, ring->fault, KRING_FAULT_COMMIT);
	KUNIT_EXPECT_FALSE(test, commit(ring, &foreign));
	KUNIT_EXPECT_FALSE(test, discard(ring, NULL));
	KUNIT_EXPECT_EQ(test, ring->faults, 1);
	KUNIT_EXPECT_NULL(test, reserve(ring, 8));
	KUNIT_EXPECT_EQ(test, kring_core_fault(ring->core), KRING_FAULT_COMMIT);
}

static void a_foreign_pointer_closes_the_open_record(struct kunit *test)
{
	struct ring *ring = ring_make(test, 4, 0, true);
	u64 foreign = 0;

	KUNIT_ASSERT_NOT_NULL(test, reserve(ring, 8));
	KUNIT_EXPECT_TRUE(test, commit(ring, &foreign));
	KUNIT_EXPECT_FALSE(test, commit(ring, &foreign));
	KUNIT_EXPECT_EQ(test, ring->faults, 1);
}

static void an_overwritten_header_is_noticed(struct kunit *test)
{
	struct ring *ring = ring_make(test, 4, 0, true);
	u64 *open = reserve(ring, 8);

	KUNIT_ASSERT_NOT_NULL(test, open);
	open[-1] = ~0ULL;
	KUNIT_EXPECT_TRUE(test, discard(ring, open));
	KUNIT_EXPECT_EQ(test, ring->fault, KRING_FAULT_RECORD);
}

static void reader_statuses(struct kunit *test)
{
	struct ring *ring = ring_make(test, 4, 0, true);
	struct kring_core_span span, again;

	KUNIT_EXPECT_EQ(test, kring_core_release(ring->core), KRING_CORE_NOT_ACQUIRED);
	KUNIT_EXPECT_EQ(test, kring_core_acquire(ring->core, &span), KRING_CORE_EMPTY);
	KUNIT_EXPECT_EQ(test, kring_core_release(ring->core), KRING_CORE_NOT_ACQUIRED);
	KUNIT_EXPECT_TRUE(test, write_u64(ring, 0));
	KUNIT_EXPECT_EQ(test, kring_core_acquire(ring->core, &span), KRING_CORE_OK);
	KUNIT_EXPECT_EQ(test, kring_core_acquire(ring->core, &again), KRING_CORE_ACQUIRED);

	/* The owner dies: nothing was consumed, and the page has grown. */
	kring_core_abandon(ring->core);
	KUNIT_EXPECT_TRUE(test, write_u64(ring, 1));
	KUNIT_EXPECT_EQ(test, kring_core_acquire(ring->core, &again), KRING_CORE_OK);
	KUNIT_EXPECT_EQ(test, again.first, span.first);
	KUNIT_EXPECT_EQ(test, again.count, 2);
	KUNIT_EXPECT_EQ(test, kring_core_release(ring->core), KRING_CORE_OK);
}

static void observers_know_what_they_lost(struct kunit *test)
{
	struct ring *ring = ring_make(test, 3, 0, true);
	struct kring_core_observer observer = {};
	struct kring_core_span span;
	u64 seen = 0;
	u64 value;

	KUNIT_EXPECT_EQ(test, kring_core_look(ring->core, &observer, &span), KRING_CORE_EMPTY);
	for (value = 0; value < 5000; value++) {
		KUNIT_ASSERT_TRUE(test, write_u64(ring, value));
		if (value % 1300 || kring_core_look(ring->core, &observer, &span) != KRING_CORE_OK)
			continue;
		KUNIT_ASSERT_TRUE(test, kring_core_confirm(ring->core, &observer, &span));
		seen += span.count;
	}
	while (kring_core_look(ring->core, &observer, &span) == KRING_CORE_OK) {
		KUNIT_ASSERT_TRUE(test, kring_core_confirm(ring->core, &observer, &span));
		KUNIT_EXPECT_EQ(test, span.first, seen + kring_core_lost(&observer));
		seen += span.count;
	}
	KUNIT_EXPECT_GT(test, kring_core_lost(&observer), 0);
	KUNIT_EXPECT_EQ(test, seen + kring_core_lost(&observer), 5000);
}

static void an_overtaken_copy_is_not_confirmed(struct kunit *test)
{
	struct ring *ring = ring_make(test, 2, 0, true);
	struct kring_core_observer observer = {};
	struct kring_core_span span;
	u64 value;

	KUNIT_ASSERT_TRUE(test, write_u64(ring, 0));
	KUNIT_ASSERT_EQ(test, kring_core_look(ring->core, &observer, &span), KRING_CORE_OK);
	for (value = 1; value < 1000; value++)
		KUNIT_ASSERT_TRUE(test, write_u64(ring, value));
	KUNIT_EXPECT_FALSE(test, kring_core_confirm(ring->core, &observer, &span));
}

static void stamps_with_another_high_half(struct kunit *test)
{
	struct ring *ring = ring_make(test, 4, 0, true);
	struct kring_core_span span;
	struct kring_record *record;

	KUNIT_ASSERT_TRUE(test, write_u64(ring, 0));
	atomic64_set(&fake_now, 5ULL << 32);
	KUNIT_ASSERT_TRUE(test, write_u64(ring, 1));
	atomic64_set(&fake_now, 77);
	KUNIT_ASSERT_TRUE(test, write_u64(ring, 2));
	KUNIT_ASSERT_EQ(test, kring_core_acquire(ring->core, &span), KRING_CORE_OK);
	record = ring->pages[span.page] + span.start + 16;
	KUNIT_EXPECT_EQ(test, record->type, 7 | KRING_RECORD_LONG_TIME);
	KUNIT_EXPECT_EQ(test, *(u64 *)(record + 1), 1);
	KUNIT_EXPECT_EQ(test, *(u64 *)(record + 2), (5ULL << 32) + record->time_lo);
	record += 3;
	KUNIT_EXPECT_EQ(test, record->type, 7);
	KUNIT_EXPECT_EQ(test, record->time_lo, 77);
	KUNIT_EXPECT_EQ(test, kring_core_release(ring->core), KRING_CORE_OK);
}

static struct kunit_case core_cases[] = {
	KUNIT_CASE(round_trip),
	KUNIT_CASE(overwriting_counts_what_it_takes),
	KUNIT_CASE(a_full_ring_takes_what_still_fits),
	KUNIT_CASE(sizes),
	KUNIT_CASE(nesting_is_five_deep),
	KUNIT_CASE(nested_writers_may_not_pass_the_open_record),
	KUNIT_CASE(disabling),
	KUNIT_CASE(discarded_records_have_no_number),
	KUNIT_CASE(wrong_pointers_stop_the_ring),
	KUNIT_CASE(a_foreign_pointer_closes_the_open_record),
	KUNIT_CASE(an_overwritten_header_is_noticed),
	KUNIT_CASE(reader_statuses),
	KUNIT_CASE(observers_know_what_they_lost),
	KUNIT_CASE(an_overtaken_copy_is_not_confirmed),
	KUNIT_CASE(stamps_with_another_high_half),
	{}
};

static struct kunit_suite core_suite = {
	.name = "kring-core",
	.init = ring_init,
	.exit = ring_exit,
	.test_cases = core_cases,
};

kunit_test_suite(core_suite);

MODULE_DESCRIPTION("KUnit suite of kring's core");
MODULE_LICENSE("GPL");
