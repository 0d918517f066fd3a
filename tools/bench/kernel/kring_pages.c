// SPDX-License-Identifier: GPL-2.0-only
/*
 * kring: channels whose pages are full of large or of small records. Nothing is
 * measured here: programs acquire the pages (tools/bench/guest/acquire.cc) or
 * consume the records (consume.cc).
 */

#include <linux/kring.h>

#include "bench.h"

static const struct {
	const char *name;
	unsigned int order;
	size_t size;
	size_t ring;
} wanted[] = {
	{ "bench_pages_large", 0, 3952, BENCH_RING_SIZE },	/* the largest that such a page holds */
	{ "bench_pages_16", 0, 16, BENCH_RING_SIZE },
	{ "bench_pages_0", 0, 0, BENCH_RING_SIZE },
	{ "bench_pages_order4", 4, 0, BENCH_RING_SIZE << 4 },
	{ "bench_consume", 0, 16, SZ_1M },
};

static struct kring_channel *channels[ARRAY_SIZE(wanted)];

static void destroy_channels(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(channels); i++)
		kring_destroy(channels[i]);
}

/* Until the ring is full: what is refused then is the end of it. */
static void fill_pages(struct kring_channel *channel, size_t size)
{
	void *payload;

	while ((payload = kring_reserve(channel, 0, size))) {
		memset(payload, 0, size);
		kring_commit(channel, payload);
		cond_resched();
	}
}

static int create_channels(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(channels); i++) {
		struct kring_config config = {
			.size = wanted[i].ring,
			.order = wanted[i].order,
			.mode = KRING_MODE_DISCARD,
			.clock = KRING_CLOCK_COUNTER,
		};

		channels[i] = kring_create(wanted[i].name, &config);
		if (IS_ERR(channels[i])) {
			destroy_channels();
			return PTR_ERR(channels[i]);
		}
		fill_pages(channels[i], wanted[i].size);
	}
	return 0;
}

const struct subject kring_pages = {
	.name = "kring's pages",
	.init = create_channels,
	.exit = destroy_channels,
};
