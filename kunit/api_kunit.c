// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit suite of the exported API (include/linux/kring.h): what creating a
 * channel refuses, types, and that every way through the writing functions
 * leaves preemption as it was. What programs see is tested in tools/test/vm.
 */

#include <kunit/test.h>
#include <linux/cpu.h>
#include <linux/irq_work.h>
#include <linux/kring.h>
#include <linux/module.h>

static void names(struct kunit *test)
{
	static const struct {
		const char *name;
		long err;
	} bad[] = {
		{ NULL, -EINVAL },
		{ "", -EINVAL },
		{ "a/b", -EINVAL },
		{ "a b", -EINVAL },
		{ "tab\t", -EINVAL },
		{ "\xc3\xa9", -EINVAL },
		{ ".", -EINVAL },
		{ "..", -EINVAL },
		{ ".hidden", -EINVAL },
		{ "a234567890123456789012345678901x", -ENAMETOOLONG },
	};
	struct kring_channel *channel;
	int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		channel = kring_create(bad[i].name, NULL);
		KUNIT_EXPECT_EQ_MSG(test, PTR_ERR(channel), bad[i].err, "name %d", i);
		kring_destroy(channel);
	}
	channel = kring_create("a23456789012345678901234567890x", NULL);
	KUNIT_EXPECT_FALSE(test, IS_ERR(channel));
	kring_destroy(channel);
}

static void a_name_is_taken_until_destroyed(struct kunit *test)
{
	struct kring_channel *channel = kring_create("kunit", NULL);

	KUNIT_ASSERT_FALSE(test, IS_ERR(channel));
	KUNIT_EXPECT_EQ(test, PTR_ERR(kring_create("kunit", NULL)), -EEXIST);
	kring_destroy(channel);
	channel = kring_create("kunit", NULL);
	KUNIT_EXPECT_FALSE(test, IS_ERR(channel));
	kring_destroy(channel);
}

static void configurations(struct kunit *test)
{
	static const struct {
		struct kring_config config;
		long err;
	} cases[] = {
		{ {}, 0 },
		{ { .size = 1 }, 0 },
		{ { .size = PAGE_SIZE }, 0 },
		{ { .size = PAGE_SIZE + 1, .order = 4 }, 0 },
		{ { .order = KRING_ORDER_MAX }, 0 },
		{ { .order = KRING_ORDER_MAX + 1 }, -EINVAL },
		{ { .order = 64 }, -EINVAL },
		{ { .mode = KRING_MODE_DISCARD, .clock = KRING_CLOCK_BOOT }, 0 },
		{ { .mode = 2 }, -EINVAL },
		{ { .mode = -1 }, -EINVAL },
		{ { .clock = 4 }, -EINVAL },
		{ { .clock = -1 }, -EINVAL },
		{ { .perm = 0666 }, 0 },
		{ { .perm = 0777 }, -EINVAL },
		{ { .flags = KRING_CREATE_DISABLED }, 0 },
		{ { .flags = 2 }, -EINVAL },
		{ { .size = SIZE_MAX }, -E2BIG },
		{ { .size = 0xffffUL * PAGE_SIZE }, -E2BIG },
		{ { .size = 0xfffeUL << (PAGE_SHIFT + KRING_ORDER_MAX), .order = KRING_ORDER_MAX }, -ENOMEM },
	};
	struct kring_channel *channel;
	int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		channel = kring_create("kunit", &cases[i].config);
		KUNIT_EXPECT_EQ_MSG(test, PTR_ERR_OR_ZERO(channel), cases[i].err, "configuration %d", i);
		kring_destroy(channel);
	}
}

