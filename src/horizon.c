// SPDX-License-Identifier: GPL-2.0-only
/*
 * How far a channel is complete: the time before which every record is
 * published, by which a reader merges CPUs without guessing. Writers pay
 * nothing for it: who asks interrupts the CPUs.
 *
 *   on each CPU with a ring, in an interrupt
 *     N reads the channel's clock
 *     O looks for open records: there are none
 *
 * All records stamped before N's time are published:
 *
 * - A writer reads the clock before it reserves, and reserves only at the time
 *   that it read last. One that was at work when the interrupt came has its
 *   record open, and O finds it; or it has not raised the gate yet, and reads
 *   the clock when the interrupt is over.
 * - An NMI between N and O is outermost, or O would not say what it says: it
 *   publishes by itself, and has a later stamp, too.
 *
 * An open record is the interrupted writer's, which goes on as soon as the
 * interrupt is over: the CPUs are asked again a little later.
 */

#include <linux/cpu.h>
#include <linux/delay.h>
#include <linux/sched/signal.h>
#include <linux/smp.h>

#include "channel.h"

#define MAX_TRIES 20

/**
 * struct question - to all CPUs, or to one
 * @channel: whose rings
 * @time:    the least of the CPUs' times
 * @open:    a CPU has an open record
 */
struct question {
	struct channel *channel;
	atomic64_t time;
	bool open;
};

static bool has_ring(int cpu, void *question)
{
	return channel_ring(((struct question *)question)->channel, cpu);
}

static void answer(void *to)
{
	struct question *question = to;
	struct channel_ring *ring = channel_ring(question->channel, smp_processor_id());
	s64 now = clock_now(question->channel->meta->clock);
	s64 least = atomic64_read(&question->time);

	if (!kring_core_is_complete(ring->core))
		WRITE_ONCE(question->open, true);
	while (now < least && !atomic64_try_cmpxchg(&question->time, &least, now))
		;
}

/* A CPU that is offline writes nothing: it is complete up to the time of the one that asks. */
static void ask(struct question *question, u32 cpu)
{
	cpus_read_lock();
	question->open = false;
	atomic64_set(&question->time, clock_now(question->channel->meta->clock));
	if (cpu == KRING_CPU_ALL)
		on_each_cpu_cond(has_ring, answer, question, true);
	else if (cpu_online(cpu))
		smp_call_function_single(cpu, answer, question, true);
	cpus_read_unlock();
}

int channel_horizon(struct channel *channel, u32 cpu, u64 *time)
{
	struct question question = { .channel = channel };
	int tries;

	for (tries = 0; tries < MAX_TRIES; tries++) {
		ask(&question, cpu);
		if (!question.open) {
			*time = atomic64_read(&question.time);
			return 0;
		}
		if (signal_pending(current))
			return -EINTR;
		usleep_range(20, 100);
	}
	return -EAGAIN;
}
