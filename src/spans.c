// SPDX-License-Identifier: GPL-2.0-only
/* Copies between spans of a linear ring's memory and a program's. */

#include "spans.h"

size_t kring_spans_from_user(const struct kring_spans *to, const void __user *from, u32 element_size)
{
	size_t first = (size_t)to->count[0] * element_size;
	size_t second = (size_t)to->count[1] * element_size;
	size_t left = copy_from_user(to->at[0], from, first);

	if (left || !second)
		return first - left;
	return first + second - copy_from_user(to->at[1], from + first, second);
}

size_t kring_spans_to_user(void __user *to, const struct kring_spans *from, u32 element_size)
{
	size_t first = (size_t)from->count[0] * element_size;
	size_t second = (size_t)from->count[1] * element_size;
	size_t left = copy_to_user(to, from->at[0], first);

	if (left || !second)
		return first - left;
	return first + second - copy_to_user(to + first, from->at[1], second);
}

size_t kring_spans_to_user_atomic(void __user *to, const struct kring_spans *from)
{
	size_t first = from->count[0];
	size_t second = from->count[1];
	size_t left;

	pagefault_disable();
	left = __copy_to_user_inatomic(to, from->at[0], first);
	if (!left && second)
		left = __copy_to_user_inatomic(to + first, from->at[1], second);
	else
		left += second;
	pagefault_enable();
	return first + second - left;
}
