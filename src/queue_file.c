// SPDX-License-Identifier: GPL-2.0-only
/*
 * The operations of an open fifo or mirror. Each side that it is opened for is
 * its own until it is closed: a queue has one producer and one consumer, unless
 * it was made for more.
 */

#include <linux/module.h>
#include <linux/poll.h>
#include <linux/security.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "meta.h"
#include "queue.h"
#include "sleepers.h"

/**
 * struct queue_file - an open file
 * @queue:    which stays while the file is open
 * @sleepers: in its read() or write()
 */
struct queue_file {
	struct queue *queue;
	struct sleepers sleepers;
};

static const struct {
	fmode_t mode;
	unsigned int held;
} claims[QUEUE_SIDES] = {
	[QUEUE_READS] = { FMODE_READ, KRING_SIDE_CONSUMER },
	[QUEUE_WRITES] = { FMODE_WRITE, KRING_SIDE_PRODUCER },
};

/* Under open_lock. */
static bool may_have(struct queue *queue, fmode_t mode, int side)
{
	if (!(mode & claims[side].mode))
		return true;
	if (queue->config.held & claims[side].held)
		return false;
	return !queue->sides[side].files || queue->config.flags & KRING_CREATE_LOCKED;
}

static void count_file(struct queue *queue, fmode_t mode, int by)
{
	int side;

	for (side = 0; side < QUEUE_SIDES; side++)
		if (mode & claims[side].mode)
			queue->sides[side].files += by;
}

static int take_sides(struct queue *queue, fmode_t mode)
{
	int err = 0;

	mutex_lock(&queue->open_lock);
	if (may_have(queue, mode, QUEUE_READS) && may_have(queue, mode, QUEUE_WRITES))
		count_file(queue, mode, 1);
	else
		err = -EBUSY;
	mutex_unlock(&queue->open_lock);
	return err;
}

static int queue_open(struct inode *inode, struct file *filp)
{
	struct queue *queue = endpoint_to_queue(endpoint_of(inode));
	struct queue_file *file;
	int err = 0;

	/* What programs alone write is no secret of the kernel. */
	if (filp->f_mode & FMODE_READ && queue->config.held & KRING_SIDE_PRODUCER)
		err = security_locked_down(LOCKDOWN_TRACEFS);
	if (err)
		return err;
	if (endpoint_is_ending(&queue->endpoint))
		return -ENODEV;

	file = kzalloc(sizeof(*file), GFP_KERNEL_ACCOUNT);
	if (!file)
		return -ENOMEM;
	err = take_sides(queue, filp->f_mode);
	if (err) {
		kfree(file);
		return err;
	}
	file->queue = queue;
	filp->private_data = file;
	return stream_open(inode, filp);
}

static int queue_flush(struct file *filp, fl_owner_t id)
{
	struct queue_file *file = filp->private_data;
	int side;

	for (side = 0; side < QUEUE_SIDES; side++)
		sleepers_closed(&file->sleepers, &file->queue->sides[side].waiters);
	return 0;
}

static int queue_release(struct inode *inode, struct file *filp)
{
	struct queue_file *file = filp->private_data;

	mutex_lock(&file->queue->open_lock);
	count_file(file->queue, filp->f_mode, -1);
	mutex_unlock(&file->queue->open_lock);
	kfree(file);
	return 0;
}

/* Of what was moved, the other side is told. */
static ssize_t move(struct queue *queue, char __user *at, size_t size, int side)
{
	ssize_t done;

	if (mutex_lock_interruptible(&queue->sides[side].lock))
		return -ERESTARTSYS;
	done = side == QUEUE_READS ? queue_ring_read(queue, at, size) : queue_ring_write(queue, at, size);
	mutex_unlock(&queue->sides[side].lock);
	if (done > 0 && side == QUEUE_READS)
		wake_up_interruptible_poll(&queue->sides[QUEUE_WRITES].waiters, EPOLLOUT | EPOLLWRNORM);
	if (done > 0 && side == QUEUE_WRITES)
		wake_up_interruptible_poll(&queue->sides[QUEUE_READS].waiters, EPOLLIN | EPOLLRDNORM);
	return done;
}

