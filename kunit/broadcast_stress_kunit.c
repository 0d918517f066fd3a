// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit stress of the broadcast ring: on each CPU a task, a timer interrupt in it
 * and an NMI in that produce, and tasks stop with open records; consumers
 * beside them. In the end every ticket is accounted for.
 */

#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/kring_broadcast.h>
#include <linux/kthread.h>
#include <linux/slab.h>
#ifdef CONFIG_X86_LOCAL_APIC
#include <asm/apic.h>
#include <asm/nmi.h>
#endif

#define RECORDS 100000
#define TIMER_NS 100000
#define DAWDLE_ONE_IN 4096

enum context { TASK, TIMER, NMI, CONTEXTS };

struct record {
	u64 cpu;
	u64 context;
	u64 number;	/* of this context on this CPU */
	u64 check;	/* ~number */
};

/* What a context of a CPU attempted, which alone counts here, and what became of it. */
struct tally {
	u64 attempts;
	u64 published;
	u64 too_late;	/* -ESTALE */
	u64 held;	/* -EBUSY */
};

struct producer {
	struct stress *stress;
	struct task_struct *task;
	struct hrtimer timer;
	struct tally tallies[CONTEXTS];
	bool done;
};

struct stress {
	struct kring_broadcast *ring;
	atomic_t running;
	struct completion finished;
	struct producer *producers;	/* by CPU */
};

static void produce(struct stress *stress, unsigned int cpu, enum context context)
{
	struct tally *tally = &stress->producers[cpu].tallies[context];
	u64 number = tally->attempts++;
	struct record *record = kring_broadcast_reserve(stress->ring, sizeof(*record));
	long err = PTR_ERR_OR_ZERO(record);

	if (!err) {
		record->cpu = cpu;
		record->context = context;
		record->number = number;
		record->check = ~number;
		/* So that others come round: a producer may sleep. */
		if (context == TASK && number % DAWDLE_ONE_IN == 0)
			usleep_range(100, 200);
		err = kring_broadcast_commit(stress->ring, record);
	}
	tally->published += err == 0;
	tally->too_late += err == -ESTALE;
	tally->held += err == -EBUSY;
}

#ifdef CONFIG_X86_LOCAL_APIC
static struct stress *in_nmi;

static int on_nmi(unsigned int type, struct pt_regs *regs)
{
	struct stress *stress = READ_ONCE(in_nmi);

	if (!stress)
		return NMI_DONE;
	produce(stress, raw_smp_processor_id(), NMI);
	return NMI_HANDLED;
}

static void take_nmi(void)
{
	apic->send_IPI_mask(cpumask_of(smp_processor_id()), NMI_VECTOR);
}

static int start_nmis(struct stress *stress)
{
	WRITE_ONCE(in_nmi, stress);
	return register_nmi_handler(NMI_LOCAL, on_nmi, 0, "kring-broadcast-kunit");
}

static void stop_nmis(void)
{
	unregister_nmi_handler(NMI_LOCAL, "kring-broadcast-kunit");
	WRITE_ONCE(in_nmi, NULL);
}
#else
static void take_nmi(void)
{
}

static int start_nmis(struct stress *stress)
{
	return 0;
}

static void stop_nmis(void)
{
}
#endif

static enum hrtimer_restart on_timer(struct hrtimer *timer)
{
	struct producer *producer = container_of(timer, struct producer, timer);

	produce(producer->stress, smp_processor_id(), TIMER);
	take_nmi();
	if (READ_ONCE(producer->done))
		return HRTIMER_NORESTART;
	hrtimer_forward_now(timer, ns_to_ktime(TIMER_NS));
	return HRTIMER_RESTART;
}

static int producing(void *data)
{
	struct producer *producer = data;
	struct stress *stress = producer->stress;
	unsigned int cpu = raw_smp_processor_id();
	u32 i;

	hrtimer_init(&producer->timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);
	producer->timer.function = on_timer;
	hrtimer_start(&producer->timer, ns_to_ktime(TIMER_NS), HRTIMER_MODE_REL_PINNED_HARD);
	for (i = 0; i < RECORDS; i++) {
		produce(stress, cpu, TASK);
		if (i % 1024 == 0)
			cond_resched();
	}
	WRITE_ONCE(producer->done, true);
	hrtimer_cancel(&producer->timer);
	if (atomic_dec_and_test(&stress->running))
		complete(&stress->finished);
	return 0;
}

/* A consumer of the test, and what it knows of each context of each CPU. */
struct witness {
	struct kring_broadcast_consumer consumer;
	u64 received;
	u64 errors;
	u64 (*next)[CONTEXTS];	/* by CPU */
};

static void verify(struct witness *witness, const struct record *record)
{
	u64 *next;

	if (record->cpu >= nr_cpu_ids || record->context >= CONTEXTS || record->check != ~record->number) {
		witness->errors++;
		return;
	}
	next = &witness->next[record->cpu][record->context];
	witness->errors += record->number < *next;
	*next = record->number + 1;
}

