// SPDX-License-Identifier: GPL-2.0-only
/*
 * The operations of an open broadcast: each file is a consumer with its own
 * cursor, from the oldest record on; what is written goes to all of them.
 */

#include <linux/poll.h>
#include <linux/security.h>
#include <linux/slab.h>
#include <linux/uio.h>

#include "broadcast_channel.h"
#include "meta.h"
#include "sleepers.h"

/* How often one record is tried while producers overwrite it under the copy. */
#define MAX_TRIES 100

/**
 * struct broadcast_file - an open file
 * @channel:  which stays while the file is open
 * @lock:     of @consumer and @told; not held while waiting for records
 * @consumer: where it is
 * @told:     how many of consumer.lost were told
 * @sleepers: in its read()
 */
struct broadcast_file {
	struct broadcast_channel *channel;
	struct mutex lock;
	struct kring_broadcast_consumer consumer;
	u64 told;
	struct sleepers sleepers;
};

static int broadcast_open(struct inode *inode, struct file *filp)
{
	struct broadcast_channel *channel = endpoint_to_broadcast(endpoint_of(inode));
	struct broadcast_file *file;
	int err;

	err = filp->f_mode & FMODE_READ ? security_locked_down(LOCKDOWN_TRACEFS) : 0;
	if (err)
		return err;
	if (endpoint_is_ending(&channel->endpoint))
		return -ENODEV;
	file = kzalloc(sizeof(*file), GFP_KERNEL_ACCOUNT);
	if (!file)
		return -ENOMEM;
	file->channel = channel;
	mutex_init(&file->lock);
	kring_broadcast_start(channel->public.ring, &file->consumer, KRING_BROADCAST_OLDEST);
	filp->private_data = file;
	/* Not stream_open(): lseek() has two places. */
	filp->f_mode &= ~(FMODE_PREAD | FMODE_PWRITE);
	return 0;
}

static int broadcast_flush(struct file *filp, fl_owner_t id)
{
	struct broadcast_file *file = filp->private_data;

	sleepers_closed(&file->sleepers, kring_broadcast_queue(file->channel->public.ring));
	return 0;
}

static int broadcast_release(struct inode *inode, struct file *filp)
{
	struct broadcast_file *file = filp->private_data;

	mutex_destroy(&file->lock);
	kfree(file);
	return 0;
}

/* Return: bytes; or -EMSGSIZE or -EFAULT, with @to as it was. */
static ssize_t copy_record(struct iov_iter *to, const struct kring_broadcast_record *record, u64 lost)
{
	static const u64 padding;
	const struct kring_broadcast_image image = { .seq = record->ticket, .lost = lost, .size = record->size };
	size_t size = KRING_BROADCAST_SPACE(record->size);
	size_t copied;

	if (size > iov_iter_count(to))
		return -EMSGSIZE;
	copied = copy_to_iter(&image, sizeof(image), to);
	/* A producer may overwrite it meanwhile: kring_broadcast_confirm() will tell. */
	copied += data_race(copy_to_iter((void *)record->data, record->size, to));
	copied += copy_to_iter(&padding, size - sizeof(image) - record->size, to);
	if (copied == size)
		return size;
	iov_iter_revert(to, copied);
	return -EFAULT;
}

/*
 * Under file->lock. Return: bytes; -EAGAIN: no record; -EBUSY: none was found yet, behind many that are lost or
 * beside producers that are too fast; -EMSGSIZE; -EFAULT.
 */
