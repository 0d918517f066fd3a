// SPDX-License-Identifier: GPL-2.0-only
/* See waker.h. */

#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/kprobes.h>
#include <linux/smp.h>

#include "waker.h"

static enum cpuhp_state hotplug_state;

static void wake_in_work(struct work_struct *work)
{
	struct waker *waker = container_of(work, struct waker, work);

	waker->wake(waker);
}

static void wake_in_interrupt(struct irq_work *irq)
{
	struct waker *waker = container_of(irq, struct waker, irq);

	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		queue_work(system_unbound_wq, &waker->work);
	else
		waker->wake(waker);
}

notrace bool waker_cpu_is_leaving(void)
{
	unsigned int cpu = raw_smp_processor_id();

	return !cpu_online(cpu) && cpu_dying(cpu);
}

notrace void waker_ask(struct waker *waker)
{
	if (unlikely(waker_cpu_is_leaving()))
		return;
	/* Fully ordered: who armed before this is in the queue when the wakeup comes there. */
	if (xchg(waker->waiting, 0))
		irq_work_queue(&waker->irq);
}

NOKPROBE_SYMBOL(waker_ask);

/* Between what the interrupted producer did and what it will do. */
static void barrier_here(void *unused)
{
	/* [waker:I] pairs with [waker:A]: what was published before is seen at L, a T after it sees the 1. */
	smp_mb();
}

void waker_arm(struct waker *waker, bool (*is_meant)(int cpu, void *of), void *of)
{
	mutex_lock(&waker->arm_lock);
	if (READ_ONCE(*waker->waiting) != WAKER_ARMED) {
		/* A CPU on its way out is not interrupted, and yet produces: it is waited for. */
		cpus_read_lock();
		WRITE_ONCE(*waker->waiting, WAKER_ARMED);
		/* [waker:A] pairs with [waker:I]: the 1 comes before the barrier on the producers' CPUs. */
		smp_mb();
		on_each_cpu_cond(is_meant, barrier_here, of, true);
		cpus_read_unlock();
	}
	mutex_unlock(&waker->arm_lock);
}

/* What the CPU could not ask for any more. */
static int cpu_dead(unsigned int cpu, struct hlist_node *node)
{
	struct waker *waker = hlist_entry(node, struct waker, hotplug);

	waker->wake(waker);
	return 0;
}

int waker_init(struct waker *waker, int *waiting, void (*wake)(struct waker *waker),
	       void (*soon)(struct irq_work *irq))
{
	waker->waiting = waiting;
	mutex_init(&waker->arm_lock);
	waker->wake = wake;
	/* Hard: with PREEMPT_RT the thread of the others is parked before its CPU has run its last producer. */
	waker->irq = IRQ_WORK_INIT_HARD(soon ?: wake_in_interrupt);
	INIT_WORK(&waker->work, wake_in_work);
	return cpuhp_state_add_instance_nocalls(hotplug_state, &waker->hotplug);
}

void waker_exit(struct waker *waker)
{
	cpuhp_state_remove_instance_nocalls(hotplug_state, &waker->hotplug);
	irq_work_sync(&waker->irq);
	cancel_work_sync(&waker->work);
}

int wakers_start(void)
{
	int state = cpuhp_setup_state_multi(CPUHP_BP_PREPARE_DYN, "kring:wakers", NULL, cpu_dead);

	if (state < 0)
		return state;
	hotplug_state = state;
	return 0;
}

void wakers_stop(void)
{
	cpuhp_remove_multi_state(hotplug_state);
}
