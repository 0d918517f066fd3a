/* SPDX-License-Identifier: GPL-2.0-only */
/* A group of events of kring_events.ko: its record types, and which tracepoints its callbacks hang on. */
#ifndef KRING_EVENTS_GROUP_H
#define KRING_EVENTS_GROUP_H

#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/kring.h>
#include <linux/tracepoint.h>

#include "kring_events.h"

/**
 * struct event_probe - a callback and its tracepoint
 * @name:     the tracepoint's name
 * @callback: called with the channel, then the tracepoint's arguments
 * @attached: the tracepoint while the callback hangs on it, else NULL
 */
struct event_probe {
	const char *name;
	void *callback;
	struct tracepoint *attached;
};

/* The callback must be as this kernel's tracepoint wants it: its arguments have changed before. */
#define EVENT_PROBE(tracepoint, function)							\
	{											\
		.name = #tracepoint,								\
		.callback = (function) + BUILD_BUG_ON_ZERO(					\
			!__same_type(check_trace_callback_type_##tracepoint,			\
				     void(typeof(function) *))),				\
	}

/**
 * struct event_group - events that are chosen together
 * @name:           in the module parameter groups
 * @register_types: tells the channel the types of its records; negative errno if it could not
 * @probes:         ended by one without a name
 */
struct event_group {
	const char *name;
	int (*register_types)(struct kring_channel *channel);
	struct event_probe *probes;
};

extern const struct event_group sched_group;
extern const struct event_group irq_group;
extern const struct event_group softirq_group;
extern const struct event_group syscalls_group;

int event_group_attach(const struct event_group *group, struct kring_channel *channel);
void event_group_detach(const struct event_group *group, struct kring_channel *channel);

#endif /* KRING_EVENTS_GROUP_H */
