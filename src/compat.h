/* SPDX-License-Identifier: GPL-2.0-only */
/* Differences between kernel versions, and nothing else: Linux 6.1 and later. */
#ifndef KRING_COMPAT_H
#define KRING_COMPAT_H

#include <linux/hrtimer.h>
#include <linux/mm.h>
#include <linux/ring_buffer.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
static inline void vm_flags_mod(struct vm_area_struct *vma, vm_flags_t set, vm_flags_t clear)
{
	vma->vm_flags = (vma->vm_flags | set) & ~clear;
}
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
static inline void hrtimer_setup(struct hrtimer *timer, enum hrtimer_restart (*function)(struct hrtimer *),
				 clockid_t clock, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock, mode);
	timer->function = function;
}
#endif

/* Of the kernel's own ring buffer, which tools/bench measures beside kring. */
static __always_inline void compat_ring_buffer_commit(struct trace_buffer *buffer, struct ring_buffer_event *event)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
	ring_buffer_unlock_commit(buffer, event);
#else
	ring_buffer_unlock_commit(buffer);
#endif
}

/* What a class's callbacks may change. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define CONST_SINCE_6_2
#else
#define CONST_SINCE_6_2 const
#endif

#endif
