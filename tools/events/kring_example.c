// SPDX-License-Identifier: GPL-2.0-only
/* kring_example: the least that a module needs to write records. */
#include <linux/kring.h>
#include <linux/sched.h>
#include <linux/workqueue.h>

/**
 * struct example_tick - a work item that is due every 10 ms has run
 * @number: counts from 0
 * @worker: id of the kernel thread that ran it
 */
struct example_tick {
	__u32	number;
	__s32	worker;
};

static struct kring_channel *channel;
static int tick_type;

static void tick(struct work_struct *work)
{
	static u32 number;
	struct example_tick *record = kring_reserve(channel, tick_type, sizeof(*record));

	if (record) {
		record->number = number;
		record->worker = current->pid;
		kring_commit(channel, record);
	}
	number++;
	schedule_delayed_work(to_delayed_work(work), msecs_to_jiffies(10));
}

static DECLARE_DELAYED_WORK(ticker, tick);

static int __init kring_example_init(void)
{
	channel = kring_create("example", NULL);
	if (IS_ERR(channel))
		return PTR_ERR(channel);
	tick_type = kring_register_type(channel, struct example_tick);
	if (tick_type < 0) {
		kring_destroy(channel);
		return tick_type;
	}
	schedule_delayed_work(&ticker, 0);
	return 0;
}

static void __exit kring_example_exit(void)
{
	cancel_delayed_work_sync(&ticker);
	kring_destroy(channel);
}

module_init(kring_example_init);
module_exit(kring_example_exit);
MODULE_DESCRIPTION("Writes a record to the kring channel 'example' every 10 ms");
MODULE_LICENSE("GPL");
