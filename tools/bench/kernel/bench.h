/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How kring_bench.ko measures. It is to run on a machine whose time stamp
 * counter counts instructions (QEMU with -icount shift=0): what MEASURE()
 * returns is then exact, and the same in every boot.
 */
#ifndef KRING_BENCH_H
#define KRING_BENCH_H

#include <linux/compiler.h>
#include <linux/types.h>

#include <asm/msr.h>

/* Records of one measurement: some laps of a ring, so that what a page costs is spread over its records. */
#define BENCH_RECORDS 100000

/* Bytes of each ring, on all sides. */
#define BENCH_RING_SIZE (128 * 1024)

/*
 * Instructions of BENCH_RECORDS times @body, the loop's own included. @body may
 * use i, the number of the round.
 */
#define MEASURE(body)						\
({								\
	u64 measure_begin = rdtsc();				\
	u64 i;							\
								\
	for (i = 0; i < BENCH_RECORDS; i++) {			\
		body;						\
		barrier();					\
	}							\
	rdtsc() - measure_begin;				\
})

/* A record's payload, the same stores for every ring; @size is a constant, in whole words. */
static __always_inline void fill(u64 *payload, size_t size, u64 value)
{
	size_t word;

	for (word = 0; word < size / sizeof(*payload); word++)
		payload[word] = value;
}

/**
 * struct bench - one measurement
 * @name:    as tools/bench/rows.py knows it
 * @run:     measures; interrupts are off; returns 0 if it failed
 * @context: for @run, as a pointer to what the subject's init() made
 */
struct bench {
	const char *name;
	u64 (*run)(void *context);
	void **context;
};

/**
 * struct subject - what is measured in several ways
 * @name:    for messages
 * @init:    makes what the measurements need; on failure nothing is left behind
 * @exit:    takes it away
 * @benches: ended by one without a name, or NULL
 */
struct subject {
	const char *name;
	int (*init)(void);
	void (*exit)(void);
	const struct bench *benches;
};

extern const struct subject clocks;
extern const struct subject kring_writes;
extern const struct subject kring_pages;
extern const struct subject ring_buffer_writes;
extern const struct subject relay_writes;
extern const struct subject fifos;

#endif
