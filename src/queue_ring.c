// SPDX-License-Identifier: GPL-2.0-only
/* The rings of channels of the kinds fifo and mirror: what is done to each, for a program that reads or writes. */

#include <linux/limits.h>
#include <linux/log2.h>
#include <linux/mm.h>

#include "gated.h"
#include "queue.h"

static bool is_fifo(const struct queue *queue)
{
	return queue->config.kind == KRING_KIND_FIFO;
}

static bool overwrites(const struct queue *queue)
{
	return !is_fifo(queue) && queue->config.mode == KRING_MODE_OVERWRITE;
}

/* All or nothing, before much of it is taken from others. */
static bool is_available(u64 bytes)
{
	return bytes >> PAGE_SHIFT <= si_mem_available();
}

static int fifo_init(struct queue *queue)
{
	const struct kring_queue_config *config = &queue->config;
	size_t count = config->size / config->unit;
	int err;

	if (count > KRING_FIFO_ELEMENTS_MAX)
		return -E2BIG;
	if (!is_available((u64)roundup_pow_of_two(count ?: 1) * config->unit))
		return -ENOMEM;
	if (config->length)
		err = kring_fifo_alloc_records(&queue->fifo, count, config->length, GFP_KERNEL);
	else
		err = kring_fifo_alloc(&queue->fifo, count, config->unit, GFP_KERNEL);
	if (err)
		return err;
	/* To a program, 0 bytes are the end of the file. */
	queue->fifo.no_empty = true;
	queue->public.fifo = &queue->fifo;
	queue->capacity = (u64)kring_fifo_size(&queue->fifo) * config->unit;
	return 0;
}

static int mirror_init(struct queue *queue)
{
	size_t size = queue->config.size;
	int err;

	if (size > KRING_MIRROR_CAPACITY_MAX)
		return -E2BIG;
	if (!is_available(size))
		return -ENOMEM;
	err = kring_mirror_locked_alloc(&queue->mirror, size, GFP_KERNEL);
	if (err)
		return err;
	queue->public.mirror = &queue->mirror;
	queue->capacity = size;
	return 0;
}

int queue_ring_init(struct queue *queue)
{
	int err = is_fifo(queue) ? fifo_init(queue) : mirror_init(queue);

	if (err)
		refuse_channel(err, queue->endpoint.name, "%s",
			       err == -E2BIG  ? "its size is more than a ring can hold" :
			       err == -ENOMEM ? "there is not so much memory" :
						"its size is none for a ring");
	return err;
}

void queue_ring_free(struct queue *queue)
{
	if (is_fifo(queue))
		kring_fifo_free(&queue->fifo);
	else
		kring_mirror_locked_free(&queue->mirror);
}

ssize_t queue_ring_write(struct queue *queue, const char __user *from, size_t size)
{
	const struct gate *gate = &queue->endpoint.gate;
	u64 overwritten = 0;
	ssize_t done;

	if (is_fifo(queue))
		return fifo_from_user(&queue->fifo, from, size, gate);
	if (!overwrites(queue))
		return mirror_from_user(&queue->mirror.mirror, from, size, gate);
	done = mirror_locked_from_user(&queue->mirror, from, size, &overwritten, gate);
	atomic64_add(overwritten, &queue->overwritten);
	return done;
}

ssize_t queue_ring_read(struct queue *queue, char __user *to, size_t size)
{
	if (is_fifo(queue))
		return kring_fifo_to_user(&queue->fifo, to, size);
	if (!overwrites(queue))
		return kring_mirror_to_user(&queue->mirror.mirror, to, size);
	return kring_mirror_locked_to_user(&queue->mirror, to, size);
}

u64 queue_ring_used(struct queue *queue)
{
	if (is_fifo(queue))
		return (u64)kring_fifo_len(&queue->fifo) * queue->config.unit;
	if (!overwrites(queue))
		return kring_mirror_data_len(&queue->mirror.mirror);
	return kring_mirror_locked_data_len(&queue->mirror);
}

/* Records take their length, too; where it overwrites, there is always room. */
u64 queue_ring_room(struct queue *queue)
{
	u64 room = overwrites(queue) ? queue->capacity : queue->capacity - queue_ring_used(queue);

	return room > queue->config.length ? room - queue->config.length : 0;
}
