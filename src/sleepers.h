/* SPDX-License-Identifier: GPL-2.0-only */
/* Calls that sleep on an open file, of a channel of any kind: what ends them besides what they wait for. */
#ifndef KRING_SLEEPERS_H
#define KRING_SLEEPERS_H

#include <linux/fs.h>
#include <linux/wait.h>

/**
 * struct sleepers - part of what is kept of an open file
 * @was_closed: a descriptor of it was, while there may be others
 */
struct sleepers {
	bool was_closed;
};

/*
 * For who stands in the file's queue of waiters, before it sleeps: 0; -ERESTARTSYS a signal came; -EBADF
 * another thread has closed the descriptor.
 */
int sleepers_end(const struct sleepers *sleepers, struct file *filp);

/* For flush(), with the queue that calls on this file sleep in; those of other files may sleep there, too. */
void sleepers_closed(struct sleepers *sleepers, struct wait_queue_head *waiters);

#endif
