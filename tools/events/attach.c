// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hangs callbacks on tracepoints, and takes them off again. Tracepoints are
 * looked up by name, because the kernel exports few of them to modules.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/printk.h>
#include <linux/string.h>

#include "group.h"

struct lookup {
	const char *name;
	struct tracepoint *found;
};

static void compare_name(struct tracepoint *tracepoint, void *data)
{
	struct lookup *lookup = data;

	if (!strcmp(tracepoint->name, lookup->name))
		lookup->found = tracepoint;
}

static int attach(struct event_probe *probe, struct kring_channel *channel)
{
	struct lookup lookup = { .name = probe->name };
	int error;

	for_each_kernel_tracepoint(compare_name, &lookup);
	if (!lookup.found)
		return -ENOENT;
	error = tracepoint_probe_register(lookup.found, probe->callback, channel);
	if (!error)
		probe->attached = lookup.found;
	return error;
}

/* All or none of the group's; the caller waits for callbacks that still run. */
int event_group_attach(const struct event_group *group, struct kring_channel *channel)
{
	struct event_probe *probe;
	int error;

	for (probe = group->probes; probe->name; probe++) {
		error = attach(probe, channel);
		if (error) {
			pr_err("groups: cannot record %s: this kernel's tracepoint %s is %s (%d); leave the group out\n",
			       group->name, probe->name,
			       error == -ENOENT ? "missing" : "not available", error);
			event_group_detach(group, channel);
			return error;
		}
	}
	return 0;
}

/* Also for a group that is not attached. */
void event_group_detach(const struct event_group *group, struct kring_channel *channel)
{
	struct event_probe *probe;

	for (probe = group->probes; probe->name; probe++) {
		if (!probe->attached)
			continue;
		tracepoint_probe_unregister(probe->attached, probe->callback, channel);
		probe->attached = NULL;
	}
}
