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
#define RECORDS_MAX (20 * RECORDS)
#define PAGES 8
#define SLOW_ONE_IN 16
#define TIMER_NS 100000

enum context { TASK, INTERRUPT, CONTEXTS };

struct record {
	u64 context;
	u64 number;	/* of this context */
	u64 check;	/* ~number */
};

/* What one has got; next: the least number of each context that may come. */
struct progress {
	u64 records;
	u64 next[CONTEXTS];
};

struct stress {
	struct ring *ring;
	struct hrtimer timer;
	struct completion finished;
	unsigned int writers_cpu;
	bool done;
	u64 attempts[CONTEXTS];
	u64 written[CONTEXTS];

	/* the reading side, one thread */
	struct cpumask allowed_before;
	struct kring_core_observer cursor;
	struct progress reader;
	struct progress observer;
	void *copy;
	u64 looks;
	u64 refused;
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

/* A reading side that got no time on a busy host is waited for, but not for ever. */
static bool goes_on(const struct stress *stress, u64 i)
{
	return i < RECORDS || (i < RECORDS_MAX && !READ_ONCE(stress->refused));
}

static int writer(void *data)
{
	struct stress *stress = data;
	u64 i;

	stress->writers_cpu = raw_smp_processor_id();
	hrtimer_init(&stress->timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);
	stress->timer.function = write_nested;
	hrtimer_start(&stress->timer, ns_to_ktime(TIMER_NS), HRTIMER_MODE_REL_PINNED_HARD);
	for (i = 0; goes_on(stress, i); i++) {
		write_one(stress, TASK);
		if (i % 1024 == 0)
			cond_resched();
	}
	WRITE_ONCE(stress->done, true);
	hrtimer_cancel(&stress->timer);
	complete(&stress->finished);
	return 0;
}

/*
 * Looks at the records of a span, from its start on. A record's place in the
 * ring and its number tell how many of the other context came before it; with
 * none lost, both counts can only go on where they were.
 */
static void verify(struct stress *stress, const struct kring_core_span *span, const void *at, u64 *next)
{
	const size_t space = KRING_RECORD_SPACE(sizeof(struct record));
	u64 place;

	if (span->end - span->start != span->count * space) {
		stress->errors++;
		return;
	}
	for (place = span->first; place < span->first + span->count; place++, at += space) {
		const struct kring_record *header = at;
		const struct record *record = at + sizeof(*header);
		u64 number = record->number;

		if (header->size != sizeof(*record) || header->type != record->context + 1 ||
		    record->context >= CONTEXTS || record->check != ~number || number < next[record->context] ||
		    place < number + next[!record->context]) {
			stress->errors++;
			return;
		}
		next[record->context] = number + 1;
		next[!record->context] = place - number;
	}
}

static const void *start_of(const struct stress *stress, const struct kring_core_span *span)
{
	return stress->ring->pages[span->page] + span->start;
}

static void read_all(struct stress *stress)
{
	struct kring_core_span span;

	while (kring_core_acquire(stress->ring->core, &span) == KRING_CORE_OK) {
		verify(stress, &span, start_of(stress, &span), stress->reader.next);
		stress->reader.records += span.count;
		if (kring_core_release(stress->ring->core) != KRING_CORE_OK) {
			stress->errors++;
			return;
		}
	}
}

/* Until the writer has been round the ring, so that the page is another's; or has ended. */
static void await_lap(struct stress *stress, const struct kring_core_span *span)
{
	const u64 lap = (PAGES + 2ULL) * stress->ring->page_size / KRING_RECORD_SPACE(sizeof(struct record));
	struct kring_ledger ledger = {};

	while (ledger.committed < span->first + lap && !completion_done(&stress->finished)) {
		read_all(stress);
		if (kring_core_ledger(stress->ring->core, &ledger) != KRING_CORE_OK)
			stress->errors++;
		cond_resched();
	}
}

/* Now and then it is so slow that its copy must be refused. */
static void observe_all(struct stress *stress)
{
	struct kring_core_span span;

	while (kring_core_look(stress->ring->core, &stress->cursor, &span) == KRING_CORE_OK) {
		if (++stress->looks % SLOW_ONE_IN == 0)
			await_lap(stress, &span);
		memcpy(stress->copy, start_of(stress, &span), span.end - span.start);
		if (!kring_core_confirm(stress->ring->core, &stress->cursor, &span)) {
			WRITE_ONCE(stress->refused, stress->refused + 1);
			continue;
		}
		verify(stress, &span, stress->copy, stress->observer.next);
		stress->observer.records += span.count;
	}
}

static void expect_all_accounted(struct kunit *test, const struct stress *stress, bool overwrite)
{
	const u64 attempts = stress->attempts[TASK] + stress->attempts[INTERRUPT];
	const u64 written = stress->written[TASK] + stress->written[INTERRUPT];
	struct kring_ledger ledger = {};

	KUNIT_ASSERT_EQ(test, kring_core_ledger(stress->ring->core, &ledger), KRING_CORE_OK);
	KUNIT_EXPECT_EQ(test, stress->errors, 0);
	KUNIT_EXPECT_GT(test, stress->written[INTERRUPT], 0);
	KUNIT_EXPECT_GT(test, stress->refused, 0);
	KUNIT_EXPECT_GT(test, stress->observer.records, 0);
	KUNIT_EXPECT_EQ(test, ledger.committed, written);
	KUNIT_EXPECT_EQ(test, attempts,
			written + ledger.dropped[KRING_DROP_FULL] + ledger.dropped[KRING_DROP_LAPPED]);
	KUNIT_EXPECT_EQ(test, ledger.read, stress->reader.records);
	KUNIT_EXPECT_EQ(test, written, ledger.read + ledger.overwritten);
	KUNIT_EXPECT_EQ(test, written, stress->observer.records + kring_core_lost(&stress->cursor));
	if (!overwrite)
		KUNIT_EXPECT_EQ(test, ledger.overwritten, 0);
}

/* Of two CPUs, the writer has one and the caller the other. */
static void start_apart(struct kunit *test, struct stress *stress)
{
	const unsigned int writers = cpumask_first(cpu_online_mask);
	const unsigned int ours = cpumask_next(writers, cpu_online_mask);
	struct task_struct *task = kthread_create(writer, stress, "kring-stress");

	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	kthread_bind(task, writers);
	cpumask_copy(&stress->allowed_before, current->cpus_ptr);
	if (ours < nr_cpu_ids)
		KUNIT_EXPECT_EQ(test, set_cpus_allowed_ptr(current, cpumask_of(ours)), 0);
	wake_up_process(task);
}

/* Nothing is torn, out of order or uncounted, whatever the reader and the observer see of it. */
static void stress_body(struct kunit *test, unsigned int order, bool overwrite)
{
	struct stress *stress = kunit_kzalloc(test, sizeof(*stress), GFP_KERNEL);
	bool last = false;

	KUNIT_ASSERT_NOT_NULL(test, stress);
	stress->copy = kunit_kzalloc(test, PAGE_SIZE << order, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, stress->copy);
	atomic64_set(&fake_now, 1000);
	stress->ring = ring_make(test, PAGES, order, overwrite);
	init_completion(&stress->finished);
	start_apart(test, stress);
	while (!last) {
		last = completion_done(&stress->finished);
		read_all(stress);
		observe_all(stress);
		cond_resched();
	}
	if (num_online_cpus() > 1)
		KUNIT_EXPECT_NE(test, raw_smp_processor_id(), stress->writers_cpu);
	set_cpus_allowed_ptr(current, &stress->allowed_before);
	expect_all_accounted(test, stress, overwrite);
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