static ssize_t read_record(struct broadcast_file *file, struct iov_iter *to)
{
	struct kring_broadcast *ring = file->channel->public.ring;
	struct kring_broadcast_record record;
	int tries;

	for (tries = 0; tries < MAX_TRIES; tries++) {
		struct kring_broadcast_consumer after;
		ssize_t size;
		int err;

		cond_resched();
		err = kring_broadcast_look(ring, &file->consumer, &record);
		if (err == -EBUSY)
			continue;
		if (err)
			return err;
		after = file->consumer;
		size = copy_record(to, &record, file->consumer.lost - file->told);
		/* Of a record that is being overwritten, the size means nothing. */
		if (!kring_broadcast_confirm(ring, &after, &record)) {
			iov_iter_revert(to, max_t(ssize_t, size, 0));
			continue;
		}
		if (size < 0)
			return size;
		file->consumer = after;
		file->told = after.lost;
		return size;
	}
	return -EBUSY;
}

/* As many as fit and are there. */
static ssize_t read_records(struct broadcast_file *file, struct iov_iter *to)
{
	size_t room = iov_iter_count(to);
	ssize_t size;

	if (mutex_lock_interruptible(&file->lock))
		return -ERESTARTSYS;
	do
		size = read_record(file, to);
	while (size > 0);
	mutex_unlock(&file->lock);
	return room - iov_iter_count(to) ?: size;
}

/* Where the file is, for a look without the lock. False: killed, while a read() was stuck in its copy. */
static bool place_of(struct broadcast_file *file, struct kring_broadcast_consumer *place)
{
	if (mutex_lock_killable(&file->lock))
		return false;
	*place = file->consumer;
	mutex_unlock(&file->lock);
	return true;
}

/* The end is what is found after it is known. */
static ssize_t read_now(struct broadcast_file *file, struct iov_iter *to)
{
	bool dead = endpoint_is_dead(&file->channel->endpoint);
	ssize_t got = read_records(file, to);

	return got == -EAGAIN && dead ? 0 : got;
}

/* 0, also if it was woken for nothing. */
static int wait_for_records(struct file *filp)
{
	struct broadcast_file *file = filp->private_data;
	struct kring_broadcast *ring = file->channel->public.ring;
	wait_queue_head_t *waiters = kring_broadcast_queue(ring);
	DEFINE_WAIT_FUNC(wait, woken_wake_function);
	struct kring_broadcast_consumer place;
	int err;

	if (!place_of(file, &place))
		return -EINTR;
	add_wait_queue(waiters, &wait);
	err = sleepers_end(&file->sleepers, filp);
	if (!err && !kring_broadcast_arm(ring, &place) && !endpoint_is_dead(&file->channel->endpoint))
		wait_woken(&wait, TASK_INTERRUPTIBLE, MAX_SCHEDULE_TIMEOUT);
	remove_wait_queue(waiters, &wait);
	return err;
}

static ssize_t broadcast_read(struct kiocb *iocb, struct iov_iter *to)
{
	struct file *filp = iocb->ki_filp;
	struct broadcast_file *file = filp->private_data;
	bool nowait = iocb->ki_flags & IOCB_NOWAIT || filp->f_flags & O_NONBLOCK;
	ssize_t got;
	int err;

	if (!iov_iter_count(to))
		return 0;
	while ((got = read_now(file, to)) == -EAGAIN || got == -EBUSY) {
		if (nowait)
			return -EAGAIN;
		err = got == -EAGAIN ? wait_for_records(filp) : sleepers_end(&file->sleepers, filp);
		if (err)
			return err;
	}
	return got;
}

/* A program that is not run for a while does not hold up a slot: consumers would wait for it. */
static int write_record(struct broadcast_channel *channel, const void *data, size_t size)
{
	int err;

	if (!gate_enter(&channel->endpoint.gate))
		return -ENODEV;
	preempt_disable();
	err = kring_broadcast_write(channel->public.ring, data, size);
	preempt_enable();
	gate_leave();
	return err;
}

