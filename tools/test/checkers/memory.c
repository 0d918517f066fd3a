// SPDX-License-Identifier: GPL-2.0-only
/* Bugs of memory. What is accessed is unknown to the compiler, which would warn of them or leave them out. */

#include <linux/list.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "bugs.h"

#define SIZE 100

/* One byte behind what was asked for, in what the allocator has given. */
void slab_overflow(void)
{
	char *memory = kmalloc(SIZE, GFP_KERNEL);

	OPTIMIZER_HIDE_VAR(memory);
	if (memory)
		memory[SIZE] = 1;
	kfree(memory);
}

void slab_use_after_free(void)
{
	char *memory = kmalloc(SIZE, GFP_KERNEL);
	char *stale = memory;

	OPTIMIZER_HIDE_VAR(stale);
	kfree(memory);
	if (stale)
		READ_ONCE(*stale);
}

/* As a ring's directory is allocated. */
void vmalloc_overflow(void)
{
	char *memory = vzalloc(SIZE);

	OPTIMIZER_HIDE_VAR(memory);
	if (memory)
		WRITE_ONCE(memory[SIZE], 1);
	vfree(memory);
}

/* The core writes to a page that is freed. */
void core_use_after_free(void)
{
	struct bug_ring *ring = bug_ring_make();
	int id;

	if (!ring)
		return;
	for (id = 0; id < ARRAY_SIZE(ring->pages); id++) {
		free_page((unsigned long)ring->pages[id]);
		ring->pages[id] = NULL;
	}
	kring_core_reserve_local(ring->core, 1ULL << 32 | KRING_RECORD_SPACE(8), 8);
	bug_ring_free(ring);
}

void list_corruption(void)
{
	LIST_HEAD(list);
	struct list_head one;

	list_add(&one, &list);
	list_add(&one, &list);
}

void leak(void)
{
	char *memory = kmalloc(SIZE, GFP_KERNEL);

	OPTIMIZER_HIDE_VAR(memory);
}
