// SPDX-License-Identifier: GPL-2.0-only
/* Data races: between CPUs, with an interrupt, for want of order, and in the core. */

#include <linux/cpumask.h>
#include <linux/hrtimer.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/smp.h>

#include "../../../src/compat.h"
#include "bugs.h"

#define TIMER_NS 200000

static int repeat(void *function)
{
	while (!kthread_should_stop()) {
		((void (*)(void))function)();
		cond_resched();
	}
	return 0;
}

void run_both(void (*one)(void), void (*other)(void))
{
	unsigned long end = jiffies + HZ;
	struct task_struct *thread;

	migrate_disable();
	thread = kthread_create_on_cpu(repeat, other, cpumask_any_but(cpu_online_mask, smp_processor_id()),
				       "kring_bugs/%u");
	if (!IS_ERR(thread)) {
		wake_up_process(thread);
		while (time_before(jiffies, end)) {
			one();
			cond_resched();
		}
		kthread_stop(thread);
	}
	migrate_enable();
}

static u64 shared;

static noinline void add(void)
{
	shared++;
}

void race(void)
{
	run_both(add, add);
}

static enum hrtimer_restart add_in_interrupt(struct hrtimer *timer)
{
	add();
	hrtimer_forward_now(timer, ns_to_ktime(TIMER_NS));
	return HRTIMER_RESTART;
}

/* On one CPU: nobody else is there. */
void interrupt_race(void)
{
	static struct hrtimer timer;
	unsigned long end = jiffies + HZ;

	hrtimer_setup(&timer, add_in_interrupt, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);
	migrate_disable();
	hrtimer_start(&timer, ns_to_ktime(TIMER_NS), HRTIMER_MODE_REL_PINNED_HARD);
	while (time_before(jiffies, end)) {
		add();
		cond_resched();
	}
	hrtimer_cancel(&timer);
	migrate_enable();
}

static struct bug_ring *ring;
static struct kring_core_observer observer;

static void observe(void)
{
	struct kring_core_span span;

	kring_core_seek_newest(ring->core, &observer);
	kring_core_look(ring->core, &observer, &span);
}

/* Calls of one observer that are not serialised. */
void core_race(void)
{
	ring = bug_ring_make();
	if (!ring)
		return;
	run_both(observe, observe);
	bug_ring_free(ring);
}

void missing_release(void)
{
	run_both(publish_relaxed, look_for_published);
}

void release(void)
{
	run_both(publish_released, look_for_published);
}
