// SPDX-License-Identifier: GPL-2.0-only
/* Has kring_load write from NMIs, which the CPUs of x86 send each other. */
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/nmi.h>
#include <asm/apic.h>
#include <asm/nmi.h>

#include "load.h"

/* At most one NMI is under way to a CPU: NMIs that come together merge, and one too many would be nobody's. */
static int on_nmi(unsigned int type, struct pt_regs *regs)
{
	struct load_cpu *self = this_cpu_ptr(&load_cpus);

	if (!test_and_clear_bit(LOAD_NMI_UNDER_WAY, &self->under_way))
		return NMI_DONE;
	load_attempt(KRING_LOAD_NMI);
	return NMI_HANDLED;
}

void load_nmi_send(int cpu)
{
	struct load_cpu *target = per_cpu_ptr(&load_cpus, cpu);

	if (!test_and_set_bit(LOAD_NMI_UNDER_WAY, &target->under_way))
		apic->send_IPI_mask(cpumask_of(cpu), NMI_VECTOR);
}

int load_nmi_start(void)
{
	return register_nmi_handler(NMI_LOCAL, on_nmi, 0, "kring_load");
}

/* No one sends any more. */
void load_nmi_stop(void)
{
	int cpu;

	for_each_online_cpu(cpu)
		while (test_bit(LOAD_NMI_UNDER_WAY, &per_cpu_ptr(&load_cpus, cpu)->under_way) && cpu_online(cpu))
			fsleep(1000);
	/* Waits for handlers that run. */
	unregister_nmi_handler(NMI_LOCAL, "kring_load");
}
