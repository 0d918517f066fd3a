// SPDX-License-Identifier: GPL-2.0-only
/* Memory of a program, for suites of what copies from and to programs. */

#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/sched/mm.h>

#include "program.h"

static struct mm_struct *borrowed;

int program_suite_init(struct kunit_suite *suite)
{
	if (!current->mm)
		return -EINVAL;
	borrowed = current->mm;
	mmgrab(borrowed);
	return 0;
}

void program_suite_exit(struct kunit_suite *suite)
{
	mmdrop(borrowed);
}

/* test->priv: a page, with a hole behind it. */
int program_enter(struct kunit *test)
{
	unsigned long at;

	kthread_use_mm(borrowed);
	at = vm_mmap(NULL, 0, 2 * PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, 0);
	if (IS_ERR_VALUE(at) || vm_munmap(at + PAGE_SIZE, PAGE_SIZE)) {
		kthread_unuse_mm(borrowed);
		return -ENOMEM;
	}
	test->priv = (void *)at;
	return 0;
}

void program_leave(struct kunit *test)
{
	vm_munmap((unsigned long)test->priv, PAGE_SIZE);
	kthread_unuse_mm(borrowed);
}

void __user *program_memory(struct kunit *test, size_t size)
{
	return (void __user *)test->priv + PAGE_SIZE - size;
}
