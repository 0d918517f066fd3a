// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ioctls of /dev/kring/<channel>, and with them who owns a ring: the open
 * file that was the first to acquire from it, until it is closed. What a program
 * passes is read once, then checked.
 */

#include <linux/nospec.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#include "file.h"
#include "meta.h"

/* NULL: no such CPU, or it has no ring. */
static struct channel_ring *find_ring(struct channel *channel, u32 cpu)
{
	if (cpu >= nr_cpu_ids)
		return NULL;
	return channel_ring(channel, array_index_nospec(cpu, nr_cpu_ids));
}

/* Under ring->lock. */
static enum kring_core_status acquire_owned(struct channel_ring *ring, struct file *filp, struct kring_acquire *arg)
{
	struct kring_core_span span;
	enum kring_core_status status;

	/* If nothing is acquired, nothing is to be released. */
	if (ring->owner == filp && arg->flags & KRING_ACQUIRE_NEXT)
		kring_core_release(ring->core);
	status = kring_core_acquire(ring->core, &span);
	if (status == KRING_CORE_OK || status == KRING_CORE_EMPTY || status == KRING_CORE_BUSY)
		WRITE_ONCE(ring->owner, filp);
	if (status == KRING_CORE_OK) {
		arg->page = span.page;
		arg->start = span.start;
		arg->end = span.end;
		arg->first = span.first;
		arg->count = span.count;
		arg->overwritten = kring_core_overwritten(ring->core);
	}
	return status;
}

static int acquire(struct channel_ring *ring, struct file *filp, struct kring_acquire *arg)
{
	bool dead = channel_is_dead(ring->channel);
	int err = -EBUSY;

	mutex_lock(&ring->lock);
	if (!ring->owner || ring->owner == filp)
		err = core_errno(acquire_owned(ring, filp, arg));
	mutex_unlock(&ring->lock);
	return err == -EAGAIN && dead ? -ENODEV : err;
}

static int ioctl_acquire(struct file *filp, struct channel *channel, struct kring_acquire __user *to)
{
	struct channel_file *file = filp->private_data;
	struct channel_ring *ring;
	struct kring_acquire arg;
	int err;

	if (!(filp->f_mode & FMODE_READ))
		return -EBADF;
	if (copy_from_user(&arg, to, sizeof(arg)))
		return -EFAULT;
	if (arg.size != sizeof(arg) || arg.flags & ~KRING_ACQUIRE_NEXT || arg.reserved0 || arg.reserved[0] ||
	    arg.reserved[1])
		return -EINVAL;
	ring = find_ring(channel, arg.cpu);
	if (!ring)
		return -ENXIO;

	err = acquire(ring, filp, &arg);
	/* Only for what this program put into the queue itself, before: as for read(), an epoll set is to wake it. */
	if (err == -EAGAIN && waitqueue_active(&file->waiters)) {
		wakeup_arm(channel);
		file_is_due(filp, true);
		err = acquire(ring, filp, &arg);
	}
	if (err || !copy_to_user(to, &arg, sizeof(arg)))
		return err;

	/* What the program cannot know of it must not have to release. */
	mutex_lock(&ring->lock);
	kring_core_abandon(ring->core);
	mutex_unlock(&ring->lock);
	return -EFAULT;
}

static int ioctl_release(struct file *filp, struct channel *channel, const struct kring_release __user *from)
{
	struct channel_ring *ring;
	struct kring_release arg;
	int err = -EINVAL;

	if (copy_from_user(&arg, from, sizeof(arg)))
		return -EFAULT;
	if (arg.size != sizeof(arg) || arg.flags || arg.reserved)
		return -EINVAL;
	ring = find_ring(channel, arg.cpu);
	if (!ring)
		return -ENXIO;

	mutex_lock(&ring->lock);
	if (ring->owner == filp)
		err = core_errno(kring_core_release(ring->core));
	mutex_unlock(&ring->lock);
	return err;
}

