/* SPDX-License-Identifier: GPL-2.0-only */
/* Streams over the core's own rings: each record that was written is delivered or told to be lost, exactly once. */
#include <random>

#include <gtest/gtest.h>

#include "../mapped_source.hh"
#include "../observer_source.hh"
#include "../owner_source.hh"
#include "simulated_kernel.hh"

namespace kring::test
{
namespace
{

constexpr shape small{.list_pages = 4, .page_size = 4096, .overwrite = true};
constexpr shape discarding{.list_pages = 4, .page_size = 4096, .overwrite = false};

/* What a stream told, checked as it comes. */
struct account {
	explicit account(size_t nr_cpus) : next(nr_cpus) {}

	void add(const kring_item &item)
	{
		if (item.kind == KRING_ITEM_LOSS) {
			EXPECT_GT(item.lost, 0U);
			if (item.cause != KRING_LOSS_OVERWRITTEN) {
				refused += item.lost;
				return;
			}
			overwritten += item.lost;
			if (!item.earlier) {
				EXPECT_EQ(item.seq, next[item.cpu]) << "a loss is where the next record was to be";
			}
			next[item.cpu] += item.lost;
			return;
		}

		__u64 number;

		ASSERT_GE(item.size, sizeof(number));
		memcpy(&number, item.payload, sizeof(number));
		EXPECT_EQ(item.seq, number);
		EXPECT_GE(item.time, time) << "the oldest comes first";
		time = item.time;
		EXPECT_EQ(item.seq, next[item.cpu]) << "nothing is left out, nothing comes twice";
		next[item.cpu] = item.seq + 1;
		records++;
	}

	std::vector<__u64> next;
	__u64 time = 0;
	__u64 records = 0;
	__u64 overwritten = 0;
	__u64 refused = 0;
};

template <class S>
void drain(stream<simulated_device, S> &stream, account &told, unsigned int items = ~0U)
{
	const kring_item *item;
	int got = 1;

	while (items-- && (got = stream.next(item)) == 1)
		told.add(*item);
	EXPECT_GE(got, 0);
}

template <class S>
struct stream_of {
	using type = stream<simulated_device, S>;

	static S source(simulated_device &device)
	{
		if constexpr (std::is_same_v<S, owner_source<simulated_device>>)
			return S{device};
		else if constexpr (std::is_same_v<S, mapped_source<simulated_device>>)
			return S{device, true};
		else
			return S{device, 64 << 10};
	}
};

template <class S>
struct stream_test : testing::Test, fresh_clock {};

using sources = testing::Types<mapped_source<simulated_device>, observer_source<simulated_device>,
			       owner_source<simulated_device>>;

TYPED_TEST_SUITE(stream_test, sources);

/* Bursts of all sizes on three rings, reading that is at times too slow and stops in the middle of a page. */
TYPED_TEST(stream_test, received_and_lost_are_what_was_written)
{
	for (const shape &shape : {small, discarding}) {
		simulated_device device{3, shape};
		stream<simulated_device, TypeParam> stream{device, stream_of<TypeParam>::source(device), {}};
		account told{3};
		std::mt19937 random{42};
		__u64 written = 0;
		__u64 refused = 0;

		stream.start(false);
		for (int round = 0; round < 400; round++) {
			for (unsigned int burst = random() % 600; burst; burst--) {
				bool done = device.rings[random() % 3]->write(8 + random() % 200);

				written += done;
				refused += !done;
			}
			/* Behind some bursts only a part is read. */
			drain(stream, told, random() % 3 ? ~0U : random() % 300);
		}
		drain(stream, told);
		EXPECT_EQ(told.records + told.overwritten, written);
		EXPECT_EQ(told.refused, refused);
		EXPECT_EQ(shape.overwrite, told.overwritten > 0);
		EXPECT_GT(told.records, written / 20);
	}
}

/* What is there when a stream begins to look is delivered in the order of time. */
TYPED_TEST(stream_test, records_of_all_cpus_by_time)
{
	simulated_device device{4, small};
	stream<simulated_device, TypeParam> stream{device, stream_of<TypeParam>::source(device), {}};
	const kring_item *item;
	__u64 stamp = 0;

	stream.start(false);
	for (int i = 0; i < 200; i++)
		device.rings[static_cast<size_t>(i * 7 % 4)]->write(16);
	for (int i = 0; i < 200; i++) {
		ASSERT_EQ(stream.next(item), 1);
		EXPECT_GT(item->stamp, stamp);
		stamp = item->stamp;
	}
	EXPECT_EQ(stream.next(item), 0);
}

TYPED_TEST(stream_test, only_the_cpus_that_were_asked_for)
{
	simulated_device device{3, small};
	stream<simulated_device, TypeParam> stream{device, stream_of<TypeParam>::source(device), {2}};
	account told{3};
	kring_ledger ledger;

	stream.start(false);
	for (const auto &ring : device.rings)
		ring->write(16);
	drain(stream, told);
	EXPECT_EQ(told.records, 1U);
	EXPECT_EQ(told.next[2], 1U);
	device.ledger(0, ledger);
	EXPECT_EQ(ledger.read, 0U) << "others' records are not consumed";
}

struct owner_test : testing::Test, fresh_clock {
	using owner = stream<simulated_device, owner_source<simulated_device>>;

