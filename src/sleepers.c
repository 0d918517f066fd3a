// SPDX-License-Identifier: GPL-2.0-only
/* See sleepers.h. */

#include <linux/fdtable.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>

#include "sleepers.h"

static int is_file(const void *wanted, struct file *file, unsigned int fd)
{
	return file == wanted;
}

/* Has the process that waits closed all its descriptors of @filp? io_uring's files may be in nobody's table. */
static bool closed_here(const struct sleepers *sleepers, struct file *filp)
{
	return READ_ONCE(sleepers->was_closed) && !(current->flags & PF_IO_WORKER) &&
	       !iterate_fd(current->files, 0, is_file, filp);
}

int sleepers_end(const struct sleepers *sleepers, struct file *filp)
{
	if (signal_pending(current))
		return -ERESTARTSYS;
	return closed_here(sleepers, filp) ? -EBADF : 0;
}

/*
 * A call that sleeps on would keep file, channel and module in use, and nobody could get at it any more. The
 * queue's lock orders: who is not in there yet will see that the descriptor is gone. By the event, poll() and
 * the like, which closing does not end, sleep on: nobody asks for this one, while io_uring and select() always
 * ask for EPOLLNVAL, too.
 */
void sleepers_closed(struct sleepers *sleepers, struct wait_queue_head *waiters)
{
	WRITE_ONCE(sleepers->was_closed, true);
	__wake_up(waiters, TASK_NORMAL, 0, poll_to_key(EPOLLMSG));
}
