/* SPDX-License-Identifier: GPL-2.0-only */
/* Where elements of a linear ring stand in memory, for kring_fifo.h, kring_mirror.h and the core. */
#ifndef _LINUX_KRING_SPANS_H
#define _LINUX_KRING_SPANS_H

#include <linux/types.h>

/**
 * struct kring_spans - elements in place, in order: those of @at[0], then those of @at[1]
 * @at:    where they stand; @at[1] is the beginning of the ring's memory
 * @count: elements there; @count[1] is 0 unless they go across the end of the memory
 */
struct kring_spans {
	void *at[2];
	__u32 count[2];
};

#endif /* _LINUX_KRING_SPANS_H */
