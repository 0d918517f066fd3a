// SPDX-License-Identifier: GPL-2.0-only
/*
 * kring_odd: what the tests of channels need a module for, and few modules do.
 * It puts an empty record into the fifo odd_records, and then one that is not;
 * and the last that a CPU does when it goes offline is to put a byte into the
 * fifo odd_bytes and a record into the broadcast odd_all. What is mapped of its
 * device is memory that can be faulted in and never be written.
 */
#include <linux/kprobes.h>
#include <linux/kring_broadcast_channel.h>
#include <linux/kring_queue.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>

static int empty;
module_param(empty, int, 0444);
MODULE_PARM_DESC(empty, "what kring said to the empty record");

static struct kring_queue *records, *bytes;
static struct kring_broadcast_channel *all;

/* Interrupts are off, and no irq_work of this CPU runs any more. */
static int on_dying(struct kprobe *probe, struct pt_regs *regs)
{
	kring_fifo_in(bytes->fifo, "x", 1);
	kring_queue_wake(bytes);
	kring_broadcast_write(all->ring, "x", 1);
	return 0;
}

/* The idle thread's last steps before its CPU halts. */
static struct kprobe dying = {
	.symbol_name = "cpuhp_report_idle_dead",
	.pre_handler = on_dying,
};

static void put_records(void)
{
	empty = kring_fifo_put_record(records->fifo, "", 0);
	kring_fifo_put_record(records->fifo, "x", 1);
}

/* Says that the page is there now, and it is not. */
static vm_fault_t fault(struct vm_fault *vmf)
{
	return VM_FAULT_NOPAGE;
}

static const struct vm_operations_struct never_there = {
	.fault = fault,
};

static int odd_mmap(struct file *filp, struct vm_area_struct *vma)
{
	vma->vm_ops = &never_there;
	return 0;
}

static const struct file_operations odd_fops = {
	.owner = THIS_MODULE,
	.mmap = odd_mmap,
};

static struct miscdevice odd_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "kring-odd",
	.mode = 0600,
	.fops = &odd_fops,
};

static void destroy(void)
{
	kring_queue_destroy(records);
	kring_queue_destroy(bytes);
	kring_broadcast_destroy(all);
}

static int create(void)
{
	struct kring_queue_config fifo = { .kind = KRING_KIND_FIFO, .size = 64, .held = KRING_SIDE_PRODUCER };
	const struct kring_broadcast_config broadcast = { .slots = 16, .payload = 64 };

	bytes = kring_queue_create("odd_bytes", &fifo);
	fifo.length = 1;
	records = kring_queue_create("odd_records", &fifo);
	all = kring_broadcast_create("odd_all", &broadcast);
	return PTR_ERR_OR_ZERO(bytes) ?: PTR_ERR_OR_ZERO(records) ?: PTR_ERR_OR_ZERO(all);
}

static int __init kring_odd_init(void)
{
	int err = create();

	if (err)
		goto no_channels;
	err = register_kprobe(&dying);
	if (err)
		goto no_channels;
	err = misc_register(&odd_device);
	if (err)
		goto no_device;
	put_records();
	return 0;

no_device:
	unregister_kprobe(&dying);
no_channels:
	destroy();
	return err;
}

static void __exit kring_odd_exit(void)
{
	misc_deregister(&odd_device);
	/* Waits for handlers that run. */
	unregister_kprobe(&dying);
	destroy();
}

module_init(kring_odd_init);
module_exit(kring_odd_exit);
MODULE_DESCRIPTION("Does to kring's channels what its tests need a module for");
MODULE_LICENSE("GPL");
