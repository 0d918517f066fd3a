// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit suite of include/linux/kring_mirror.h: what it refuses, the form with a
 * lock in several contexts at once, and copies from and to programs that end at
 * a fault. All states and lengths are tested in tools/test.
 */

#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/kring_mirror.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/uaccess.h>

#include "program.h"

static void capacities(struct kunit *test)
{
	static const struct {
		size_t capacity;
		int err;
	} cases[] = {
		{ 1, 0 },
		{ 17, 0 },
		{ 100000, 0 },
		{ 0, -EINVAL },
		{ 0x80000000, -EINVAL },
		{ 1UL << 32, -EINVAL },
		{ SIZE_MAX, -EINVAL },
	};
	struct kring_mirror mirror = {};
	char *buffer;
	int i;

	buffer = kunit_kzalloc(test, 100000, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, buffer);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		KUNIT_EXPECT_EQ(test, kring_mirror_alloc(&mirror, cases[i].capacity, GFP_KERNEL), cases[i].err);
		if (!cases[i].err) {
			KUNIT_EXPECT_EQ(test, kring_mirror_capacity(&mirror), cases[i].capacity);
			KUNIT_EXPECT_EQ(test, kring_mirror_space_len(&mirror), cases[i].capacity);
		}
		kring_mirror_free(&mirror);
		kring_mirror_free(&mirror);
		KUNIT_EXPECT_EQ(test, kring_mirror_init(&mirror, buffer, cases[i].capacity), cases[i].err);
		kring_mirror_free(&mirror);
	}
	KUNIT_EXPECT_EQ(test, kring_mirror_init(&mirror, NULL, 5), -EINVAL);
}

