/* SPDX-License-Identifier: GPL-2.0-only */
/* What the CPU lets a program do with a byte: nothing of it goes through a system call. */
#ifndef KRING_TEST_ABI_TOUCH_HH
#define KRING_TEST_ABI_TOUCH_HH

namespace kring::abi
{

/* While one of these lives, a fault in touch_to_*() is what that returns; elsewhere it ends the program as always. */
class fault_guard {
public:
	fault_guard();
	~fault_guard();
	fault_guard(const fault_guard &) = delete;
};

/* 0, SIGSEGV or SIGBUS. Of one thread. */
int touch_to_read(const char *at);
/* The byte stays as it is, if nobody else writes it. */
int touch_to_write(char *at);

} /* namespace kring::abi */

#endif
