// SPDX-License-Identifier: GPL-2.0-only
/*
 * The class kring and its devices: /dev/kring/<channel>. What can be done with
 * an open one is in file.c.
 *
 * Lifetime. The device holds a reference to its channel, the cdev one to the
 * device, and an open file one to the cdev, which is put after the file's
 * release. So a channel whose name is gone stays as long as it is open or,
 * since a mapping holds its file, mapped. The minor is in use until then.
 */

#include <linux/idr.h>

#include "compat.h"
#include "file.h"

#define MINORS (MINORMASK + 1)

static DEFINE_IDA(minors);
static dev_t first_device;

static struct channel *channel_of(const struct device *dev)
{
	return container_of(dev, struct channel, dev);
}

/* devtmpfs and udev ask. */
static char *devnode(CONST_SINCE_6_2 struct device *dev, umode_t *mode)
{
	if (mode)
		*mode = channel_of(dev)->perm;
	return kasprintf(GFP_KERNEL, "kring/%s", dev_name(dev));
}

static struct class kring_class = {
	.name = "kring",
	.devnode = devnode,
};

static void device_release(struct device *dev)
{
	ida_free(&minors, MINOR(dev->devt));
	channel_put(channel_of(dev));
}

int chardev_add(struct channel *channel, umode_t perm)
{
	struct device *dev = &channel->dev;
	int minor, err;

	minor = ida_alloc_max(&minors, MINORS - 1, GFP_KERNEL);
	if (minor < 0)
		return minor;

	channel_get(channel);
	channel->perm = perm;
	device_initialize(dev);
	dev->class = &kring_class;
	dev->groups = channel_groups;
	dev->release = device_release;
	dev->devt = MKDEV(MAJOR(first_device), minor);
	device_set_pm_not_required(dev);
	cdev_init(&channel->cdev, &channel_fops);
	channel->cdev.owner = THIS_MODULE;

	err = dev_set_name(dev, "%s", channel->name);
	if (!err)
		err = cdev_device_add(&channel->cdev, dev);
	if (err)
		put_device(dev);
	return err;
}

void chardev_remove(struct channel *channel)
{
	if (!device_is_registered(&channel->dev))
		return;
	cdev_device_del(&channel->cdev, &channel->dev);
	put_device(&channel->dev);
}

int chardev_init(void)
{
	int err;

	err = alloc_chrdev_region(&first_device, 0, MINORS, "kring");
	if (err)
		return err;
	err = class_register(&kring_class);
	if (err)
		unregister_chrdev_region(first_device, MINORS);
	return err;
}

void chardev_exit(void)
{
	class_unregister(&kring_class);
	unregister_chrdev_region(first_device, MINORS);
	ida_destroy(&minors);
}