/* To its end a queue is read, but no more is written to it. */
static ssize_t move_now(struct queue *queue, char __user *at, size_t size, int side)
{
	bool dead = endpoint_is_dead(&queue->endpoint);
	ssize_t done;

	if (side == QUEUE_WRITES && endpoint_is_ending(&queue->endpoint))
		return -ENODEV;
	done = move(queue, at, size, side);
	return done == -EAGAIN && dead ? 0 : done;
}

/* Steps Q, A and L of waker.h. */
static ssize_t move_waiting(struct file *filp, char __user *at, size_t size, int side)
{
	struct queue_file *file = filp->private_data;
	wait_queue_head_t *waiters = &file->queue->sides[side].waiters;
	DEFINE_WAIT_FUNC(wait, woken_wake_function);
	ssize_t done;
	int err;

	add_wait_queue(waiters, &wait);
	for (;;) {
		queue_arm(file->queue);
		done = move_now(file->queue, at, size, side);
		if (done != -EAGAIN)
			break;
		err = sleepers_end(&file->sleepers, filp);
		if (err) {
			done = err;
			break;
		}
		wait_woken(&wait, TASK_INTERRUPTIBLE, MAX_SCHEDULE_TIMEOUT);
	}
	remove_wait_queue(waiters, &wait);
	return done;
}

/* At least something, unless it may not wait. */
static ssize_t move_some(struct file *filp, char __user *at, size_t size, int side)
{
	struct queue_file *file = filp->private_data;
	ssize_t done = move_now(file->queue, at, size, side);

	if (done == -EAGAIN && !(filp->f_flags & O_NONBLOCK))
		done = move_waiting(filp, at, size, side);
	return done;
}

static ssize_t queue_read(struct file *filp, char __user *to, size_t size, loff_t *unused)
{
	return size ? move_some(filp, to, size, QUEUE_READS) : 0;
}

/* As pipes do it: who may wait has all of it written, unless a signal or an error comes in between. */
static ssize_t queue_write(struct file *filp, const char __user *from, size_t size, loff_t *unused)
{
	ssize_t part = 0;
	size_t done;

	for (done = 0; done < size; done += part) {
		part = move_some(filp, (char __user *)from + done, size - done, QUEUE_WRITES);
		if (part <= 0)
			break;
	}
	return done ?: part;
}

static __poll_t poll_now(struct queue *queue, fmode_t mode)
{
	__poll_t events = endpoint_is_dead(&queue->endpoint) ? EPOLLHUP : 0;

	if (mode & FMODE_READ && queue_ring_used(queue))
		events |= EPOLLIN | EPOLLRDNORM;
	if (mode & FMODE_WRITE && !endpoint_is_ending(&queue->endpoint) && queue_ring_room(queue))
		events |= EPOLLOUT | EPOLLWRNORM;
	return events;
}

static __poll_t queue_poll(struct file *filp, poll_table *table)
{
	struct queue *queue = ((struct queue_file *)filp->private_data)->queue;

	if (filp->f_mode & FMODE_READ)
		poll_wait(filp, &queue->sides[QUEUE_READS].waiters, table);
	if (filp->f_mode & FMODE_WRITE)
		poll_wait(filp, &queue->sides[QUEUE_WRITES].waiters, table);
	/*
	 * In any case: who finds one event may sleep for another. So an epoll set is armed, or told, whenever it
	 * has been looked at, and a read() that does not wait need not see to that.
	 */
	queue_arm(queue);
	return poll_now(queue, filp->f_mode);
}

static long queue_ioctl(struct file *filp, unsigned int cmd, unsigned long arg)
{
	struct queue *queue = ((struct queue_file *)filp->private_data)->queue;

	return cmd == KRING_IOC_INFO ? meta_of_endpoint(&queue->endpoint, queue->capacity, queue->config.unit,
							queue->config.length, (void __user *)arg) :
				       -ENOTTY;
}

const struct file_operations queue_fops = {
	.owner = THIS_MODULE,
	.open = queue_open,
	.flush = queue_flush,
	.release = queue_release,
	.read = queue_read,
	.write = queue_write,
	.poll = queue_poll,
	.unlocked_ioctl = queue_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};
