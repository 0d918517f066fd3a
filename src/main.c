// SPDX-License-Identifier: GPL-2.0-only
/* Loading and unloading of kring, and its parameters. Channels are in channel.c. */

#include <linux/init.h>
#include <linux/module.h>

#include "channel.h"
#include "control.h"
#include "waker.h"

static int __init kring_init(void)
{
	int err;

	err = chardev_init();
	if (err)
		return err;

	err = wakers_start();
	if (err)
		goto no_wakers;
	err = rings_init();
	if (err)
		goto no_rings;
	err = control_init();
	if (err)
		goto no_control;
	return 0;

no_control:
	rings_exit();
no_rings:
	wakers_stop();
no_wakers:
	chardev_exit();
	return err;
}

static void __exit kring_exit(void)
{
	control_exit();
	rings_exit();
	wakers_stop();
	chardev_exit();
}

module_init(kring_init);
module_exit(kring_exit);

MODULE_DESCRIPTION("Per-CPU, lockless, NMI-safe record channels");
MODULE_LICENSE("GPL");