static void types(struct kunit *test)
{
	static const char too_long[] = "struct a_name_that_is_longer_than_the_sixty_three_bytes_there_are";
	struct kring_channel *channel = kring_create("kunit", NULL);
	int id;

	KUNIT_ASSERT_FALSE(test, IS_ERR(channel));
	id = __kring_register_type(channel, "struct a", 16, THIS_MODULE);
	KUNIT_EXPECT_EQ(test, id, 1);
	KUNIT_EXPECT_EQ(test, __kring_register_type(channel, "struct b", 0, THIS_MODULE), 2);
	KUNIT_EXPECT_EQ(test, __kring_register_type(channel, "struct a", 16, THIS_MODULE), 1);
	KUNIT_EXPECT_EQ(test, __kring_register_type(channel, "struct a", 17, THIS_MODULE), -EEXIST);
	KUNIT_EXPECT_EQ(test, __kring_register_type(channel, "struct a", 16, NULL), -EEXIST);
	KUNIT_EXPECT_EQ(test, __kring_register_type(channel, "", 16, THIS_MODULE), -EINVAL);
	KUNIT_EXPECT_EQ(test, __kring_register_type(channel, "struct c", PAGE_SIZE, THIS_MODULE), -EINVAL);
	KUNIT_EXPECT_EQ(test, __kring_register_type(channel, "struct c", SIZE_MAX, THIS_MODULE), -EINVAL);
	KUNIT_EXPECT_EQ(test, __kring_register_type(channel, too_long, 8, THIS_MODULE), -EINVAL);
	kring_destroy(channel);
}

/* Its struct may have another layout now, of the same size. */
static void types_of_a_module_loaded_anew(struct kunit *test)
{
	struct kring_channel *channel = kring_create("kunit", NULL);
	struct module *module = kunit_kzalloc(test, sizeof(*module), GFP_KERNEL);
	static struct kernfs_node first = { .id = 1 }, second = { .id = 2 };

	KUNIT_ASSERT_FALSE(test, IS_ERR(channel));
	KUNIT_ASSERT_NOT_NULL(test, module);
	strscpy(module->name, "loaded_anew", sizeof(module->name));
	module->mkobj.kobj.sd = &first;
	KUNIT_EXPECT_EQ(test, __kring_register_type(channel, "struct a", 16, module), 1);
	module->mkobj.kobj.sd = &second;
	KUNIT_EXPECT_EQ(test, __kring_register_type(channel, "struct a", 16, module), 2);
	KUNIT_EXPECT_EQ(test, __kring_register_type(channel, "struct a", 16, module), 2);
	KUNIT_EXPECT_EQ(test, __kring_register_type(channel, "struct a", 8, module), -EEXIST);
	KUNIT_EXPECT_EQ(test, __kring_register_type(channel, "struct a", 16, THIS_MODULE), -EEXIST);
	kring_destroy(channel);
}

static void every_type_id_can_be_used_up(struct kunit *test)
{
	struct kring_channel *channel = kring_create("kunit", NULL);
	char name[32];
	int i;

	KUNIT_ASSERT_FALSE(test, IS_ERR(channel));
	for (i = 1; i <= KRING_TYPE_MAX; i++) {
		snprintf(name, sizeof(name), "struct t%d", i);
		KUNIT_ASSERT_EQ(test, __kring_register_type(channel, name, 8, THIS_MODULE), i);
	}
	KUNIT_EXPECT_EQ(test, __kring_register_type(channel, "struct more", 8, THIS_MODULE), -ENOSPC);
	kring_destroy(channel);
}

/* Runs through the writing functions on each clock; preemption is as before after each. */
static void writing_keeps_preemption(struct kunit *test)
{
	static const u8 page[PAGE_SIZE];
	struct kring_config config = {};
	struct kring_channel *channel;
	int before = preempt_count();
	u64 value = 1;
	void *outer, *inner;

	for (config.clock = 0; config.clock <= KRING_CLOCK_COUNTER; config.clock++) {
		channel = kring_create("kunit", &config);
		if (config.clock == KRING_CLOCK_COUNTER && PTR_ERR(channel) == -EOPNOTSUPP)
			continue;
		KUNIT_ASSERT_FALSE(test, IS_ERR(channel));
		KUNIT_EXPECT_TRUE(test, kring_write(channel, 0, &value, sizeof(value)));
		KUNIT_EXPECT_FALSE(test, kring_write(channel, 0, page, sizeof(page)));
		KUNIT_EXPECT_NULL(test, kring_reserve(channel, 0, 1UL << 31));
		KUNIT_EXPECT_NULL(test, kring_reserve(channel, 0, SIZE_MAX));
		KUNIT_EXPECT_EQ(test, preempt_count(), before);

		outer = kring_reserve(channel, 1, 8);
		inner = kring_reserve(channel, 1, 0);
		if (inner)
			kring_discard(channel, inner);
		if (outer)
			kring_commit(channel, outer);
		KUNIT_EXPECT_NOT_NULL(test, outer);
		KUNIT_EXPECT_NOT_NULL(test, inner);
		KUNIT_EXPECT_EQ(test, preempt_count(), before);

		kring_disable(channel);
		KUNIT_EXPECT_FALSE(test, kring_write(channel, 0, &value, sizeof(value)));
		kring_enable(channel);
		KUNIT_EXPECT_TRUE(test, kring_write(channel, 0, &value, sizeof(value)));
		KUNIT_EXPECT_EQ(test, preempt_count(), before);
		kring_destroy(channel);
	}
}

