/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kring_load: writes a given number of records from all contexts that it is
 * told to, nested in each other, and counts each attempt and its outcome on its
 * own, so that kring's ledger can be held against these counts.
 *
 * A thread on each CPU drives everything. In each turn it writes a record, and
 * kicks the next CPU: an interrupt, and an NMI, write there, at whatever
 * instruction they find that CPU. Some records are kept open while their writer
 * kicks its own CPU, so that the deepest nesting happens often.
 */
#ifndef KRING_LOAD_INTERNAL_H
#define KRING_LOAD_INTERNAL_H

#include <linux/atomic.h>
#include <linux/interrupt.h>
#include <linux/irq_work.h>
#include <linux/kring.h>
#include <linux/percpu.h>
#include <linux/smp.h>

#include "kring_load.h"

/**
 * struct load_count - outcomes; only the one context on the one CPU changes them
 * @attempted: = @committed + @discarded + @dropped, but for one that is going on
 * @committed: published
 * @discarded: withdrawn
 * @dropped:   refused by kring
 * @nested:    attempts with another record of ours open on the CPU
 */
struct load_count {
	u64 attempted;
	u64 committed;
	u64 discarded;
	u64 dropped;
	u64 nested;
};

/**
 * struct load_cpu - what a CPU has
 * @counts:     by context
 * @depth:      records that are open, or about to be
 * @under_way:  LOAD_*_UNDER_WAY: kicks that this CPU has not yet taken
 * @remote:     carries a kick from another CPU
 * @local:      carries a kick from this CPU
 * @tasklet:    the softirq's writer
 * @thread:     while there is a run, else NULL
 */
struct load_cpu {
	struct load_count counts[KRING_LOAD_CONTEXTS];
	unsigned int depth;
	unsigned long under_way;
	call_single_data_t remote;
	struct irq_work local;
	struct tasklet_struct tasklet;
	struct task_struct *thread;
};

enum {
	LOAD_IRQ_UNDER_WAY,
	LOAD_NMI_UNDER_WAY,
};

/**
 * struct load_options - the module's parameters, checked
 * @contexts: bit n: &enum kring_load_context n writes
 * @min:      least bytes of payload
 * @max:      most
 * @discard:  one record in this many is discarded; 0 none
 * @write:    one record in this many is written by kring_write(); 0 none
 * @burst:    a thread pauses after this many turns; 0 never
 * @pause_us: for so many microseconds
 * @hold_us:  how long a record of a thread stays open, with preemption off, in microseconds
 * @delay_ns: until a single kick, in nanoseconds
 * @seed:     of all that is pseudo-random
 */
struct load_options {
	unsigned long contexts;
	unsigned int min;
	unsigned int max;
	unsigned int discard;
	unsigned int write;
	unsigned int burst;
	unsigned int pause_us;
	unsigned int hold_us;
	unsigned int delay_ns;
	unsigned int seed;
};

DECLARE_PER_CPU(struct load_cpu, load_cpus);
extern struct load_options load_options;
extern struct kring_channel *load_channel;
extern int load_type;
extern atomic64_t load_left;

/* run.c: the threads. A run ends by itself when no records are left to write. */
int load_run_start(u64 records, const char *cpus);
void load_run_stop(void);
bool load_run_goes_on(void);

/* writer.c: one attempt; any context */
bool load_attempt(enum kring_load_context context);

/* interrupts.c: the other contexts. After load_interrupts_stop(), with no thread running, none writes. */
int load_interrupts_start(void);
void load_interrupts_stop(void);
void load_kick(int cpu);

/* kick.c: records without a run */
void load_single_start(void);
void load_single_stop(void);
int load_single_kick(unsigned int cpu);

/* counts.c: the counts as text in debugfs */
void load_counts_create(void);
void load_counts_remove(void);
const char *load_context_name(enum kring_load_context context);

/* dying.c: writes on CPUs that go offline */
int load_dying_start(void);
void load_dying_stop(void);

/* nmi.c; @cpu is online, and preemption is off */
#ifdef CONFIG_X86_LOCAL_APIC
int load_nmi_start(void);
void load_nmi_stop(void);
void load_nmi_send(int cpu);
#else
static inline int load_nmi_start(void) { return -EOPNOTSUPP; }
static inline void load_nmi_stop(void) { }
static inline void load_nmi_send(int cpu) { }
#endif

static inline bool load_writes_from(enum kring_load_context context)
{
	return load_options.contexts & BIT(context);
}

#endif /* KRING_LOAD_INTERNAL_H */
