// SPDX-License-Identifier: GPL-2.0-only
/* A ring of the core, made and checked for the suites of the seam; and its clocks. */

#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "core_under_test.h"
#include "ring.h"

atomic64_t fake_now;
u32 nothing_was_open;

u64 kring_clock_local(void)
{
	return atomic64_fetch_inc_relaxed(&fake_now);
}

void kring_nothing_was_open(void)
{
	nothing_was_open++;
}

u64 kring_clock_mono(void)
{
	return kring_clock_local();
}

u64 kring_clock_boot(void)
{
	return kring_clock_local();
}

u64 kring_clock_counter(void)
{
	return kring_clock_local();
}

static void stopped(void *owner, u32 cpu, u32 fault)
{
	struct ring *ring = owner;

	ring->faults++;
	ring->fault = fault;
}

struct ring *ring_make(struct kunit *test, u32 list_pages, unsigned int order, bool overwrite)
{
	struct ring *ring = test->priv;
	struct kring_core_config config = {
		.cpu = 3,
		.page_size = PAGE_SIZE << order,
		.list_pages = list_pages,
		.overwrite = overwrite,
		.now = atomic64_read(&fake_now),
		.pages = ring->pages,
		.owner = ring,
		.stopped = stopped,
	};
	u32 id;

	ring->list_pages = list_pages;
	ring->page_size = config.page_size;
	ring->order = order;
	for (id = 0; id <= list_pages; id++) {
		ring->pages[id] = (void *)__get_free_pages(GFP_KERNEL | __GFP_ZERO | __GFP_COMP, order);
		KUNIT_ASSERT_NOT_NULL(test, ring->pages[id]);
	}
	ring->shared = vzalloc(kring_core_shared_size(list_pages));
	ring->memory = kvzalloc(roundup_pow_of_two(kring_core_size(list_pages)), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, ring->shared);
	KUNIT_ASSERT_NOT_NULL(test, ring->memory);
	config.shared = ring->shared;
	ring->core = kring_core_init(ring->memory, &config);
	return ring;
}

int ring_init(struct kunit *test)
{
	atomic64_set(&fake_now, 1000);
	test->priv = kunit_kzalloc(test, sizeof(struct ring), GFP_KERNEL);
	return test->priv ? 0 : -ENOMEM;
}

/* Every test leaves a sound ring behind, unless it broke it on purpose. */
void ring_unmake(struct kunit *test)
{
	struct ring *ring = test->priv;
	u32 id;

	if (ring->core && !ring->faults) {
		const char *wrong = core_check(ring->core);

		if (wrong)
			KUNIT_FAIL(test, "%s", wrong);
	}
	for (id = 0; id <= RING_PAGES_MAX; id++)
		free_pages((unsigned long)ring->pages[id], ring->order);
	vfree(ring->shared);
	kvfree(ring->memory);
	memset(ring, 0, sizeof(*ring));
}

void ring_exit(struct kunit *test)
{
	ring_unmake(test);
}
