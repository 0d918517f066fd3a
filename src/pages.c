// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory of a ring, from its CPU's node: pages, the shared area with the
 * directory, and the core's private part. Nothing of it is freed while a
 * program maps it: mappings hold references to the pages that they show.
 */

#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/topology.h>
#include <linux/vmalloc.h>

#include "channel.h"

/*
 * Compound, so that a program may map parts of a page; cleared, since programs
 * see all of it. Rather fails than calls the OOM killer.
 */
#define RING_PAGE_GFP (GFP_KERNEL | __GFP_COMP | __GFP_ZERO | __GFP_RETRY_MAYFAIL | __GFP_NOWARN)

static int alloc_ring_pages(struct channel_ring *ring, int node)
{
	struct channel *channel = ring->channel;
	struct page *page;
	u32 id;

	for (id = 0; id < channel->nr_pages; id++) {
		if (fatal_signal_pending(current))
			return -EINTR;
		page = alloc_pages_node(node, RING_PAGE_GFP, channel->order);
		if (!page)
			return -ENOMEM;
		ring->pages[id] = page_address(page);
		cond_resched();
	}
	return 0;
}

/* Of @ring, channel and cpu are set. On failure all is as before. */
int ring_alloc(struct channel_ring *ring)
{
	struct channel *channel = ring->channel;
	int node = cpu_to_node(ring->cpu);
	struct kring_core_config config = {
		.cpu = ring->cpu,
		.page_size = channel->page_size,
		.list_pages = channel->list_pages,
		.clock = channel->public.clock,
		.overwrite = channel->mode == KRING_MODE_OVERWRITE,
		.owner = channel,
		.stopped = channel_stopped,
	};
	void *memory;
	int err = -ENOMEM;

	/* All or nothing, before much of it is taken from others. */
	if ((u64)channel->nr_pages << channel->order > si_mem_available())
		return -ENOMEM;

	ring->pages = kvcalloc(channel->nr_pages, sizeof(*ring->pages), GFP_KERNEL);
	ring->shared = vzalloc_node(channel->shared_size, node);
	/* A power of two is aligned to itself, as far as it matters here: to a cache line. */
	memory = kvzalloc_node(roundup_pow_of_two(kring_core_size(channel->list_pages)), GFP_KERNEL, node);
	ring->core = memory;
	if (!ring->pages || !ring->shared || !memory)
		goto fail;

	err = alloc_ring_pages(ring, node);
	if (err)
		goto fail;

	config.now = clock_now(channel->public.clock);
	config.pages = ring->pages;
	config.shared = ring->shared;
	ring->core = kring_core_init(memory, &config);
	return 0;

fail:
	ring_free(ring);
	return err;
}

void ring_free(struct channel_ring *ring)
{
	u32 id;

	for (id = 0; ring->pages && id < ring->channel->nr_pages; id++) {
		if (ring->pages[id])
			__free_pages(virt_to_page(ring->pages[id]), ring->channel->order);
		cond_resched();
	}
	kvfree(ring->pages);
	vfree(ring->shared);
	kvfree(ring->core);
	ring->pages = NULL;
	ring->shared = NULL;
	ring->core = NULL;
}
