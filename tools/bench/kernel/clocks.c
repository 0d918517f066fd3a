// SPDX-License-Identifier: GPL-2.0-only
/* The bare clocks: what is left of a record's cost when its ring costs nothing. */

#include <linux/ktime.h>
#include <linux/sched/clock.h>
#include <linux/trace_clock.h>

#include "bench.h"

/* Called by name, as the rings do; inlined, so that no call through a pointer is counted. */
static __always_inline u64 measure_clock(u64 (*read)(void))
{
	return MEASURE(({
		u64 now = read();

		OPTIMIZER_HIDE_VAR(now);
	}));
}

static __always_inline u64 read_local_clock(void)
{
	return local_clock();
}

static __always_inline u64 read_counter(void)
{
	return rdtsc();
}

static u64 trace_local(void *unused)
{
	return measure_clock(trace_clock_local);
}

static u64 local(void *unused)
{
	return measure_clock(read_local_clock);
}

static u64 sched(void *unused)
{
	return measure_clock(sched_clock);
}

static u64 mono(void *unused)
{
	return measure_clock(ktime_get_mono_fast_ns);
}

static u64 counter(void *unused)
{
	return measure_clock(read_counter);
}

static const struct bench benches[] = {
	{ "clock.trace_clock_local", trace_local },
	{ "clock.local_clock", local },
	{ "clock.sched_clock", sched },
	{ "clock.ktime_get_mono_fast_ns", mono },
	{ "clock.rdtsc", counter },
	{}
};

const struct subject clocks = {
	.name = "the clocks",
	.benches = benches,
};
