/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory of a program, for suites of what copies from and to programs: tests run
 * in kernel threads, which have none, and borrow that of who loads the module.
 */
#ifndef KRING_KUNIT_PROGRAM_H
#define KRING_KUNIT_PROGRAM_H

#include <kunit/test.h>
#include <linux/compiler.h>

/* For kunit_suite.suite_init and suite_exit, which run in that program. */
int program_suite_init(struct kunit_suite *suite);
void program_suite_exit(struct kunit_suite *suite);

/* For kunit_suite.init and exit: of a test, until its end. */
int program_enter(struct kunit *test);
void program_leave(struct kunit *test);

/* Where @size bytes of the program's memory begin, behind which there is none. At most a page. */
void __user *program_memory(struct kunit *test, size_t size);

#endif
