// SPDX-License-Identifier: GPL-2.0-only
/* kring_events: records what the kernel does, in groups of events, into one channel. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt
#define CHANNEL_NAME "events"

#include <linux/init.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "channel_params.h"
#include "group.h"

static char *groups = "sched,irq,softirq";
module_param(groups, charp, 0444);
MODULE_PARM_DESC(groups, "of events to record: sched, irq, softirq, syscalls (default sched,irq,softirq)");

static const struct event_group * const known_groups[] = {
	&sched_group,
	&irq_group,
	&softirq_group,
	&syscalls_group,
};

static struct kring_channel *channel;

static int __init find_group(const char *name)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(known_groups); i++)
		if (!strcmp(known_groups[i]->name, name))
			return i;
	return -EINVAL;
}

/* Bit n of @chosen: known_groups[n] is named in the parameter. */
static int __init parse_groups(unsigned long *chosen)
{
	char *copy = kstrdup(groups, GFP_KERNEL);
	char *rest = copy;
	int group = 0;
	char *name;

	if (!copy)
		return -ENOMEM;
	*chosen = 0;
	while (group >= 0 && (name = strsep(&rest, ","))) {
		group = find_group(name);
		if (group >= 0)
			*chosen |= BIT(group);
		else
			pr_err("groups=%s: no group is called '%s'; give some of sched,irq,softirq,syscalls\n",
			       groups, name);
	}
	kfree(copy);
	return min(group, 0);
}

/* Returns when no callback runs any more, nor will. */
static void detach_all(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(known_groups); i++)
		event_group_detach(known_groups[i], channel);
	tracepoint_synchronize_unregister();
}

static int __init attach_groups(unsigned long chosen)
{
	int error;
	int i;

	for (i = 0; i < ARRAY_SIZE(known_groups); i++) {
		if (!(chosen & BIT(i)))
			continue;
		error = known_groups[i]->register_types(channel);
		if (error >= 0)
			error = event_group_attach(known_groups[i], channel);
		if (error < 0)
			return error;
	}
	return 0;
}

static int __init kring_events_init(void)
{
	unsigned long chosen;
	int error;

	error = parse_groups(&chosen);
	if (error)
		return error;
	channel = channel_from_params();
	if (IS_ERR(channel))
		return PTR_ERR(channel);
	error = attach_groups(chosen);
	if (error) {
		detach_all();
		kring_destroy(channel);
	}
	return error;
}

static void __exit kring_events_exit(void)
{
	detach_all();
	kring_destroy(channel);
}

module_init(kring_events_init);
module_exit(kring_events_exit);
MODULE_DESCRIPTION("Records scheduler, interrupt and system call events into a kring channel");
MODULE_LICENSE("GPL");
