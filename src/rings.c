// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rings of a channel: made as CPUs come online, their faults reported,
 * their ledgers added up. Their memory is in pages.c.
 */

#include <linux/cpu.h>
#include <linux/slab.h>

#include "channel.h"

static enum cpuhp_state hotplug_state;

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
	/* [channel:P]: a program touches the ring as soon as it sees the bit. */
	smp_store_release(&channel->meta->cpus[cpu / 64], channel->meta->cpus[cpu / 64] | 1ULL << (cpu % 64));
	return 0;
}

/* A program sees no folder of the ring, until its CPU comes online the next time; all else is as it should be. */
static void show_ring(struct channel_ring *ring)
{
	int err = sysfs_add_ring(ring);

	if (err)
		pr_warn("channel '%s': no sysfs folder for the ring of CPU %u (error %d)\n",
			ring->channel->endpoint.name, ring->cpu, err);
}

/*
 * A CPU comes online, or a channel is made and this one is. A CPU keeps its
 * ring when it goes offline: its records are still to be read.
 */
static int cpu_prepare(unsigned int cpu, struct hlist_node *node)
{
	struct channel *channel = hlist_entry(node, struct channel, hotplug);
	int err = 0;

	mutex_lock(&channel->lock);
	if (!channel->rings[cpu])
		err = add_ring(channel, cpu);
	if (channel->live && !err)
		show_ring(channel->rings[cpu]);
	mutex_unlock(&channel->lock);
	if (!err || cpu_online(cpu))
		return err;

	/* That a trace has no memory is no reason to keep a CPU offline; what is lost is counted. */
	pr_warn("channel '%s': no ring for CPU %u (error %d): its records are dropped, cause no_cpu\n",
		channel->endpoint.name, cpu, err);
	return 0;
}

/* What the CPU could not ask for any more: see channel_stopped(). */
static int cpu_dead(unsigned int cpu, struct hlist_node *node)
{
	struct channel *channel = hlist_entry(node, struct channel, hotplug);

	irq_work_queue(&channel->fault_work);
	return 0;
}

notrace void __kring_no_ring(struct kring_channel *public)
{
	atomic64_inc(&to_channel(public)->no_ring);
}
EXPORT_SYMBOL_GPL(__kring_no_ring);

notrace void channel_stopped(void *owner, u32 cpu, u32 fault)
{
	struct channel *channel = owner;

	if (!waker_cpu_is_leaving())
		irq_work_queue(&channel->fault_work);
}

/* Preemption, which its caller is about to enable, is not off by a reserve of its own. */
notrace void kring_nothing_was_open(void)
{
	preempt_disable_notrace();
}

void rings_report_faults(struct irq_work *work)
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
		pr_err("channel '%s': the ring of CPU %u stopped: %s; see how module '%s' pairs reserve and commit\n",
		       channel->endpoint.name, cpu, fault < ARRAY_SIZE(reasons) ? reasons[fault] : "?",
		       endpoint_owner_name(&channel->endpoint));
	}
}

int core_errno(enum kring_core_status status)
{
	switch (status) {
	case KRING_CORE_OK:
		return 0;
	case KRING_CORE_EMPTY:
	case KRING_CORE_BUSY:
		return -EAGAIN;
	case KRING_CORE_NOT_ACQUIRED:
		return -EINVAL;
	case KRING_CORE_ACQUIRED:
		return -EALREADY;
	case KRING_CORE_STOPPED:
		return -EIO;
	}
	return -EIO;
}

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
	return core_errno(status);
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

/* Only an operation on @owner makes it one: without the lock, a stale answer is one of before that. */
struct channel_ring *channel_ring_of(struct channel *channel, unsigned int cpu, const struct file *owner)
{
	struct channel_ring *ring = channel_ring(channel, cpu);

	return ring && (!owner || READ_ONCE(ring->owner) == owner) ? ring : NULL;
}

u64 channel_bytes(struct channel *channel, const struct file *owner)
{
	unsigned int cpu;
	u64 sum = 0;

	for (cpu = 0; cpu < nr_cpu_ids; cpu++) {
		struct channel_ring *ring = channel_ring_of(channel, cpu, owner);

		if (ring)
			sum += kring_core_bytes_published(ring->core);
	}
	return sum;
}

int rings_start(struct channel *channel)
{
	return cpuhp_state_add_instance(hotplug_state, &channel->hotplug);
}

void rings_stop(struct channel *channel)
{
	cpuhp_state_remove_instance_nocalls(hotplug_state, &channel->hotplug);
}

int rings_init(void)
{
	int state = cpuhp_setup_state_multi(CPUHP_BP_PREPARE_DYN, "kring:prepare", cpu_prepare, cpu_dead);

	if (state < 0)
		return state;
	hotplug_state = state;
	return 0;
}

void rings_exit(void)
{
	cpuhp_remove_multi_state(hotplug_state);
}
