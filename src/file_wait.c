// SPDX-License-Identifier: GPL-2.0-only
/*
 * When an open file's waiting readers have something to be woken for: its
 * watermark and its deadline. That they are asked about it in time is the
 * business of wakeup.c.
 *
 * How much is there for them is a difference of two sums over the file's rings:
 * bytes published, which anybody can look up at any time, less bytes passed,
 * which only the file itself can tell, and does when it looks (@base).
 */

#include <linux/ktime.h>

#include "file.h"

/* Is any record enough? */
static bool takes_all(const struct channel_file *file)
{
	return READ_ONCE(file->watermark) <= 1;
}

/* When did a writer first tell of what came since the file has found nothing? @now, if none did. */
static ktime_t first_told(const struct channel_file *file, ktime_t now)
{
	unsigned int cpu;

	for (cpu = 0; cpu < nr_cpu_ids; cpu++) {
		struct channel_ring *ring = channel_ring_of(file->channel, cpu, file->owner);
		ktime_t told = ring ? READ_ONCE(ring->told) : 0;

		if (ktime_after(told, file->found_nothing))
			now = min(now, told);
	}
	return now;
}

/*
 * Under files_lock. What was not unread before came @now or, @earlier, when a writer
 * told; it is new, too, if all is read that was there then. Not due: will be looked at in time.
 */
static bool is_due(struct channel_file *file, bool earlier, ktime_t now)
{
	u64 published = channel_bytes(file->channel, file->owner);
	s64 unread = published - file->base;
	ktime_t until;

	if (unread <= 0) {
		file->since = 0;
		file->found_nothing = now;
		return false;
	}
	if (!file->since || (s64)(file->base - file->seen) >= 0) {
		file->since = earlier ? first_told(file, now) : now;
		file->seen = published;
	}
	until = ktime_add(file->since, file->deadline);
	if (unread >= file->watermark || !ktime_before(now, until))
		return true;
	wakeup_by(file->channel, until);
	return false;
}

bool file_is_due(struct file *filp, bool owner)
{
	struct channel_file *file = filp->private_data;
	struct channel *channel = file->channel;
	ktime_t now;
	u64 base;
	bool due;

	if (takes_all(file))
		return true;

	base = owner ? file_bytes_consumed(filp) : file_bytes_observed(file);
	spin_lock_bh(&channel->files_lock);
	now = ktime_get();
	file->owner = owner ? filp : NULL;
	file->base = base;
	/* Under the lock: see wakeup_exit(). */
	due = channel_is_dead(channel) || is_due(file, false, now);
	spin_unlock_bh(&channel->files_lock);
	return due;
}

bool file_sleeps_on(struct channel_file *file, ktime_t now)
{
	if (takes_all(file) || channel_is_dead(file->channel))
		return false;
	/* Who comes into the queue later looks later, under the lock, and sees to itself. */
	if (!waitqueue_active(&file->waiters))
		return false;
	return !is_due(file, true, now);
}

int file_wait_set(struct channel_file *file, const struct kring_wakeup *wakeup)
{
	struct channel *channel = file->channel;
	u64 most = (u64)(channel->list_pages - 1) * channel->page_size;

	if (wakeup->size != sizeof(*wakeup) || wakeup->flags)
		return -EINVAL;
	if (wakeup->watermark > 1 && wakeup->deadline_us < KRING_DEADLINE_MIN)
		return -EINVAL;

	spin_lock_bh(&channel->files_lock);
	WRITE_ONCE(file->watermark, min_t(u64, wakeup->watermark, most));
	file->deadline = ns_to_ktime((u64)wakeup->deadline_us * NSEC_PER_USEC);
	file->since = 0;
	file->found_nothing = ktime_get();
	spin_unlock_bh(&channel->files_lock);
	/* For them it may be time now. */
	wake_up_all(&file->waiters);
	return 0;
}

void file_wait_init(struct channel_file *file)
{
	init_waitqueue_head(&file->waiters);
	spin_lock_bh(&file->channel->files_lock);
	list_add_tail(&file->entry, &file->channel->files);
	spin_unlock_bh(&file->channel->files_lock);
}

void file_wait_exit(struct channel_file *file)
{
	spin_lock_bh(&file->channel->files_lock);
	list_del(&file->entry);
	spin_unlock_bh(&file->channel->files_lock);
}
