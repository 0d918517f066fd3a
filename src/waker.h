/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Waking from any context, NMI and the runqueue's lock included: what a producer
 * asks for is done soon after.
 *
 * A CPU that goes offline still produces when it runs no irq_work any more.
 * Work queued there would stay queued for good: it asks for nothing, and when
 * the CPU is gone, all are woken in its place.
 */
#ifndef KRING_WAKER_H
#define KRING_WAKER_H

#include <linux/irq_work.h>
#include <linux/list.h>
#include <linux/workqueue.h>

/**
 * struct waker - part of what has sleepers
 * @waiting: not 0: there may be sleepers who want to be woken
 * @wake:    wakes them all: when a CPU has gone and, unless @irq does something else, when it was asked
 *           for, then in an interrupt
 * @irq:     gets out of the context that asks
 * @work:    gets out of its interrupt, where that may not wake: with PREEMPT_RT
 * @hotplug: in the hotplug core's list of wakers
 */
struct waker {
	int *waiting;
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

/* Of who has produced, and then found @waiting set. Any context. */
void waker_ask(struct waker *waker);

/* Runs this CPU no irq_work any more, because it is going offline? Any context. */
bool waker_cpu_is_leaving(void);

int wakers_start(void);
void wakers_stop(void);

#endif
