// SPDX-License-Identifier: GPL-2.0-only
/* The group sched: tasks that are switched to, and woken. */
#include <linux/minmax.h>
#include <linux/mm_types.h>	/* trace/events/sched.h needs it and does not say so */
#include <linux/sched.h>
#include <linux/string.h>
#include <trace/events/sched.h>

#include "group.h"

static int switch_type __ro_after_init;
static int wakeup_type __ro_after_init;

/* One bit for the state, as ftrace has it, so that its users need not learn another encoding. */
static notrace u32 reported_state(bool preempt, unsigned int state, unsigned int exit_state)
{
	unsigned int index;

	if (preempt)
		return TASK_REPORT_MAX;
	index = __task_state_index(state, exit_state);
	return index ? 1U << (index - 1) : 0;
}

static notrace void on_switch(void *channel, bool preempt, struct task_struct *prev, struct task_struct *next,
			      unsigned int prev_state)
{
	struct sched_switch *record = kring_reserve(channel, switch_type, sizeof(*record));

	if (!record)
		return;
	memcpy(record->prev_comm, prev->comm, sizeof(record->prev_comm));
	record->prev_pid = prev->pid;
	record->prev_prio = prev->prio;
	record->prev_state = reported_state(preempt, prev_state, prev->exit_state);
	memcpy(record->next_comm, next->comm, sizeof(record->next_comm));
	record->next_pid = next->pid;
	record->next_prio = next->prio;
	kring_commit(channel, record);
}

static __always_inline void record_wakeup(struct kring_channel *channel, const struct task_struct *task, bool first)
{
	struct sched_wakeup *record = kring_reserve(channel, wakeup_type, sizeof(*record));

	if (!record)
		return;
	memcpy(record->comm, task->comm, sizeof(record->comm));
	record->pid = task->pid;
	record->prio = task->prio;
	record->target_cpu = task_cpu(task);
	record->first = first;
	kring_commit(channel, record);
}

static notrace void on_wakeup(void *channel, struct task_struct *task)
{
	record_wakeup(channel, task, false);
}

static notrace void on_wakeup_new(void *channel, struct task_struct *task)
{
	record_wakeup(channel, task, true);
}

static struct event_probe probes[] = {
	EVENT_PROBE(sched_switch, on_switch),
	EVENT_PROBE(sched_wakeup, on_wakeup),
	EVENT_PROBE(sched_wakeup_new, on_wakeup_new),
	{}
};

static int register_types(struct kring_channel *channel)
{
	static_assert(sizeof_field(struct sched_switch, prev_comm) == TASK_COMM_LEN);

	switch_type = kring_register_type(channel, struct sched_switch);
	wakeup_type = kring_register_type(channel, struct sched_wakeup);
	return min(switch_type, wakeup_type);
}

const struct event_group sched_group = {
	.name = "sched",
	.register_types = register_types,
	.probes = probes,
};
