// SPDX-License-Identifier: GPL-2.0-only
/* How a CPU is brought from one context into the next, here and now. */
#include <linux/bottom_half.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/nmi.h>
#include <asm/apic.h>
#include <asm/nmi.h>

#include "nmi.h"

/* Even an emulated CPU takes an interrupt of its own within that. */
#define PATIENCE_US 1000000

DEFINE_PER_CPU(struct nmi_cpu, nmi_cpus);

struct sweep *sweep_here(void)
{
	return this_cpu_read(nmi_cpus.sweep);
}

/* False: nobody here has asked for it. */
static bool arrive(enum nmi_context where)
{
	struct nmi_cpu *self = this_cpu_ptr(&nmi_cpus);

	if (!test_bit(where, &self->awaited))
		return false;
	sweep_interrupt(self->sweep);
	clear_bit(where, &self->awaited);
	return true;
}

static void on_softirq(struct tasklet_struct *tasklet)
{
	arrive(NMI_SOFTIRQ);
}

static void on_irq(struct irq_work *work)
{
	arrive(NMI_IRQ);
}

static int on_nmi(unsigned int type, struct pt_regs *regs)
{
	return arrive(NMI_NMI) ? NMI_HANDLED : NMI_DONE;
}

static void send(struct nmi_cpu *self, enum nmi_context where)
{
	switch (where) {
	case NMI_SOFTIRQ:
		/* Raised while softirqs are off, it is not left to ksoftirqd, but runs when they are on again. */
		local_bh_disable();
		tasklet_hi_schedule(&self->tasklet);
		local_bh_enable();
		break;
	case NMI_IRQ:
		irq_work_queue(&self->irq);
		break;
	default:
		apic->send_IPI_mask(cpumask_of(smp_processor_id()), NMI_VECTOR);
		break;
	}
}

bool context_take(enum nmi_context where)
{
	struct nmi_cpu *self = this_cpu_ptr(&nmi_cpus);
	unsigned int us;

	set_bit(where, &self->awaited);
	send(self, where);
	for (us = 0; test_bit(where, &self->awaited); us++) {
		if (us == PATIENCE_US) {
			clear_bit(where, &self->awaited);
			return false;
		}
		udelay(1);
	}
	return true;
}

int contexts_start(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct nmi_cpu *it = per_cpu_ptr(&nmi_cpus, cpu);

		tasklet_setup(&it->tasklet, on_softirq);
		it->irq = IRQ_WORK_INIT_HARD(on_irq);
	}
	return register_nmi_handler(NMI_LOCAL, on_nmi, 0, KBUILD_MODNAME);
}

/* No sweep runs any more. */
void contexts_stop(void)
{
	int cpu;

	unregister_nmi_handler(NMI_LOCAL, KBUILD_MODNAME);
	for_each_possible_cpu(cpu) {
		irq_work_sync(&per_cpu_ptr(&nmi_cpus, cpu)->irq);
		tasklet_kill(&per_cpu_ptr(&nmi_cpus, cpu)->tasklet);
	}
}
