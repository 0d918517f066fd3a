// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit suite of include/linux/kring_fifo.h: what it refuses, what it counts, and
 * copies from and to programs that end at a fault. That elements come out as they
 * went in, at all places and with two sides at work, is tested in tools/test.
 */

#include <kunit/test.h>
#include <linux/kring_fifo.h>
#include <linux/module.h>
#include <linux/uaccess.h>

#include "program.h"

struct sample {
	u32 words[3];
};

static void sizes(struct kunit *test)
{
	static const struct {
		size_t elements, element_size;
		int err, init_err;
		unsigned int size;
	} cases[] = {
		{ 1, 1, 0, 0, 1 },
		{ 2, 12, 0, 0, 2 },
		{ 3, 4, 0, -EINVAL, 4 },
		{ 5, 1, 0, -EINVAL, 8 },
		{ 1000, 16, 0, -EINVAL, 1024 },
		{ 1024, 16, 0, 0, 1024 },
		{ 0, 1, -EINVAL, -EINVAL },
		{ 1, 0, -EINVAL, -EINVAL },
		{ (1UL << 31) + 1, 1, -EINVAL, -EINVAL },
		{ SIZE_MAX, 1, -EINVAL, -EINVAL },
		{ 1, SIZE_MAX, -EINVAL, -EINVAL },
		{ 1, 1UL << 32, -EINVAL, -EINVAL },
		{ SIZE_MAX, SIZE_MAX, -EINVAL, -EINVAL },
	};
	struct kring_fifo fifo = {};
	char *buffer;
	int i;

	buffer = kunit_kzalloc(test, 1024 * 16, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, buffer);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		KUNIT_EXPECT_EQ_MSG(test, cases[i].err,
				    kring_fifo_alloc(&fifo, cases[i].elements, cases[i].element_size, GFP_KERNEL),
				    "case %d", i);
		if (!cases[i].err) {
			KUNIT_EXPECT_EQ(test, kring_fifo_size(&fifo), cases[i].size);
			KUNIT_EXPECT_EQ(test, kring_fifo_avail(&fifo), cases[i].size);
			KUNIT_EXPECT_EQ(test, kring_fifo_element_size(&fifo), cases[i].element_size);
		}
		kring_fifo_free(&fifo);
		kring_fifo_free(&fifo);
		KUNIT_EXPECT_EQ_MSG(test, cases[i].init_err,
				    kring_fifo_init(&fifo, buffer, cases[i].elements, cases[i].element_size),
				    "case %d", i);
		kring_fifo_free(&fifo);
	}
	/* More than there is, of what could be. */
	KUNIT_EXPECT_EQ(test, kring_fifo_alloc(&fifo, 1UL << 31, 1UL << 16, GFP_KERNEL), -ENOMEM);
	kring_fifo_free(&fifo);
	KUNIT_EXPECT_EQ(test, kring_fifo_init(&fifo, NULL, 4, 4), -EINVAL);
}

static void record_sizes(struct kunit *test)
{
	static const struct {
		size_t bytes;
		unsigned int length_size;
		int err, init_err;
	} cases[] = {
		{ 2, 1, 0, 0 },
		{ 2, 2, 0, 0 },
		{ 64, 2, 0, 0 },
		{ 48, 2, 0, -EINVAL },
		{ 1, 1, -EINVAL, -EINVAL },
		{ 0, 2, -EINVAL, -EINVAL },
		{ 64, 0, -EINVAL, -EINVAL },
		{ 64, 3, -EINVAL, -EINVAL },
		{ 64, ~0U, -EINVAL, -EINVAL },
		{ SIZE_MAX, 2, -EINVAL, -EINVAL },
	};
	struct kring_fifo fifo = {};
	char buffer[64];
	int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		KUNIT_EXPECT_EQ_MSG(test, cases[i].err,
				    kring_fifo_alloc_records(&fifo, cases[i].bytes, cases[i].length_size, GFP_KERNEL),
				    "case %d", i);
		kring_fifo_free(&fifo);
		KUNIT_EXPECT_EQ_MSG(test, cases[i].init_err,
				    kring_fifo_init_records(&fifo, buffer, cases[i].bytes, cases[i].length_size),
				    "case %d", i);
		kring_fifo_free(&fifo);
	}
	KUNIT_EXPECT_EQ(test, kring_fifo_init_records(&fifo, NULL, 64, 2), -EINVAL);
}

