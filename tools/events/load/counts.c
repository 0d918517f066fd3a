// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/kernel/debug/kring_load/counts: a line "key value" for each count. In
 * all: "attempted", "committed", "discarded", "dropped", "nested"; then each of
 * them for every CPU and context that has attempted anything, as in
 * "cpu0.softirq.dropped". They are exact while no run goes on.
 */
#include <linux/debugfs.h>
#include <linux/seq_file.h>

#include "load.h"

static struct dentry *folder;

static const struct {
	const char *name;
	size_t offset;
} columns[] = {
	{ "attempted", offsetof(struct load_count, attempted) },
	{ "committed", offsetof(struct load_count, committed) },
	{ "discarded", offsetof(struct load_count, discarded) },
	{ "dropped", offsetof(struct load_count, dropped) },
	{ "nested", offsetof(struct load_count, nested) },
};

const char *load_context_name(enum kring_load_context context)
{
	static const char * const names[KRING_LOAD_CONTEXTS] = {
		[KRING_LOAD_TASK] = "task",
		[KRING_LOAD_SOFTIRQ] = "softirq",
		[KRING_LOAD_IRQ] = "irq",
		[KRING_LOAD_NMI] = "nmi",
		[KRING_LOAD_DYING] = "dying",
	};

	return names[context];
}

static u64 column_of(const struct load_count *count, int column)
{
	return READ_ONCE(*(const u64 *)((const char *)count + columns[column].offset));
}

static u64 total_of(int column)
{
	u64 total = 0;
	int context;
	int cpu;

	for_each_possible_cpu(cpu)
		for (context = 0; context < KRING_LOAD_CONTEXTS; context++)
			total += column_of(&per_cpu(load_cpus.counts[context], cpu), column);
	return total;
}

static void show_cpu(struct seq_file *file, int cpu, enum kring_load_context context)
{
	const struct load_count *count = &per_cpu(load_cpus.counts[context], cpu);
	int column;

	if (!column_of(count, 0))
		return;
	for (column = 0; column < ARRAY_SIZE(columns); column++)
		seq_printf(file, "cpu%d.%s.%s %llu\n", cpu, load_context_name(context), columns[column].name,
			   column_of(count, column));
}

static int counts_show(struct seq_file *file, void *data)
{
	int context;
	int column;
	int cpu;

	for (column = 0; column < ARRAY_SIZE(columns); column++)
		seq_printf(file, "%s %llu\n", columns[column].name, total_of(column));
	for_each_possible_cpu(cpu)
		for (context = 0; context < KRING_LOAD_CONTEXTS; context++)
			show_cpu(file, cpu, context);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(counts);

/* Without debugfs the module works, but unseen. */
void load_counts_create(void)
{
	folder = debugfs_create_dir(KBUILD_MODNAME, NULL);
	debugfs_create_file("counts", 0400, folder, NULL, &counts_fops);
}

void load_counts_remove(void)
{
	debugfs_remove(folder);
}
