// SPDX-License-Identifier: GPL-2.0-only
/* kring: a channel for each clock; records reserved, filled and committed, or written by one call. */

#include <linux/kring.h>

#include "bench.h"

enum { LOCAL, MONO, COUNTER, NR_CHANNELS };

static struct kring_channel *channels[NR_CHANNELS];

static __always_inline u64 reserve_commit(struct kring_channel *channel, size_t size)
{
	return MEASURE(({
		u64 *payload = kring_reserve(channel, 0, size);

		if (unlikely(!payload))
			return 0;
		fill(payload, size, i);
		kring_commit(channel, payload);
	}));
}

static u64 reserve_commit_0(void *channel)
{
	return reserve_commit(channel, 0);
}

static u64 reserve_commit_16(void *channel)
{
	return reserve_commit(channel, 16);
}

static u64 reserve_commit_64(void *channel)
{
	return reserve_commit(channel, 64);
}

static u64 reserve_commit_256(void *channel)
{
	return reserve_commit(channel, 256);
}

static u64 write_16(void *channel)
{
	u64 data[2];

	return MEASURE(({
		fill(data, sizeof(data), i);
		if (unlikely(!kring_write(channel, 0, data, sizeof(data))))
			return 0;
	}));
}

static const struct bench benches[] = {
	{ "kring.reserve_commit.0.local", reserve_commit_0, (void **)&channels[LOCAL] },
	{ "kring.reserve_commit.16.local", reserve_commit_16, (void **)&channels[LOCAL] },
	{ "kring.reserve_commit.64.local", reserve_commit_64, (void **)&channels[LOCAL] },
	{ "kring.reserve_commit.256.local", reserve_commit_256, (void **)&channels[LOCAL] },
	{ "kring.reserve_commit.16.mono", reserve_commit_16, (void **)&channels[MONO] },
	{ "kring.reserve_commit.16.counter", reserve_commit_16, (void **)&channels[COUNTER] },
	{ "kring.write.16.local", write_16, (void **)&channels[LOCAL] },
	{ "kring.write.16.mono", write_16, (void **)&channels[MONO] },
	{ "kring.write.16.counter", write_16, (void **)&channels[COUNTER] },
	{}
};

static void destroy_channels(void)
{
	unsigned int i;

	for (i = 0; i < NR_CHANNELS; i++)
		kring_destroy(channels[i]);
}

static int create_channels(void)
{
	static const struct {
		const char *name;
		enum kring_clock clock;
	} wanted[] = {
		[LOCAL] = { "bench_local", KRING_CLOCK_LOCAL },
		[MONO] = { "bench_mono", KRING_CLOCK_MONO },
		[COUNTER] = { "bench_counter", KRING_CLOCK_COUNTER },
	};
	unsigned int i;

	for (i = 0; i < NR_CHANNELS; i++) {
		struct kring_config config = {
			.size = BENCH_RING_SIZE,
			.clock = wanted[i].clock,
		};

		channels[i] = kring_create(wanted[i].name, &config);
		if (IS_ERR(channels[i])) {
			int err = PTR_ERR(channels[i]);

			destroy_channels();
			return err;
		}
	}
	return 0;
}

const struct subject kring_writes = {
	.name = "kring",
	.init = create_channels,
	.exit = destroy_channels,
	.benches = benches,
};
