// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/kernel/debug/kring_bench: each read measures everything anew, a line
 * "NAME INSTRUCTIONS RECORDS" each. What is measured is in the other files.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/debugfs.h>
#include <linux/irqflags.h>
#include <linux/module.h>
#include <linux/seq_file.h>

#include "bench.h"

static const struct subject * const subjects[] = {
	&clocks,
	&kring_writes,
	&kring_pages,
	&ring_buffer_writes,
	&relay_writes,
	&fifos,
};

static struct dentry *file;

static u64 empty_loop(void *unused)
{
	return MEASURE();
}

static const struct bench empty = { "loop", empty_loop };

static u64 measure_once(const struct bench *bench)
{
	unsigned long flags;
	u64 instructions;

	local_irq_save(flags);
	instructions = bench->run(bench->context ? *bench->context : NULL);
	local_irq_restore(flags);
	return instructions;
}

/*
 * The first time fills the ring, and is not counted. What the least of the
 * others leaves out happens once in seconds: the high half of a clock changes.
 */
static u64 measure(const struct bench *bench)
{
	u64 least = measure_once(bench);
	unsigned int i;

	if (!least)
		return 0;
	least = U64_MAX;
	for (i = 0; i < 3; i++)
		least = min(least, measure_once(bench));
	return least;
}

/* A thousand instructions are to take as many ticks of the counter, less a little for the stamps. */
static bool counts_instructions(void)
{
	u64 begin, ticks;
	unsigned long flags;

	local_irq_save(flags);
	begin = rdtsc();
	asm volatile(".rept 1000\n\tnop\n\t.endr");
	ticks = rdtsc() - begin;
	local_irq_restore(flags);
	return ticks >= 1000 && ticks < 1010;
}

/* The benches of one subject; @loop is what MEASURE() itself takes. */
static int show_subject(struct seq_file *out, const struct subject *subject, u64 loop)
{
	const struct bench *bench;

	for (bench = subject->benches; bench && bench->name; bench++) {
		u64 instructions = measure(bench);

		if (!instructions) {
			pr_err("%s failed\n", bench->name);
			return -EIO;
		}
		seq_printf(out, "%s %llu %u\n", bench->name, instructions - loop, BENCH_RECORDS);
	}
	return 0;
}

static int results_show(struct seq_file *out, void *unused)
{
	unsigned int i;
	u64 loop;
	int err = 0;

	if (!counts_instructions()) {
		pr_err("this machine's counter does not count instructions: run it with tools/vm/run --icount\n");
		return -EOPNOTSUPP;
	}
	loop = measure(&empty);
	for (i = 0; i < ARRAY_SIZE(subjects) && !err; i++)
		err = show_subject(out, subjects[i], loop);
	return err;
}
DEFINE_SHOW_ATTRIBUTE(results);

static void exit_subjects(unsigned int count)
{
	while (count--)
		if (subjects[count]->exit)
			subjects[count]->exit();
}

static int __init bench_init(void)
{
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(subjects); i++) {
		err = subjects[i]->init ? subjects[i]->init() : 0;
		if (err) {
			pr_err("%s cannot be set up: error %d\n", subjects[i]->name, err);
			exit_subjects(i);
			return err;
		}
	}
	file = debugfs_create_file("kring_bench", 0400, NULL, NULL, &results_fops);
	return 0;
}

static void __exit bench_exit(void)
{
	debugfs_remove(file);
	exit_subjects(ARRAY_SIZE(subjects));
}

module_init(bench_init);
module_exit(bench_exit);

MODULE_DESCRIPTION("Counts the instructions of writing a record");
MODULE_LICENSE("GPL");
