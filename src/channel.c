// SPDX-License-Identifier: GPL-2.0-only
/*
 * Channels: making and ending them, their rings as CPUs come online, enabling,
 * the ledger. Lifetime and locks are described in channel.h.
 */

#include <linux/cpu.h>
#include <linux/ctype.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/vmalloc.h>

#include "channel.h"

#define DEFAULT_SIZE SZ_1M

static DEFINE_MUTEX(channels_lock);
static LIST_HEAD(channels);
static enum cpuhp_state hotplug_state;

/* Says what was wrong with a create; returns @err. */
#define refuse(err, name, fmt, ...) \
	({ pr_err("channel '%s' not created: " fmt "\n", name, ##__VA_ARGS__); (err); })

static int check_name(const char *name)
{
	size_t length = name ? strnlen(name, KRING_NAME_MAX + 1) : 0;
	size_t i;

	if (!length)
		return refuse(-EINVAL, "", "its name is empty");
	if (length > KRING_NAME_MAX) {
		pr_err("channel '%.*s...' not created: its name is longer than %d bytes\n", KRING_NAME_MAX, name,
		       KRING_NAME_MAX);
		return -ENAMETOOLONG;
	}
	for (i = 0; i < length; i++)
		if (!isascii(name[i]) || !(isalnum(name[i]) || strchr("_.-", name[i])))
			return refuse(-EINVAL, "?", "byte %zu of its name is none of [A-Za-z0-9_.-]", i + 1);
	if (name[0] == '.')
		return refuse(-EINVAL, name, "its name begins with a dot");
	return 0;
}

static int check_config(const char *name, const struct kring_config *config)
{
	int err;

	if (config->order > KRING_ORDER_MAX)
		return refuse(-EINVAL, name, "page order %u is not 0 to %d", config->order, KRING_ORDER_MAX);
	if (config->mode != KRING_MODE_OVERWRITE && config->mode != KRING_MODE_DISCARD)
		return refuse(-EINVAL, name, "mode %d is neither overwrite (0) nor discard (1)", config->mode);
	if (config->perm & ~0666)
		return refuse(-EINVAL, name, "permission bits %#o are more than 0666", config->perm);
	if (config->flags & ~KRING_CREATE_DISABLED)
		return refuse(-EINVAL, name, "flags %#x are not known", config->flags);

	err = clock_check(config->clock);
	if (err == -EOPNOTSUPP)
		return refuse(err, name, "this machine's counter is not stable enough to be a clock");
	if (err)
		return refuse(err, name, "clock %d is none of local, mono, boot, counter (0 to 3)", config->clock);
	return 0;
}

/* Sizes are kept in whole pages; sums cannot overflow once the number of pages is known to be small. */
static int set_geometry(struct channel *channel, const struct kring_config *config)
{
	size_t size = config->size ?: DEFAULT_SIZE;
	size_t pages;

	channel->order = config->order;
	channel->page_size = PAGE_SIZE << config->order;
	pages = size / channel->page_size + !!(size % channel->page_size);
	if (pages > KRING_CORE_PAGES_MAX)
		return refuse(-E2BIG, channel->name, "%zu bytes are %zu pages of %u bytes, a ring has at most %u: use a larger page order or a smaller size",
			      size, pages, channel->page_size, KRING_CORE_PAGES_MAX);

	channel->list_pages = max_t(size_t, pages, KRING_CORE_PAGES_MIN);
	channel->nr_pages = channel->list_pages + 1;
	channel->size = (size_t)channel->list_pages * channel->page_size;
	channel->shared_size = PAGE_ALIGN(kring_core_shared_size(channel->list_pages));
	channel->mode = config->mode;
	channel->public.clock = config->clock;
	channel->enabled = !(config->flags & KRING_CREATE_DISABLED);
	return 0;
}

static void describe(struct channel *channel)
{
	struct kring_meta *meta = channel->meta;

	BUILD_BUG_ON(sizeof(*meta) > PAGE_SIZE);
	meta->magic = KRING_MAGIC;
	meta->version = KRING_ABI_VERSION;
	meta->size = sizeof(*meta);
	meta->mode = channel->mode;
	meta->clock = channel->public.clock;
	meta->page_size = channel->page_size;
	meta->pages = channel->nr_pages;
	meta->nr_cpus = nr_cpu_ids;
	meta->rings = PAGE_SIZE;
	meta->pages_offset = channel->shared_size;
	meta->ring_stride = channel->shared_size + (u64)channel->nr_pages * channel->page_size;
	meta->map_size = meta->rings + nr_cpu_ids * meta->ring_stride;
	clock_describe(channel->public.clock, meta);
}

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

struct channel_ring *channel_ring(struct channel *channel, unsigned int cpu)
{
	if (cpu >= nr_cpu_ids)
		return NULL;
	/* [channel:R] pairs with [channel:P]: the ring is complete when it is seen. */
	return smp_load_acquire(&channel->rings[cpu]);
}

/* Makes the ring of a CPU that is not running, or not yet writing. */
static int add_ring(struct channel *channel, unsigned int cpu)
{
	struct channel_ring *ring = kzalloc_node(sizeof(*ring), GFP_KERNEL, cpu_to_node(cpu));
	int err;

	if (!ring)
		return -ENOMEM;
	ring->channel = channel;
	ring->cpu = cpu;
	mutex_init(&ring->lock);
	err = ring_alloc(ring);
	if (err) {
		kfree(ring);
		return err;
	}
	if (!channel->enabled)
		kring_core_set_enabled(ring->core, false);

	/* [channel:P] pairs with [channel:R]: a ring is seen with all that it is made of. */
	smp_store_release(&channel->rings[cpu], ring);
	/* The CPU comes online, or its writers learn of the channel, after this: no order is needed. */
	WRITE_ONCE(*per_cpu_ptr(channel->public.rings, cpu), ring->core);
	channel->meta->cpus[cpu / 64] |= 1ULL << (cpu % 64);
	return 0;
}

/*
 * A CPU comes online, or a channel is made and this one is. A CPU keeps its
 * ring when it goes offline: its records are still to be read.
 */
static int cpu_prepare(unsigned int cpu, struct hlist_node *node)
{
	struct channel *channel = hlist_entry(node, struct channel, node);
	int err = 0;

	mutex_lock(&channel->lock);
	if (!channel->rings[cpu])
		err = add_ring(channel, cpu);
	if (channel->live && channel->rings[cpu] && !err)
		err = sysfs_add_ring(channel->rings[cpu]);
	if (channel->live && err) {
		/* Not a reason to keep the CPU offline; what is lost is counted. */
		pr_warn("channel '%s': no ring for CPU %u (error %d): its records are dropped, cause no_cpu\n",
			channel->name, cpu, err);
		err = 0;
	}
	mutex_unlock(&channel->lock);
	return err;
}

notrace void __kring_no_ring(struct kring_channel *public)
{
	atomic64_inc(&to_channel(public)->no_ring);
}
EXPORT_SYMBOL_GPL(__kring_no_ring);

notrace void channel_stopped(void *owner, u32 cpu, u32 fault)
{
	struct channel *channel = owner;

	irq_work_queue(&channel->fault_work);
}

static void report_faults(struct irq_work *work)
{
	static const char * const reasons[] = {
		[KRING_FAULT_COMMIT] = "commit or discard of something that is not the innermost open record",
		[KRING_FAULT_LINK] = "its page list is not what its flags say",
		[KRING_FAULT_RECORD] = "the header of an open record was overwritten",
		[KRING_FAULT_LOOP] = "a loop passed its bound",
	};
	struct channel *channel = container_of(work, struct channel, fault_work);
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		struct channel_ring *ring = channel_ring(channel, cpu);
		u32 fault = ring ? kring_core_fault(ring->core) : KRING_FAULT_NONE;

		if (fault == KRING_FAULT_NONE || ring->fault_reported)
			continue;
		ring->fault_reported = true;
		pr_err("channel '%s': the ring of CPU %u stopped: %s; see what %s does around its writes\n",
		       channel->name, cpu, fault < ARRAY_SIZE(reasons) ? reasons[fault] : "?",
		       channel->owner ? module_name(channel->owner) : "the kernel");
	}
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
	init_irq_work(&channel->fault_work, report_faults);
	wakeup_init(channel);

	err = set_geometry(channel, config);
	if (err)
		goto fail;
	err = -ENOMEM;
	channel->rings = kcalloc(nr_cpu_ids, sizeof(*channel->rings), GFP_KERNEL);
	channel->public.rings = alloc_percpu(struct kring_core *);
	channel->meta = (struct kring_meta *)get_zeroed_page(GFP_KERNEL);
	if (!channel->rings || !channel->public.rings || !channel->meta)
		goto fail;
	describe(channel);
	return channel;

fail:
	channel_free(channel);
	return ERR_PTR(err);
}

/* The way back: no new ring, no name, nobody who still waits for records. */
static void channel_stop(struct channel *channel)
{
	unsigned int cpu;

	cpuhp_state_remove_instance_nocalls(hotplug_state, &channel->node);
	/* [channel:D] pairs with [file:D]: who sees the end sees all records. */
	smp_store_release(&channel->dead, true);
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

	err = cpuhp_state_add_instance(hotplug_state, &channel->node);
	if (err)
		return err;

	mutex_lock(&channel->lock);
	err = chardev_add(channel, perm);
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
	err = check_name(name) ?: check_config(name, config);
	if (err)
		return ERR_PTR(err);

	mutex_lock(&channels_lock);
	if (name_taken(name)) {
		err = refuse(-EEXIST, name, "the name is taken");
		goto unlock;
	}
	channel = channel_alloc(name, config, owner);
	if (IS_ERR(channel)) {
		err = PTR_ERR(channel);
		goto unlock;
	}
	err = channel_start(channel, config->perm ?: 0600);
	if (err) {
		refuse(err, name, "error %d while making rings of %zu bytes for %u CPUs", err, channel->size,
		       num_online_cpus());
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

static int ring_ledger(struct channel_ring *ring, struct kring_ledger *ledger)
{
	enum kring_core_status status;
	int tries = 0;

	mutex_lock(&ring->lock);
	do {
		status = kring_core_ledger(ring->core, ledger);
		cond_resched();
	} while (status == KRING_CORE_BUSY && ++tries < 10);
	mutex_unlock(&ring->lock);
	return kring_core_errno(status);
}

static void add_ledger(struct kring_ledger *sum, const struct kring_ledger *ledger)
{
	u32 cause;

	sum->committed += ledger->committed;
	sum->read += ledger->read;
	sum->overwritten += ledger->overwritten;
	sum->unread += ledger->unread;
	sum->discarded += ledger->discarded;
	for (cause = 0; cause < KRING_NR_DROPS; cause++)
		sum->dropped[cause] += ledger->dropped[cause];
	sum->pages += ledger->pages;
	sum->pages_unread += ledger->pages_unread;
	sum->fault = sum->fault ?: ledger->fault;
}

int channel_ledger(struct channel *channel, u32 cpu, struct kring_ledger *ledger)
{
	struct kring_ledger sum = { .cpu = cpu };
	struct kring_ledger one = {};
	struct channel_ring *ring;
	unsigned int i;
	int err;

	for (i = 0; i < nr_cpu_ids; i++) {
		ring = cpu == KRING_CPU_ALL || cpu == i ? channel_ring(channel, i) : NULL;
		if (!ring)
			continue;
		err = ring_ledger(ring, &one);
		if (err)
			return err;
		add_ledger(&sum, &one);
	}
	if (cpu == KRING_CPU_ALL)
		sum.dropped[KRING_DROP_NO_CPU] = atomic64_read(&channel->no_ring);
	else if (!channel_ring(channel, cpu))
		return -ENXIO;
	*ledger = sum;
	return 0;
}

int channel_init(void)
{
	int state = cpuhp_setup_state_multi(CPUHP_BP_PREPARE_DYN, "kring:prepare", cpu_prepare, NULL);

	if (state < 0)
		return state;
	hotplug_state = state;
	return 0;
}

void channel_exit(void)
{
	cpuhp_remove_multi_state(hotplug_state);
}