/* One element, of each size that has a function of its own, and of one that has not. */
#define EXPECT_ROUND_TRIP(test, type, value)						\
do {											\
	struct kring_fifo fifo;								\
	type buffer[4];									\
	type in = (value);								\
	type out;										\
	int lap;									\
											\
	memset(&out, 0, sizeof(out));							\
	KUNIT_ASSERT_EQ(test, kring_fifo_init(&fifo, buffer, 4, sizeof(type)), 0);	\
	for (lap = 0; lap < 9; lap++) {							\
		KUNIT_EXPECT_FALSE(test, kring_fifo_get(&fifo, &out));			\
		KUNIT_EXPECT_FALSE(test, kring_fifo_peek(&fifo, &out));			\
		KUNIT_EXPECT_TRUE(test, kring_fifo_put(&fifo, &in));			\
		KUNIT_EXPECT_TRUE(test, kring_fifo_peek(&fifo, &out));			\
		KUNIT_EXPECT_EQ(test, memcmp(&in, &out, sizeof(in)), 0);		\
		memset(&out, 0, sizeof(out));						\
		KUNIT_EXPECT_TRUE(test, kring_fifo_get(&fifo, &out));			\
		KUNIT_EXPECT_EQ(test, memcmp(&in, &out, sizeof(in)), 0);		\
	}										\
	for (lap = 0; lap < 4; lap++)							\
		KUNIT_EXPECT_TRUE(test, kring_fifo_put(&fifo, &in));			\
	KUNIT_EXPECT_TRUE(test, kring_fifo_is_full(&fifo));				\
	KUNIT_EXPECT_FALSE(test, kring_fifo_put(&fifo, &in));				\
} while (0)

static void single_elements(struct kunit *test)
{
	EXPECT_ROUND_TRIP(test, u8, 0xa1);
	EXPECT_ROUND_TRIP(test, u16, 0xa1b2);
	EXPECT_ROUND_TRIP(test, u32, 0xa1b2c3d4);
	EXPECT_ROUND_TRIP(test, u64, 0xa1b2c3d4e5f60718);
	EXPECT_ROUND_TRIP(test, struct sample, ((struct sample){ { 1, 2, 3 } }));
	EXPECT_ROUND_TRIP(test, __uint128_t, (__uint128_t)0xa1b2c3d4e5f60718 << 64 | 0x1122334455667788);
}

static void another_size_is_refused(struct kunit *test)
{
	struct kring_fifo fifo;
	u64 buffer[4];
	u32 narrow = 1;
	u64 wide = 2;

	KUNIT_ASSERT_EQ(test, kring_fifo_init(&fifo, buffer, 4, sizeof(u64)), 0);
	KUNIT_EXPECT_FALSE(test, kring_fifo_put(&fifo, &narrow));
	KUNIT_EXPECT_TRUE(test, kring_fifo_put(&fifo, &wide));
	KUNIT_EXPECT_FALSE(test, kring_fifo_get(&fifo, &narrow));
	KUNIT_EXPECT_FALSE(test, kring_fifo_peek(&fifo, &narrow));
	KUNIT_EXPECT_EQ(test, kring_fifo_len(&fifo), 1);
}

