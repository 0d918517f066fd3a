// SPDX-License-Identifier: GPL-2.0-only
/*
 * kring_odd: what the tests of channels need a module for, and few modules do.
 * It puts an empty record into the fifo odd_records, and then one that is not.
 */
#include <linux/kring_queue.h>
#include <linux/module.h>

static int empty;
module_param(empty, int, 0444);
MODULE_PARM_DESC(empty, "what kring said to the empty record");

static struct kring_queue *records;

static int make_records(void)
{
	const struct kring_queue_config config = {
		.kind = KRING_KIND_FIFO,
		.size = 64,
		.length = 1,
		.held = KRING_SIDE_PRODUCER,
	};

	records = kring_queue_create("odd_records", &config);
	if (IS_ERR(records))
		return PTR_ERR(records);
	empty = kring_fifo_put_record(records->fifo, "", 0);
	return kring_fifo_put_record(records->fifo, "x", 1);
}

static void destroy(void)
{
	kring_queue_destroy(records);
}

static int __init kring_odd_init(void)
{
	int err = make_records();

	if (err)
		destroy();
	return err;
}

static void __exit kring_odd_exit(void)
{
	destroy();
}

module_init(kring_odd_init);
module_exit(kring_odd_exit);
MODULE_DESCRIPTION("Does to kring's channels what its tests need a module for");
MODULE_LICENSE("GPL");
