// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waking readers of a trace: steps Q, A, L, T and C, and why no wakeup is lost,
 * are in waker.h. What a nested writer announces may still be unpublished when the
 * reader looks. Then the reader arms again, and the outermost writer, who
 * publishes it, comes to T after that.
 *
 * A writer may hold the runqueue's lock or be an NMI, so it wakes nobody itself:
 * irq_work leaves its context behind, then a timer gathers what else comes. A
 * woken reader is itself something that may be recorded; without the timer it
 * would wake itself without end, and now does so once in GATHER_NS. The timer
 * runs in softirq context, where waking is allowed with PREEMPT_RT too.
 *
 * Then files are looked at: who has enough (file_wait.c) is woken, and arms
 * again before it sleeps again. For those who sleep on, the timer does what
 * the reader would:
 *
 * - As long as something comes, it looks again each GATHER_NS. Nobody asks a
 *   writer for anything then, who pays for the load and the branch alone.
 * - When nothing came, it asks to be told of the next record, but can interrupt
 *   nobody: a writer may have done its T before, with records that are not yet
 *   visible. They are when it looks once more; no CPU keeps a store to itself
 *   for so long. So ASKED is not WAKER_ARMED, and does for no reader's L.
 * - When nothing came again, and nobody was told, it rests until a writer tells.
 *
 * Deadlines have a timer of their own.
 */

#include <linux/kprobes.h>
#include <linux/poll.h>
#include <linux/smp.h>

#include "compat.h"
#include "file.h"

/* The most that a sleeping reader is late. */
#define GATHER_NS (1 * NSEC_PER_MSEC)

/* What kring_channel.waiting may be besides 0 and WAKER_ARMED. */
#define ASKED 2

/* Exclusive ones too: what one reader of a file leaves, another has to find. */
static void wake_waiters(struct channel_file *file, __poll_t events)
{
	__wake_up(&file->waiters, TASK_NORMAL, 0, poll_to_key(events));
}

/*
 * A queued timer has its look still ahead of it, and is left alone so that it
 * cannot be put off for ever. One whose function is running may be past it: it
 * counts as not queued, and is started again.
 */
static void look_later(struct channel *channel)
{
	if (!hrtimer_is_queued(&channel->wake_timer))
		hrtimer_start(&channel->wake_timer, ns_to_ktime(GATHER_NS), HRTIMER_MODE_REL_SOFT);
}

void wakeup_by(struct channel *channel, ktime_t when)
{
	struct hrtimer *timer = &channel->deadline_timer;

	if (!hrtimer_is_queued(timer) || ktime_before(when, hrtimer_get_expires(timer)))
		hrtimer_start(timer, when, HRTIMER_MODE_ABS_SOFT);
}

/* Under files_lock. Wakes who is due. Does anybody sleep on? */
static bool look(struct channel *channel)
{
	ktime_t now = ktime_get();
	struct channel_file *file;
	bool asleep = false;

	list_for_each_entry(file, &channel->files, entry) {
		if (file_sleeps_on(file, now))
			asleep = true;
		else
			wake_waiters(file, EPOLLIN | EPOLLRDNORM);
	}
	return asleep;
}

/* Nothing came since the last look, and writers have been asked since then: they will tell. */
static bool may_rest(struct channel *channel)
{
	u64 before = channel->published;

	channel->published = channel_bytes(channel, NULL);
	return channel->published == before && xchg(&channel->public.waiting, ASKED) == ASKED;
}

static enum hrtimer_restart gathered(struct hrtimer *timer)
{
	struct channel *channel = container_of(timer, struct channel, wake_timer);

	/* [wakeup:H] pairs with [wakeup:G]: who left the wakeup to this one has its reader in the queue. */
	smp_mb();
	spin_lock(&channel->files_lock);
	if (look(channel) && !may_rest(channel))
		look_later(channel);
	spin_unlock(&channel->files_lock);
	return HRTIMER_NORESTART;
}

static enum hrtimer_restart deadline_passed(struct hrtimer *timer)
{
	struct channel *channel = container_of(timer, struct channel, deadline_timer);

	spin_lock(&channel->files_lock);
	look(channel);
	spin_unlock(&channel->files_lock);
	return HRTIMER_NORESTART;
}

static void gather(struct irq_work *irq)
{
	struct channel *channel = container_of(irq, struct channel, waker.irq);

	/* Where it runs while its CPU goes offline, a timer would come too late to be moved. */
	if (waker_cpu_is_leaving())
		return;
	WRITE_ONCE(channel_ring(channel, smp_processor_id())->told, ktime_get());
	/* [wakeup:G] pairs with [wakeup:H]: the reader in the queue before the look at the timer. */
	smp_mb();
	look_later(channel);
}

/* C. A commit found channel->waiting set. Any context, NMI and under the runqueue's lock too. */
notrace void __kring_wake(struct kring_channel *public)
{
	waker_ask(&to_channel(public)->waker);
}
EXPORT_SYMBOL_GPL(__kring_wake);
NOKPROBE_SYMBOL(__kring_wake);

static bool has_ring(int cpu, void *channel)
{
	return channel_ring(channel, cpu);
}

void wakeup_arm(struct channel *channel)
{
	waker_arm(&channel->waker, has_ring, channel);
}

void wakeup_all(struct channel *channel)
{
	__poll_t events = EPOLLIN | EPOLLRDNORM | (endpoint_is_dead(&channel->endpoint) ? EPOLLHUP : 0);
	struct channel_file *file;

	spin_lock_bh(&channel->files_lock);
	list_for_each_entry(file, &channel->files, entry)
		wake_waiters(file, events);
	spin_unlock_bh(&channel->files_lock);
}

static void wake_all(struct waker *waker)
{
	wakeup_all(container_of(waker, struct channel, waker));
}

int wakeup_init(struct channel *channel)
{
	INIT_LIST_HEAD(&channel->files);
	spin_lock_init(&channel->files_lock);
	hrtimer_setup(&channel->wake_timer, gathered, CLOCK_MONOTONIC, HRTIMER_MODE_REL_SOFT);
	hrtimer_setup(&channel->deadline_timer, deadline_passed, CLOCK_MONOTONIC, HRTIMER_MODE_ABS_SOFT);
	return waker_init(&channel->waker, &channel->public.waiting, wake_all, gather);
}

/*
 * In this order: the waker starts a timer. After wakeup_all(), which has had
 * the lock, who gets it sees the end, and starts none.
 */
void wakeup_exit(struct channel *channel)
{
	waker_exit(&channel->waker);
	hrtimer_cancel(&channel->wake_timer);
	hrtimer_cancel(&channel->deadline_timer);
}
