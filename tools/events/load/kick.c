// SPDX-License-Identifier: GPL-2.0-only
/*
 * Has kring_load write single records when it is asked to, with no run: at
 * once, or from a timer's interrupt on the asking CPU after a given time, by
 * which a test can have a record at every point of what it does next.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpumask.h>
#include <linux/hrtimer.h>
#include <linux/printk.h>

#include "../../../src/compat.h"
#include "load.h"

static struct hrtimer timer;
static unsigned int target;

static enum hrtimer_restart on_time(struct hrtimer *unused)
{
	load_kick(target);
	return HRTIMER_NORESTART;
}

/* One record from each context: from the calling task, at once, and from the others, on @cpu. */
int load_single_kick(unsigned int cpu)
{
	if (load_run_goes_on())
		return -EBUSY;
	if (cpu >= nr_cpu_ids || !cpu_online(cpu)) {
		pr_err("kick=%u: no such CPU is online\n", cpu);
		return -EINVAL;
	}
	atomic64_set(&load_left, hweight_long(load_options.contexts & ~BIT(KRING_LOAD_DYING)));
	if (load_writes_from(KRING_LOAD_TASK))
		load_attempt(KRING_LOAD_TASK);
	target = cpu;
	if (load_options.delay_ns)
		hrtimer_start(&timer, ns_to_ktime(load_options.delay_ns), HRTIMER_MODE_REL_PINNED_HARD);
	else
		load_kick(cpu);
	return 0;
}

void load_single_start(void)
{
	hrtimer_setup(&timer, on_time, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);
}

void load_single_stop(void)
{
	hrtimer_cancel(&timer);
}
