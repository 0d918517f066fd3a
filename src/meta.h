/* SPDX-License-Identifier: GPL-2.0-only */
/* KRING_IOC_INFO, of every kind. */
#ifndef KRING_META_H
#define KRING_META_H

#include "endpoint.h"

/* 0, or -EFAULT, or -EINVAL if @to is not set as it must be. */
int meta_to_user(const struct kring_meta *meta, struct kring_meta __user *to);

/* Of a kind that has no pages. Likewise, or -ENOMEM. */
int meta_of_endpoint(struct endpoint *endpoint, u64 capacity, u32 unit, u32 length, struct kring_meta __user *to);

#endif
