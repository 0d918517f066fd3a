// SPDX-License-Identifier: GPL-2.0-only
/*
 * kring_echo: a module between programs. What one writes to the fifo echo_in
 * comes out of the fifo echo_out, and as records of the broadcast echo_all,
 * moved by an interrupt: the module holds the consumer's side of the one, the
 * producer's of the other.
 */
#include <linux/hrtimer.h>
#include <linux/kring_broadcast_channel.h>
#include <linux/kring_queue.h>

#include "../../src/compat.h"

#define INTERVAL (2 * NSEC_PER_MSEC)

static struct kring_queue *in, *out;
static struct kring_broadcast_channel *all;
static struct hrtimer timer;

/* Whole pieces: what has no room in echo_out stays in echo_in. */
static enum hrtimer_restart move(struct hrtimer *unused)
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
	hrtimer_forward_now(&timer, INTERVAL);
	return HRTIMER_RESTART;
}

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
	hrtimer_setup(&timer, move, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
	hrtimer_start(&timer, INTERVAL, HRTIMER_MODE_REL_HARD);
	return 0;
}

static void __exit kring_echo_exit(void)
{
	hrtimer_cancel(&timer);
	destroy();
}

module_init(kring_echo_init);
module_exit(kring_echo_exit);
MODULE_DESCRIPTION("Gives to readers of kring's fifo echo_out what is written to its fifo echo_in");
MODULE_LICENSE("GPL");
