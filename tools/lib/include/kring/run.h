/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Runs: records of one CPU that come one after another, walked in the program
 * itself, without a call for each. What kring_stream__next_run() gives.
 */
#ifndef KRING_RUN_H
#define KRING_RUN_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/kring.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * struct kring_run - how far a run was walked; written by the functions below only
 * @at:        header of the next record
 * @end:       behind the last one that may be walked to
 * @page_seq:  where the page's number is, which changes before the page is used again
 * @page:      what it has to be
 * @base:      high half of stamps
 * @limit:     of the last record that other CPUs' records do not come before: its stamp
 * @seq:       sequence number of the next record
 * @whole_at:  up to here records were found whole, after the program was done with them
 * @whole_seq: sequence number of the record there
 * @cpu:       whose records they are
 * @time_max:  @limit for the low half of those stamps whose high half is @base
 */
struct kring_run {
	const char *at;
	const char *end;
	const __u64 *page_seq;
	__u64 page;
	__u64 base;
	__u64 limit;
	__u64 seq;
	const char *whole_at;
	__u64 whole_seq;
	__u32 cpu;
	__u32 time_max;
};

/**
 * struct kring_run_record - a record of a run
 * @payload: 8-byte aligned
 * @seq:     sequence number
 * @stamp:   as it was written, in the channel's clock; see kring_stream__time()
 * @size:    bytes of @payload
 * @type:    type id, 0 for none
 */
struct kring_run_record {
	const void *payload;
	__u64 seq;
	__u64 stamp;
	__u32 size;
	__u32 type;
};

/**
 * kring_run__next - the next record of a run
 * @run:    from kring_stream__next_run()
 * @record: out
 *
 * Return: false at the run's end: ask the stream for the next one. Of a page that was used again
 * meanwhile it may return what never was a record, but nothing outside of the page.
 */
static inline bool kring_run__next(struct kring_run *run, struct kring_run_record *record)
{
	while (run->at < run->end) {
		const char *at = run->at;
		/* Each once: what was checked is what is used. */
		__u32 time_lo = __atomic_load_n((const __u32 *)at, __ATOMIC_RELAXED);
		__u32 size = __atomic_load_n((const __u16 *)at + 2, __ATOMIC_RELAXED);
		__u32 type = __atomic_load_n((const __u16 *)at + 3, __ATOMIC_RELAXED);
		const char *next = at + KRING_RECORD_SPACE(size);
		__u64 stamp;

		if (__builtin_expect(type <= KRING_RECORD_TYPE, 1)) {
			if (next > run->end || time_lo > run->time_max)
				return false;
			stamp = run->base | time_lo;
		} else {
			bool has_long_stamp = type & KRING_RECORD_LONG_TIME;

			/* The stream finds out what it is. */
			next += has_long_stamp ? sizeof(stamp) : 0;
			if (type & KRING_RECORD_RESERVED || next > run->end)
				return false;
			if (type & KRING_RECORD_DISCARDED) {
				run->at = next;
				continue;
			}
			stamp = has_long_stamp ? __atomic_load_n((const __u64 *)next - 1, __ATOMIC_RELAXED) :
						 run->base | time_lo;
			if (stamp > run->limit)
				return false;
		}
		run->at = next;
		record->payload = at + sizeof(struct kring_record);
		record->seq = run->seq++;
		record->stamp = stamp;
		record->size = size;
		record->type = type & KRING_RECORD_TYPE;
		return true;
	}
	return false;
}

/**
 * kring_run__is_whole - were they still whole: all records of this run that kring_run__next() has returned?
 * @run: from kring_stream__next_run()
 *
 * To be asked after the records were used, of a stream opened with %KRING_STREAM_IN_PLACE; others always say
 * yes. Those that it is not asked about are asked about by the stream's next call.
 *
 * Return: true: they are received, whatever happens to them. False: the page was used again meanwhile: those
 * since the last true are worth nothing, and the stream will tell them as lost.
 */
static inline bool kring_run__is_whole(struct kring_run *run)
{
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	if (__atomic_load_n(run->page_seq, __ATOMIC_RELAXED) != run->page)
		return false;
	run->whole_at = run->at;
	run->whole_seq = run->seq;
	return true;
}

#ifdef __cplusplus
}
#endif

#endif
