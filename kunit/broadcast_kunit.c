// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit suite of the broadcast ring's exported API (kring_broadcast.h): what
 * making one refuses, every answer of its functions, and sleeping consumers.
 * Producers of several contexts at once are in broadcast_stress_kunit.c.
 */

#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/kring_broadcast.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/wait.h>

static void refused(struct kunit *test)
{
	static const struct {
		unsigned int slots;
		size_t payload;
		long err;
	} cases[] = {
		{ 0, 8, -EINVAL },
		{ 1, 8, -EINVAL },
		{ 3, 8, -EINVAL },
		{ UINT_MAX, 8, -EINVAL },
		{ 2, 0, -EINVAL },
		{ 2, KRING_BROADCAST_PAYLOAD_MAX + 1, -E2BIG },
		{ 2, SIZE_MAX, -E2BIG },
		{ 2, (1ULL << 32) + 8, -E2BIG },
		{ 2 * KRING_BROADCAST_SLOTS_MAX, 8, -E2BIG },
		{ 1U << 31, 8, -E2BIG },
		{ KRING_BROADCAST_SLOTS_MAX, KRING_BROADCAST_PAYLOAD_MAX, -ENOMEM },
		{ 2, 1, 0 },
		{ 2, KRING_BROADCAST_PAYLOAD_MAX, 0 },
	};
	struct kring_broadcast *ring;
	int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		ring = kring_broadcast_alloc(cases[i].slots, cases[i].payload);
		KUNIT_EXPECT_EQ_MSG(test, PTR_ERR_OR_ZERO(ring), cases[i].err, "case %d", i);
		kring_broadcast_free(ring);
	}
	kring_broadcast_free(NULL);
}

static struct kring_broadcast *make(struct kunit *test, unsigned int slots, size_t payload)
{
	struct kring_broadcast *ring = kring_broadcast_alloc(slots, payload);

	KUNIT_ASSERT_FALSE(test, IS_ERR(ring));
	return ring;
}

static void sizes(struct kunit *test)
{
	struct kring_broadcast *ring = make(test, 4, 100);
	struct kring_broadcast_consumer consumer;
	struct kring_broadcast_ledger ledger;
	char out[101], in[128];
	size_t size;

	KUNIT_EXPECT_EQ(test, kring_broadcast_payload_max(ring), 100);
	KUNIT_EXPECT_EQ(test, kring_broadcast_size(ring), 2 * PAGE_SIZE);
	kring_broadcast_start(ring, &consumer, KRING_BROADCAST_OLDEST);
	for (size = 0; size <= 100; size++) {
		memset(out, size, sizeof(out));
		KUNIT_EXPECT_EQ(test, kring_broadcast_write(ring, out, size), 0);
		if (size) {
			KUNIT_EXPECT_EQ(test, kring_broadcast_next(ring, &consumer, in, size - 1), -EMSGSIZE);
			KUNIT_EXPECT_EQ(test, consumer.next, size);
		}
		KUNIT_EXPECT_EQ(test, kring_broadcast_next(ring, &consumer, in, size), size);
		KUNIT_EXPECT_EQ(test, memcmp(in, out, size), 0);
	}
	KUNIT_EXPECT_EQ(test, kring_broadcast_write(ring, out, 101), -EMSGSIZE);
	KUNIT_EXPECT_EQ(test, PTR_ERR(kring_broadcast_reserve(ring, SIZE_MAX)), -EMSGSIZE);
	KUNIT_EXPECT_EQ(test, kring_broadcast_next(ring, &consumer, in, sizeof(in)), -EAGAIN);
	KUNIT_EXPECT_EQ(test, consumer.lost, 0);
	kring_broadcast_ledger(ring, &ledger);
	KUNIT_EXPECT_EQ(test, ledger.claimed, 101);
	KUNIT_EXPECT_EQ(test, ledger.published, 101);
	KUNIT_EXPECT_EQ(test, ledger.dropped[KRING_BROADCAST_DROP_TOO_BIG], 2);
	kring_broadcast_free(ring);
}

