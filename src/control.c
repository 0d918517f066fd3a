// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/kring-control: channels made and ended by programs that may administer
 * the system. kring itself is their owner, so that rmmod ends those that are
 * left; one that is open keeps kring loaded, as any channel does.
 *
 * What it makes holds no secret yet: with the kernel locked down, opening a
 * channel for reading is refused, not this.
 */

#include <linux/capability.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/uaccess.h>

#include "broadcast_channel.h"
#include "channel.h"
#include "control.h"
#include "queue.h"

/* Of making and ending: what programs made is ended by nobody else. */
static DEFINE_MUTEX(control_lock);

static int create_trace(const struct kring_control_create *arg, const char *name)
{
	const struct kring_config config = {
		.size = arg->capacity,
		.order = arg->order,
		.mode = arg->mode,
		.clock = arg->clock,
		.perm = arg->perm,
		.flags = arg->flags,
	};

	if (arg->unit || arg->length)
		return refuse_channel(-EINVAL, name, "a trace has neither elements nor slots");
	return PTR_ERR_OR_ZERO(__kring_create(name, &config, THIS_MODULE));
}

/* What is of other kinds; each kind's own is checked by what makes it. */
static int check_others(const struct kring_control_create *arg, const char *name)
{
	if (arg->order || arg->clock)
		return refuse_channel(-EINVAL, name, "pages and clocks are of traces alone");
	return 0;
}

static int create_queue(const struct kring_control_create *arg, const char *name)
{
	const struct kring_queue_config config = {
		.kind = arg->kind,
		.size = arg->capacity,
		.unit = arg->unit,
		.length = arg->length,
		.mode = arg->mode,
		.perm = arg->perm,
		.flags = arg->flags,
	};

	return check_others(arg, name) ?: PTR_ERR_OR_ZERO(__kring_queue_create(name, &config, THIS_MODULE));
}

static int create_broadcast(const struct kring_control_create *arg, const char *name)
{
	const struct kring_broadcast_config config = {
		.slots = arg->unit ? arg->capacity / arg->unit : 0,
		.payload = arg->unit,
		.perm = arg->perm,
	};

	if (arg->length || arg->mode || arg->flags)
		return refuse_channel(-EINVAL, name, "lengths, modes and flags are not of broadcasts");
	if (arg->unit && arg->capacity % arg->unit)
		return refuse_channel(-EINVAL, name, "%llu bytes are no multiple of a slot's %u", arg->capacity,
				      arg->unit);
	return check_others(arg, name) ?: PTR_ERR_OR_ZERO(__kring_broadcast_create(name, &config, THIS_MODULE));
}

/* What every kind asks of @arg is asked here, what the kind alone does by what makes it. */
static int create(const struct kring_control_create *arg)
{
	char name[sizeof(arg->name) + 1] = {};
	int err;

	memcpy(name, arg->name, sizeof(arg->name));
	err = endpoint_check(name, arg->perm);
	if (err)
		return err;
	if ((size_t)arg->capacity != arg->capacity)
		return refuse_channel(-E2BIG, name, "%llu bytes are more than this machine can address",
				      arg->capacity);
	switch (arg->kind) {
	case KRING_KIND_TRACE:
		return create_trace(arg, name);
	case KRING_KIND_FIFO:
	case KRING_KIND_MIRROR:
		return create_queue(arg, name);
	case KRING_KIND_BROADCAST:
		return create_broadcast(arg, name);
	}
	return refuse_channel(-EINVAL, name, "kind %u is not known", arg->kind);
}

static int ioctl_create(const struct kring_control_create __user *from)
{
	struct kring_control_create arg;
	int err;

	if (copy_from_user(&arg, from, sizeof(arg)))
		return -EFAULT;
	if (arg.size != sizeof(arg) || memchr_inv(arg.reserved, 0, sizeof(arg.reserved)))
		return -EINVAL;

	if (mutex_lock_interruptible(&control_lock))
		return -EINTR;
	err = create(&arg);
	mutex_unlock(&control_lock);
	return err;
}

static int destroy(const char *name)
{
	struct endpoint *endpoint = endpoint_find_own(name);

	if (IS_ERR(endpoint))
		return PTR_ERR(endpoint);
	endpoint->kind->destroy(endpoint);
	return 0;
}

static int ioctl_destroy(const struct kring_control_destroy __user *from)
{
	struct kring_control_destroy arg;
	int err;

	if (copy_from_user(&arg, from, sizeof(arg)))
		return -EFAULT;
	if (arg.size != sizeof(arg) || arg.flags || arg.name[sizeof(arg.name) - 1])
		return -EINVAL;

	if (mutex_lock_interruptible(&control_lock))
		return -EINTR;
	err = destroy(arg.name);
	mutex_unlock(&control_lock);
	return err;
}

static long control_ioctl(struct file *filp, unsigned int cmd, unsigned long arg)
{
	/* Of who calls, too: a descriptor may have been handed on. */
	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	switch (cmd) {
	case KRING_IOC_CREATE:
		return ioctl_create((void __user *)arg);
	case KRING_IOC_DESTROY:
		return ioctl_destroy((void __user *)arg);
	}
	return -ENOTTY;
}

static const struct file_operations control_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = control_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.llseek = noop_llseek,
};

static struct miscdevice control_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "kring-control",
	.mode = 0600,
	.fops = &control_fops,
};

int control_init(void)
{
	return misc_register(&control_device);
}

void control_exit(void)
{
	struct endpoint *endpoint;

	misc_deregister(&control_device);
	while ((endpoint = endpoint_any_own()))
		endpoint->kind->destroy(endpoint);
}
