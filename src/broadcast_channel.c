// SPDX-License-Identifier: GPL-2.0-only
/* Channels of the kind broadcast: their making, their end, and what sysfs tells of them. */

#include <linux/export.h>
#include <linux/log2.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include "broadcast_channel.h"

static struct broadcast_channel *channel_of(struct device *dev)
{
	return container_of(dev, struct broadcast_channel, endpoint.dev);
}

#define BROADCAST_ATTRIBUTE(name, format, value)						\
static ssize_t name##_show(struct device *dev, struct device_attribute *attr, char *buf)	\
{												\
	const struct broadcast_channel *channel = channel_of(dev);				\
												\
	return sysfs_emit(buf, format "\n", value);						\
}												\
static DEVICE_ATTR_RO(name)

#define LEDGER_ATTRIBUTE(name, value)								\
static ssize_t name##_show(struct device *dev, struct device_attribute *attr, char *buf)	\
{												\
	struct kring_broadcast_ledger ledger;							\
												\
	kring_broadcast_ledger(channel_of(dev)->public.ring, &ledger);				\
	return sysfs_emit(buf, "%llu\n", value);						\
}												\
static DEVICE_ATTR_RO(name)

BROADCAST_ATTRIBUTE(size, "%zu", channel->config.slots * channel->config.payload);
BROADCAST_ATTRIBUTE(slots, "%zu", channel->config.slots);
BROADCAST_ATTRIBUTE(slot, "%zu", channel->config.payload);
LEDGER_ATTRIBUTE(claimed, ledger.claimed);
LEDGER_ATTRIBUTE(published, ledger.published);
LEDGER_ATTRIBUTE(discarded, ledger.discarded);
LEDGER_ATTRIBUTE(dropped_too_big, ledger.dropped[KRING_BROADCAST_DROP_TOO_BIG]);
LEDGER_ATTRIBUTE(dropped_held, ledger.dropped[KRING_BROADCAST_DROP_HELD]);
LEDGER_ATTRIBUTE(dropped_lapped, ledger.dropped[KRING_BROADCAST_DROP_LAPPED]);
LEDGER_ATTRIBUTE(dropped_overtaken, ledger.dropped[KRING_BROADCAST_DROP_OVERTAKEN]);

static struct attribute *broadcast_attributes[] = {
	&dev_attr_size.attr,
	&dev_attr_slots.attr,
	&dev_attr_slot.attr,
	NULL
};

static struct attribute *ledger_attributes[] = {
	&dev_attr_claimed.attr,
	&dev_attr_published.attr,
	&dev_attr_discarded.attr,
	&dev_attr_dropped_too_big.attr,
	&dev_attr_dropped_held.attr,
	&dev_attr_dropped_lapped.attr,
	&dev_attr_dropped_overtaken.attr,
	NULL
};

static const struct attribute_group broadcast_group = {
	.attrs = broadcast_attributes,
};

static const struct attribute_group ledger_group = {
	.name = "ledger",
	.attrs = ledger_attributes,
};

static const struct attribute_group *broadcast_groups[] = { &endpoint_group, &broadcast_group, &ledger_group, NULL };

/* Also of a channel that was made only in part. */
static void channel_free(struct endpoint *endpoint)
{
	struct broadcast_channel *channel = endpoint_to_broadcast(endpoint);

	kring_broadcast_free(channel->public.ring);
	kfree(channel);
}

static void channel_destroy(struct endpoint *endpoint)
{
	kring_broadcast_destroy(&endpoint_to_broadcast(endpoint)->public);
}

static const struct endpoint_kind broadcast_kind = {
	.id = KRING_KIND_BROADCAST,
	.fops = &broadcast_fops,
	.groups = broadcast_groups,
	.destroy = channel_destroy,
	.free = channel_free,
};

static int check(const char *name, const struct kring_broadcast_config *config)
{
	int err = endpoint_check(name, config->perm);

	if (err)
		return err;
	if (!config->payload)
		return refuse_channel(-EINVAL, name, "its slots have no bytes");
	if (config->payload > KRING_BROADCAST_PAYLOAD_MAX)
		return refuse_channel(-E2BIG, name, "a slot has at most %zu bytes, not %zu",
				      KRING_BROADCAST_PAYLOAD_MAX, config->payload);
	if (config->slots > KRING_BROADCAST_SLOTS_MAX)
		return refuse_channel(-E2BIG, name, "it has at most %u slots, not %zu", KRING_BROADCAST_SLOTS_MAX,
				      config->slots);
	if (config->slots < KRING_BROADCAST_SLOTS_MIN || !is_power_of_2(config->slots))
		return refuse_channel(-EINVAL, name, "%zu slots are no power of two, from %u on", config->slots,
				      KRING_BROADCAST_SLOTS_MIN);
	return 0;
}

struct kring_broadcast_channel *__kring_broadcast_create(const char *name, const struct kring_broadcast_config *config,
							 struct module *owner)
{
	struct broadcast_channel *channel;
	int err = check(name, config);

	if (err)
		return ERR_PTR(err);
	channel = kzalloc(sizeof(*channel), GFP_KERNEL);
	if (!channel)
		return ERR_PTR(-ENOMEM);
	channel->config = *config;
	err = endpoint_init(&channel->endpoint, &broadcast_kind, name, config->perm, owner);
	if (err) {
		kfree(channel);
		return ERR_PTR(err);
	}

	channel->public.ring = kring_broadcast_alloc(config->slots, config->payload);
	err = PTR_ERR_OR_ZERO(channel->public.ring);
	if (err)
		refuse_channel(err, name, "there is not so much memory");
	else
		err = chardev_add(&channel->endpoint);
	if (err) {
		endpoint_put(&channel->endpoint);
		return ERR_PTR(err);
	}
	return &channel->public;
}
EXPORT_SYMBOL_GPL(__kring_broadcast_create);

void kring_broadcast_destroy(struct kring_broadcast_channel *public)
{
	struct broadcast_channel *channel;

	if (IS_ERR_OR_NULL(public))
		return;
	channel = container_of(public, struct broadcast_channel, public);
	endpoint_end(&channel->endpoint);
	chardev_remove(&channel->endpoint);
	kring_broadcast_set_gone(public->ring);
	endpoint_forget(&channel->endpoint);
	endpoint_put(&channel->endpoint);
}
EXPORT_SYMBOL_GPL(kring_broadcast_destroy);