static void lapped_and_started(struct kunit *test)
{
	struct kring_broadcast *ring = make(test, 4, 8);
	struct kring_broadcast_consumer first, late;
	struct kring_broadcast_record record;
	u64 number;

	kring_broadcast_start(ring, &first, KRING_BROADCAST_OLDEST);
	KUNIT_EXPECT_FALSE(test, kring_broadcast_readable(ring, &first));
	for (number = 0; number < 9; number++)
		KUNIT_EXPECT_EQ(test, kring_broadcast_write(ring, &number, 8), 0);
	KUNIT_EXPECT_TRUE(test, kring_broadcast_readable(ring, &first));
	KUNIT_EXPECT_EQ(test, kring_broadcast_look(ring, &first, &record), 0);
	KUNIT_EXPECT_EQ(test, record.ticket, 5);
	KUNIT_EXPECT_EQ(test, *(u64 *)record.data, 5);
	KUNIT_EXPECT_EQ(test, first.lost, 5);

	/* The next lap comes while it is used. */
	KUNIT_EXPECT_EQ(test, kring_broadcast_write(ring, &number, 8), 0);
	KUNIT_EXPECT_FALSE(test, kring_broadcast_confirm(ring, &first, &record));
	KUNIT_EXPECT_EQ(test, kring_broadcast_next(ring, &first, &number, 8), 8);
	KUNIT_EXPECT_EQ(test, number, 6);
	KUNIT_EXPECT_EQ(test, first.lost, 6);

	kring_broadcast_start(ring, &late, KRING_BROADCAST_OLDEST);
	KUNIT_EXPECT_EQ(test, late.next, 6);
	KUNIT_EXPECT_EQ(test, late.lost, 0);
	kring_broadcast_start(ring, &late, KRING_BROADCAST_NEWEST);
	KUNIT_EXPECT_EQ(test, late.next, 10);
	KUNIT_EXPECT_EQ(test, kring_broadcast_next(ring, &late, &number, 8), -EAGAIN);
	kring_broadcast_free(ring);
}

static void stopped_producer(struct kunit *test)
{
	struct kring_broadcast *ring = make(test, 2, 8);
	struct kring_broadcast_consumer consumer;
	struct kring_broadcast_ledger ledger;
	void *stopped = kring_broadcast_reserve(ring, 8);
	u64 number = 1;

	kring_broadcast_start(ring, &consumer, KRING_BROADCAST_OLDEST);
	KUNIT_ASSERT_FALSE(test, IS_ERR(stopped));
	KUNIT_EXPECT_EQ(test, kring_broadcast_write(ring, &number, 8), 0);
	KUNIT_EXPECT_EQ(test, kring_broadcast_next(ring, &consumer, &number, 8), -EAGAIN);
	KUNIT_EXPECT_EQ(test, kring_broadcast_write(ring, &number, 8), -EBUSY);
	KUNIT_EXPECT_EQ(test, kring_broadcast_commit(ring, stopped), -ESTALE);
	number = 3;
	KUNIT_EXPECT_EQ(test, kring_broadcast_write(ring, &number, 8), 0);
	kring_broadcast_discard(ring, kring_broadcast_reserve(ring, 8));
	KUNIT_EXPECT_EQ(test, kring_broadcast_next(ring, &consumer, &number, 8), 8);
	KUNIT_EXPECT_EQ(test, number, 3);
	KUNIT_EXPECT_EQ(test, kring_broadcast_next(ring, &consumer, &number, 8), -EAGAIN);
	KUNIT_EXPECT_EQ(test, consumer.next, 5);
	KUNIT_EXPECT_EQ(test, consumer.lost, 4);
	kring_broadcast_ledger(ring, &ledger);
	KUNIT_EXPECT_EQ(test, ledger.claimed, 5);
	KUNIT_EXPECT_EQ(test, ledger.published, 2);
	KUNIT_EXPECT_EQ(test, ledger.discarded, 1);
	KUNIT_EXPECT_EQ(test, ledger.dropped[KRING_BROADCAST_DROP_HELD], 1);
	KUNIT_EXPECT_EQ(test, ledger.dropped[KRING_BROADCAST_DROP_OVERTAKEN], 1);
	kring_broadcast_free(ring);
}