static void misuse_keeps_preemption(struct kunit *test)
{
	struct kring_channel *channel = kring_create("kunit", NULL);
	int before = preempt_count();
	u64 foreign = 0;
	void *payload;

	KUNIT_ASSERT_FALSE(test, IS_ERR(channel));
	kring_commit(channel, &foreign);
	KUNIT_EXPECT_EQ(test, preempt_count(), before);
	kring_destroy(channel);

	channel = kring_create("kunit", NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(channel));
	payload = kring_reserve(channel, 0, 8);
	kring_commit(channel, payload + 8);
	KUNIT_EXPECT_EQ(test, preempt_count(), before);
	kring_commit(channel, payload);
	kring_discard(channel, NULL);
	KUNIT_EXPECT_EQ(test, preempt_count(), before);
	kring_destroy(channel);
}

static void starts_disabled(struct kunit *test)
{
	static const struct kring_config config = { .flags = KRING_CREATE_DISABLED };
	struct kring_channel *channel = kring_create("kunit", &config);
	u64 value = 0;

	KUNIT_ASSERT_FALSE(test, IS_ERR(channel));
	KUNIT_EXPECT_FALSE(test, kring_write(channel, 0, &value, sizeof(value)));
	kring_enable(channel);
	KUNIT_EXPECT_TRUE(test, kring_write(channel, 0, &value, sizeof(value)));
	kring_destroy(channel);
}

struct from_irq {
	struct irq_work work;
	struct kring_channel *channel;
	bool written;
};

static void write_from_irq(struct irq_work *work)
{
	struct from_irq *from = container_of(work, struct from_irq, work);
	u64 value = 0;

	from->written = kring_write(from->channel, 0, &value, sizeof(value));
}

static void writing_from_an_interrupt_into_an_open_record(struct kunit *test)
{
	struct from_irq from = { .channel = kring_create("kunit", NULL) };
	void *payload;

	KUNIT_ASSERT_FALSE(test, IS_ERR(from.channel));
	from.work = IRQ_WORK_INIT_HARD(write_from_irq);
	payload = kring_reserve(from.channel, 0, 8);
	irq_work_queue(&from.work);
	while (irq_work_is_busy(&from.work))
		cpu_relax();
	if (payload)
		kring_commit(from.channel, payload);
	KUNIT_EXPECT_NOT_NULL(test, payload);
	KUNIT_EXPECT_TRUE(test, from.written);
	kring_destroy(from.channel);
}

static void destroying_nothing(struct kunit *test)
{
	kring_destroy(NULL);
	kring_destroy(ERR_PTR(-ENOMEM));
}

static struct kunit_case api_cases[] = {
	KUNIT_CASE(names),
	KUNIT_CASE(a_name_is_taken_until_destroyed),
	KUNIT_CASE(configurations),
	KUNIT_CASE(types),
	KUNIT_CASE(types_of_a_module_loaded_anew),
	KUNIT_CASE(every_type_id_can_be_used_up),
	KUNIT_CASE(writing_keeps_preemption),
	KUNIT_CASE(misuse_keeps_preemption),
	KUNIT_CASE(starts_disabled),
	KUNIT_CASE(writing_from_an_interrupt_into_an_open_record),
	KUNIT_CASE(destroying_nothing),
	{}
};

static struct kunit_suite api_suite = {
	.name = "kring-api",
	.test_cases = api_cases,
};

kunit_test_suite(api_suite);

MODULE_DESCRIPTION("KUnit suite of kring's kernel API");
MODULE_LICENSE("GPL");
