// SPDX-License-Identifier: GPL-2.0-only
/*
 * kring_bugs.ko does what no module may, so that the checkers of a debug kernel
 * can show that they would have spoken. Its parameter names the bug; tools/test/checkers/run
 * says what is to come of each.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/printk.h>
#include <linux/string.h>

#include "bugs.h"

static char *bug = "";
module_param(bug, charp, 0444);
MODULE_PARM_DESC(bug, "the one to have");

#define CALLED(name) { #name, name }
static const struct {
	const char *name;
	void (*run)(void);
} bugs[] = {
	CALLED(slab_overflow),
	CALLED(slab_use_after_free),
	CALLED(vmalloc_overflow),
	CALLED(core_use_after_free),
	CALLED(list_corruption),
	CALLED(leak),
	CALLED(lock_inversion),
	CALLED(lock_in_interrupt),
	CALLED(sleep_in_atomic),
	CALLED(preemptible_cpu),
	CALLED(race),
	CALLED(interrupt_race),
	CALLED(core_race),
	CALLED(missing_release),
	CALLED(release),
};

static int __init kring_bugs_init(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(bugs); i++) {
		if (strcmp(bugs[i].name, bug))
			continue;
		bugs[i].run();
		return 0;
	}
	pr_err("bug=%s: there is no such bug\n", bug);
	return -EINVAL;
}

static void __exit kring_bugs_exit(void)
{
}

module_init(kring_bugs_init);
module_exit(kring_bugs_exit);
MODULE_DESCRIPTION("Bugs that the kernel's checkers must find");
MODULE_LICENSE("GPL");