static void what_is_not_open(struct kunit *test)
{
	/* Nothing is mapped behind its last slot. */
	struct kring_broadcast *ring = make(test, PAGE_SIZE / 64, 8);
	void *record = kring_broadcast_reserve(ring, 8);
	struct kring_broadcast_ledger ledger;
	u64 mine = 0;

	KUNIT_ASSERT_FALSE(test, IS_ERR(record));
	KUNIT_EXPECT_EQ(test, kring_broadcast_commit(ring, &mine), -EINVAL);
	KUNIT_EXPECT_EQ(test, kring_broadcast_commit(ring, NULL), -EINVAL);
	KUNIT_EXPECT_EQ(test, kring_broadcast_commit(ring, record + 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, kring_broadcast_commit(ring, record + 16), -EINVAL);
	KUNIT_EXPECT_EQ(test, kring_broadcast_commit(ring, record + 64), -EINVAL);
	KUNIT_EXPECT_EQ(test, kring_broadcast_commit(ring, record - 16), -EINVAL);
	KUNIT_EXPECT_EQ(test, kring_broadcast_commit(ring, record + PAGE_SIZE), -EINVAL);
	kring_broadcast_discard(ring, record - PAGE_SIZE);
	kring_broadcast_discard(ring, record - 2 * PAGE_SIZE);
	kring_broadcast_discard(ring, ERR_PTR(-EBUSY));
	KUNIT_EXPECT_EQ(test, kring_broadcast_commit(ring, record), 0);
	KUNIT_EXPECT_EQ(test, kring_broadcast_commit(ring, record), -EINVAL);
	kring_broadcast_discard(ring, record);
	kring_broadcast_ledger(ring, &ledger);
	KUNIT_EXPECT_EQ(test, ledger.published, 1);
	KUNIT_EXPECT_EQ(test, ledger.discarded, 0);
	kring_broadcast_free(ring);
}

struct sleeper {
	struct kring_broadcast *ring;
	struct kring_broadcast_consumer consumer;
	struct completion got_one;
	struct completion ended;
	bool gone;
	u64 errors;
};

static int sleeping(void *data)
{
	struct sleeper *sleeper = data;
	u64 expected, number;
	ssize_t size;

	for (expected = 0; !READ_ONCE(sleeper->gone); ) {
		size = kring_broadcast_next(sleeper->ring, &sleeper->consumer, &number, sizeof(number));
		if (size == -EAGAIN) {
			wait_event_interruptible(*kring_broadcast_queue(sleeper->ring), READ_ONCE(sleeper->gone) ||
						 kring_broadcast_arm(sleeper->ring, &sleeper->consumer));
			continue;
		}
		sleeper->errors += size != sizeof(number) || number != expected++;
		complete(&sleeper->got_one);
	}
	kthread_complete_and_exit(&sleeper->ended, 0);
}

struct late_write {
	struct hrtimer timer;
	struct kring_broadcast *ring;
	u64 number;
};

static enum hrtimer_restart write_in_interrupt(struct hrtimer *timer)
{
	struct late_write *late = container_of(timer, struct late_write, timer);

	kring_broadcast_write(late->ring, &late->number, sizeof(late->number));
	return HRTIMER_NORESTART;
}

/* Each record wakes, from a task and from an interrupt; the end of the ring does. */
static void sleeping_consumer(struct kunit *test)
{
	struct kring_broadcast *ring = make(test, 8, 8);
	struct sleeper sleeper = { .ring = ring };
	struct late_write late = { .ring = ring };
	struct task_struct *task;
	u64 number;

	init_completion(&sleeper.got_one);
	init_completion(&sleeper.ended);
	hrtimer_init_on_stack(&late.timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
	late.timer.function = write_in_interrupt;
	task = kthread_run(sleeping, &sleeper, "kring-sleeper");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	for (number = 0; number < 200; number++) {
		/* It is asleep, or about to be. */
		if (number % 2)
			usleep_range(100, 1000);
		if (number % 3) {
			KUNIT_EXPECT_EQ(test, kring_broadcast_write(ring, &number, sizeof(number)), 0);
		} else {
			late.number = number;
			hrtimer_start(&late.timer, ns_to_ktime(20000), HRTIMER_MODE_REL_HARD);
		}
		KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&sleeper.got_one, 10 * HZ), 0);
	}
	usleep_range(1000, 2000);
	WRITE_ONCE(sleeper.gone, true);
	kring_broadcast_set_gone(ring);
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&sleeper.ended, 10 * HZ), 0);
	KUNIT_EXPECT_EQ(test, sleeper.errors, 0);
	KUNIT_EXPECT_EQ(test, sleeper.consumer.lost, 0);
	hrtimer_cancel(&late.timer);
	destroy_hrtimer_on_stack(&late.timer);
	kring_broadcast_free(ring);
}

static struct kunit_case broadcast_cases[] = {
	KUNIT_CASE(refused),
	KUNIT_CASE(sizes),
	KUNIT_CASE(lapped_and_started),
	KUNIT_CASE(stopped_producer),
	KUNIT_CASE(what_is_not_open),
	KUNIT_CASE(sleeping_consumer),
	{}
};

static struct kunit_suite broadcast_suite = {
	.name = "kring-broadcast",
	.test_cases = broadcast_cases,
};

kunit_test_suite(broadcast_suite);
