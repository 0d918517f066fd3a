/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stands in for the C library's <features.h>, which libstdc++'s freestanding
 * headers ask for and a kernel build does not have.
 */
#ifndef __GLIBC_PREREQ
#define __GLIBC_PREREQ(major, minor) 0
#endif
