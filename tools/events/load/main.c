// SPDX-License-Identifier: GPL-2.0-only
/* kring_load's parameters, start and end. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt
#define CHANNEL_NAME "load"

#include <linux/init.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/time64.h>

#include "channel_params.h"
#include "load.h"

#define HOLD_MAX 1000U	/* microseconds: no longer than a driver might */

static unsigned long long records = 1000000;
module_param(records, ullong, 0644);
MODULE_PARM_DESC(records, "to attempt in a run, from all CPUs and contexts together (default 1000000)");

static char *contexts = "task";
module_param(contexts, charp, 0444);
MODULE_PARM_DESC(contexts, "to write from: task, softirq, irq, nmi, dying (default task)");

static char *cpus = "";
module_param(cpus, charp, 0444);
MODULE_PARM_DESC(cpus, "to write on, such as 0,2-3 (default all that are online)");

struct load_options load_options = {
	.max = 64,
	.pause_us = 1000,
	.seed = 1,
};

module_param_named(min, load_options.min, uint, 0444);
MODULE_PARM_DESC(min, "bytes of payload behind the 24 of a record's header, at least (default 0)");

module_param_named(max, load_options.max, uint, 0444);
MODULE_PARM_DESC(max, "bytes of payload at most (default 64); more than fits on a page is refused by kring");

module_param_named(discard, load_options.discard, uint, 0444);
MODULE_PARM_DESC(discard, "one record in this many is discarded (default 0: none)");

module_param_named(write, load_options.write, uint, 0444);
MODULE_PARM_DESC(write, "one record in this many is cut to 40 bytes and written by kring_write (default 0: none)");

module_param_named(burst, load_options.burst, uint, 0444);
MODULE_PARM_DESC(burst, "turns after which a writing thread pauses (default 0: never)");

module_param_named(pause, load_options.pause_us, uint, 0444);
MODULE_PARM_DESC(pause, "for so many microseconds, at most 1000000 (default 1000)");

module_param_named(hold, load_options.hold_us, uint, 0444);
MODULE_PARM_DESC(hold, "microseconds that a thread's record stays open, at most 1000 (default 0)");

module_param_named(seed, load_options.seed, uint, 0444);
MODULE_PARM_DESC(seed, "of sizes, payloads and choices (default 1)");

struct kring_channel *load_channel;
int load_type;

/* What keeps a write to the parameter run apart from the module's start and end. */
static DEFINE_MUTEX(run_lock);
static bool run_wanted;
static bool ready;

static int apply_run(bool wanted)
{
	if (wanted)
		return load_run_start(records, cpus);
	load_run_stop();
	return 0;
}

static int set_run(const char *text, const struct kernel_param *param)
{
	bool wanted;
	int error;

	error = kstrtobool(text, &wanted);
	if (error)
		return error;
	mutex_lock(&run_lock);
	if (ready)
		error = apply_run(wanted);
	else
		run_wanted = wanted;
	mutex_unlock(&run_lock);
	return error;
}

static int get_run(char *text, const struct kernel_param *param)
{
	return scnprintf(text, PAGE_SIZE, "%d\n", load_run_goes_on());
}

static const struct kernel_param_ops run_ops = {
	.set = set_run,
	.get = get_run,
};
module_param_cb(run, &run_ops, NULL, 0644);
MODULE_PARM_DESC(run, "1 starts a run, 0 stops it; reads 0 when it has ended");

static int set_kick(const char *text, const struct kernel_param *param)
{
	unsigned int cpu;
	int error;

	error = kstrtouint(text, 0, &cpu);
	if (error)
		return error;
	mutex_lock(&run_lock);
	error = ready ? load_single_kick(cpu) : -EBUSY;
	mutex_unlock(&run_lock);
	return error;
}

static const struct kernel_param_ops kick_ops = {
	.set = set_kick,
};
module_param_cb(kick, &kick_ops, NULL, 0200);
MODULE_PARM_DESC(kick, "a CPU: one record there from each context, but from task on the CPU that asks; not in a run");

module_param_named(delay, load_options.delay_ns, uint, 0644);
MODULE_PARM_DESC(delay, "nanoseconds from a kick to its records, but that from task (default 0)");

static int __init find_context(const char *name)
{
	int context;

	for (context = 0; context < KRING_LOAD_CONTEXTS; context++)
		if (!strcmp(load_context_name(context), name))
			return context;
	return -EINVAL;
}

static int __init parse_contexts(void)
{
	char *copy = kstrdup(contexts, GFP_KERNEL);
	char *rest = copy;
	int context = 0;
	char *name;

	if (!copy)
		return -ENOMEM;
	while (context >= 0 && (name = strsep(&rest, ","))) {
		context = find_context(name);
		if (context >= 0)
			load_options.contexts |= BIT(context);
		else
			pr_err("contexts=%s: no context is called '%s'; give some of task,softirq,irq,nmi,dying\n",
			       contexts, name);
	}
	kfree(copy);
	return min(context, 0);
}

static int __init check_options(void)
{
	if (load_options.min > load_options.max || load_options.max > U16_MAX) {
		pr_err("min=%u max=%u: must be min <= max <= %u bytes\n", load_options.min, load_options.max,
		       U16_MAX);
		return -EINVAL;
	}
	if (load_options.hold_us > HOLD_MAX) {
		pr_err("hold=%u: must be at most %u microseconds\n", load_options.hold_us, HOLD_MAX);
		return -EINVAL;
	}
	if (load_options.pause_us > USEC_PER_SEC) {
		pr_err("pause=%u: must be at most %lu microseconds\n", load_options.pause_us, USEC_PER_SEC);
		return -EINVAL;
	}
	if (load_writes_from(KRING_LOAD_NMI) && !IS_ENABLED(CONFIG_X86_LOCAL_APIC)) {
		pr_err("contexts=%s: nmi works on x86 only; leave it out\n", contexts);
		return -EINVAL;
	}
	return 0;
}

static int __init make_channel(void)
{
	load_channel = channel_from_params();
	if (IS_ERR(load_channel))
		return PTR_ERR(load_channel);
	load_type = kring_register_type(load_channel, struct kring_load_record);
	if (load_type < 0)
		kring_destroy(load_channel);
	return min(load_type, 0);
}

static void unmake_all(void)
{
	load_run_stop();
	load_single_stop();
	load_interrupts_stop();
	load_counts_remove();
	kring_destroy(load_channel);
}

static int __init kring_load_init(void)
{
	int error;

	error = parse_contexts() ?: check_options() ?: make_channel();
	if (error)
		return error;
	error = load_interrupts_start();
	if (error) {
		kring_destroy(load_channel);
		return error;
	}
	load_single_start();
	load_counts_create();
	mutex_lock(&run_lock);
	error = run_wanted ? apply_run(true) : 0;
	ready = !error;
	mutex_unlock(&run_lock);
	if (error)
		unmake_all();
	return error;
}

static void __exit kring_load_exit(void)
{
	mutex_lock(&run_lock);
	ready = false;
	mutex_unlock(&run_lock);
	unmake_all();
}

module_init(kring_load_init);
module_exit(kring_load_exit);
MODULE_DESCRIPTION("Writes records to a kring channel from all contexts and counts them, for tests");
MODULE_LICENSE("GPL");
