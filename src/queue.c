// SPDX-License-Identifier: GPL-2.0-only
/* Channels of the kinds fifo and mirror: what they may be, their making and their end. */

#include <linux/export.h>
#include <linux/slab.h>

#include "queue.h"

static int check(const char *name, const struct kring_queue_config *config)
{
	bool is_fifo = config->kind == KRING_KIND_FIFO;
	int err = endpoint_check(name, config->perm);

	if (err)
		return err;
	if (!is_fifo && config->kind != KRING_KIND_MIRROR)
		return refuse_channel(-EINVAL, name, "kind %d is neither fifo (1) nor mirror (2)", config->kind);
	if (!config->size)
		return refuse_channel(-EINVAL, name, "its size is 0");
	if (!is_fifo && (config->unit > 1 || config->length))
		return refuse_channel(-EINVAL, name, "a mirror has neither elements nor records");
	if (config->length > 2)
		return refuse_channel(-EINVAL, name, "a record's length takes 1 or 2 bytes, not %u", config->length);
	if (config->length && config->unit > 1)
		return refuse_channel(-EINVAL, name, "a fifo has elements or records, not both");
	if (config->unit && config->unit > config->size)
		return refuse_channel(-EINVAL, name, "an element of %u bytes is larger than all of its %zu",
				      config->unit, config->size);
	if (config->unit && config->size % config->unit)
		return refuse_channel(-EINVAL, name, "%zu bytes are no multiple of an element's %u", config->size,
				      config->unit);
	if (is_fifo && config->mode)
		return refuse_channel(-EINVAL, name, "a fifo has no mode: it never overwrites");
	if (config->mode != KRING_MODE_OVERWRITE && config->mode != KRING_MODE_DISCARD)
		return refuse_channel(-EINVAL, name, "mode %d is neither overwrite (0) nor discard (1)",
				      config->mode);
	if (config->flags & ~KRING_CREATE_LOCKED)
		return refuse_channel(-EINVAL, name, "flags %#x are not known", config->flags);
	if (config->held & ~(KRING_SIDE_PRODUCER | KRING_SIDE_CONSUMER))
		return refuse_channel(-EINVAL, name, "sides %#x are not known", config->held);
	return 0;
}

/* Also of a queue that was made only in part. */
static void queue_free(struct endpoint *endpoint)
{
	struct queue *queue = endpoint_to_queue(endpoint);

	queue_ring_free(queue);
	kfree(queue);
}

static void queue_destroy(struct endpoint *endpoint)
{
	kring_queue_destroy(&endpoint_to_queue(endpoint)->public);
}

static const struct endpoint_kind kinds[] = {
	[KRING_KIND_FIFO] = {
		.id = KRING_KIND_FIFO,
		.fops = &queue_fops,
		.groups = queue_groups,
		.destroy = queue_destroy,
		.free = queue_free,
	},
	[KRING_KIND_MIRROR] = {
		.id = KRING_KIND_MIRROR,
		.fops = &queue_fops,
		.groups = queue_groups,
		.destroy = queue_destroy,
		.free = queue_free,
	},
};

static struct queue *queue_alloc(const struct kring_queue_config *config)
{
	struct queue *queue = kzalloc(sizeof(*queue), GFP_KERNEL);
	int side;

	if (!queue)
		return NULL;
	queue->config = *config;
	queue->config.unit = config->unit ?: 1;
	mutex_init(&queue->open_lock);
	for (side = 0; side < QUEUE_SIDES; side++) {
		mutex_init(&queue->sides[side].lock);
		init_waitqueue_head(&queue->sides[side].waiters);
	}
	return queue;
}

struct kring_queue *__kring_queue_create(const char *name, const struct kring_queue_config *config,
					 struct module *owner)
{
	struct queue *queue;
	int err = check(name, config);

	if (err)
		return ERR_PTR(err);
	queue = queue_alloc(config);
	if (!queue)
		return ERR_PTR(-ENOMEM);
	err = endpoint_init(&queue->endpoint, &kinds[config->kind], name, config->perm, owner);
	if (err) {
		kfree(queue);
		return ERR_PTR(err);
	}

	err = queue_ring_init(queue);
	if (err)
		goto put;
	err = queue_wait_init(queue);
	if (err)
		goto put;
	err = chardev_add(&queue->endpoint);
	if (err)
		goto stop;
	return &queue->public;

stop:
	queue_wait_exit(queue);
put:
	endpoint_put(&queue->endpoint);
	return ERR_PTR(err);
}
EXPORT_SYMBOL_GPL(__kring_queue_create);

void kring_queue_destroy(struct kring_queue *public)
{
	struct queue *queue;

	if (IS_ERR_OR_NULL(public))
		return;
	queue = container_of(public, struct queue, public);
	endpoint_end(&queue->endpoint);
	chardev_remove(&queue->endpoint);
	queue_wake_all(queue);
	queue_wait_exit(queue);
	endpoint_forget(&queue->endpoint);
	endpoint_put(&queue->endpoint);
}
EXPORT_SYMBOL_GPL(kring_queue_destroy);
