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
