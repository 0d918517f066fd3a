// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waking programs that wait on a queue of which a module holds the other side:
 * as in wakeup.c, the module pays one load and one branch, in any context, and
 * the program that is about to sleep pays for the barriers.
 *
 *   module                              program
 *     puts, or takes                      Q stands in the queue of waiters
 *     T loads waiting                     A waiting = 1, and a barrier on every CPU
 *     if 1: C waiting = 0, and an         L looks; sleeps if there is nothing
 *           irq_work that wakes
 *
 * Where programs hold both sides, the lock of the queue of waiters is enough.
 */

#include <linux/cpu.h>
#include <linux/export.h>
#include <linux/kprobes.h>
#include <linux/poll.h>
#include <linux/smp.h>

#include "queue.h"

void queue_wake_all(struct queue *queue)
{
	__poll_t end = endpoint_is_dead(&queue->endpoint) ? EPOLLHUP : 0;

	wake_up_interruptible_poll(&queue->sides[QUEUE_READS].waiters, EPOLLIN | EPOLLRDNORM | end);
	wake_up_interruptible_poll(&queue->sides[QUEUE_WRITES].waiters, EPOLLOUT | EPOLLWRNORM | end);
}

static void woken(struct waker *waker)
{
	queue_wake_all(container_of(waker, struct queue, waker));
}

/* C. */
notrace void __kring_queue_wake(struct kring_queue *public)
{
	waker_ask(&container_of(public, struct queue, public)->waker);
}
EXPORT_SYMBOL_GPL(__kring_queue_wake);
NOKPROBE_SYMBOL(__kring_queue_wake);

static void barrier_here(void *unused)
{
	/* [queue_wait:I] pairs with [queue_wait:A]: what was put before is seen at L, a T after it sees the 1. */
	smp_mb();
}

void queue_arm(struct queue *queue)
{
	if (!queue->config.held)
		return;
	mutex_lock(&queue->arm_lock);
	if (!READ_ONCE(queue->public.waiting)) {
		/* A CPU on its way out is not interrupted, and may yet put: it is waited for. */
		cpus_read_lock();
		WRITE_ONCE(queue->public.waiting, 1);
		/* [queue_wait:A] pairs with [queue_wait:I]: the 1 comes before the barrier on the module's CPU. */
		smp_mb();
		on_each_cpu(barrier_here, NULL, true);
		cpus_read_unlock();
	}
	mutex_unlock(&queue->arm_lock);
}

int queue_wait_init(struct queue *queue)
{
	mutex_init(&queue->arm_lock);
	return waker_init(&queue->waker, &queue->public.waiting, woken, NULL);
}

void queue_wait_exit(struct queue *queue)
{
	waker_exit(&queue->waker);
}
