// SPDX-License-Identifier: GPL-2.0-only
/* /sys/class/kring/<channel>/ of a fifo or a mirror: how it is made and how full it is, one value a file. */

#include <linux/sysfs.h>

#include "queue.h"

static struct queue *queue_of(struct device *dev)
{
	return container_of(dev, struct queue, endpoint.dev);
}

#define QUEUE_ATTRIBUTE(name, format, value)							\
static ssize_t name##_show(struct device *dev, struct device_attribute *attr, char *buf)	\
{												\
	struct queue *queue = queue_of(dev);							\
												\
	return sysfs_emit(buf, format "\n", value);						\
}												\
static DEVICE_ATTR_RO(name)

static const char *held_name(unsigned int held)
{
	static const char * const names[] = { "none", "producer", "consumer", "both" };

	return names[held];
}

QUEUE_ATTRIBUTE(size, "%llu", queue->capacity);
QUEUE_ATTRIBUTE(used, "%llu", queue_ring_used(queue));
QUEUE_ATTRIBUTE(locked, "%d", !!(queue->config.flags & KRING_CREATE_LOCKED));
QUEUE_ATTRIBUTE(held, "%s", held_name(queue->config.held));
QUEUE_ATTRIBUTE(element, "%u", queue->config.unit);
QUEUE_ATTRIBUTE(length, "%u", queue->config.length);
QUEUE_ATTRIBUTE(mode, "%s", queue->config.mode == KRING_MODE_DISCARD ? "discard" : "overwrite");
QUEUE_ATTRIBUTE(overwritten, "%lld", atomic64_read(&queue->overwritten));

static struct attribute *queue_attributes[] = {
	&dev_attr_size.attr,
	&dev_attr_used.attr,
	&dev_attr_locked.attr,
	&dev_attr_held.attr,
	&dev_attr_element.attr,
	&dev_attr_length.attr,
	&dev_attr_mode.attr,
	&dev_attr_overwritten.attr,
	NULL
};

/* What is of the other kind alone is not there. */
static umode_t is_visible(struct kobject *kobj, struct attribute *attr, int index)
{
	bool is_fifo = queue_of(kobj_to_dev(kobj))->config.kind == KRING_KIND_FIFO;

	if (attr == &dev_attr_element.attr || attr == &dev_attr_length.attr)
		return is_fifo ? attr->mode : 0;
	if (attr == &dev_attr_mode.attr || attr == &dev_attr_overwritten.attr)
		return is_fifo ? 0 : attr->mode;
	return attr->mode;
}

static const struct attribute_group queue_group = {
	.attrs = queue_attributes,
	.is_visible = is_visible,
};

const struct attribute_group *queue_groups[] = { &endpoint_group, &queue_group, NULL };
