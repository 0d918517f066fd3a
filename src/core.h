/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The seam: the only door between the C shim and the C++ core. Plain C types;
 * sizes in bytes; nothing here allocates, locks or sleeps.
 *
 * One struct kring_core is the ring of one CPU, with its reader.
 */
#ifndef KRING_CORE_H
#define KRING_CORE_H

#include "../include/uapi/linux/kring.h"

#ifdef __cplusplus
extern "C" {
#endif

struct kring_core;

/**
 * struct kring_core_config - what a ring is made of; all memory outlives it
 * @cpu:        whose ring it is
 * @page_size:  bytes of a page, a power of two
 * @list_pages: pages in the list; one more is the reader's
 * @clock:      &enum kring_clock, told to readers
 * @overwrite:  or discard
 * @now:        the time, of the channel's clock
 * @pages:      @list_pages + 1 zeroed pages, each aligned to @page_size
 * @shared:     zeroed, kring_core_shared_size() bytes; mapped by programs, as the pages
 * @owner:      passed to @stopped
 * @stopped:    called once, when the ring stops on a fault; in any context, NMI included
 */
struct kring_core_config {
	__u32 cpu;
	__u32 page_size;
	__u32 list_pages;
	__u32 clock;
	bool overwrite;
	__u64 now;
	void *const *pages;
	struct kring_ring *shared;
	void *owner;
	void (*stopped)(void *owner, __u32 cpu, __u32 fault);
};

#define KRING_CORE_PAGES_MIN	2U
#define KRING_CORE_PAGES_MAX	0xfffeU

unsigned long kring_core_size(__u32 list_pages);
unsigned long kring_core_shared_size(__u32 list_pages);
__u32 kring_core_max_payload(__u32 page_size);

/* @memory: zeroed, kring_core_size() bytes, aligned to 64. */
struct kring_core *kring_core_init(void *memory, const struct kring_core_config *config);

/*
 * Writing: on the ring's CPU with preemption off, in any context. step is what
 * the record adds to its page's commit word: one record and
 * KRING_RECORD_SPACE(size), or anything larger than a page, up to 2^30, for a
 * payload that cannot be. The upper half of size_and_type is the type.
 */
void *kring_core_reserve_local(struct kring_core *core, __u64 step, __u32 size_and_type);
void *kring_core_reserve_mono(struct kring_core *core, __u64 step, __u32 size_and_type);
void *kring_core_reserve_boot(struct kring_core *core, __u64 step, __u32 size_and_type);
void *kring_core_reserve_counter(struct kring_core *core, __u64 step, __u32 size_and_type);
void kring_core_commit(struct kring_core *core, const void *payload);
void kring_core_discard(struct kring_core *core, const void *payload);

/* On the ring's CPU with interrupts off, or while that CPU is offline. */
void kring_core_set_enabled(struct kring_core *core, bool enabled);

enum kring_core_status {
	KRING_CORE_OK,
	KRING_CORE_EMPTY,
	KRING_CORE_BUSY,
	KRING_CORE_NOT_ACQUIRED,
	KRING_CORE_ACQUIRED,
	KRING_CORE_STOPPED,
};

/* Published records that stand together on one page; fields as in struct kring_acquire. */
struct kring_core_span {
	__u64 seq;
	__u64 first;
	__u32 page;
	__u32 start;
	__u32 end;
	__u32 count;
};

/* The owning reader: calls of one ring serialised by the caller; never waits for writers. */
enum kring_core_status kring_core_acquire(struct kring_core *core, struct kring_core_span *span);
enum kring_core_status kring_core_release(struct kring_core *core);
void kring_core_abandon(struct kring_core *core);
bool kring_core_readable(const struct kring_core *core);
__u64 kring_core_overwritten(const struct kring_core *core);

/* &enum kring_fault: why the ring stopped. Any context. */
__u32 kring_core_fault(const struct kring_core *core);

/* On the ring's CPU, in an interrupt: is all that was reserved before it published? */
bool kring_core_is_complete(const struct kring_core *core);

/* Fills all but size, cpu and flags. Serialised with the reader's calls. BUSY: writers gave no chance to look. */
enum kring_core_status kring_core_ledger(const struct kring_core *core, struct kring_ledger *ledger);

/* An observer: zeroed, it starts at the oldest record. Calls of one observer are serialised by the caller. */
struct kring_core_observer {
	__u64 state[4];
};

void kring_core_seek_newest(const struct kring_core *core, struct kring_core_observer *observer);
enum kring_core_status kring_core_look(const struct kring_core *core, struct kring_core_observer *observer,
				       struct kring_core_span *span);
/* After the copy. False: the page was reused under it, the copy is worth nothing; look again. */
bool kring_core_confirm(const struct kring_core *core, struct kring_core_observer *observer,
			const struct kring_core_span *span);
__u64 kring_core_lost(const struct kring_core_observer *observer);

/*
 * How far, in bytes of pages from a ring's first record; a page that was left
 * counts whole. Published: any context. Of an observer, after it has looked;
 * and of the owning reader: serialised with its other calls.
 */
__u64 kring_core_bytes_published(const struct kring_core *core);
__u64 kring_core_bytes_observed(const struct kring_core *core, const struct kring_core_observer *observer);
__u64 kring_core_bytes_consumed(const struct kring_core *core);

/* What the core asks of the shim, in any context: the clocks. */
__u64 kring_clock_local(void);
__u64 kring_clock_mono(void);
__u64 kring_clock_boot(void);
__u64 kring_clock_counter(void);
/* A commit or discard found no open record: its caller is about to undo what no reserve did. */
void kring_nothing_was_open(void);

#ifdef __cplusplus
}
#endif

#endif
