/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the functions _from_user() of linear rings are made of: copies from a
 * program that are published inside a gate. -ENODEV: it was closed before
 * anything was; else as these functions.
 */
#ifndef KRING_GATED_H
#define KRING_GATED_H

#include <linux/kring_fifo.h>
#include <linux/kring_mirror.h>

#include "gate.h"

ssize_t fifo_from_user(struct kring_fifo *fifo, const void __user *from, size_t size, const struct gate *gate);
ssize_t mirror_from_user(struct kring_mirror *mirror, const void __user *from, size_t size, const struct gate *gate);
/* With @overwritten, what is in the way is overwritten, and added there. */
ssize_t mirror_locked_from_user(struct kring_mirror_locked *ring, const void __user *from, size_t size,
				u64 *overwritten, const struct gate *gate);

#endif
