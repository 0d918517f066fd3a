// SPDX-License-Identifier: GPL-2.0-only
/*
 * kring_example_fifo: a timer, in softirq context, hands samples to a thread
 * through a kring_fifo, without a lock; the thread keeps their sum. What found
 * no room is counted. /sys/module/kring_example_fifo/parameters/ has what came
 * of it.
 */
#include <linux/kring_fifo.h>
#include <linux/module.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

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
static void sample_now(struct timer_list *timer)
{
	static u64 number;
	struct sample sample = { ktime_get_ns(), ++number };

	if (!kring_fifo_put(&samples, &sample))
		refused++;
	schedule_work(&taker);
	mod_timer(timer, jiffies + 1);
}

static DEFINE_TIMER(sampler, sample_now);

static int __init example_init(void)
{
	int error = kring_fifo_alloc(&samples, 64, sizeof(struct sample), GFP_KERNEL);

	if (error)
		return error;
	mod_timer(&sampler, jiffies + 1);
	return 0;
}

static void __exit example_exit(void)
{
	timer_delete_sync(&sampler);
	cancel_work_sync(&taker);
	kring_fifo_free(&samples);
}

module_init(example_init);
module_exit(example_exit);
MODULE_DESCRIPTION("Hands samples from a timer to a thread through a kring_fifo");
MODULE_LICENSE("GPL");
