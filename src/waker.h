/* SPDX-License-Identifier: GPL-2.0-only */
/* Waking from any context, NMI and the runqueue's lock included: what a producer asks for is done soon after. */
#ifndef KRING_WAKER_H
#define KRING_WAKER_H

#include <linux/irq_work.h>
#include <linux/workqueue.h>

/**
 * struct waker - part of what has sleepers
 * @irq:  gets out of the context that asks
 * @work: gets out of its interrupt, where that may not wake: with PREEMPT_RT
 * @wake: wakes them
 */
struct waker {
	struct irq_work irq;
	struct work_struct work;
	void (*wake)(struct waker *waker);
};

void waker_init(struct waker *waker, void (*wake)(struct waker *waker));
/* Nobody asks any more: waits until all who asked were heard. Sleeps. */
void waker_exit(struct waker *waker);

/* Any context. */
static __always_inline void waker_ask(struct waker *waker)
{
	irq_work_queue(&waker->irq);
}

#endif
