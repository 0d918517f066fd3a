// SPDX-License-Identifier: GPL-2.0-only
/*
 * The operations of an open /dev/kring/<channel>, and waiting for records. An
 * open file is an observer of every ring; what read() copies is in
 * file_read.c, writing in file_write.c, owning a ring in file_ioctl.c.
 */

#include <linux/overflow.h>
#include <linux/poll.h>
#include <linux/security.h>
#include <linux/slab.h>
#include <linux/wait.h>

#include "file.h"

static int channel_open(struct inode *inode, struct file *filp)
{
	struct channel *channel = endpoint_to_channel(endpoint_of(inode));
	struct channel_file *file;
	int err;

	/* Who only writes sees nothing of what the kernel writes. */
	err = filp->f_mode & FMODE_READ ? security_locked_down(LOCKDOWN_TRACEFS) : 0;
	if (err)
		return err;
	if (endpoint_is_ending(&channel->endpoint))
		return -ENODEV;

	file = kvzalloc(struct_size(file, observers, nr_cpu_ids), GFP_KERNEL_ACCOUNT);
	if (!file)
		return -ENOMEM;
	file->channel = channel;
	mutex_init(&file->lock);
	file_wait_init(file);
	filp->private_data = file;
	/* A position is one in each ring: no number of bytes names it. */
	filp->f_mode &= ~(FMODE_PREAD | FMODE_PWRITE);
	return 0;
}

static int channel_flush(struct file *filp, fl_owner_t id)
{
	struct channel_file *file = filp->private_data;

	sleepers_closed(&file->sleepers, &file->waiters);
	return 0;
}

static int channel_release(struct inode *inode, struct file *filp)
{
	struct channel_file *file = filp->private_data;

	file_disown(filp);
	file_wait_exit(file);
	mutex_destroy(&file->lock);
	kvfree(file);
	return 0;
}

/* Return: as file_read_images(), but no records are -EAGAIN, and 0 is the end of file. */
static ssize_t read_now(struct channel_file *file, struct iov_iter *to)
{
	bool dead = channel_is_dead(file->channel);
	ssize_t got = file_read_images(file, to);

	return got || dead ? got : -EAGAIN;
}

/* Until there is something to return, and enough. Steps Q, A and L of waker.h, which tells why no wakeup is lost. */
static ssize_t read_waiting(struct file *filp, struct iov_iter *to, bool nowait)
{
	struct channel_file *file = filp->private_data;
	DEFINE_WAIT_FUNC(wait, woken_wake_function);
	ssize_t got;
	int err;

	add_wait_queue(&file->waiters, &wait);
	for (;;) {
		wakeup_arm(file->channel);
		got = file_is_due(filp, false) || nowait ? read_now(file, to) : -EAGAIN;
		if (nowait || (got != -EAGAIN && got != -EBUSY))
			break;
		err = sleepers_end(&file->sleepers, filp);
		if (err) {
			got = err;
			break;
		}
		if (got == -EAGAIN)
			wait_woken(&wait, TASK_INTERRUPTIBLE, MAX_SCHEDULE_TIMEOUT);
	}
	remove_wait_queue(&file->waiters, &wait);
	return got;
}

static ssize_t channel_read(struct kiocb *iocb, struct iov_iter *to)
{
	struct channel_file *file = iocb->ki_filp->private_data;
	bool nowait = iocb->ki_flags & IOCB_NOWAIT || iocb->ki_filp->f_flags & O_NONBLOCK;
	ssize_t got;

	if (iov_iter_count(to) < file->channel->page_size)
		return -EINVAL;

	got = nowait || file_is_due(iocb->ki_filp, false) ? read_now(file, to) : -EAGAIN;
	/* Who is told that there is nothing may rely on an epoll set, queued before: that is armed for as well. */
	if ((got == -EAGAIN || got == -EBUSY) && (!nowait || waitqueue_active(&file->waiters)))
		got = read_waiting(iocb->ki_filp, to, nowait);
	return got == -EBUSY ? -EAGAIN : got;
}

static loff_t channel_llseek(struct file *filp, loff_t offset, int whence)
{
	struct channel_file *file = filp->private_data;
	int err;

	if (offset || (whence != SEEK_SET && whence != SEEK_END))
		return -EINVAL;
	err = file_seek(file, whence == SEEK_END);
	/* As for read(): who finds nothing in the mapping next may rely on an epoll set. */
	if (!err && whence == SEEK_END && waitqueue_active(&file->waiters)) {
		wakeup_arm(file->channel);
		file_is_due(filp, false);
	}
	return err;
}

static __poll_t poll_now(struct file *filp)
{
	struct channel_file *file = filp->private_data;
	__poll_t events = channel_is_dead(file->channel) ? EPOLLHUP : 0;
	bool readable, owner = file_is_owner(filp, &readable);

	if (!owner)
		readable = file_has_records(file);
	/* Asked in any case: who is about to sleep waits from here. */
	if (file_is_due(filp, owner) && readable)
		events |= EPOLLIN | EPOLLRDNORM;
	return events;
}

/* Always arms when there is nothing: also who is in the queue already may be about to sleep again. */
static __poll_t channel_poll(struct file *filp, poll_table *table)
{
	struct channel_file *file = filp->private_data;
	__poll_t events;

	poll_wait(filp, &file->waiters, table);
	events = poll_now(filp);
	if (!events) {
		wakeup_arm(file->channel);
		events = poll_now(filp);
	}
	/* Writers wait for nobody. */
	if (filp->f_mode & FMODE_WRITE)
		events |= EPOLLOUT | EPOLLWRNORM;
	return events;
}

const struct file_operations channel_fops = {
	.owner = THIS_MODULE,
	.open = channel_open,
	.flush = channel_flush,
	.release = channel_release,
	.read_iter = channel_read,
	.write_iter = channel_write,
	.llseek = channel_llseek,
	.poll = channel_poll,
	.mmap = channel_mmap,
	.unlocked_ioctl = channel_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};
