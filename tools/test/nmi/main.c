// SPDX-License-Identifier: GPL-2.0-only
/*
 * kring_nmi.ko: loads if the core's writers stand being interrupted at each
 * access, by NMIs and others; else it says in the log what went wrong, and
 * insmod fails. Each CPU sweeps a share.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/completion.h>
#include <linux/cpu.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "nmi.h"

static unsigned int thin = 7;
module_param(thin, uint, 0444);
MODULE_PARM_DESC(thin, "of what is nested twice or more, one in this many is tried (default 7)");

/**
 * struct sharer - a CPU's part
 * @thread:  that sweeps
 * @sweep:   its memory
 * @share:   its number
 * @done:    when the thread has nothing more to do
 */
struct sharer {
	struct task_struct *thread;
	struct sweep *sweep;
	u32 share;
	struct completion done;
};

static struct sharer *sharers;
static u32 shares;
static bool found_wrong;

/* What one CPU has found ends all. */
bool sweep_goes_on(void)
{
	cond_resched();
	return !kthread_should_stop() && !READ_ONCE(found_wrong);
}

static int sweep_share(void *data)
{
	struct sharer *sharer = data;

	this_cpu_write(nmi_cpus.sweep, sharer->sweep);
	sweep_run(sharer->sweep, sharer->share, shares, thin);
	this_cpu_write(nmi_cpus.sweep, NULL);
	if (sweep_results(sharer->sweep)->wrong)
		WRITE_ONCE(found_wrong, true);
	complete(&sharer->done);
	return 0;
}

static int __init start_share(struct sharer *sharer, int cpu)
{
	struct task_struct *thread;

	sharer->share = shares++;
	init_completion(&sharer->done);
	sharer->sweep = vzalloc(sweep_size());
	if (!sharer->sweep)
		return -ENOMEM;
	thread = kthread_create_on_cpu(sweep_share, sharer, cpu, KBUILD_MODNAME "/%u");
	if (IS_ERR(thread))
		return PTR_ERR(thread);
	sharer->thread = get_task_struct(thread);
	return 0;
}

/* All at once, when it is known how many they are. */
static int __init sweep_on_all_cpus(void)
{
	int error = 0;
	u32 share;
	int cpu;

	cpus_read_lock();
	for_each_online_cpu(cpu)
		error = error ?: start_share(&sharers[shares], cpu);
	for (share = 0; share < shares && !error; share++)
		wake_up_process(sharers[share].thread);
	cpus_read_unlock();
	for (share = 0; share < shares && !error; share++)
		error = wait_for_completion_interruptible(&sharers[share].done);
	for (share = 0; share < shares; share++)
		if (sharers[share].thread) {
			kthread_stop(sharers[share].thread);
			put_task_struct(sharers[share].thread);
		}
	return error;
}

static const char * const context_names[NMI_CONTEXTS] = { "task", "softirq", "irq", "NMI" };

static void __init say_injection(u32 level, const struct nmi_injection *injection)
{
	pr_err("FAILED: %*sat access %u: %s in %s\n", level * 2 + 2, "", injection->at,
	       sweep_act_name(injection->what), context_names[injection->where]);
}

static void __init say_trial(const char *wrong, const struct nmi_trial *trial)
{
	u32 level;
	u32 at;

	pr_err("FAILED: %s: %u pages, %s, fill %u, takes %u, refill %u: %s\n", wrong, trial->pages,
	       trial->overwrite ? "overwrite" : "discard", trial->fill, trial->takes, trial->refill,
	       sweep_act_name(trial->outer));
	for (level = 0; level < ARRAY_SIZE(trial->levels); level++)
		for (at = 0; at < trial->levels[level].count; at++)
			say_injection(level, &trial->levels[level].injections[at]);
}

/* Every labelled step of the writer has to have been interrupted. */
static bool __init say_steps(const struct sweep *sweep)
{
	struct nmi_place step;
	bool all = true;
	u32 index;

	for (index = 0; sweep_step(sweep, index, &step); index++) {
		pr_info("step %s, %s:%u: interrupted %llu times\n", step.label, step.file, step.line,
			step.interrupted);
		all &= step.interrupted > 0;
	}
	if (all && index)
		return true;
	pr_err("FAILED: a labelled step of the writer was never interrupted\n");
	return false;
}

static void __init say_accesses(const struct sweep *sweep)
{
	struct nmi_place access;
	u32 interrupted = 0;
	u32 index;

	for (index = 0; sweep_access(sweep, index, &access); index++) {
		interrupted += access.interrupted > 0;
		if (!access.interrupted)
			pr_info("%s:%u was never interrupted\n", kbasename(access.file), access.line);
	}
	pr_info("interrupted at %u of %u accesses in the source\n", interrupted, index);
}

static bool __init say_results(struct sweep *sweep)
{
	const struct nmi_results *results = sweep_results(sweep);
	const u64 *taken = results->taken;
	const u64 *records = results->records;

	if (results->wrong)
		say_trial(results->wrong, &results->failed);
	pr_info("%llu trials, interrupted by %llu softirqs, %llu irqs, %llu NMIs\n", results->trials,
		taken[NMI_SOFTIRQ], taken[NMI_IRQ], taken[NMI_NMI]);
	pr_info("nested: D1 %llu D2 %llu D3 %llu D4 %llu\n", records[0], records[1], records[2], records[3]);
	return !results->wrong;
}

static int __init report(void)
{
	struct sweep *sum = sharers[0].sweep;
	u32 share;

	for (share = 1; share < shares; share++)
		sweep_add(sum, sharers[share].sweep);
	say_accesses(sum);
	return say_results(sum) && say_steps(sum) ? 0 : -EIO;
}

static void __init free_all(void)
{
	u32 share;

	for (share = 0; share < shares; share++)
		vfree(sharers[share].sweep);
	kfree(sharers);
}

static int __init kring_nmi_init(void)
{
	int error;

	if (!thin) {
		pr_err("thin=0: must be at least 1\n");
		return -EINVAL;
	}
	sharers = kcalloc(num_possible_cpus(), sizeof(*sharers), GFP_KERNEL);
	if (!sharers)
		return -ENOMEM;
	error = contexts_start();
	if (!error) {
		error = sweep_on_all_cpus();
		contexts_stop();
	}
	error = error ?: report();
	free_all();
	return error;
}

static void __exit kring_nmi_exit(void)
{
}

module_init(kring_nmi_init);
module_exit(kring_nmi_exit);
MODULE_DESCRIPTION("Interrupts kring's writers at each access, for tests");
MODULE_LICENSE("GPL");
