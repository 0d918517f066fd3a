// SPDX-License-Identifier: GPL-2.0-only
/* See waker.h. */

#include "waker.h"

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

void waker_init(struct waker *waker, void (*wake)(struct waker *waker))
{
	waker->wake = wake;
	/* Hard: with PREEMPT_RT the thread of the others is parked before its CPU has run its last producer. */
	waker->irq = IRQ_WORK_INIT_HARD(wake_in_interrupt);
	INIT_WORK(&waker->work, wake_in_work);
}

void waker_exit(struct waker *waker)
{
	irq_work_sync(&waker->irq);
	cancel_work_sync(&waker->work);
}
