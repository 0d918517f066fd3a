// SPDX-License-Identifier: GPL-2.0-only
/* The group syscalls: system calls as they begin and end. */
#include <linux/minmax.h>
#include <linux/sched.h>
#include <trace/events/syscalls.h>

#include "group.h"

static int enter_type __ro_after_init;
static int exit_type __ro_after_init;

static notrace void on_enter(void *channel, struct pt_regs *regs, long nr)
{
	struct sys_enter *record = kring_reserve(channel, enter_type, sizeof(*record));
	unsigned long args[ARRAY_SIZE(record->args)];
	unsigned int i;

	if (!record)
		return;
	record->pid = current->pid;
	record->nr = nr;
	syscall_get_arguments(current, regs, args);
	for (i = 0; i < ARRAY_SIZE(args); i++)
		record->args[i] = args[i];
	kring_commit(channel, record);
}

static notrace void on_exit(void *channel, struct pt_regs *regs, long ret)
{
	const struct sys_exit record = {
		.pid = current->pid,
		.nr = syscall_get_nr(current, regs),
		.ret = ret,
	};

	kring_write(channel, exit_type, &record, sizeof(record));
}

static struct event_probe probes[] = {
	EVENT_PROBE(sys_enter, on_enter),
	EVENT_PROBE(sys_exit, on_exit),
	{}
};

static int register_types(struct kring_channel *channel)
{
	enter_type = kring_register_type(channel, struct sys_enter);
	exit_type = kring_register_type(channel, struct sys_exit);
	return min(enter_type, exit_type);
}

const struct event_group syscalls_group = {
	.name = "syscalls",
	.register_types = register_types,
	.probes = probes,
};