/* Copied before there is a record: a fault leaves nothing behind, and holds up no slot. */
static ssize_t broadcast_write(struct kiocb *iocb, struct iov_iter *from)
{
	struct broadcast_file *file = iocb->ki_filp->private_data;
	size_t size = iov_iter_count(from);
	u8 small[256], *data = small;
	int err = -EFAULT;

	if (!size)
		return 0;
	if (endpoint_is_ending(&file->channel->endpoint))
		return -ENODEV;
	if (size > kring_broadcast_payload_max(file->channel->public.ring))
		return -EMSGSIZE;
	if (size > sizeof(small))
		data = kvmalloc(size, GFP_KERNEL);
	if (!data)
		return -ENOMEM;

	if (copy_from_iter_full(data, size, from))
		err = write_record(file->channel, data, size);
	if (data != small)
		kvfree(data);
	/* Another producer has the slot, or was there: the next record has another one. */
	if (err == -EBUSY || err == -ESTALE)
		err = -EAGAIN;
	return err ?: size;
}

/* Under file->lock. To the oldest, the newest, or to a record that was or is the next: what is gone of it is lost. */
static int seek(struct broadcast_file *file, loff_t offset, int whence)
{
	struct kring_broadcast *ring = file->channel->public.ring;
	struct kring_broadcast_ledger ledger;

	kring_broadcast_ledger(ring, &ledger);
	if (whence == SEEK_CUR && !offset)
		return 0;
	if (whence == SEEK_END && !offset)
		kring_broadcast_start(ring, &file->consumer, KRING_BROADCAST_NEWEST);
	else if (whence == SEEK_SET && !offset)
		kring_broadcast_start(ring, &file->consumer, KRING_BROADCAST_OLDEST);
	else if (whence == SEEK_SET && offset > 0 && offset <= ledger.claimed)
		file->consumer.next = offset;
	else
		return -EINVAL;
	file->told = file->consumer.lost;
	return 0;
}

static loff_t broadcast_llseek(struct file *filp, loff_t offset, int whence)
{
	struct broadcast_file *file = filp->private_data;
	loff_t at;

	if (mutex_lock_killable(&file->lock))
		return -EINTR;
	at = seek(file, offset, whence) ?: file->consumer.next;
	mutex_unlock(&file->lock);
	return at;
}

static __poll_t broadcast_poll(struct file *filp, poll_table *table)
{
	struct broadcast_file *file = filp->private_data;
	struct kring_broadcast *ring = file->channel->public.ring;
	struct kring_broadcast_consumer place;
	__poll_t events;

	if (!place_of(file, &place))
		return EPOLLIN | EPOLLRDNORM;
	poll_wait(filp, kring_broadcast_queue(ring), table);
	events = endpoint_is_dead(&file->channel->endpoint) ? EPOLLHUP : 0;
	/* In any case: an epoll set is armed, or told, whenever it has been looked at. */
	if (filp->f_mode & FMODE_READ && kring_broadcast_arm(ring, &place))
		events |= EPOLLIN | EPOLLRDNORM;
	if (filp->f_mode & FMODE_WRITE && !endpoint_is_ending(&file->channel->endpoint))
		events |= EPOLLOUT | EPOLLWRNORM;
	return events;
}

static int broadcast_mmap(struct file *filp, struct vm_area_struct *vma)
{
	struct broadcast_file *file = filp->private_data;

	return kring_broadcast_mmap(file->channel->public.ring, vma);
}

static long broadcast_ioctl(struct file *filp, unsigned int cmd, unsigned long arg)
{
	struct broadcast_file *file = filp->private_data;
	const struct kring_broadcast_config *config = &file->channel->config;

	return cmd == KRING_IOC_INFO ? meta_of_endpoint(&file->channel->endpoint,
							(u64)config->slots * config->payload, config->payload, 0,
							(void __user *)arg) :
				       -ENOTTY;
}

const struct file_operations broadcast_fops = {
	.owner = THIS_MODULE,
	.open = broadcast_open,
	.flush = broadcast_flush,
	.release = broadcast_release,
	.read_iter = broadcast_read,
	.write_iter = broadcast_write,
	.llseek = broadcast_llseek,
	.poll = broadcast_poll,
	.mmap = broadcast_mmap,
	.unlocked_ioctl = broadcast_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};
