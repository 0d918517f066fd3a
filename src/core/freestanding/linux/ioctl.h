/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stands in for <linux/ioctl.h>: the core has no ioctls, but shares the header
 * that declares them.
 */
