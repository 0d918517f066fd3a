// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit stress of the seam: a writer thread that a timer interrupt nests in, on
 * one CPU; the owning reader and an observer on another. One body, a variant
 * for each mode and page order. In the end every record is accounted for.
 */

#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/kring.h>
#include <linux/kthread.h>
#include <linux/ktime.h>

#include "ring.h"

#define RECORDS 200000
#define TIMER_NS 100000

enum context { TASK, INTERRUPT, CONTEXTS };

struct record {
	u64 context;
	u64 number;	/* of this context */
	u64 check;	/* ~number */
};

struct stress {
	struct ring *ring;
	struct hrtimer timer;
	struct completion started;
	bool done;
	u64 attempts[CONTEXTS];
	u64 written[CONTEXTS];
	u64 errors;
};

static void write_one(struct stress *stress, enum context context)
{
	struct record *record;

	preempt_disable();
	stress->attempts[context]++;
	record = kring_core_reserve_local(stress->ring->core, __kring_step(sizeof(*record)),
					  __kring_size_and_type(sizeof(*record), context + 1));
	if (record) {
		record->context = context;
		record->number = stress->written[context]++;
		record->check = ~record->number;
		kring_core_commit(stress->ring->core, record);
	}
	preempt_enable();
}

static enum hrtimer_restart write_nested(struct hrtimer *timer)
{
	struct stress *stress = container_of(timer, struct stress, timer);

	write_one(stress, INTERRUPT);
	if (READ_ONCE(stress->done))
		return HRTIMER_NORESTART;
	hrtimer_forward_now(timer, ns_to_ktime(TIMER_NS));
	return HRTIMER_RESTART;
}

static int writer(void *data)
{
	struct stress *stress = data;
	u64 i;

	hrtimer_init(&stress->timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);
	stress->timer.function = write_nested;
	hrtimer_start(&stress->timer, ns_to_ktime(TIMER_NS), HRTIMER_MODE_REL_PINNED_HARD);
	for (i = 0; i < RECORDS; i++) {
		write_one(stress, TASK);
		if (i % 1024 == 0)
			cond_resched();
	}
	WRITE_ONCE(stress->done, true);
	hrtimer_cancel(&stress->timer);
	complete(&stress->started);
	return 0;
}

/* Looks at the records of a span; each context's numbers only rise. */
static void verify(struct stress *stress, const struct kring_core_span *span, u64 *next)
{
	void *page = stress->ring->pages[span->page];
	const size_t space = KRING_RECORD_SPACE(sizeof(struct record));
	u32 at;

	for (at = span->start; at < span->end; at += space) {
		const struct record *record = page + at + sizeof(struct kring_record);

		if (record->context >= CONTEXTS || record->check != ~record->number ||
		    record->number < next[record->context])
			stress->errors++;
		else
			next[record->context] = record->number + 1;
	}
}

/* Nothing is torn, out of order or uncounted, whatever the reader and the observer see of it. */
static void stress_body(struct kunit *test, unsigned int order, bool overwrite)
{
	struct stress *stress = kunit_kzalloc(test, sizeof(*stress), GFP_KERNEL);
	struct kring_core_observer observer = {};
	struct kring_ledger ledger = {};
	struct kring_core_span span;
	u64 next[CONTEXTS] = {}, seen = 0, read = 0, idle = 0;
	unsigned int cpu = cpumask_first(cpu_online_mask);
	struct task_struct *task;

	KUNIT_ASSERT_NOT_NULL(test, stress);
	fake_now = 1000;
	stress->ring = ring_make(test, 8, order, overwrite);
	init_completion(&stress->started);
	task = kthread_create(writer, stress, "kring-stress");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	kthread_bind(task, cpu);
	wake_up_process(task);

	while (idle < 2) {
		bool done = READ_ONCE(stress->done) && try_wait_for_completion(&stress->started);

		if (done)
			complete(&stress->started);
		idle += done;
		while (kring_core_acquire(stress->ring->core, &span) == KRING_CORE_OK) {
			verify(stress, &span, next);
			read += span.count;
			KUNIT_ASSERT_EQ(test, kring_core_release(stress->ring->core), KRING_CORE_OK);
		}
		while (kring_core_look(stress->ring->core, &observer, &span) == KRING_CORE_OK)
			if (kring_core_confirm(stress->ring->core, &observer, &span))
				seen += span.count;
		cond_resched();
	}

	KUNIT_ASSERT_EQ(test, kring_core_ledger(stress->ring->core, &ledger), KRING_CORE_OK);
	KUNIT_EXPECT_EQ(test, stress->errors, 0);
	KUNIT_EXPECT_GT(test, stress->written[INTERRUPT], 0);
	KUNIT_EXPECT_EQ(test, ledger.committed, stress->written[TASK] + stress->written[INTERRUPT]);
	KUNIT_EXPECT_EQ(test, stress->attempts[TASK] + stress->attempts[INTERRUPT],
			ledger.committed + ledger.dropped[KRING_DROP_FULL] + ledger.dropped[KRING_DROP_LAPPED]);
	KUNIT_EXPECT_EQ(test, ledger.read, read);
	KUNIT_EXPECT_EQ(test, ledger.committed, read + ledger.overwritten);
	KUNIT_EXPECT_EQ(test, ledger.committed, seen + kring_core_lost(&observer));
	ring_unmake(test);
}

static void stress_overwrite(struct kunit *test)
{
	stress_body(test, 0, true);
}

static void stress_discard(struct kunit *test)
{
	stress_body(test, 0, false);
}

static void stress_overwrite_large_pages(struct kunit *test)
{
	stress_body(test, 4, true);
}

static struct kunit_case stress_cases[] = {
	KUNIT_CASE(stress_overwrite),
	KUNIT_CASE(stress_discard),
	KUNIT_CASE(stress_overwrite_large_pages),
	{}
};

static struct kunit_suite stress_suite = {
	.name = "kring-stress",
	.init = ring_init,
	.exit = ring_exit,
	.test_cases = stress_cases,
};

kunit_test_suite(stress_suite);
