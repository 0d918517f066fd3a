// SPDX-License-Identifier: GPL-2.0-only
/*
 * kring_beacon: the least that a module needs to use a broadcast ring. Each CPU's
 * timer interrupt produces; a thread consumes, sleeps in between, and says in
 * the end what it got.
 */
#include <linux/cpu.h>
#include <linux/hrtimer.h>
#include <linux/kring_broadcast.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/wait.h>

/**
 * struct beacon - a CPU is alive
 * @cpu:  which
 * @time: when, CLOCK_MONOTONIC
 */
struct beacon {
	u64	cpu;
	u64	time;
};

#define PERIOD_NS (10 * NSEC_PER_MSEC)

static struct kring_broadcast *ring;
static struct task_struct *listener;
static DEFINE_PER_CPU(struct hrtimer, timers);
static bool ending;

static enum hrtimer_restart produce(struct hrtimer *timer)
{
	struct beacon *beacon = kring_broadcast_reserve(ring, sizeof(*beacon));

	if (!IS_ERR(beacon)) {
		beacon->cpu = smp_processor_id();
		beacon->time = ktime_get_mono_fast_ns();
		kring_broadcast_commit(ring, beacon);
	}
	hrtimer_forward_now(timer, ns_to_ktime(PERIOD_NS));
	return READ_ONCE(ending) ? HRTIMER_NORESTART : HRTIMER_RESTART;
}

static void start_here(void *unused)
{
	hrtimer_start(this_cpu_ptr(&timers), ns_to_ktime(PERIOD_NS), HRTIMER_MODE_REL_PINNED_HARD);
}

static int listen(void *unused)
{
	struct kring_broadcast_consumer consumer;
	struct beacon beacon;
	u64 received = 0;

	kring_broadcast_start(ring, &consumer, KRING_BROADCAST_OLDEST);
	while (!kthread_should_stop()) {
		if (kring_broadcast_next(ring, &consumer, &beacon, sizeof(beacon)) == sizeof(beacon)) {
			pr_debug("CPU %llu at %llu ns\n", beacon.cpu, beacon.time);
			received++;
			continue;
		}
		wait_event_interruptible(*kring_broadcast_queue(ring),
					 kthread_should_stop() || kring_broadcast_arm(ring, &consumer));
	}
	pr_info("kring_beacon: %llu received, %llu lost\n", received, consumer.lost);
	return 0;
}

static int __init kring_beacon_init(void)
{
	unsigned int cpu;

	ring = kring_broadcast_alloc(64, sizeof(struct beacon));
	if (IS_ERR(ring))
		return PTR_ERR(ring);
	listener = kthread_run(listen, NULL, "kring_beacon");
	if (IS_ERR(listener)) {
		kring_broadcast_free(ring);
		return PTR_ERR(listener);
	}
	for_each_possible_cpu(cpu) {
		struct hrtimer *timer = per_cpu_ptr(&timers, cpu);

		hrtimer_init(timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);
		timer->function = produce;
	}
	on_each_cpu(start_here, NULL, 1);
	return 0;
}

static void __exit kring_beacon_exit(void)
{
	unsigned int cpu;

	WRITE_ONCE(ending, true);
	for_each_possible_cpu(cpu)
		hrtimer_cancel(per_cpu_ptr(&timers, cpu));
	kthread_stop(listener);
	kring_broadcast_free(ring);
}

module_init(kring_beacon_init);
module_exit(kring_beacon_exit);
MODULE_DESCRIPTION("Produces a record on each CPU every 10 ms into a broadcast ring, and consumes it");
MODULE_LICENSE("GPL");
