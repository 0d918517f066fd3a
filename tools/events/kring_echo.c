// SPDX-License-Identifier: GPL-2.0-only
/*
 * kring_echo: a module between programs. What one writes to the fifo echo_in
 * comes out of the fifo echo_out, and as records of the broadcast echo_all,
 * moved by an interrupt: the module holds the consumer's side of the one, the
 * producer's of the other.
 */
#include <linux/irq_work.h>
#include <linux/kring_broadcast_channel.h>
#include <linux/kring_queue.h>
#include <linux/timer.h>

static struct kring_queue *in, *out;
static struct kring_broadcast_channel *all;

/* Whole pieces: what has no room in echo_out stays in echo_in. */
static void move(struct irq_work *unused)
{
	u8 piece[64];
	unsigned int size = min_t(unsigned int, sizeof(piece), kring_fifo_avail(out->fifo));

	size = kring_fifo_out(in->fifo, piece, size);
	if (size) {
		kring_fifo_in(out->fifo, piece, size);
		kring_broadcast_write(all->ring, piece, size);
		kring_queue_wake(in);
		kring_queue_wake(out);
	}
}

static struct irq_work mover = IRQ_WORK_INIT_HARD(move);

/* As a device would. The interrupt is over long before the next, so that each side has one call at a time. */
static void interrupt(struct timer_list *timer)
{
	irq_work_queue(&mover);
	mod_timer(timer, jiffies + 1);
}

static DEFINE_TIMER(ticker, interrupt);

static void destroy(void)
{
	kring_queue_destroy(in);
	kring_queue_destroy(out);
	kring_broadcast_destroy(all);
}

static int __init kring_echo_init(void)
{
	struct kring_queue_config fifo = { .kind = KRING_KIND_FIFO, .size = 256 };
	const struct kring_broadcast_config broadcast = { .slots = 16, .payload = 64 };

	fifo.held = KRING_SIDE_CONSUMER;
	in = kring_queue_create("echo_in", &fifo);
	fifo.held = KRING_SIDE_PRODUCER;
	out = kring_queue_create("echo_out", &fifo);
	all = kring_broadcast_create("echo_all", &broadcast);
	if (IS_ERR(in) || IS_ERR(out) || IS_ERR(all)) {
		destroy();
		return PTR_ERR_OR_ZERO(in) ?: PTR_ERR_OR_ZERO(out) ?: PTR_ERR(all);
	}
	mod_timer(&ticker, jiffies + 1);
	return 0;
}

static void __exit kring_echo_exit(void)
{
	timer_delete_sync(&ticker);
	irq_work_sync(&mover);
	destroy();
}

module_init(kring_echo_init);
module_exit(kring_echo_exit);
MODULE_DESCRIPTION("Gives to readers of kring's fifo echo_out what is written to its fifo echo_in");
MODULE_LICENSE("GPL");
