/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stands in for <linux/types.h> when the core is compiled for the kernel: the
 * kernel's own cannot be included from C++. Holds what the UAPI header uses.
 */
#ifndef KRING_FREESTANDING_TYPES_H
#define KRING_FREESTANDING_TYPES_H

typedef unsigned char __u8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef unsigned long long __u64;
typedef long long __s64;

#endif
