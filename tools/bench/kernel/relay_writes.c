// SPDX-License-Identifier: GPL-2.0-only
/*
 * relay: bytes into a per-CPU buffer, with no header, no clock and no
 * protection against NMIs. Also with a time stamp as part of the record, as
 * its users do.
 */

#include <linux/debugfs.h>
#include <linux/ktime.h>
#include <linux/relay.h>
#include <linux/trace_clock.h>

#include "bench.h"

static struct rchan *channel;

static __always_inline u64 write_stamped(struct rchan *channel, u64 (*clock)(void))
{
	u64 record[3];

	return MEASURE(({
		record[0] = clock();
		fill(record + 1, sizeof(record) - sizeof(record[0]), i);
		relay_write(channel, record, sizeof(record));
	}));
}

static __always_inline u64 read_counter(void)
{
	return rdtsc();
}

static u64 write_16(void *channel)
{
	u64 data[2];

	return MEASURE(({
		fill(data, sizeof(data), i);
		relay_write(channel, data, sizeof(data));
	}));
}

static u64 write_16_local(void *channel)
{
	return write_stamped(channel, trace_clock_local);
}

static u64 write_16_mono(void *channel)
{
	return write_stamped(channel, ktime_get_mono_fast_ns);
}

static u64 write_16_counter(void *channel)
{
	return write_stamped(channel, read_counter);
}

static const struct bench benches[] = {
	{ "relay.write.16.unstamped", write_16, (void **)&channel },
	{ "relay.write.16.local", write_16_local, (void **)&channel },
	{ "relay.write.16.mono", write_16_mono, (void **)&channel },
	{ "relay.write.16.counter", write_16_counter, (void **)&channel },
	{}
};

/* Overwrites what is oldest, as the other rings do. */
static int subbuf_start(struct rchan_buf *buf, void *subbuf, void *previous, size_t padding)
{
	return 1;
}

static struct dentry *create_buf_file(const char *name, struct dentry *parent, umode_t mode,
				      struct rchan_buf *buf, int *is_global)
{
	return debugfs_create_file(name, mode, parent, buf, &relay_file_operations);
}

static int remove_buf_file(struct dentry *file)
{
	debugfs_remove(file);
	return 0;
}

static const struct rchan_callbacks callbacks = {
	.subbuf_start = subbuf_start,
	.create_buf_file = create_buf_file,
	.remove_buf_file = remove_buf_file,
};

static int open_channel(void)
{
	channel = relay_open("kring_bench_relay", NULL, PAGE_SIZE, BENCH_RING_SIZE / PAGE_SIZE, &callbacks, NULL);
	return channel ? 0 : -ENOMEM;
}

static void close_channel(void)
{
	relay_close(channel);
}

const struct subject relay_writes = {
	.name = "relay",
	.init = open_channel,
	.exit = close_channel,
	.benches = benches,
};
