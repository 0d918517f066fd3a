/* SPDX-License-Identifier: GPL-2.0-only */
/* The bugs of kring_bugs.ko: each function has the one of its name. */
#ifndef KRING_BUGS_H
#define KRING_BUGS_H

#include "../../../src/core.h"

#ifdef __cplusplus
extern "C" {
#endif

/* memory.c: KASAN, the debugging of lists, kmemleak */
void slab_overflow(void);
void slab_use_after_free(void);
void vmalloc_overflow(void);
void core_use_after_free(void);
void list_corruption(void);
void leak(void);

/* locks.c: lockdep, sleep in atomic, preemption */
void lock_inversion(void);
void lock_in_interrupt(void);
void sleep_in_atomic(void);
void preemptible_cpu(void);

/* races.c: KCSAN */
void race(void);
void interrupt_race(void);
void core_race(void);
void missing_release(void);
/* No bug: what the one before lacks. */
void release(void);

/* For a second, calls one over and over on a CPU, and the other on another one. */
void run_both(void (*one)(void), void (*other)(void));

/* core_races.cc: a word is published with the core's operations, and looked for */
void publish_released(void);
void publish_relaxed(void);
void look_for_published(void);

/* ring.c: a ring of the core, of 4 pages in all; NULL if memory is short */
struct bug_ring {
	struct kring_core *core;
	void *memory;
	void *shared;
	void *pages[4];
};

struct bug_ring *bug_ring_make(void);
void bug_ring_free(struct bug_ring *ring);

#ifdef __cplusplus
}
#endif

#endif
