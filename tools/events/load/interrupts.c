// SPDX-License-Identifier: GPL-2.0-only
/* Has kring_load write from softirqs and interrupts, of which each CPU can be kicked into one. */
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>

#include "load.h"

static void on_irq(void)
{
	if (load_writes_from(KRING_LOAD_IRQ))
		load_attempt(KRING_LOAD_IRQ);
	if (load_writes_from(KRING_LOAD_SOFTIRQ))
		tasklet_schedule(&this_cpu_ptr(&load_cpus)->tasklet);
}

/* An idle CPU may find the kick in its queue and call this without an interrupt, but with them off. */
static void on_remote_kick(void *data)
{
	struct load_cpu *self = data;

	clear_bit(LOAD_IRQ_UNDER_WAY, &self->under_way);
	/* With PREEMPT_RT, no softirq may be raised from the idle task's queue: take an interrupt of our own. */
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		irq_work_queue(&self->local);
	else
		on_irq();
}

static void on_local_kick(struct irq_work *work)
{
	on_irq();
}

static void on_softirq(struct tasklet_struct *tasklet)
{
	load_attempt(KRING_LOAD_SOFTIRQ);
}

static void kick_other(int cpu)
{
	struct load_cpu *other = per_cpu_ptr(&load_cpus, cpu);

	if (test_and_set_bit(LOAD_IRQ_UNDER_WAY, &other->under_way))
		return;
	if (smp_call_function_single_async(cpu, &other->remote))
		clear_bit(LOAD_IRQ_UNDER_WAY, &other->under_way);
}

/*
 * One write from each context that is on, soon and on @cpu; none if the CPU is
 * offline or has not taken the kick before. Not from NMI.
 */
void load_kick(int cpu)
{
	/* A CPU cannot go offline while preemption is off here. */
	preempt_disable();
	if (cpu_online(cpu)) {
		if (load_options.contexts & (BIT(KRING_LOAD_SOFTIRQ) | BIT(KRING_LOAD_IRQ))) {
			if (cpu == smp_processor_id())
				irq_work_queue(&this_cpu_ptr(&load_cpus)->local);
			else
				kick_other(cpu);
		}
		if (load_writes_from(KRING_LOAD_NMI))
			load_nmi_send(cpu);
	}
	preempt_enable();
}

int load_interrupts_start(void)
{
	int error = 0;
	int cpu;

	for_each_possible_cpu(cpu) {
		struct load_cpu *it = per_cpu_ptr(&load_cpus, cpu);

		INIT_CSD(&it->remote, on_remote_kick, it);
		it->local = IRQ_WORK_INIT_HARD(on_local_kick);
		tasklet_setup(&it->tasklet, on_softirq);
	}
	if (load_writes_from(KRING_LOAD_NMI))
		error = load_nmi_start();
	if (error || !load_writes_from(KRING_LOAD_DYING))
		return error;
	error = load_dying_start();
	if (error && load_writes_from(KRING_LOAD_NMI))
		load_nmi_stop();
	return error;
}

void load_interrupts_stop(void)
{
	int cpu;

	if (load_writes_from(KRING_LOAD_DYING))
		load_dying_stop();
	if (load_writes_from(KRING_LOAD_NMI))
		load_nmi_stop();
	for_each_possible_cpu(cpu) {
		struct load_cpu *it = per_cpu_ptr(&load_cpus, cpu);

		/* A CPU runs these before it goes offline, too. */
		while (test_bit(LOAD_IRQ_UNDER_WAY, &it->under_way))
			fsleep(1000);
		irq_work_sync(&it->local);
	}
	/* The handlers that cleared the bits run with interrupts off until they return. */
	synchronize_rcu();
	for_each_possible_cpu(cpu)
		tasklet_kill(&per_cpu_ptr(&load_cpus, cpu)->tasklet);
}
