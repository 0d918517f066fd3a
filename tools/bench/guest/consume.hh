/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is common to those that consume records in the guest: what they make of
 * a record, and how a measurement is printed.
 */
#ifndef KRING_BENCH_CONSUME_HH
#define KRING_BENCH_CONSUME_HH

#include <linux/types.h>
#include <x86intrin.h>

#include <cstdio>

namespace bench
{

/* Bytes of each payload, and of each ring. */
constexpr __u32 payload_size = 16;
constexpr size_t ring_size = 1 << 20;

/* Every consumer reads the same of a record: its payload's first word. */
struct sum {
	__u64 records = 0;
	__u64 words = 0;

	void add(const void *payload)
	{
		words += *static_cast<const volatile __u64 *>(payload);
		records++;
	}
};

/* Runs body(sum), which is to consume all that is there, and prints "NAME INSTRUCTIONS RECORDS". */
template <class F>
bool measure(const char *name, F body)
{
	sum sum;
	__u64 begin = __rdtsc();
	bool done = body(sum);
	__u64 instructions = __rdtsc() - begin;

	if (!done || sum.records < 1000) {
		fprintf(stderr, "consume: %s: %llu records only\n", name, sum.records);
		return false;
	}
	printf("%s %llu %llu\n", name, instructions, sum.records);
	return true;
}

bool kring_consumers();
bool libbpf_consumer();
bool ftrace_consumers();

} /* namespace bench */

#endif
