/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Channels of the kinds fifo and mirror: a linear ring, its two sides and who
 * sleeps on them. A side is the kernel's, or of the program that has it open;
 * of several with KRING_CREATE_LOCKED.
 *
 * Locks. A side's lock is held while its ring is read or written by a program,
 * which may fault; not while it sleeps. Kernel modules take none.
 */
#ifndef KRING_QUEUE_H
#define KRING_QUEUE_H

#include <linux/kring_queue.h>
#include <linux/mutex.h>
#include <linux/wait.h>

#include "endpoint.h"
#include "waker.h"

/* Of a queue, as programs see it: who reads is the consumer. */
enum queue_side {
	QUEUE_READS,
	QUEUE_WRITES,
	QUEUE_SIDES,
};

/**
 * struct queue - see the head of this file
 * @public:   what modules see
 * @endpoint: what it has in common with other kinds: name, device, end
 * @fifo:     the ring of a fifo
 * @mirror:   the ring of a mirror
 * @config:   what was asked for, with defaults filled in
 * @capacity: bytes that it holds
 * @overwritten: bytes, by programs
 * @sides:    by &enum queue_side
 * @sides.lock:  one program at a time
 * @sides.files: open ones that hold it; under open_lock
 * @sides.waiters: programs that sleep, until there is something or room
 * @open_lock: see @sides
 * @waker:    wakes programs when a module asks
 */
struct queue {
	struct kring_queue public;
	struct endpoint endpoint;
	union {
		struct kring_fifo fifo;
		struct kring_mirror_locked mirror;
	};
	struct kring_queue_config config;
	u64 capacity;
	atomic64_t overwritten;
	struct {
		struct mutex lock;
		unsigned int files;
		wait_queue_head_t waiters;
	} sides[QUEUE_SIDES];
	struct mutex open_lock;
	struct waker waker;
};

static inline struct queue *endpoint_to_queue(struct endpoint *endpoint)
{
	return container_of(endpoint, struct queue, endpoint);
}

/* queue_ring.c: what a fifo and a mirror do differently */
/* Makes the ring of a checked config; -EINVAL, -E2BIG or -ENOMEM, and a line in the log. */
int queue_ring_init(struct queue *queue);
void queue_ring_free(struct queue *queue);
/* Bytes that were moved, fewer than asked for or not; -EAGAIN: nothing is there, or no room; -ENODEV; -EFAULT... */
ssize_t queue_ring_write(struct queue *queue, const char __user *from, size_t size);
ssize_t queue_ring_read(struct queue *queue, char __user *to, size_t size);
/* Bytes that are there, or that there is room for; of records, with their lengths. */
u64 queue_ring_used(struct queue *queue);
u64 queue_ring_room(struct queue *queue);

/* queue_wait.c */
int queue_wait_init(struct queue *queue);
/* Nobody asks for a wakeup any more. */
void queue_wait_exit(struct queue *queue);
/* Before a program that is on a side's queue looks a last time and sleeps: what the kernel does next wakes it. */
void queue_arm(struct queue *queue);
void queue_wake_all(struct queue *queue);

/* queue_file.c, queue_sysfs.c */
extern const struct file_operations queue_fops;
extern const struct attribute_group *queue_groups[];

#endif