	__u64 read_of(__u32 cpu)
	{
		kring_ledger ledger;

		device.ledger(cpu, ledger);
		return ledger.read;
	}

	simulated_device device{1, small};
	owner items{device, owner_source{device}, {}};
	const kring_item *item = nullptr;
};

TEST_F(owner_test, consumes_a_page_when_it_passes_behind_it)
{
	items.start(false);
	device.rings[0]->write(16);
	device.rings[0]->write(16);
	ASSERT_EQ(items.next(item), 1);
	ASSERT_EQ(items.next(item), 1);
	EXPECT_EQ(read_of(0), 0U) << "the last record may still be in use";
	EXPECT_EQ(items.next(item), 0);
	EXPECT_EQ(read_of(0), 2U);
}

TEST_F(owner_test, reads_in_place)
{
	items.start(false);
	device.rings[0]->write(16);
	ASSERT_EQ(items.next(item), 1);

	auto payload = static_cast<const char *>(item->payload);
	bool is_on_a_page = false;

	for (__u32 id = 0; id < small.list_pages + 1; id++) {
		auto page = reinterpret_cast<const char *>(device.page(0, id));

		is_on_a_page |= payload >= page && payload < page + small.page_size;
	}
	EXPECT_TRUE(is_on_a_page);
}

/*
 * The next owner is not blamed for what was overwritten before, nor for what the one before it read. The
 * rest of the reader's page comes between the two parts of what was overwritten.
 */
TEST_F(owner_test, takes_over)
{
	account first{1};
	__u64 earlier = 0;
	__u64 records = 0;

	items.start(false);
	for (int i = 0; i < 2000; i++)
		device.rings[0]->write(16);
	drain(items, first);
	for (int i = 0; i < 2000; i++)
		device.rings[0]->write(16);

	owner other{device, owner_source{device}, {}};

	other.start(false);
	while (other.next(item) == 1) {
		records += item->kind == KRING_ITEM_RECORD;
		if (item->kind == KRING_ITEM_LOSS) {
			EXPECT_TRUE(item->earlier) << item->lost << " at " << item->seq;
			earlier += item->lost;
		}
	}
	EXPECT_GT(earlier, first.overwritten);
	EXPECT_EQ(earlier + records + first.records, 4000U);
}

/* A span that the kernel cannot have given. */
struct lying_device : simulated_device {
	using simulated_device::simulated_device;

	int acquire_next(__u32 cpu, kring_acquire &acquire)
	{
		int error = simulated_device::acquire_next(cpu, acquire);

		change(acquire);
		return error;
	}

	void (*change)(kring_acquire &) = nullptr;
};

TEST(owner_of_a_lying_kernel_test, spans_that_cannot_be)
{
	using change = void (*)(kring_acquire &);

	for (change each :
	     {change{[](kring_acquire &span) { span.start = 0; }}, change{[](kring_acquire &span) { span.start += 4; }},
	      change{[](kring_acquire &span) { span.end = 4104; }}, change{[](kring_acquire &span) { span.end = 0; }},
	      change{[](kring_acquire &span) { span.end += 8; }}, change{[](kring_acquire &span) { span.count++; }}}) {
		lying_device device{1, small};
		stream<lying_device, owner_source<lying_device>> items{device, owner_source{device}, {}};
		const kring_item *item;
		int got;

		device.change = each;
		device.rings[0]->write(16);
		items.start(false);
		while ((got = items.next(item)) == 1)
			;
		EXPECT_EQ(got, -EBADMSG);
	}
}

} /* namespace */
} /* namespace kring::test */
