// SPDX-License-Identifier: GPL-2.0-only
/* The kernel's own ring buffer, ftrace's, through its exported API: one for each clock. */

#include <linux/err.h>
#include <linux/kprobes.h>
#include <linux/ktime.h>
#include <linux/trace_clock.h>

#include "bench.h"
#include "../../../src/compat.h"

enum { LOCAL, MONO, COUNTER, NR_BUFFERS };

static struct trace_buffer *buffers[NR_BUFFERS];

static notrace u64 read_counter(void)
{
	return rdtsc();
}

static __always_inline u64 reserve_commit(struct trace_buffer *buffer, size_t size)
{
	return MEASURE(({
		struct ring_buffer_event *event = ring_buffer_lock_reserve(buffer, size);

		if (unlikely(!event))
			return 0;
		fill(ring_buffer_event_data(event), size, i);
		compat_ring_buffer_commit(buffer, event);
	}));
}

static u64 reserve_commit_0(void *buffer)
{
	return reserve_commit(buffer, 0);
}

static u64 reserve_commit_16(void *buffer)
{
	return reserve_commit(buffer, 16);
}

static u64 reserve_commit_64(void *buffer)
{
	return reserve_commit(buffer, 64);
}

static u64 reserve_commit_256(void *buffer)
{
	return reserve_commit(buffer, 256);
}

static u64 write_16(void *buffer)
{
	u64 data[2];

	return MEASURE(({
		fill(data, sizeof(data), i);
		if (unlikely(ring_buffer_write(buffer, sizeof(data), data)))
			return 0;
	}));
}

static const struct bench benches[] = {
	{ "ring_buffer.reserve_commit.0.local", reserve_commit_0, (void **)&buffers[LOCAL] },
	{ "ring_buffer.reserve_commit.16.local", reserve_commit_16, (void **)&buffers[LOCAL] },
	{ "ring_buffer.reserve_commit.64.local", reserve_commit_64, (void **)&buffers[LOCAL] },
	{ "ring_buffer.reserve_commit.256.local", reserve_commit_256, (void **)&buffers[LOCAL] },
	{ "ring_buffer.reserve_commit.16.mono", reserve_commit_16, (void **)&buffers[MONO] },
	{ "ring_buffer.reserve_commit.16.counter", reserve_commit_16, (void **)&buffers[COUNTER] },
	{ "ring_buffer.write.16.local", write_16, (void **)&buffers[LOCAL] },
	{ "ring_buffer.write.16.mono", write_16, (void **)&buffers[MONO] },
	{ "ring_buffer.write.16.counter", write_16, (void **)&buffers[COUNTER] },
	{}
};

/* It is in the public header, but not exported; a probe that is never hit knows where it is. */
static int set_clock(struct trace_buffer *buffer, u64 (*clock)(void))
{
	struct kprobe probe = { .symbol_name = "ring_buffer_set_clock" };
	typeof(ring_buffer_set_clock) *set;
	int err;

	err = register_kprobe(&probe);
	if (err)
		return err;
	set = (typeof(set))probe.addr;
	unregister_kprobe(&probe);
	set(buffer, clock);
	return 0;
}

static void free_buffers(void)
{
	unsigned int i;

	for (i = 0; i < NR_BUFFERS; i++)
		if (buffers[i])
			ring_buffer_free(buffers[i]);
}

static int alloc_buffers(void)
{
	static u64 (* const wanted[])(void) = {
		[LOCAL] = trace_clock_local,
		[MONO] = ktime_get_mono_fast_ns,
		[COUNTER] = read_counter,
	};
	unsigned int i;
	int err = 0;

	for (i = 0; i < NR_BUFFERS && !err; i++) {
		buffers[i] = ring_buffer_alloc(BENCH_RING_SIZE, RB_FL_OVERWRITE);
		err = buffers[i] ? set_clock(buffers[i], wanted[i]) : -ENOMEM;
	}
	if (err)
		free_buffers();
	return err;
}

const struct subject ring_buffer_writes = {
	.name = "the kernel's ring buffer",
	.init = alloc_buffers,
	.exit = free_buffers,
	.benches = benches,
};
