// SPDX-License-Identifier: GPL-2.0-only
/*
 * Channels: making and ending them, enabling. What they may be is in config.c,
 * their rings in rings.c; lifetime and locks are described in channel.h.
 */

#include <linux/cpu.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/smp.h>

#include "channel.h"

static DEFINE_MUTEX(channels_lock);
static LIST_HEAD(channels);

void channel_get(struct channel *channel)
{
	kref_get(&channel->ref);
}

/* Also of a channel that was made only in part. */
static void channel_free(struct channel *channel)
{
	unsigned int cpu;

	for (cpu = 0; channel->rings && cpu < nr_cpu_ids; cpu++) {
		if (!channel->rings[cpu])
			continue;
		ring_free(channel->rings[cpu]);
		kfree(channel->rings[cpu]);
	}
	kfree(channel->rings);
	free_percpu(channel->public.rings);
	free_page((unsigned long)channel->meta);
	kfree(channel->types);
	mutex_destroy(&channel->lock);
	kfree(channel);
}

static void channel_release(struct kref *ref)
{
	channel_free(container_of(ref, struct channel, ref));
}

void channel_put(struct channel *channel)
{
	kref_put(&channel->ref, channel_release);
}

static struct channel *channel_alloc(const char *name, const struct kring_config *config, struct module *owner)
{
	struct channel *channel = kzalloc(sizeof(*channel), GFP_KERNEL);
	int err;

	if (!channel)
		return ERR_PTR(-ENOMEM);
	strscpy(channel->name, name, sizeof(channel->name));
	channel->owner = owner;
	kref_init(&channel->ref);
	mutex_init(&channel->lock);
	channel->fault_work = IRQ_WORK_INIT_HARD(rings_report_faults);
	wakeup_init(channel);

	err = config_apply(channel, config);
	if (err)
		goto fail;
	err = -ENOMEM;
	channel->rings = kcalloc(nr_cpu_ids, sizeof(*channel->rings), GFP_KERNEL);
	channel->public.rings = alloc_percpu(struct kring_core *);
	channel->meta = (struct kring_meta *)get_zeroed_page(GFP_KERNEL);
	if (!channel->rings || !channel->public.rings || !channel->meta)
		goto fail;
	config_describe(channel);
	return channel;

fail:
	channel_free(channel);
	return ERR_PTR(err);
}

/* The way back: no new ring, no name, nobody who still waits for records. */
static void channel_stop(struct channel *channel)
{
	unsigned int cpu;

	rings_stop(channel);
	/* [channel:D] pairs with [file:D]: who sees the end sees all records. */
	smp_store_release(&channel->dead, true);
	/* [channel:D] */
	smp_store_release(&channel->meta->gone, 1);
	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		if (channel->rings[cpu])
			sysfs_remove_ring(channel->rings[cpu]);
	chardev_remove(channel);
	wakeup_all(channel);
	wakeup_exit(channel);
	irq_work_sync(&channel->fault_work);
}

/* Rings first, then the names under which programs find them. */
static int channel_start(struct channel *channel, umode_t perm)
{
	unsigned int cpu;
	int err;

	err = rings_start(channel);
	if (err) {
		/* The CPUs before the one that failed were told to go, see cpu_dead(). */
		irq_work_sync(&channel->fault_work);
		return err;
	}

	/* Without the lock: where it fails, it waits for those who use its attributes. */
	err = chardev_add(channel, perm);
	mutex_lock(&channel->lock);
	for (cpu = 0; !err && cpu < nr_cpu_ids; cpu++)
		if (channel->rings[cpu])
			err = sysfs_add_ring(channel->rings[cpu]);
	channel->live = !err;
	mutex_unlock(&channel->lock);

	if (err)
		channel_stop(channel);
	return err;
}

static bool name_taken(const char *name)
{
	struct channel *channel;

	list_for_each_entry(channel, &channels, list)
		if (!strcmp(channel->name, name))
			return true;
	return false;
}

struct kring_channel *__kring_create(const char *name, const struct kring_config *config, struct module *owner)
{
	static const struct kring_config defaults;
	struct channel *channel;
	int err;

	config = config ?: &defaults;
	err = config_check(name, config);
	if (err)
		return ERR_PTR(err);

	mutex_lock(&channels_lock);
	if (name_taken(name)) {
		err = refuse_channel(-EEXIST, name, "the name is taken");
		goto unlock;
	}
	channel = channel_alloc(name, config, owner);
	if (IS_ERR(channel)) {
		err = PTR_ERR(channel);
		goto unlock;
	}
	err = channel_start(channel, config->perm ?: 0600);
	if (err) {
		refuse_channel(err, name, "error %d while making rings of %zu bytes for %u CPUs", err,
			       channel->size, num_online_cpus());
		channel_put(channel);
		goto unlock;
	}
	list_add_tail(&channel->list, &channels);
	mutex_unlock(&channels_lock);
	return &channel->public;

unlock:
	mutex_unlock(&channels_lock);
	return ERR_PTR(err);
}
EXPORT_SYMBOL_GPL(__kring_create);

void kring_destroy(struct kring_channel *public)
{
	struct channel *channel;

	if (IS_ERR_OR_NULL(public))
		return;
	channel = to_channel(public);
	channel_set_enabled(channel, false);

	mutex_lock(&channels_lock);
	channel_stop(channel);
	list_del(&channel->list);
	mutex_unlock(&channels_lock);
	channel_put(channel);
}
EXPORT_SYMBOL_GPL(kring_destroy);

struct enabling {
	struct kring_core *core;
	bool enabled;
};

static void set_enabled_here(void *data)
{
	struct enabling *enabling = data;

	kring_core_set_enabled(enabling->core, enabling->enabled);
}

/* The gate of a ring belongs to its CPU: it is asked to turn it. */
int channel_set_enabled(struct channel *channel, bool enabled)
{
	struct enabling enabling = { .enabled = enabled };
	unsigned int cpu;

	cpus_read_lock();
	mutex_lock(&channel->lock);
	channel->enabled = enabled;
	for_each_possible_cpu(cpu) {
		if (!channel->rings[cpu])
			continue;
		enabling.core = channel->rings[cpu]->core;
		if (smp_call_function_single(cpu, set_enabled_here, &enabling, true))
			set_enabled_here(&enabling); /* the CPU is offline, and cannot come back meanwhile */
	}
	mutex_unlock(&channel->lock);
	cpus_read_unlock();
	return 0;
}

void kring_enable(struct kring_channel *public)
{
	channel_set_enabled(to_channel(public), true);
}
EXPORT_SYMBOL_GPL(kring_enable);

void kring_disable(struct kring_channel *public)
{
	channel_set_enabled(to_channel(public), false);
}
EXPORT_SYMBOL_GPL(kring_disable);