static void consume_all(struct stress *stress, struct witness *witness)
{
	struct record record;
	ssize_t size;

	for (;;) {
		size = kring_broadcast_next(stress->ring, &witness->consumer, &record, sizeof(record));
		if (size == -EAGAIN)
			return;
		if (size == -EBUSY) {
			cond_resched();
			continue;
		}
		witness->errors += size != sizeof(record);
		verify(witness, &record);
		witness->received++;
	}
}

static void expect_all_accounted(struct kunit *test, struct stress *stress, const struct witness *witnesses)
{
	struct kring_broadcast_ledger ledger;
	struct tally sum = {};
	unsigned int cpu, i;

	for_each_online_cpu(cpu) {
		for (i = 0; i < CONTEXTS; i++) {
			const struct tally *tally = &stress->producers[cpu].tallies[i];

			sum.attempts += tally->attempts;
			sum.published += tally->published;
			sum.too_late += tally->too_late;
			sum.held += tally->held;
		}
		KUNIT_EXPECT_GT(test, stress->producers[cpu].tallies[TIMER].attempts, 0);
		if (IS_ENABLED(CONFIG_X86_LOCAL_APIC))
			KUNIT_EXPECT_GT(test, stress->producers[cpu].tallies[NMI].attempts, 0);
	}
	kring_broadcast_ledger(stress->ring, &ledger);
	KUNIT_EXPECT_EQ(test, ledger.claimed, sum.attempts);
	KUNIT_EXPECT_EQ(test, ledger.published, sum.published);
	KUNIT_EXPECT_EQ(test, ledger.discarded, 0);
	KUNIT_EXPECT_EQ(test, ledger.dropped[KRING_BROADCAST_DROP_TOO_BIG], 0);
	KUNIT_EXPECT_EQ(test, ledger.dropped[KRING_BROADCAST_DROP_HELD], sum.held);
	KUNIT_EXPECT_EQ(test, ledger.dropped[KRING_BROADCAST_DROP_LAPPED] +
			      ledger.dropped[KRING_BROADCAST_DROP_OVERTAKEN], sum.too_late);
	KUNIT_EXPECT_EQ(test, sum.attempts, sum.published + sum.held + sum.too_late);
	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, witnesses[i].errors, 0);
		KUNIT_EXPECT_GT(test, witnesses[i].received, 0);
		KUNIT_EXPECT_EQ(test, witnesses[i].consumer.next, ledger.claimed);
		KUNIT_EXPECT_EQ(test, witnesses[i].received + witnesses[i].consumer.lost, ledger.claimed);
	}
}

static void start_producers(struct kunit *test, struct stress *stress)
{
	unsigned int cpu;

	init_completion(&stress->finished);
	atomic_set(&stress->running, num_online_cpus());
	KUNIT_ASSERT_EQ(test, start_nmis(stress), 0);
	for_each_online_cpu(cpu) {
		struct producer *producer = &stress->producers[cpu];

		producer->stress = stress;
		producer->task = kthread_create(producing, producer, "kring-producer/%u", cpu);
		KUNIT_ASSERT_FALSE(test, IS_ERR(producer->task));
		kthread_bind(producer->task, cpu);
		wake_up_process(producer->task);
	}
}

/* Two consumers: one does what it can; the other looks now and then. */
static void stress_body(struct kunit *test, unsigned int slots)
{
	struct stress *stress = kunit_kzalloc(test, sizeof(*stress), GFP_KERNEL);
	struct witness witnesses[2] = {};
	bool last = false;
	u32 round, i;

	KUNIT_ASSERT_NOT_NULL(test, stress);
	stress->producers = kunit_kcalloc(test, nr_cpu_ids, sizeof(*stress->producers), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, stress->producers);
	for (i = 0; i < 2; i++) {
		witnesses[i].next = kunit_kcalloc(test, nr_cpu_ids, sizeof(*witnesses[i].next), GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, witnesses[i].next);
	}
	stress->ring = kring_broadcast_alloc(slots, sizeof(struct record));
	KUNIT_ASSERT_FALSE(test, IS_ERR(stress->ring));
	start_producers(test, stress);
	for (round = 0; !last; round++) {
		last = completion_done(&stress->finished);
		consume_all(stress, &witnesses[0]);
		if (round % 16 == 0 || last)
			consume_all(stress, &witnesses[1]);
		cond_resched();
	}
	stop_nmis();
	expect_all_accounted(test, stress, witnesses);
	kring_broadcast_free(stress->ring);
}

static void stress_small(struct kunit *test)
{
	stress_body(test, 4);
}

static void stress_large(struct kunit *test)
{
	stress_body(test, 1024);
}

static struct kunit_case broadcast_stress_cases[] = {
	KUNIT_CASE(stress_small),
	KUNIT_CASE(stress_large),
	{}
};

static struct kunit_suite broadcast_stress_suite = {
	.name = "kring-broadcast-stress",
	.test_cases = broadcast_stress_cases,
};

kunit_test_suite(broadcast_stress_suite);
