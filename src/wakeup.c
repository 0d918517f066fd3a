// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waking readers. A writer pays one load and one branch for it, and no barrier;
 * the reader that is about to sleep pays for both.
 *
 *   writer (include/linux/kring.h)     reader (file.c)
 *     publishes records                  Q stands in the queue of waiters
 *     T loads waiting                    A waiting = 1, and a barrier on every CPU with a ring
 *     if 1: C waiting = 0, and a         L looks for records; sleeps if there are none
 *           wakeup is on its way
 *
 * No wakeup is lost:
 *
 * - The interrupt of A falls into a writer before or after its T. Before: T
 *   loads 1, or what a later C stored. After: its records were published
 *   before, and L finds them. That is what a barrier in the writer would
 *   achieve, moved to where somebody waits.
 * - Whoever turns 1 into 0 sees to a wakeup that comes after it. A reader that
 *   needs this 1 is in the queue, since Q comes before A. The other way round,
 *   the wakeup could pass before the reader is in the queue, and leave it
 *   asleep with nobody asked to wake it.
 * - A 1 that stands already stands for every CPU, since A is one step under
 *   arm_lock; the next reader need not interrupt anybody again.
 * - What a nested writer announces may still be unpublished when the reader
 *   looks. Then the reader arms again, and the outermost writer, who publishes
 *   it, comes to T after that.
 *
 * A CPU that goes offline still writes when it runs no irq_work any more. Work
 * queued there would stay queued for good: it leaves the 1 as it is, and who is
 * told that the CPU is gone wakes in its place (rings.c, cpu_dead()).
 *
 * A writer may hold the runqueue's lock or be an NMI, so it wakes nobody itself:
 * irq_work leaves its context behind, then a timer gathers what else comes. A
 * woken reader is itself something that may be recorded; without the timer it
 * would wake itself without end, and now does so once in GATHER_NS. The timer
 * runs in softirq context, where waking is allowed with PREEMPT_RT too.
 */

#include <linux/cpu.h>
#include <linux/kprobes.h>
#include <linux/poll.h>
#include <linux/smp.h>

#include "channel.h"
#include "compat.h"

/* The most that a sleeping reader is late. */
#define GATHER_NS (1 * NSEC_PER_MSEC)

/* Wakes every file's waiters, exclusive ones too: each file has its own position. */
static void wake_waiters(struct channel *channel, __poll_t events)
{
	__wake_up(&channel->waiters, TASK_NORMAL, 0, poll_to_key(events));
}

static enum hrtimer_restart gathered(struct hrtimer *timer)
{
	/* [wakeup:H] pairs with [wakeup:G]: who left the wakeup to this one has its reader in the queue. */
	smp_mb();
	wake_waiters(container_of(timer, struct channel, wake_timer), EPOLLIN | EPOLLRDNORM);
	return HRTIMER_NORESTART;
}

notrace bool wakeup_cpu_is_leaving(void)
{
	unsigned int cpu = raw_smp_processor_id();

	return !cpu_online(cpu) && cpu_dying(cpu);
}

/*
 * A queued timer has its wakeup still ahead of it, and is left alone so that it
 * cannot be put off for ever. One whose function is running may be past it: it
 * counts as not queued, and is started again.
 */
static void gather(struct irq_work *work)
{
	struct channel *channel = container_of(work, struct channel, wake);

	/* Where it runs while its CPU goes offline, a timer would come too late to be moved. */
	if (wakeup_cpu_is_leaving())
		return;
	/* [wakeup:G] pairs with [wakeup:H]: the reader in the queue before the look at the timer. */
	smp_mb();
	if (!hrtimer_is_queued(&channel->wake_timer))
		hrtimer_start(&channel->wake_timer, ns_to_ktime(GATHER_NS), HRTIMER_MODE_REL_SOFT);
}

/* A commit found channel->waiting set. Any context, NMI and under the runqueue's lock too. */
notrace void __kring_wake(struct kring_channel *public)
{
	if (unlikely(wakeup_cpu_is_leaving()))
		return;
	/* C. Fully ordered: who armed before this is in the queue when the wakeup comes there. */
	if (xchg(&public->waiting, 0))
		irq_work_queue(&to_channel(public)->wake);
}
EXPORT_SYMBOL_GPL(__kring_wake);
NOKPROBE_SYMBOL(__kring_wake);

static bool has_ring(int cpu, void *channel)
{
	return channel_ring(channel, cpu);
}

/* Between what the interrupted writer did and what it will do. */
static void barrier_here(void *unused)
{
	/* [wakeup:I] pairs with [wakeup:A]: what was published before is seen at L, a T after it sees the 1. */
	smp_mb();
}

void wakeup_arm(struct channel *channel)
{
	mutex_lock(&channel->arm_lock);
	if (!READ_ONCE(channel->public.waiting)) {
		/* A CPU on its way out is not interrupted, and yet writes: it is waited for. */
		cpus_read_lock();
		WRITE_ONCE(channel->public.waiting, 1);
		/* [wakeup:A] pairs with [wakeup:I]: the 1 comes before the barrier on the writers' CPUs. */
		smp_mb();
		on_each_cpu_cond(has_ring, barrier_here, channel, true);
		cpus_read_unlock();
	}
	mutex_unlock(&channel->arm_lock);
}

void wakeup_all(struct channel *channel)
{
	wake_waiters(channel, EPOLLIN | EPOLLRDNORM | (READ_ONCE(channel->dead) ? EPOLLHUP : 0));
}

void wakeup_init(struct channel *channel)
{
	init_waitqueue_head(&channel->waiters);
	mutex_init(&channel->arm_lock);
	/* Hard: with PREEMPT_RT the thread of the others is parked before its CPU has written its last record. */
	channel->wake = IRQ_WORK_INIT_HARD(gather);
	hrtimer_setup(&channel->wake_timer, gathered, CLOCK_MONOTONIC, HRTIMER_MODE_REL_SOFT);
}

/* In this order: the irq_work starts the timer. */
void wakeup_exit(struct channel *channel)
{
	irq_work_sync(&channel->wake);
	hrtimer_cancel(&channel->wake_timer);
}
