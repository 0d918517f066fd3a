// SPDX-License-Identifier: GPL-2.0-only
/* Has kring_load write on a CPU that goes offline, when its interrupts are off and no irq_work of its runs any more. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kprobes.h>
#include <linux/printk.h>

#include "load.h"

static int on_dying(struct kprobe *probe, struct pt_regs *regs)
{
	load_attempt(KRING_LOAD_DYING);
	return 0;
}

/* The idle thread's last steps before its CPU halts. */
static struct kprobe probe = {
	.symbol_name = "cpuhp_report_idle_dead",
	.pre_handler = on_dying,
};

int load_dying_start(void)
{
	int error = register_kprobe(&probe);

	if (error)
		pr_err("contexts=dying: no kprobe at %s: error %d; leave it out\n", probe.symbol_name, error);
	return error;
}

/* Waits for handlers that run. */
void load_dying_stop(void)
{
	unregister_kprobe(&probe);
}