static void counts_are_short(struct kunit *test)
{
	static DEFINE_SPINLOCK(lock);
	struct kring_fifo fifo;
	struct kring_spans spans;
	char buffer[8], out[16] = {};

	KUNIT_ASSERT_EQ(test, kring_fifo_init(&fifo, buffer, 8, 1), 0);
	KUNIT_EXPECT_TRUE(test, kring_fifo_is_empty(&fifo));
	KUNIT_EXPECT_EQ(test, kring_fifo_out(&fifo, out, 3), 0);
	KUNIT_EXPECT_EQ(test, kring_fifo_in(&fifo, "abcde", 5), 5);
	KUNIT_EXPECT_EQ(test, kring_fifo_skip(&fifo, 2), 2);
	KUNIT_EXPECT_EQ(test, kring_fifo_in_locked(&fifo, "fghijkl", 7, &lock), 5);
	KUNIT_EXPECT_TRUE(test, kring_fifo_is_full(&fifo));
	KUNIT_EXPECT_EQ(test, kring_fifo_in(&fifo, "x", 1), 0);
	KUNIT_EXPECT_EQ(test, kring_fifo_prepare_in(&fifo, 4, &spans), 0);
	KUNIT_EXPECT_EQ(test, kring_fifo_finish_in(&fifo, 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, kring_fifo_out_peek(&fifo, out, 16), 8);
	KUNIT_EXPECT_STREQ(test, out, "cdefghij");
	KUNIT_EXPECT_EQ(test, kring_fifo_prepare_out(&fifo, 16, &spans), 8);
	KUNIT_EXPECT_EQ(test, spans.count[0], 6);
	KUNIT_EXPECT_EQ(test, memcmp(spans.at[0], "cdefgh", 6), 0);
	KUNIT_EXPECT_EQ(test, spans.count[1], 2);
	KUNIT_EXPECT_EQ(test, memcmp(spans.at[1], "ij", 2), 0);
	KUNIT_EXPECT_EQ(test, kring_fifo_finish_out(&fifo, 9), -EINVAL);
	KUNIT_EXPECT_EQ(test, kring_fifo_finish_out(&fifo, 5), 0);
	KUNIT_EXPECT_EQ(test, kring_fifo_out_locked(&fifo, out, 16, &lock), 3);
	KUNIT_EXPECT_EQ(test, memcmp(out, "hij", 3), 0);
	KUNIT_EXPECT_EQ(test, kring_fifo_in(&fifo, "abc", 3), 3);
	kring_fifo_reset(&fifo);
	KUNIT_EXPECT_TRUE(test, kring_fifo_is_empty(&fifo));
}

static void batches(struct kunit *test)
{
	struct kring_fifo_batch batch;
	struct kring_fifo fifo;
	char buffer[8], out[9] = {};

	KUNIT_ASSERT_EQ(test, kring_fifo_init(&fifo, buffer, 8, 1), 0);
	kring_fifo_begin_in(&fifo, &batch);
	KUNIT_EXPECT_EQ(test, kring_fifo_batch_in(&batch, "abc", 3), 3);
	KUNIT_EXPECT_EQ(test, kring_fifo_batch_in(&batch, "defghi", 6), 5);
	KUNIT_EXPECT_TRUE(test, kring_fifo_is_empty(&fifo));
	kring_fifo_publish(&batch);
	KUNIT_EXPECT_EQ(test, kring_fifo_len(&fifo), 8);
	kring_fifo_begin_out(&fifo, &batch);
	KUNIT_EXPECT_EQ(test, kring_fifo_batch_out(&batch, out, 5), 5);
	KUNIT_EXPECT_EQ(test, kring_fifo_batch_out(&batch, out + 5, 5), 3);
	KUNIT_EXPECT_STREQ(test, out, "abcdefgh");
	KUNIT_EXPECT_TRUE(test, kring_fifo_is_full(&fifo));
	kring_fifo_release(&batch);
	KUNIT_EXPECT_TRUE(test, kring_fifo_is_empty(&fifo));
}

static void records(struct kunit *test)
{
	static DEFINE_SPINLOCK(lock);
	struct kring_fifo fifo, bytes;
	char buffer[16], out[16];
	u32 size = 0;

	KUNIT_ASSERT_EQ(test, kring_fifo_init_records(&fifo, buffer, 16, 2), 0);
	KUNIT_EXPECT_EQ(test, kring_fifo_get_record(&fifo, out, 16, &size), -EAGAIN);
	KUNIT_EXPECT_EQ(test, kring_fifo_skip_record(&fifo), -EAGAIN);
	KUNIT_EXPECT_EQ(test, kring_fifo_put_record(&fifo, buffer, 15), -EMSGSIZE);
	KUNIT_EXPECT_EQ(test, kring_fifo_put_record(&fifo, buffer, SIZE_MAX), -EMSGSIZE);
	KUNIT_EXPECT_EQ(test, kring_fifo_put_record_locked(&fifo, "abcdef", 6, &lock), 0);
	KUNIT_EXPECT_EQ(test, kring_fifo_put_record(&fifo, NULL, 0), 0);
	KUNIT_EXPECT_EQ(test, kring_fifo_put_record(&fifo, "ghijk", 5), -EAGAIN);
	KUNIT_EXPECT_EQ(test, kring_fifo_put_record(&fifo, "ghij", 4), 0);
	KUNIT_EXPECT_EQ(test, kring_fifo_get_record(&fifo, out, 5, &size), -EMSGSIZE);
	KUNIT_EXPECT_EQ(test, size, 6);
	KUNIT_EXPECT_EQ(test, kring_fifo_peek_record(&fifo, NULL, 0, &size), -EMSGSIZE);
	KUNIT_EXPECT_EQ(test, size, 6);
	KUNIT_EXPECT_EQ(test, kring_fifo_get_record(&fifo, out, 6, &size), 0);
	KUNIT_EXPECT_EQ(test, memcmp(out, "abcdef", 6), 0);
	KUNIT_EXPECT_EQ(test, kring_fifo_get_record(&fifo, out, 0, &size), 0);
	KUNIT_EXPECT_EQ(test, size, 0);
	KUNIT_EXPECT_EQ(test, kring_fifo_get_record_locked(&fifo, out, 16, &size, &lock), 0);
	KUNIT_EXPECT_EQ(test, size, 4);
	KUNIT_EXPECT_EQ(test, memcmp(out, "ghij", 4), 0);

	KUNIT_ASSERT_EQ(test, kring_fifo_init(&bytes, buffer, 16, 1), 0);
	KUNIT_EXPECT_EQ(test, kring_fifo_put_record(&bytes, "a", 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, kring_fifo_get_record(&bytes, out, 16, &size), -EINVAL);
	KUNIT_EXPECT_EQ(test, kring_fifo_peek_record(&bytes, out, 16, &size), -EINVAL);
	KUNIT_EXPECT_EQ(test, kring_fifo_skip_record(&bytes), -EINVAL);
}

static void spoiled_record(struct kunit *test)
{
	struct kring_fifo fifo;
	char buffer[16], out[16];
	u32 size;

	KUNIT_ASSERT_EQ(test, kring_fifo_init_records(&fifo, buffer, 16, 1), 0);
	KUNIT_EXPECT_EQ(test, kring_fifo_put_record(&fifo, "ab", 2), 0);
	buffer[0] = 100;
	KUNIT_EXPECT_EQ(test, kring_fifo_get_record(&fifo, out, 16, &size), -EIO);
}

/* Elements of 12 bytes; the last one that the program gives lies half in its memory. */
static void from_a_program(struct kunit *test)
{
	const size_t room = 8 * sizeof(struct sample);
	char __user *user = program_memory(test, 30);
	struct kring_fifo fifo;
	struct sample out;
	u8 bytes[30];
	int i;

	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = i;
	KUNIT_ASSERT_EQ(test, copy_to_user(user, bytes, sizeof(bytes)), 0);
	KUNIT_ASSERT_EQ(test, kring_fifo_alloc(&fifo, 8, sizeof(struct sample), GFP_KERNEL), 0);
	KUNIT_EXPECT_EQ(test, kring_fifo_from_user(&fifo, user, 13), -EINVAL);
	KUNIT_EXPECT_EQ(test, kring_fifo_from_user(&fifo, user, 0), 0);
	KUNIT_EXPECT_EQ(test, kring_fifo_from_user(&fifo, NULL, 12), -EFAULT);
	KUNIT_EXPECT_EQ(test, kring_fifo_len(&fifo), 0);
	KUNIT_EXPECT_EQ(test, kring_fifo_from_user(&fifo, user, 36), 24);
	KUNIT_EXPECT_EQ(test, kring_fifo_len(&fifo), 2);
	KUNIT_EXPECT_EQ(test, kring_fifo_from_user(&fifo, user + 24, 12), -EFAULT);
	KUNIT_EXPECT_EQ(test, kring_fifo_len(&fifo), 2);
	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_TRUE(test, kring_fifo_get(&fifo, &out));
		KUNIT_EXPECT_EQ(test, memcmp(&out, bytes + 12 * i, 12), 0);
	}
	for (i = 0; i < 8; i += 2)
		KUNIT_EXPECT_EQ(test, kring_fifo_from_user(&fifo, user, 24), 24);
	KUNIT_EXPECT_EQ(test, kring_fifo_from_user(&fifo, user, 12), -EAGAIN);
	KUNIT_EXPECT_EQ(test, kring_fifo_skip(&fifo, 7), 7);
	KUNIT_EXPECT_EQ(test, kring_fifo_from_user(&fifo, user, room), 24);
	kring_fifo_free(&fifo);
}

/* A fault before the end of the ring's memory, on it, and behind it. */
static void to_a_program(struct kunit *test)
{
	struct kring_fifo fifo;
	u32 in[8], out[8];
	int begin, room, i;

	KUNIT_ASSERT_EQ(test, kring_fifo_alloc(&fifo, 8, 4, GFP_KERNEL), 0);
	for (i = 0; i < 8; i++)
		in[i] = 0x01010101 * i;
	KUNIT_EXPECT_EQ(test, kring_fifo_to_user(&fifo, program_memory(test, 4), 4), -EAGAIN);
	for (begin = 0; begin < 8; begin++)
		for (room = 0; room <= 32; room++) {
			char __user *user = program_memory(test, room);
			int whole = room / 4;

			kring_fifo_reset(&fifo);
			kring_fifo_in(&fifo, in, begin);
			kring_fifo_skip(&fifo, begin);
			KUNIT_ASSERT_EQ(test, kring_fifo_in(&fifo, in, 8), 8);
			KUNIT_EXPECT_EQ(test, kring_fifo_to_user(&fifo, user, 32), whole ? 4 * whole : -EFAULT);
			KUNIT_EXPECT_EQ(test, kring_fifo_len(&fifo), 8 - whole);
			KUNIT_ASSERT_EQ(test, copy_from_user(out, user, 4 * whole), 0);
			KUNIT_EXPECT_EQ(test, kring_fifo_out(&fifo, out + whole, 8), 8 - whole);
			KUNIT_EXPECT_EQ(test, memcmp(in, out, sizeof(in)), 0);
		}
	KUNIT_EXPECT_EQ(test, kring_fifo_to_user(&fifo, program_memory(test, 8), 7), -EINVAL);
	kring_fifo_in(&fifo, in, 8);
	KUNIT_EXPECT_EQ(test, kring_fifo_to_user(&fifo, NULL, 32), -EFAULT);
	KUNIT_EXPECT_EQ(test, kring_fifo_len(&fifo), 8);
	kring_fifo_free(&fifo);
}

/* A record comes over whole, or not at all. */
static void records_and_a_program(struct kunit *test)
{
	char __user *user = program_memory(test, 10);
	struct kring_fifo fifo;
	char out[16];
	u32 size;

	KUNIT_ASSERT_EQ(test, copy_to_user(user, "0123456789", 10), 0);
	KUNIT_ASSERT_EQ(test, kring_fifo_alloc_records(&fifo, 16, 1, GFP_KERNEL), 0);
	KUNIT_EXPECT_EQ(test, kring_fifo_to_user(&fifo, user, 10), -EAGAIN);
	KUNIT_EXPECT_EQ(test, kring_fifo_from_user(&fifo, user, 11), -EFAULT);
	KUNIT_EXPECT_EQ(test, kring_fifo_from_user(&fifo, user, 16), -EMSGSIZE);
	KUNIT_EXPECT_TRUE(test, kring_fifo_is_empty(&fifo));
	KUNIT_EXPECT_EQ(test, kring_fifo_from_user(&fifo, user, 10), 10);
	KUNIT_EXPECT_EQ(test, kring_fifo_from_user(&fifo, user, 5), -EAGAIN);
	KUNIT_EXPECT_EQ(test, kring_fifo_to_user(&fifo, user, 9), -EMSGSIZE);
	KUNIT_EXPECT_EQ(test, kring_fifo_to_user(&fifo, user + 1, 10), -EFAULT);
	KUNIT_EXPECT_EQ(test, kring_fifo_peek_record(&fifo, out, 16, &size), 0);
	KUNIT_EXPECT_EQ(test, memcmp(out, "0123456789", 10), 0);
	KUNIT_ASSERT_EQ(test, clear_user(user, 10), 0);
	KUNIT_EXPECT_EQ(test, kring_fifo_to_user(&fifo, user, 10), 10);
	KUNIT_ASSERT_EQ(test, copy_from_user(out, user, 10), 0);
	KUNIT_EXPECT_EQ(test, memcmp(out, "0123456789", 10), 0);
	KUNIT_EXPECT_TRUE(test, kring_fifo_is_empty(&fifo));
	kring_fifo_free(&fifo);
}

static struct kunit_case fifo_cases[] = {
	KUNIT_CASE(sizes),
	KUNIT_CASE(record_sizes),
	KUNIT_CASE(single_elements),
	KUNIT_CASE(another_size_is_refused),
	KUNIT_CASE(counts_are_short),
	KUNIT_CASE(batches),
	KUNIT_CASE(records),
	KUNIT_CASE(spoiled_record),
	KUNIT_CASE(from_a_program),
	KUNIT_CASE(to_a_program),
	KUNIT_CASE(records_and_a_program),
	{}
};

static struct kunit_suite fifo_suite = {
	.name = "kring-fifo",
	.suite_init = program_suite_init,
	.suite_exit = program_suite_exit,
	.init = program_enter,
	.exit = program_leave,
	.test_cases = fifo_cases,
};

kunit_test_suite(fifo_suite);
