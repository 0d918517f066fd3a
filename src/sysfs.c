// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/class/kring/<channel>/ of a trace: how it is made, one value a file; its
 * ledger in ledger/, and that of each ring in cpuN/.
 */

#include <linux/mm.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "channel.h"

static struct channel *channel_of(struct device *dev)
{
	return container_of(dev, struct channel, endpoint.dev);
}

#define CHANNEL_ATTRIBUTE(name, format, value)							\
static ssize_t name##_show(struct device *dev, struct device_attribute *attr, char *buf)	\
{												\
	struct channel *channel = channel_of(dev);						\
												\
	return sysfs_emit(buf, format "\n", value);						\
}												\
static DEVICE_ATTR_RO(name)

CHANNEL_ATTRIBUTE(size, "%zu", channel->size);
CHANNEL_ATTRIBUTE(order, "%u", channel->order);
CHANNEL_ATTRIBUTE(page_size, "%u", channel->page_size);
CHANNEL_ATTRIBUTE(pages, "%u", channel->list_pages);
CHANNEL_ATTRIBUTE(mode, "%s", mode_name(channel->mode));
CHANNEL_ATTRIBUTE(clock, "%s", clock_name(channel->public.clock));

static ssize_t enabled_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", READ_ONCE(channel_of(dev)->enabled));
}

static ssize_t enabled_store(struct device *dev, struct device_attribute *attr, const char *buf, size_t count)
{
	bool enabled;
	int err;

	err = kstrtobool(buf, &enabled);
	if (!err)
		err = channel_set_enabled(channel_of(dev), enabled);
	return err ?: count;
}
static DEVICE_ATTR_RW(enabled);

/* A binary attribute since the text may be longer than a page; read in pieces, of which earlier ones never change. */
static ssize_t types_read(struct file *filp, struct kobject *kobj, struct bin_attribute *attr, char *buf,
			  loff_t offset, size_t count)
{
	char *text = types_show(channel_of(kobj_to_dev(kobj)));
	ssize_t got;

	if (IS_ERR(text))
		return PTR_ERR(text);
	got = memory_read_from_buffer(buf, count, &offset, text, strlen(text));
	kvfree(text);
	return got;
}
static BIN_ATTR_RO(types, 0);

/* Of a channel it is a device attribute; a ring's folder uses its name and @emit alone. */
struct ledger_attribute {
	struct device_attribute device;
	ssize_t (*emit)(const struct kring_ledger *ledger, char *buf);
};

static ssize_t ledger_show(struct channel *channel, u32 cpu, struct attribute *attr, char *buf)
{
	struct kring_ledger ledger;
	int err;

	err = channel_ledger(channel, cpu, &ledger);
	if (err)
		return err;
	return container_of(attr, struct ledger_attribute, device.attr)->emit(&ledger, buf);
}

static ssize_t channel_ledger_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return ledger_show(channel_of(dev), KRING_CPU_ALL, &attr->attr, buf);
}

static const char *fault_name(u32 fault)
{
	static const char * const names[] = {
		[KRING_FAULT_NONE] = "none",
		[KRING_FAULT_COMMIT] = "commit",
		[KRING_FAULT_LINK] = "link",
		[KRING_FAULT_RECORD] = "record",
		[KRING_FAULT_LOOP] = "loop",
	};

	return fault < ARRAY_SIZE(names) ? names[fault] : "unknown";
}

#define LEDGER_ATTRIBUTE(name, format, value)					\
static ssize_t name##_emit(const struct kring_ledger *ledger, char *buf)	\
{										\
	return sysfs_emit(buf, format "\n", value);				\
}										\
static struct ledger_attribute ledger_##name = {				\
	.device = __ATTR(name, 0444, channel_ledger_show, NULL),		\
	.emit = name##_emit,							\
}

