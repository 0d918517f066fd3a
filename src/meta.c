// SPDX-License-Identifier: GPL-2.0-only
/* What KRING_IOC_INFO tells; what a trace says of itself is in config.c. */

#include <linux/slab.h>
#include <linux/uaccess.h>

#include "meta.h"

int meta_to_user(const struct kring_meta *meta, struct kring_meta __user *to)
{
	int zeroed = check_zeroed_user(&to->reserved, sizeof(to->reserved));
	u32 size;

	if (zeroed < 0 || get_user(size, &to->size))
		return -EFAULT;
	if (!zeroed || size != sizeof(*to))
		return -EINVAL;
	return copy_to_user(to, meta, sizeof(*to)) ? -EFAULT : 0;
}

int meta_of_endpoint(struct endpoint *endpoint, u64 capacity, u32 unit, u32 length, struct kring_meta __user *to)
{
	struct kring_meta *meta = kzalloc(sizeof(*meta), GFP_KERNEL);
	int err;

	if (!meta)
		return -ENOMEM;
	meta->magic = KRING_MAGIC;
	meta->version = KRING_ABI_VERSION;
	meta->size = sizeof(*meta);
	meta->kind = endpoint->kind->id;
	meta->created = endpoint->created;
	meta->gone = endpoint_is_dead(endpoint);
	meta->capacity = capacity;
	meta->unit = unit;
	meta->length = length;
	err = meta_to_user(meta, to);
	kfree(meta);
	return err;
}
