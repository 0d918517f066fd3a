// SPDX-License-Identifier: GPL-2.0-only
/*
 * Trace channels: making and ending them, enabling. What they may be is in
 * config.c, their rings in rings.c; lifetime and locks are described in channel.h.
 */

#include <linux/cpu.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/smp.h>

#include "channel.h"
#include "file.h"

/* Also of a channel that was made only in part. */
static void channel_free(struct endpoint *endpoint)
{
	struct channel *channel = endpoint_to_channel(endpoint);
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

static void channel_destroy(struct endpoint *endpoint)
{
	kring_destroy(&endpoint_to_channel(endpoint)->public);
}

static const struct endpoint_kind trace_kind = {
	.id = KRING_KIND_TRACE,
	.fops = &channel_fops,
	.groups = channel_groups,
	.destroy = channel_destroy,
	.free = channel_free,
};

/* What is made only in part is for the caller to put. */
static int channel_init(struct channel *channel, const struct kring_config *config)
{
	int err;

	mutex_init(&channel->lock);
	channel->fault_work = IRQ_WORK_INIT_HARD(rings_report_faults);

	err = config_apply(channel, config);
	if (err)
		return err;
	channel->rings = kcalloc(nr_cpu_ids, sizeof(*channel->rings), GFP_KERNEL);
	channel->public.rings = alloc_percpu(struct kring_core *);
	channel->meta = (struct kring_meta *)get_zeroed_page(GFP_KERNEL);
	if (!channel->rings || !channel->public.rings || !channel->meta)
		return -ENOMEM;
	config_describe(channel);
	return 0;
}

/* The way back: no new ring, no name, nobody who still waits for records. */
static void channel_stop(struct channel *channel)
{
	unsigned int cpu;

	rings_stop(channel);
	/* After this, no record of a program asks for a wakeup any more: see wakeup_exit(). */
	endpoint_end(&channel->endpoint);
	/* [endpoint:E], for programs, which load it with acquire. */
	smp_store_release(&channel->meta->gone, 1);
	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		if (channel->rings[cpu])
			sysfs_remove_ring(channel->rings[cpu]);
	chardev_remove(&channel->endpoint);
	wakeup_all(channel);
	wakeup_exit(channel);
	irq_work_sync(&channel->fault_work);
}

/* Rings first, then the names under which programs find them. */
static int channel_start(struct channel *channel)
{
	unsigned int cpu;
	int err;

	err = wakeup_init(channel);
	if (err)
		return err;
	err = rings_start(channel);
	if (err) {
		/* The CPUs before the one that failed were told to go, see cpu_dead(). */
		irq_work_sync(&channel->fault_work);
		wakeup_exit(channel);
		return err;
	}

	/* Without the lock: where it fails, it waits for those who use its attributes. */
	err = chardev_add(&channel->endpoint);
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

struct kring_channel *__kring_create(const char *name, const struct kring_config *config, struct module *owner)
{
	static const struct kring_config defaults;
	struct channel *channel;
	int err;

	config = config ?: &defaults;
	err = config_check(name, config);
	if (err)
		return ERR_PTR(err);
	channel = kzalloc(sizeof(*channel), GFP_KERNEL);
	if (!channel)
		return ERR_PTR(-ENOMEM);

	err = endpoint_init(&channel->endpoint, &trace_kind, name, config->perm, owner);
	if (err) {
		kfree(channel);
		return ERR_PTR(err);
	}
	err = channel_init(channel, config);
	if (err)
		goto put;
	err = channel_start(channel);
	if (err) {
		refuse_channel(err, name, "error %d while making rings of %zu bytes for %u CPUs", err,
			       channel->size, num_online_cpus());
		goto put;
	}
	return &channel->public;

put:
	endpoint_put(&channel->endpoint);
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
	channel_stop(channel);
	endpoint_forget(&channel->endpoint);
	endpoint_put(&channel->endpoint);
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
