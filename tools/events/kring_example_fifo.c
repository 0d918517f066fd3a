// SPDX-License-Identifier: GPL-2.0-only
/*
 * kring_example_fifo: an interrupt hands samples to a thread through a
 * kring_fifo, without a lock; the thread keeps their sum. What found no room is
 * counted. /sys/module/kring_example_fifo/parameters/ has what came of it.
 */
#include <linux/hrtimer.h>
#include <linux/kring_fifo.h>
#include <linux/module.h>
#include <linux/workqueue.h>

#include "../../src/compat.h"

struct sample {
	u64 time;
	u64 value;
};

static ulong sum, taken, refused;
module_param(sum, ulong, 0444);
MODULE_PARM_DESC(sum, "of the values that the thread has taken");
module_param(taken, ulong, 0444);
MODULE_PARM_DESC(taken, "samples");
module_param(refused, ulong, 0444);
MODULE_PARM_DESC(refused, "samples that found no room");

static struct kring_fifo samples;
static struct hrtimer timer;

/* The consumer: one work item, which never runs beside itself. */
static void take_samples(struct work_struct *work)
{
	struct sample sample;

	while (kring_fifo_get(&samples, &sample)) {
		sum += sample.value;
		taken++;
	}
}

static DECLARE_WORK(taker, take_samples);

/* The producer: one timer, likewise. */
static enum hrtimer_restart sample_now(struct hrtimer *timer)
{
	static u64 number;
	struct sample sample = { ktime_get_ns(), ++number };

	if (!kring_fifo_put(&samples, &sample))
		refused++;
	schedule_work(&taker);
	hrtimer_forward_now(timer, ms_to_ktime(1));
	return HRTIMER_RESTART;
}

static int __init example_init(void)
{
	int error = kring_fifo_alloc(&samples, 64, sizeof(struct sample), GFP_KERNEL);

	if (error)
		return error;
	hrtimer_setup(&timer, sample_now, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	hrtimer_start(&timer, ms_to_ktime(1), HRTIMER_MODE_REL);
	return 0;
}

static void __exit example_exit(void)
{
	hrtimer_cancel(&timer);
	cancel_work_sync(&taker);
	kring_fifo_free(&samples);
}

module_init(example_init);
module_exit(example_exit);
MODULE_DESCRIPTION("Hands samples from an interrupt to a thread through a kring_fifo");
MODULE_LICENSE("GPL");
