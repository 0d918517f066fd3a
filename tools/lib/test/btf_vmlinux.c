// SPDX-License-Identifier: GPL-2.0-only
/* The types that a test has in its kernel. */

struct shared_type {
	long long another;
};

struct only_in_kernel {
	int pid;
};

struct shared_type shared;
struct only_in_kernel only;
unsigned long long number;
