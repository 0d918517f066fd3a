// SPDX-License-Identifier: GPL-2.0-only
/* The group softirq: softirqs that are raised, and run. */
#include <linux/interrupt.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <trace/events/irq.h>

#include "group.h"

static int raise_type __ro_after_init;
static int entry_type __ro_after_init;
static int exit_type __ro_after_init;

/* A softirq that is newer than this file has no name, but is recorded. */
static const char actions[NR_SOFTIRQS][sizeof_field(struct softirq_entry, action)] = {
	[HI_SOFTIRQ] = "HI",
	[TIMER_SOFTIRQ] = "TIMER",
	[NET_TX_SOFTIRQ] = "NET_TX",
	[NET_RX_SOFTIRQ] = "NET_RX",
	[BLOCK_SOFTIRQ] = "BLOCK",
	[IRQ_POLL_SOFTIRQ] = "IRQ_POLL",
	[TASKLET_SOFTIRQ] = "TASKLET",
	[SCHED_SOFTIRQ] = "SCHED",
	[HRTIMER_SOFTIRQ] = "HRTIMER",
	[RCU_SOFTIRQ] = "RCU",
};

/* The three records are alike but for their names, by which tools tell them apart. */
static __always_inline void record_softirq(struct kring_channel *channel, int type, unsigned int vec)
{
	struct softirq_entry record = { .vec = vec };

	if (vec < NR_SOFTIRQS)
		memcpy(record.action, actions[vec], sizeof(record.action));
	kring_write(channel, type, &record, sizeof(record));
}

static notrace void on_raise(void *channel, unsigned int vec)
{
	record_softirq(channel, raise_type, vec);
}

static notrace void on_entry(void *channel, unsigned int vec)
{
	record_softirq(channel, entry_type, vec);
}

static notrace void on_exit(void *channel, unsigned int vec)
{
	record_softirq(channel, exit_type, vec);
}

static struct event_probe probes[] = {
	EVENT_PROBE(softirq_raise, on_raise),
	EVENT_PROBE(softirq_entry, on_entry),
	EVENT_PROBE(softirq_exit, on_exit),
	{}
};

static int register_types(struct kring_channel *channel)
{
	/* record_softirq() writes one in place of the others. */
	static_assert(sizeof(struct softirq_raise) == sizeof(struct softirq_entry));
	static_assert(sizeof(struct softirq_exit) == sizeof(struct softirq_entry));

	raise_type = kring_register_type(channel, struct softirq_raise);
	entry_type = kring_register_type(channel, struct softirq_entry);
	exit_type = kring_register_type(channel, struct softirq_exit);
	return min3(raise_type, entry_type, exit_type);
}

const struct event_group softirq_group = {
	.name = "softirq",
	.register_types = register_types,
	.probes = probes,
};
