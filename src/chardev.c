// SPDX-License-Identifier: GPL-2.0-only
/*
 * The class kring and its devices: /dev/kring/<channel>. What can be done with
 * an open one is up to the channel's kind: file.c for traces.
 *
 * Lifetime. The device holds a reference to its channel, the cdev one to the
 * device, and an open file one to the cdev, which is put after the file's
 * release. So a channel whose name is gone stays as long as it is open or,
 * since a mapping holds its file, mapped. The minor is in use until then.
 */

#include <linux/idr.h>

#include "compat.h"
#include "endpoint.h"

#define MINORS (MINORMASK + 1)

static DEFINE_IDA(minors);
static dev_t first_device;

static struct endpoint *endpoint_of_device(const struct device *dev)
{
	return container_of(dev, struct endpoint, dev);
}

/* devtmpfs and udev ask. */
static char *devnode(CONST_SINCE_6_2 struct device *dev, umode_t *mode)
{
	if (mode)
		*mode = endpoint_of_device(dev)->perm;
	return kasprintf(GFP_KERNEL, "kring/%s", dev_name(dev));
}

static struct class kring_class = {
	.name = "kring",
	.devnode = devnode,
};

static void device_release(struct device *dev)
{
	ida_free(&minors, MINOR(dev->devt));
	endpoint_put(endpoint_of_device(dev));
}

int chardev_add(struct endpoint *endpoint)
{
	struct device *dev = &endpoint->dev;
	int minor, err;

	minor = ida_alloc_max(&minors, MINORS - 1, GFP_KERNEL);
	if (minor < 0)
		return minor;

	endpoint_get(endpoint);
	device_initialize(dev);
	dev->class = &kring_class;
	dev->groups = endpoint->kind->groups;
	dev->release = device_release;
	dev->devt = MKDEV(MAJOR(first_device), minor);
	device_set_pm_not_required(dev);
	cdev_init(&endpoint->cdev, endpoint->kind->fops);
	endpoint->cdev.owner = THIS_MODULE;

	err = dev_set_name(dev, "%s", endpoint->name);
	if (!err)
		err = cdev_device_add(&endpoint->cdev, dev);
	if (err)
		put_device(dev);
	return err;
}

void chardev_remove(struct endpoint *endpoint)
{
	if (!device_is_registered(&endpoint->dev))
		return;
	cdev_device_del(&endpoint->cdev, &endpoint->dev);
	put_device(&endpoint->dev);
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
