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
 * interrupt is over: such a CPU is asked again a little later. The answers of
 * the others stay true.
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
 * @open:    CPUs that have not yet been found without an open record
 */
struct question {
	struct channel *channel;
	atomic64_t time;
	cpumask_var_t open;
};

static bool is_asked(int cpu, void *question)
{
	return cpumask_test_cpu(cpu, ((struct question *)question)->open);
}

static void answer(void *to)
{
	struct question *question = to;
	unsigned int cpu = smp_processor_id();
	struct channel_ring *ring = channel_ring(question->channel, cpu);
	s64 now = clock_now(question->channel->meta->clock);
	s64 least = atomic64_read(&question->time);

	if (!kring_core_is_complete(ring->core))
		return;
	while (now < least && !atomic64_try_cmpxchg(&question->time, &least, now))
		;
	cpumask_clear_cpu(cpu, question->open);
}

/* A CPU that is offline writes nothing: it is complete up to the time of the one that asks. */
static void ask(struct question *question)
{
	cpus_read_lock();
	cpumask_and(question->open, question->open, cpu_online_mask);
	on_each_cpu_cond(is_asked, answer, question, true);
	cpus_read_unlock();
}

static int ask_all(struct question *question)
{
	int tries;

	for (tries = 0; tries < MAX_TRIES; tries++) {
		ask(question);
		if (cpumask_empty(question->open))
			return 0;
		if (signal_pending(current))
			return -EINTR;
		usleep_range(20, 100);
	}
	return -EAGAIN;
}

int channel_horizon(struct channel *channel, u32 cpu, u64 *time)
{
	struct question question = { .channel = channel };
	unsigned int each;
	int err;

	if (!zalloc_cpumask_var(&question.open, GFP_KERNEL))
		return -ENOMEM;
	for_each_possible_cpu(each)
		if ((cpu == KRING_CPU_ALL || cpu == each) && channel_ring(channel, each))
			cpumask_set_cpu(each, question.open);
	atomic64_set(&question.time, clock_now(channel->meta->clock));
	err = ask_all(&question);
	*time = atomic64_read(&question.time);
	free_cpumask_var(question.open);
	return err;
}
