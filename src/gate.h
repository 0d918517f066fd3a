/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The gate that programs go through to publish what they write, and that closes
 * once, at a channel's end. What was published inside it is there when
 * gate_close() returns, and nothing comes after that.
 *
 * What may fault, or sleep for as long as a program likes, is done before:
 * inside, only what is copied already is published. So no program holds up
 * an end, and one that comes too late has published nothing.
 */
#ifndef KRING_GATE_H
#define KRING_GATE_H

#include <linux/compiler.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

struct gate {
	bool closed;
};

static inline bool gate_is_closed(const struct gate *gate)
{
	return READ_ONCE(gate->closed);
}

/* False: it is closed, and there is nothing to leave. NULL is the open gate of who ends its own calls, a module. */
static inline bool gate_enter(const struct gate *gate)
{
	rcu_read_lock();
	if (likely(!gate || !gate_is_closed(gate)))
		return true;
	rcu_read_unlock();
	return false;
}

static inline void gate_leave(void)
{
	rcu_read_unlock();
}

/* Waits for all who are inside: who has not seen that it is closed came before the grace period. */
static inline void gate_close(struct gate *gate)
{
	WRITE_ONCE(gate->closed, true);
	synchronize_rcu();
}

#endif