static int ioctl_ledger(struct channel *channel, struct kring_ledger __user *to)
{
	struct kring_ledger arg;
	int err;

	if (copy_from_user(&arg, to, sizeof(arg)))
		return -EFAULT;
	if (arg.size != sizeof(arg) || arg.flags || arg.reserved[0] || arg.reserved[1])
		return -EINVAL;
	if (arg.cpu != KRING_CPU_ALL && !find_ring(channel, arg.cpu))
		return -ENXIO;

	err = channel_ledger(channel, arg.cpu, &arg);
	if (err)
		return err;
	arg.size = sizeof(arg);
	return copy_to_user(to, &arg, sizeof(arg)) ? -EFAULT : 0;
}

static int ioctl_horizon(struct channel *channel, struct kring_horizon __user *to)
{
	struct kring_horizon arg;
	int err;

	if (copy_from_user(&arg, to, sizeof(arg)))
		return -EFAULT;
	if (arg.size != sizeof(arg) || arg.flags || arg.reserved0 || arg.reserved[0] || arg.reserved[1])
		return -EINVAL;
	if (arg.cpu != KRING_CPU_ALL && !find_ring(channel, arg.cpu))
		return -ENXIO;

	err = channel_horizon(channel, arg.cpu, &arg.time);
	if (err)
		return err;
	return copy_to_user(to, &arg, sizeof(arg)) ? -EFAULT : 0;
}

static int ioctl_wakeup(struct channel_file *file, const struct kring_wakeup __user *from)
{
	struct kring_wakeup arg;

	return copy_from_user(&arg, from, sizeof(arg)) ? -EFAULT : file_wait_set(file, &arg);
}

long channel_ioctl(struct file *filp, unsigned int cmd, unsigned long arg)
{
	struct channel_file *file = filp->private_data;
	void __user *user = (void __user *)arg;

	switch (cmd) {
	case KRING_IOC_INFO:
		return meta_to_user(file->channel->meta, user);
	case KRING_IOC_ACQUIRE:
		return ioctl_acquire(filp, file->channel, user);
	case KRING_IOC_RELEASE:
		return ioctl_release(filp, file->channel, user);
	case KRING_IOC_LEDGER:
		return ioctl_ledger(file->channel, user);
	case KRING_IOC_WAKEUP:
		return ioctl_wakeup(file, user);
	case KRING_IOC_HORIZON:
		return ioctl_horizon(file->channel, user);
	}
	return -ENOTTY;
}

bool file_is_owner(struct file *filp, bool *readable)
{
	struct channel_file *file = filp->private_data;
	bool is_owner = false;
	unsigned int cpu;

	*readable = false;
	for (cpu = 0; cpu < nr_cpu_ids && !*readable; cpu++) {
		struct channel_ring *ring = channel_ring_of(file->channel, cpu, filp);

		if (!ring)
			continue;
		is_owner = true;
		mutex_lock(&ring->lock);
		*readable = kring_core_readable(ring->core);
		mutex_unlock(&ring->lock);
	}
	return is_owner;
}

u64 file_bytes_consumed(struct file *filp)
{
	struct channel_file *file = filp->private_data;
	unsigned int cpu;
	u64 sum = 0;

	for (cpu = 0; cpu < nr_cpu_ids; cpu++) {
		struct channel_ring *ring = channel_ring_of(file->channel, cpu, filp);

		if (!ring)
			continue;
		mutex_lock(&ring->lock);
		sum += kring_core_bytes_consumed(ring->core);
		mutex_unlock(&ring->lock);
	}
	return sum;
}

void file_disown(struct file *filp)
{
	struct channel_file *file = filp->private_data;
	unsigned int cpu;

	for (cpu = 0; cpu < nr_cpu_ids; cpu++) {
		struct channel_ring *ring = channel_ring_of(file->channel, cpu, filp);

		if (!ring)
			continue;
		mutex_lock(&ring->lock);
		kring_core_abandon(ring->core);
		WRITE_ONCE(ring->owner, NULL);
		mutex_unlock(&ring->lock);
	}
}
