/* SPDX-License-Identifier: GPL-2.0-only */
/* What the C files of kring_nmi.ko ask of each other. */
#ifndef KRING_NMI_H
#define KRING_NMI_H

#include <linux/interrupt.h>
#include <linux/irq_work.h>
#include <linux/percpu.h>

#include "sweep.h"

/**
 * struct nmi_cpu - what a CPU has
 * @sweep:   that runs on it, or NULL
 * @awaited: bit n: the sweep waits for &enum nmi_context n
 * @tasklet: its way into a softirq
 * @irq:     and into an interrupt
 */
struct nmi_cpu {
	struct sweep *sweep;
	unsigned long awaited;
	struct tasklet_struct tasklet;
	struct irq_work irq;
};

DECLARE_PER_CPU(struct nmi_cpu, nmi_cpus);

/* contexts.c */
int contexts_start(void);
void contexts_stop(void);

#endif
