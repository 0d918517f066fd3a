// SPDX-License-Identifier: GPL-2.0-only
/* A ring of the core without a channel around it, and what the core asks of the shim. */

#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/sched/clock.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "bugs.h"

u64 kring_clock_local(void)
{
	return local_clock();
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

void kring_nothing_was_open(void)
{
}

static void stopped(void *owner, u32 cpu, u32 fault)
{
}

struct bug_ring *bug_ring_make(void)
{
	struct bug_ring *ring = kzalloc(sizeof(*ring), GFP_KERNEL);
	struct kring_core_config config = {
		.page_size = PAGE_SIZE,
		.list_pages = ARRAY_SIZE(ring->pages) - 1,
		.overwrite = true,
		.stopped = stopped,
	};
	bool complete;
	int id;

	if (!ring)
		return NULL;
	ring->memory = kvzalloc(roundup_pow_of_two(kring_core_size(config.list_pages)), GFP_KERNEL);
	ring->shared = vzalloc(kring_core_shared_size(config.list_pages));
	complete = ring->memory && ring->shared;
	for (id = 0; id < ARRAY_SIZE(ring->pages); id++) {
		ring->pages[id] = (void *)get_zeroed_page(GFP_KERNEL);
		complete = complete && ring->pages[id];
	}
	if (!complete) {
		bug_ring_free(ring);
		return NULL;
	}
	config.pages = ring->pages;
	config.shared = ring->shared;
	ring->core = kring_core_init(ring->memory, &config);
	return ring;
}

void bug_ring_free(struct bug_ring *ring)
{
	int id;

	for (id = 0; id < ARRAY_SIZE(ring->pages); id++)
		free_page((unsigned long)ring->pages[id]);
	vfree(ring->shared);
	kvfree(ring->memory);
	kfree(ring);
}