static void bytes(struct kunit *test)
{
	struct kring_mirror mirror;
	struct kring_spans spans;
	char buffer[5], out[6] = {};
	u8 byte = 0;

	KUNIT_ASSERT_EQ(test, kring_mirror_init(&mirror, buffer, 5), 0);
	KUNIT_EXPECT_EQ(test, kring_mirror_status(&mirror), KRING_MIRROR_EMPTY);
	KUNIT_EXPECT_FALSE(test, kring_mirror_getchar(&mirror, &byte));
	KUNIT_EXPECT_EQ(test, kring_mirror_put(&mirror, "abc", 3), 3);
	KUNIT_EXPECT_EQ(test, kring_mirror_status(&mirror), KRING_MIRROR_HALF_FULL);
	KUNIT_EXPECT_TRUE(test, kring_mirror_getchar(&mirror, &byte));
	KUNIT_EXPECT_EQ(test, byte, 'a');
	KUNIT_EXPECT_TRUE(test, kring_mirror_putchar(&mirror, 'd'));
	KUNIT_EXPECT_EQ(test, kring_mirror_put(&mirror, "efg", 3), 2);
	KUNIT_EXPECT_EQ(test, kring_mirror_status(&mirror), KRING_MIRROR_FULL);
	KUNIT_EXPECT_FALSE(test, kring_mirror_putchar(&mirror, 'x'));
	KUNIT_EXPECT_EQ(test, kring_mirror_finish_put(&mirror, 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, kring_mirror_peek(&mirror, out, 6), 5);
	KUNIT_EXPECT_STREQ(test, out, "bcdef");
	KUNIT_EXPECT_EQ(test, kring_mirror_prepare_get(&mirror, 9, &spans), 5);
	KUNIT_EXPECT_EQ(test, spans.count[0], 4);
	KUNIT_EXPECT_PTR_EQ(test, spans.at[1], (void *)buffer);
	KUNIT_EXPECT_EQ(test, kring_mirror_finish_get(&mirror, 6), -EINVAL);
	KUNIT_EXPECT_EQ(test, kring_mirror_finish_get(&mirror, 1), 0);
	KUNIT_EXPECT_EQ(test, kring_mirror_skip(&mirror, 1), 1);
	KUNIT_EXPECT_EQ(test, kring_mirror_data_len(&mirror), 3);
	KUNIT_EXPECT_EQ(test, kring_mirror_prepare_put(&mirror, 9, &spans), 2);
	kring_mirror_reset(&mirror);
	KUNIT_EXPECT_EQ(test, kring_mirror_status(&mirror), KRING_MIRROR_EMPTY);
}

static void forced(struct kunit *test)
{
	struct kring_mirror_locked ring;
	char buffer[5], out[6] = {};
	u8 byte;

	KUNIT_ASSERT_EQ(test, kring_mirror_locked_init(&ring, buffer, 5), 0);
	KUNIT_EXPECT_EQ(test, kring_mirror_locked_put(&ring, "abcd", 4), 4);
	KUNIT_EXPECT_FALSE(test, kring_mirror_locked_putchar_force(&ring, 'e'));
	KUNIT_EXPECT_EQ(test, kring_mirror_locked_status(&ring), KRING_MIRROR_FULL);
	KUNIT_EXPECT_TRUE(test, kring_mirror_locked_putchar_force(&ring, 'f'));
	KUNIT_EXPECT_EQ(test, kring_mirror_locked_put_force(&ring, "ghi", 3), 3);
	KUNIT_EXPECT_EQ(test, kring_mirror_locked_peek(&ring, out, 6), 5);
	KUNIT_EXPECT_STREQ(test, out, "efghi");
	KUNIT_EXPECT_EQ(test, kring_mirror_locked_put_force(&ring, "0123456789", 10), 10);
	KUNIT_EXPECT_EQ(test, kring_mirror_locked_get(&ring, out, 6), 5);
	KUNIT_EXPECT_STREQ(test, out, "56789");
	KUNIT_EXPECT_FALSE(test, kring_mirror_locked_getchar(&ring, &byte));
	KUNIT_EXPECT_TRUE(test, kring_mirror_locked_putchar(&ring, 'x'));
	KUNIT_EXPECT_EQ(test, kring_mirror_locked_data_len(&ring), 1);
	KUNIT_EXPECT_EQ(test, kring_mirror_locked_space_len(&ring), 4);
	KUNIT_EXPECT_EQ(test, kring_mirror_locked_skip(&ring, 9), 1);
	kring_mirror_locked_putchar(&ring, 'y');
	kring_mirror_locked_reset(&ring);
	KUNIT_EXPECT_EQ(test, kring_mirror_locked_status(&ring), KRING_MIRROR_EMPTY);
	kring_mirror_locked_free(&ring);
}

/* A fault at each place, of a ring whose bytes begin at each place. */
static void to_a_program(struct kunit *test)
{
	struct kring_mirror_locked ring;
	char out[7];
	int begin, room, locked;

	KUNIT_ASSERT_EQ(test, kring_mirror_locked_alloc(&ring, 7, GFP_KERNEL), 0);
	KUNIT_EXPECT_EQ(test, kring_mirror_to_user(&ring.mirror, program_memory(test, 4), 4), -EAGAIN);
	KUNIT_EXPECT_EQ(test, kring_mirror_locked_to_user(&ring, program_memory(test, 4), 4), -EAGAIN);
	for (begin = 0; begin < 7; begin++)
		for (room = 0; room <= 7; room++)
			for (locked = 0; locked < 2; locked++) {
				char __user *user = program_memory(test, room);
				long expected = room ?: -EFAULT;

				kring_mirror_reset(&ring.mirror);
				kring_mirror_put(&ring.mirror, "xxxxxxx", begin);
				kring_mirror_skip(&ring.mirror, begin);
				kring_mirror_put(&ring.mirror, "0123456", 7);
				KUNIT_EXPECT_EQ(test, expected,
						locked ? kring_mirror_locked_to_user(&ring, user, 7) :
							 kring_mirror_to_user(&ring.mirror, user, 7));
				KUNIT_ASSERT_EQ(test, copy_from_user(out, user, room), 0);
				KUNIT_EXPECT_EQ(test, kring_mirror_get(&ring.mirror, out + room, 7), 7 - room);
				KUNIT_EXPECT_EQ(test, memcmp(out, "0123456", 7), 0);
			}
	kring_mirror_put(&ring.mirror, "0123456", 7);
	KUNIT_EXPECT_EQ(test, kring_mirror_to_user(&ring.mirror, NULL, 7), -EFAULT);
	KUNIT_EXPECT_EQ(test, kring_mirror_locked_to_user(&ring, NULL, 7), -EFAULT);
	KUNIT_EXPECT_EQ(test, kring_mirror_locked_to_user(&ring, (void __user *)LONG_MAX, 7), -EFAULT);
	KUNIT_EXPECT_EQ(test, kring_mirror_locked_to_user(&ring, program_memory(test, 4), 0), 0);
	KUNIT_EXPECT_EQ(test, kring_mirror_data_len(&ring.mirror), 7);
	kring_mirror_locked_free(&ring);
}

static void from_a_program(struct kunit *test)
{
	char __user *user = program_memory(test, 10);
	struct kring_mirror_locked ring;
	u64 overwritten = 99;
	char out[8] = {};

	KUNIT_ASSERT_EQ(test, copy_to_user(user, "0123456789", 10), 0);
	KUNIT_ASSERT_EQ(test, kring_mirror_locked_alloc(&ring, 7, GFP_KERNEL), 0);
	KUNIT_EXPECT_EQ(test, kring_mirror_from_user(&ring.mirror, user + 8, 5), 2);
	KUNIT_EXPECT_EQ(test, kring_mirror_from_user(&ring.mirror, user + 10, 5), -EFAULT);
	KUNIT_EXPECT_EQ(test, kring_mirror_from_user(&ring.mirror, NULL, 5), -EFAULT);
	KUNIT_EXPECT_EQ(test, kring_mirror_locked_from_user(&ring, user + 10, 5), -EFAULT);
	KUNIT_EXPECT_EQ(test, kring_mirror_locked_from_user(&ring, user + 8, 3), 2);
	KUNIT_EXPECT_EQ(test, kring_mirror_locked_from_user(&ring, user, 10), 3);
	KUNIT_EXPECT_EQ(test, kring_mirror_locked_from_user(&ring, user, 10), -EAGAIN);
	KUNIT_EXPECT_EQ(test, kring_mirror_from_user(&ring.mirror, user, 10), -EAGAIN);
	KUNIT_EXPECT_EQ(test, kring_mirror_locked_peek(&ring, out, 8), 7);
	KUNIT_EXPECT_STREQ(test, out, "8989012");
	KUNIT_EXPECT_EQ(test, kring_mirror_locked_force_from_user(&ring, user + 10, 5, &overwritten), -EFAULT);
	KUNIT_EXPECT_EQ(test, overwritten, 0);
	KUNIT_EXPECT_EQ(test, kring_mirror_locked_force_from_user(&ring, user + 7, 9, &overwritten), 3);
	KUNIT_EXPECT_EQ(test, overwritten, 3);
	KUNIT_EXPECT_EQ(test, kring_mirror_locked_peek(&ring, out, 8), 7);
	KUNIT_EXPECT_STREQ(test, out, "9012789");
	KUNIT_EXPECT_EQ(test, kring_mirror_locked_force_from_user(&ring, user, 10, NULL), 10);
	KUNIT_EXPECT_EQ(test, kring_mirror_locked_get(&ring, out, 8), 7);
	KUNIT_EXPECT_STREQ(test, out, "3456789");
	kring_mirror_locked_free(&ring);
}

/*
 * A task and a timer interrupt overwrite, a task reads: each writes words of its own, in whole. What was read and
 * what was overwritten is what was written.
 */
struct crowd {
	struct kring_mirror_locked ring;
	struct hrtimer timer;
	u32 written[2];
	u32 overwritten[2];
	bool done;
};

#define CROWD_WORDS 20000

static void write_word(struct crowd *crowd, u32 who)
{
	u32 word = crowd->written[who]++ << 1 | who;

	crowd->overwritten[who] += kring_mirror_locked_put_force(&crowd->ring, &word, sizeof(word));
}

static enum hrtimer_restart write_in_interrupt(struct hrtimer *timer)
{
	struct crowd *crowd = container_of(timer, struct crowd, timer);

	write_word(crowd, 1);
	hrtimer_forward_now(timer, ns_to_ktime(50000));
	return HRTIMER_RESTART;
}

static int write_in_task(void *data)
{
	struct crowd *crowd = data;
	u32 count;

	for (count = 0; count < CROWD_WORDS; count++) {
		write_word(crowd, 0);
		if (count % 64 == 0)
			cond_resched();
	}
	WRITE_ONCE(crowd->done, true);
	while (!kthread_should_stop())
		usleep_range(100, 1000);
	return 0;
}

static void several_contexts(struct kunit *test)
{
	struct crowd *crowd = kunit_kzalloc(test, sizeof(*crowd), GFP_KERNEL);
	u32 next[2] = {}, read = 0, wrong = 0, word;
	struct task_struct *task;
	bool last = false;

	KUNIT_ASSERT_NOT_NULL(test, crowd);
	/* Words in whole, so that what is overwritten is words, too. */
	KUNIT_ASSERT_EQ(test, kring_mirror_locked_alloc(&crowd->ring, 12 * sizeof(u32), GFP_KERNEL), 0);
	hrtimer_init(&crowd->timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
	crowd->timer.function = write_in_interrupt;
	task = kthread_run(write_in_task, crowd, "kring-crowd");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	hrtimer_start(&crowd->timer, ns_to_ktime(50000), HRTIMER_MODE_REL_HARD);
	while (!last) {
		if (READ_ONCE(crowd->done)) {
			hrtimer_cancel(&crowd->timer);
			last = true;
		}
		while (kring_mirror_locked_get(&crowd->ring, &word, sizeof(word))) {
			wrong += word >> 1 < next[word & 1];
			next[word & 1] = (word >> 1) + 1;
			read++;
		}
		cond_resched();
	}
	kthread_stop(task);
	KUNIT_EXPECT_EQ(test, wrong, 0);
	KUNIT_EXPECT_GT(test, crowd->written[1], 0);
	KUNIT_EXPECT_EQ(test, read + (crowd->overwritten[0] + crowd->overwritten[1]) / sizeof(word),
			crowd->written[0] + crowd->written[1]);
	kring_mirror_locked_free(&crowd->ring);
}

static struct kunit_case mirror_cases[] = {
	KUNIT_CASE(capacities),
	KUNIT_CASE(bytes),
	KUNIT_CASE(forced),
	KUNIT_CASE(to_a_program),
	KUNIT_CASE(from_a_program),
	KUNIT_CASE(several_contexts),
	{}
};

static struct kunit_suite mirror_suite = {
	.name = "kring-mirror",
	.suite_init = program_suite_init,
	.suite_exit = program_suite_exit,
	.init = program_enter,
	.exit = program_leave,
	.test_cases = mirror_cases,
};

kunit_test_suite(mirror_suite);
