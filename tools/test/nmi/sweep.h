/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The seam of kring_nmi.ko: sweep.cc knows rings and what is to happen to them,
 * the C files know CPUs, threads, and how an interrupt comes about.
 */
#ifndef KRING_NMI_SWEEP_H
#define KRING_NMI_SWEEP_H

#include "../../../include/uapi/linux/kring.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What may interrupt what stands before it. */
enum nmi_context {
	NMI_TASK,
	NMI_SOFTIRQ,
	NMI_IRQ,
	NMI_NMI,
	NMI_CONTEXTS,
};

/* Something that happens before access number @at of what it interrupts. */
struct nmi_injection {
	__u32 at;
	__u8 where;	/* &enum nmi_context */
	__u8 what;	/* an act of scene.hh */
};

/* What interrupts one operation, in the order of its accesses. */
struct nmi_level {
	struct nmi_injection injections[2];
	__u32 count;
};

/**
 * struct nmi_trial - a ring, an operation on it, and what interrupts that
 * @pages:     of the ring's list
 * @overwrite: or discard
 * @fill:      records written first
 * @takes:     spans that the reader took then
 * @refill:    records written after that
 * @outer:     the operation, an act of scene.hh
 * @levels:    what interrupts the operation, what interrupts that, and so on
 */
struct nmi_trial {
	__u32 pages;
	bool overwrite;
	__u32 fill;
	__u32 takes;
	__u32 refill;
	__u8 outer;
	struct nmi_level levels[NMI_CONTEXTS - 1];
};

/**
 * struct nmi_results - of a sweep
 * @trials:  rings that were written to, interrupted, and looked at
 * @taken:   interruptions, by context
 * @records: committed in trials, by how many writers they interrupted
 * @wrong:   NULL, or what was found in @failed, which ended the sweep
 * @failed:  the trial
 */
struct nmi_results {
	__u64 trials;
	__u64 taken[NMI_CONTEXTS];
	__u64 records[NMI_CONTEXTS];
	const char *wrong;
	struct nmi_trial failed;
};

/**
 * struct nmi_place - an access of the writer in the source
 * @label:       its step's, or NULL
 * @file:        below src/core
 * @line:        in it
 * @interrupted: how often an interruption came right before it
 */
struct nmi_place {
	const char *label;
	const char *file;
	__u32 line;
	__u64 interrupted;
};

struct sweep;

/* sweep.cc. A sweep runs on one CPU. Zeroed and page-aligned memory makes one. */
unsigned long sweep_size(void);
/* All that is number @share of @shares. Of what is nested twice or more, one in @thin. */
void sweep_run(struct sweep *sweep, __u32 share, __u32 shares, __u32 thin);
/* Called by context_take(), in the context that was asked for. */
void sweep_interrupt(struct sweep *sweep);

/* When it is over. */
void sweep_add(struct sweep *sum, const struct sweep *other);
const struct nmi_results *sweep_results(struct sweep *sweep);
const char *sweep_act_name(__u8 act);
/* Labelled step number @index of the writer; false: there are fewer. */
bool sweep_step(const struct sweep *sweep, __u32 index, struct nmi_place *step);
/* Access number @index that was made; false: there are fewer. */
bool sweep_access(const struct sweep *sweep, __u32 index, struct nmi_place *access);

/* contexts.c, main.c */

/* This CPU's; NULL if there is none. */
struct sweep *sweep_here(void);
/* Has sweep_interrupt() called on this CPU, in a context that may interrupt this one, and returns after it. */
bool context_take(enum nmi_context where);
/* Between two trials. False: end the sweep. */
bool sweep_goes_on(void);

#ifdef __cplusplus
}
#endif

#endif
