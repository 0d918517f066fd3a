/* SPDX-License-Identifier: GPL-2.0-only */
/* A ring of the core for the suites of the seam, without a channel around it. */
#ifndef KRING_KUNIT_RING_H
#define KRING_KUNIT_RING_H

#include <kunit/test.h>

#include "../src/core.h"

#define RING_PAGES_MAX 64

/**
 * struct ring - a ring and its memory
 * @core:       to write and read
 * @shared:     what programs would map
 * @memory:     of @core
 * @pages:      by id
 * @list_pages: at most RING_PAGES_MAX
 * @page_size:  bytes
 * @order:      of a page
 * @faults:     how often the ring said that it stopped
 * @fault:      and why
 */
struct ring {
	struct kring_core *core;
	struct kring_ring *shared;
	void *memory;
	void *pages[RING_PAGES_MAX + 1];
	u32 list_pages;
	u32 page_size;
	unsigned int order;
	u32 faults;
	u32 fault;
};

/* The time that all clocks of the core tell here; each look moves it on by one. */
extern atomic64_t fake_now;

/* How often a commit or discard said that there was nothing to close. */
extern u32 nothing_was_open;

int ring_init(struct kunit *test);
void ring_exit(struct kunit *test);

/* Of test->priv. Fails the test if memory is short. */
struct ring *ring_make(struct kunit *test, u32 list_pages, unsigned int order, bool overwrite);
void ring_unmake(struct kunit *test);

#endif
