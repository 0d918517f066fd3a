/* SPDX-License-Identifier: GPL-2.0-only */
/* Ending at a signal: SIGINT and SIGTERM are let in only while the program waits. */
#ifndef KRING_INTERRUPT_HH
#define KRING_INTERRUPT_HH

#include <sys/types.h>

/* From now on the signals do not kill. */
void catch_interrupts();

/* Did one come? */
bool is_interrupted();

/*
 * Waits until the file can be read (-1: no file), a signal comes, or the time
 * is over. True if the file can be read.
 */
bool wait_for(int fd, double seconds);

/* write(), which an interrupt ends with EINTR or a short count. */
ssize_t write_interruptibly(int fd, const char *text, size_t size);

#endif
