// SPDX-License-Identifier: GPL-2.0-only
/*
 * kring_fifo beside the kernel's kfifo: elements put and taken again, one by one
 * and many at once, by the same calls. kfifo puts and gets single elements by
 * macros, without a call; all else are calls on both sides.
 */

#include <linux/kfifo.h>
#include <linux/kring_fifo.h>
#include <linux/kring_mirror.h>

#include "bench.h"

#define ELEMENTS 1024
#define MANY 32

struct sample {
	u64 words[2];
};

static struct kring_fifo fifo, byte_fifo, record_fifo;
static DECLARE_KFIFO_PTR(peer, struct sample);
static DECLARE_KFIFO_PTR(byte_peer, u8);
static struct kfifo_rec_ptr_2 record_peer;
static struct kring_mirror mirror;

/* As many puts, then as many gets. What is got is looked at, so that it is copied. */
static __always_inline u64 kring_put_get(unsigned int count)
{
	struct sample in, out;
	unsigned int each;

	return MEASURE(({
		fill(in.words, sizeof(in), i);
		for (each = 0; each < count; each++)
			if (unlikely(!kring_fifo_put(&fifo, &in)))
				return 0;
		for (each = 0; each < count; each++)
			if (unlikely(!kring_fifo_get(&fifo, &out) || out.words[0] != i || out.words[1] != i))
				return 0;
	}));
}

static __always_inline u64 kfifo_put_get(unsigned int count)
{
	struct sample in, out;
	unsigned int each;

	return MEASURE(({
		fill(in.words, sizeof(in), i);
		for (each = 0; each < count; each++)
			if (unlikely(!kfifo_put(&peer, in)))
				return 0;
		for (each = 0; each < count; each++)
			if (unlikely(!kfifo_get(&peer, &out) || out.words[0] != i || out.words[1] != i))
				return 0;
	}));
}

static u64 kring_put_get_1(void *unused)
{
	return kring_put_get(1);
}

static u64 kfifo_put_get_1(void *unused)
{
	return kfifo_put_get(1);
}

static u64 kring_put_get_many(void *unused)
{
	return kring_put_get(MANY);
}

static u64 kfifo_put_get_many(void *unused)
{
	return kfifo_put_get(MANY);
}

static __always_inline u64 kring_in_out(unsigned int count)
{
	struct sample samples[MANY] = {};

	return MEASURE(({
		fill(samples[0].words, sizeof(samples[0]), i);
		if (unlikely(kring_fifo_in(&fifo, samples, count) != count ||
			     kring_fifo_out(&fifo, samples, count) != count))
			return 0;
	}));
}

static __always_inline u64 kfifo_in_out(unsigned int count)
{
	struct sample samples[MANY] = {};

	return MEASURE(({
		fill(samples[0].words, sizeof(samples[0]), i);
		if (unlikely(kfifo_in(&peer, samples, count) != count ||
			     kfifo_out(&peer, samples, count) != count))
			return 0;
	}));
}

static u64 kring_in_out_1(void *unused)
{
	return kring_in_out(1);
}

static u64 kring_in_out_many(void *unused)
{
	return kring_in_out(MANY);
}

static u64 kfifo_in_out_1(void *unused)
{
	return kfifo_in_out(1);
}

static u64 kfifo_in_out_many(void *unused)
{
	return kfifo_in_out(MANY);
}

static u64 kring_bytes(void *unused)
{
	struct sample sample;

	return MEASURE(({
		fill(sample.words, sizeof(sample), i);
		if (unlikely(kring_fifo_in(&byte_fifo, &sample, sizeof(sample)) != sizeof(sample) ||
			     kring_fifo_out(&byte_fifo, &sample, sizeof(sample)) != sizeof(sample)))
			return 0;
	}));
}

static u64 kfifo_bytes(void *unused)
{
	struct sample sample;

	return MEASURE(({
		fill(sample.words, sizeof(sample), i);
		if (unlikely(kfifo_in(&byte_peer, (u8 *)&sample, sizeof(sample)) != sizeof(sample) ||
			     kfifo_out(&byte_peer, (u8 *)&sample, sizeof(sample)) != sizeof(sample)))
			return 0;
	}));
}

static u64 kring_records(void *unused)
{
	struct sample sample;
	u32 size;

	return MEASURE(({
		fill(sample.words, sizeof(sample), i);
		if (unlikely(kring_fifo_put_record(&record_fifo, &sample, sizeof(sample)) ||
			     kring_fifo_get_record(&record_fifo, &sample, sizeof(sample), &size)))
			return 0;
	}));
}

static u64 kfifo_records(void *unused)
{
	struct sample sample;

	return MEASURE(({
		fill(sample.words, sizeof(sample), i);
		if (unlikely(kfifo_in(&record_peer, (char *)&sample, sizeof(sample)) != sizeof(sample) ||
			     kfifo_out(&record_peer, (char *)&sample, sizeof(sample)) != sizeof(sample)))
			return 0;
	}));
}

static u64 mirror_bytes(void *unused)
{
	struct sample sample;

	return MEASURE(({
		fill(sample.words, sizeof(sample), i);
		if (unlikely(kring_mirror_put(&mirror, &sample, sizeof(sample)) != sizeof(sample) ||
			     kring_mirror_get(&mirror, &sample, sizeof(sample)) != sizeof(sample)))
			return 0;
	}));
}

static const struct bench benches[] = {
	{ "fifo.put_get.16", kring_put_get_1 },
	{ "kfifo.put_get.16", kfifo_put_get_1 },
	{ "fifo.put_get.16x32", kring_put_get_many },
	{ "kfifo.put_get.16x32", kfifo_put_get_many },
	{ "fifo.in_out.16", kring_in_out_1 },
	{ "kfifo.in_out.16", kfifo_in_out_1 },
	{ "fifo.in_out.16x32", kring_in_out_many },
	{ "kfifo.in_out.16x32", kfifo_in_out_many },
	{ "fifo.bytes.16", kring_bytes },
	{ "kfifo.bytes.16", kfifo_bytes },
	{ "fifo.records.16", kring_records },
	{ "kfifo.records.16", kfifo_records },
	{ "mirror.put_get.16", mirror_bytes },
	{}
};

static void free_all(void)
{
	kring_mirror_free(&mirror);
	kring_fifo_free(&record_fifo);
	kring_fifo_free(&byte_fifo);
	kring_fifo_free(&fifo);
	kfifo_free(&record_peer);
	kfifo_free(&byte_peer);
	kfifo_free(&peer);
}

static int allocate_all(void)
{
	int error = kfifo_alloc(&peer, ELEMENTS, GFP_KERNEL) ?:
		kfifo_alloc(&byte_peer, ELEMENTS, GFP_KERNEL) ?:
		kfifo_alloc(&record_peer, ELEMENTS, GFP_KERNEL) ?:
		kring_fifo_alloc(&fifo, ELEMENTS, sizeof(struct sample), GFP_KERNEL) ?:
		kring_fifo_alloc(&byte_fifo, ELEMENTS, 1, GFP_KERNEL) ?:
		kring_fifo_alloc_records(&record_fifo, ELEMENTS, 2, GFP_KERNEL) ?:
		kring_mirror_alloc(&mirror, ELEMENTS, GFP_KERNEL);

	if (error)
		free_all();
	return error;
}

const struct subject fifos = {
	.name = "fifos",
	.init = allocate_all,
	.exit = free_all,
	.benches = benches,
};
