// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waking programs that wait on a queue of which a module holds the other side:
 * by steps Q, A, L, T and C of waker.h. Where programs hold both sides, the lock
 * of the queue of waiters is enough.
 */

#include <linux/export.h>
#include <linux/kprobes.h>
#include <linux/poll.h>

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

/* A module may be on any of them. */
static bool is_a_cpu(int cpu, void *unused)
{
	return true;
}

void queue_arm(struct queue *queue)
{
	if (queue->config.held)
		waker_arm(&queue->waker, is_a_cpu, NULL);
}

int queue_wait_init(struct queue *queue)
{
	return waker_init(&queue->waker, &queue->public.waiting, woken, NULL);
}

void queue_wait_exit(struct queue *queue)
{
	waker_exit(&queue->waker);
}
