// SPDX-License-Identifier: GPL-2.0-only
/* The group irq: handlers of device interrupts. */
#include <linux/interrupt.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <trace/events/irq.h>

#include "group.h"

static int entry_type __ro_after_init;
static int exit_type __ro_after_init;

static notrace void on_entry(void *channel, int irq, struct irqaction *action)
{
	struct irq_handler_entry *record = kring_reserve(channel, entry_type, sizeof(*record));

	if (!record)
		return;
	record->irq = irq;
	strscpy_pad(record->name, action->name ?: "", sizeof(record->name));
	kring_commit(channel, record);
}

static notrace void on_exit(void *channel, int irq, struct irqaction *action, int ret)
{
	const struct irq_handler_exit record = { .irq = irq, .ret = ret };

	kring_write(channel, exit_type, &record, sizeof(record));
}

static struct event_probe probes[] = {
	EVENT_PROBE(irq_handler_entry, on_entry),
	EVENT_PROBE(irq_handler_exit, on_exit),
	{}
};

static int register_types(struct kring_channel *channel)
{
	entry_type = kring_register_type(channel, struct irq_handler_entry);
	exit_type = kring_register_type(channel, struct irq_handler_exit);
	return min(entry_type, exit_type);
}

const struct event_group irq_group = {
	.name = "irq",
	.register_types = register_types,
	.probes = probes,
};
