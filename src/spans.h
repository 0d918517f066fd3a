/* SPDX-License-Identifier: GPL-2.0-only */
/* Copies between spans of a linear ring's memory and a program's. */
#ifndef KRING_SPANS_H
#define KRING_SPANS_H

#include <linux/kring_spans.h>
#include <linux/uaccess.h>

/* Both return how many bytes came over before a page could not be had. element_size: bytes of what is counted. */
size_t kring_spans_from_user(const struct kring_spans *to, const void __user *from, u32 element_size);
size_t kring_spans_to_user(void __user *to, const struct kring_spans *from, u32 element_size);

/* Likewise, where nothing may sleep, from memory that access_ok() is of: faults are not mended. */
size_t kring_spans_to_user_atomic(void __user *to, const struct kring_spans *from);

#endif
