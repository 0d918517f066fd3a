/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Waking from any context, NMI and the runqueue's lock included: what a producer
 * asks for is done soon after. It pays one load and one branch for it, and no
 * barrier; the sleeper, which is about to sleep, pays for both.
 *
 *   producer                            sleeper
 *     publishes                           Q stands in the queue of waiters
 *     T loads waiting                     A waiting = WAKER_ARMED, and a barrier on every
 *     if not 0: C waiting = 0, and a        CPU where producers are
 *               wakeup is on its way      L looks; sleeps if there is nothing
 *
 * No wakeup is lost:
 *
 * - The interrupt of A falls into a producer before or after its T. Before: T
 *   loads the 1, or what a later C stored. After: it published before, and L
 *   finds that. That is what a barrier in the producer would achieve, moved to
 *   where somebody waits.
 * - Whoever turns 1 into 0 sees to a wakeup that comes after it. A sleeper that
 *   needs this 1 is in the queue, since Q comes before A. The other way round,
 *   the wakeup could pass before the sleeper is in the queue, and leave it
 *   asleep with nobody asked to wake it.
 * - A 1 that stands already stands for every CPU, since A is one step under
 *   arm_lock; the next sleeper need not interrupt anybody again.
 *
 * A CPU that goes offline still produces when it runs no irq_work any more.
 * Work queued there would stay queued for good: it leaves the 1 as it is, and
 * when the CPU is gone, all are woken in its place.
 *
 * The producers of broadcasts have a barrier anyway, and nobody interrupts them:
 * kring_broadcast_arm() is their A.
 */
#ifndef KRING_WAKER_H
#define KRING_WAKER_H

#include <linux/irq_work.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/workqueue.h>

/* What its word may be besides 0: some sleeper needs it. Others are the user's, and of no sleeper's A. */
#define WAKER_ARMED 1

/**
 * struct waker - part of what has sleepers
 * @waiting: the word: not 0, there may be sleepers who want to be woken
 * @arm_lock: serialises waker_arm()
 * @wake:    wakes them all: when a CPU has gone and, unless @irq does something else, when it was asked
 *           for, then in an interrupt
 * @irq:     gets out of the context that asks
 * @work:    gets out of its interrupt, where that may not wake: with PREEMPT_RT
 * @hotplug: in the hotplug core's list of wakers
 */
struct waker {
	int *waiting;
	struct mutex arm_lock;
	void (*wake)(struct waker *waker);
	struct irq_work irq;
	struct work_struct work;
	struct hlist_node hotplug;
};

/* @soon: what the interrupt that is asked for does, or NULL: it wakes. Error: it is as if not called. Sleeps. */
int waker_init(struct waker *waker, int *waiting, void (*wake)(struct waker *waker),
	       void (*soon)(struct irq_work *irq));
/* Nobody asks any more: waits until all who asked were heard. Sleeps. */
void waker_exit(struct waker *waker);

/* A, for producers on the CPUs of which @is_meant says so, when it is given @of; Q comes before it, L after. Sleeps. */
void waker_arm(struct waker *waker, bool (*is_meant)(int cpu, void *of), void *of);

/* C, of who has produced, and then found @waiting set. Any context. */
void waker_ask(struct waker *waker);

/* Runs this CPU no irq_work any more, because it is going offline? Any context. */
bool waker_cpu_is_leaving(void);

int wakers_start(void);
void wakers_stop(void);

#endif
