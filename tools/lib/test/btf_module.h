/* SPDX-License-Identifier: GPL-2.0-only */
/* Record types of each kind that C has, as a module would write them. */
#ifndef LIBKRING_TEST_BTF_MODULE_H
#define LIBKRING_TEST_BTF_MODULE_H

#include <stdbool.h>

#include <linux/types.h>

/* In the BTF of vmlinux; the module has another one of this name. */
struct shared_type {
	__u32 number;
};

enum color {
	RED = 1,
	BLUE = -2,
};

struct inner {
	__s16 x;
	__s16 y;
};

struct all_kinds {
	__u8 byte;
	__s8 negative;
	__u16 word;
	__s32 number;
	__u64 large;
	char letter;
	bool yes;
	char name[8];
	enum color color;
	unsigned int low : 3;
	int middle : 7;
	unsigned int high : 22;
	struct inner point;
	struct inner points[2];
	__u8 matrix[2][3]; /* pahole makes one array of all its elements */
	const void *address;
	union {
		__u32 as_number;
		char as_text[4];
	};
};

struct with_text {
	__u64 id;
	__u16 length;
	char text[];
};

struct with_points {
	__u32 id;
	struct inner points[];
};

#endif