LEDGER_ATTRIBUTE(committed, "%llu", ledger->committed);
LEDGER_ATTRIBUTE(read, "%llu", ledger->read);
LEDGER_ATTRIBUTE(overwritten, "%llu", ledger->overwritten);
LEDGER_ATTRIBUTE(unread, "%llu", ledger->unread);
LEDGER_ATTRIBUTE(discarded, "%llu", ledger->discarded);
LEDGER_ATTRIBUTE(dropped_full, "%llu", ledger->dropped[KRING_DROP_FULL]);
LEDGER_ATTRIBUTE(dropped_lapped, "%llu", ledger->dropped[KRING_DROP_LAPPED]);
LEDGER_ATTRIBUTE(dropped_too_big, "%llu", ledger->dropped[KRING_DROP_TOO_BIG]);
LEDGER_ATTRIBUTE(dropped_too_deep, "%llu", ledger->dropped[KRING_DROP_TOO_DEEP]);
LEDGER_ATTRIBUTE(dropped_disabled, "%llu", ledger->dropped[KRING_DROP_DISABLED]);
LEDGER_ATTRIBUTE(dropped_no_cpu, "%llu", ledger->dropped[KRING_DROP_NO_CPU]);
LEDGER_ATTRIBUTE(pages, "%u", ledger->pages);
LEDGER_ATTRIBUTE(pages_unread, "%u", ledger->pages_unread);
LEDGER_ATTRIBUTE(fault, "%s", fault_name(ledger->fault));

static struct attribute *ledger_attributes[] = {
	&ledger_committed.device.attr,
	&ledger_read.device.attr,
	&ledger_overwritten.device.attr,
	&ledger_unread.device.attr,
	&ledger_discarded.device.attr,
	&ledger_dropped_full.device.attr,
	&ledger_dropped_lapped.device.attr,
	&ledger_dropped_too_big.device.attr,
	&ledger_dropped_too_deep.device.attr,
	&ledger_dropped_disabled.device.attr,
	&ledger_dropped_no_cpu.device.attr,
	&ledger_pages.device.attr,
	&ledger_pages_unread.device.attr,
	&ledger_fault.device.attr,
	NULL
};

static struct attribute *channel_attributes[] = {
	&dev_attr_size.attr,
	&dev_attr_order.attr,
	&dev_attr_page_size.attr,
	&dev_attr_pages.attr,
	&dev_attr_mode.attr,
	&dev_attr_clock.attr,
	&dev_attr_enabled.attr,
	NULL
};

static struct bin_attribute *channel_bin_attributes[] = { &bin_attr_types, NULL };

static const struct attribute_group channel_group = {
	.attrs = channel_attributes,
	.bin_attrs = channel_bin_attributes,
};

static const struct attribute_group channel_ledger_group = {
	.name = "ledger",
	.attrs = ledger_attributes,
};

const struct attribute_group *channel_groups[] = { &endpoint_group, &channel_group, &channel_ledger_group, NULL };

static struct channel_ring *ring_of(struct kobject *kobj)
{
	return container_of(kobj, struct channel_ring, kobj);
}

static ssize_t ring_show(struct kobject *kobj, struct attribute *attr, char *buf)
{
	struct channel_ring *ring = ring_of(kobj);

	return ledger_show(ring->channel, ring->cpu, attr, buf);
}

static void ring_release(struct kobject *kobj)
{
	endpoint_put(&ring_of(kobj)->channel->endpoint);
}

static const struct attribute_group ring_group = {
	.attrs = ledger_attributes,
};
__ATTRIBUTE_GROUPS(ring);

static const struct sysfs_ops ring_sysfs_ops = {
	.show = ring_show,
};

static const struct kobj_type ring_ktype = {
	.release = ring_release,
	.sysfs_ops = &ring_sysfs_ops,
	.default_groups = ring_groups,
};

/* The folder holds the channel, and with it the ring that it is a part of. */
int sysfs_add_ring(struct channel_ring *ring)
{
	int err;

	if (ring->kobj.state_in_sysfs)
		return 0;
	endpoint_get(&ring->channel->endpoint);
	memset(&ring->kobj, 0, sizeof(ring->kobj)); /* of an earlier failure */
	err = kobject_init_and_add(&ring->kobj, &ring_ktype, &ring->channel->endpoint.dev.kobj, "cpu%u", ring->cpu);
	if (err)
		kobject_put(&ring->kobj);
	return err;
}

void sysfs_remove_ring(struct channel_ring *ring)
{
	if (!ring->kobj.state_in_sysfs)
		return;
	kobject_del(&ring->kobj);
	kobject_put(&ring->kobj);
}
