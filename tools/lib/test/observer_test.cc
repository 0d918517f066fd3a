/* SPDX-License-Identifier: GPL-2.0-only */
/* Streams over images that read() returned: what is in them is delivered, what cannot be is refused. */
#include <chrono>
#include <random>

#include <gtest/gtest.h>

#include "../observer_source.hh"
#include "image.hh"

namespace kring::test
{
namespace
{

using observer = stream<scripted_device, observer_source<scripted_device>>;

struct observer_test : testing::Test {
	/* Everything until nothing is left, as text. */
	std::string all()
	{
		const kring_item *item;
		std::string text;
		int got;

		while ((got = items().next(item)) == 1) {
			if (item->kind == KRING_ITEM_RECORD)
				text += "r" + std::to_string(item->cpu) + ":" + std::to_string(item->seq) + " ";
			else
				text += "l" + std::to_string(static_cast<int>(item->cpu)) + ":" +
					std::to_string(item->seq) + "+" + std::to_string(item->lost) +
					(item->earlier ? "e" : "") + "c" + std::to_string(item->cause) + " ";
		}
		last = got;
		return text;
	}
	observer &items()
	{
		if (!made) {
			made.emplace(device, observer_source{device, 64 << 10}, cpus);
			made->start(silent);
		}
		return *made;
	}
	void expect_malformed(const std::string &bytes)
	{
		device.reads = {bytes};
		made.reset();
		all();
		EXPECT_EQ(last, -EBADMSG);
	}

	scripted_device device;
	std::vector<__u32> cpus;
	bool silent = false;
	std::optional<observer> made;
	int last = 0;
};

TEST_F(observer_test, nothing)
{
	EXPECT_EQ(all(), "");
	EXPECT_EQ(last, 0);
}

TEST_F(observer_test, fields_of_a_record)
{
	image page{1, 0};
	const kring_item *item;

	page.header.base = 0x500000000;
	page.add(0x500000123, "abc").add(0x700000456, "", KRING_RECORD_LONG_TIME);
	device.meta_.time_ns = 1000;
	device.reads = {page.bytes()};
	ASSERT_EQ(items().next(item), 1);
	EXPECT_EQ(item->kind, +KRING_ITEM_RECORD);
	EXPECT_EQ(item->cpu, 1U);
	EXPECT_EQ(item->seq, 0U);
	EXPECT_EQ(item->stamp, 0x500000123U);
	EXPECT_EQ(item->time, 0x500000123U + 1000);
	EXPECT_EQ(item->type, 5U);
	EXPECT_EQ((std::string{static_cast<const char *>(item->payload), item->size}), "abc");
	EXPECT_EQ(reinterpret_cast<uintptr_t>(item->payload) % 8, 0U);
	ASSERT_EQ(items().next(item), 1);
	EXPECT_EQ(item->stamp, 0x700000456U);
	EXPECT_EQ(item->size, 0U);
	EXPECT_EQ(items().next(item), 0);
}

TEST_F(observer_test, merges_by_time_and_keeps_the_order_of_a_cpu)
{
	device.reads = {image{0, 0}.add(10).add(40).bytes() + image{1, 0}.add(20).add(30).bytes() +
			image{0, 2}.add(35).bytes()};
	EXPECT_EQ(all(), "r0:0 r1:0 r1:1 r0:1 r0:2 ");
}

TEST_F(observer_test, reads_on_after_it_was_empty)
{
	device.reads = {image{0, 0}.add(10).bytes()};
	EXPECT_EQ(all(), "r0:0 ");
	device.reads = {image{0, 1}.add(20).bytes()};
	EXPECT_EQ(all(), "r0:1 ");
}

TEST_F(observer_test, discarded_records_are_no_items)
{
	device.reads = {
		image{0, 0}.add(1, "x", KRING_RECORD_DISCARDED).add(2).add(3, "x", KRING_RECORD_DISCARDED).bytes(),
		image{0, 1}.add(4, "x", KRING_RECORD_DISCARDED).bytes(), image{0, 1}.add(5).bytes()};
	EXPECT_EQ(all(), "r0:0 r0:1 ");
}

TEST_F(observer_test, overwritten_is_told_where_it_happened)
{
	device.reads = {image{0, 0}.add(1).add(2).bytes(), image{0, 10}.add(3).bytes()};
	EXPECT_EQ(all(), "r0:0 r0:1 l0:2+8c256 r0:10 ");
}

TEST_F(observer_test, gaps_around_a_page_without_records_add_up)
{
	device.reads = {image{0, 0}.add(1).bytes(), image{0, 4}.add(2, "x", KRING_RECORD_DISCARDED).bytes(),
			image{0, 9}.add(3).bytes()};
	EXPECT_EQ(all(), "r0:0 l0:1+8c256 r0:9 ");
}

TEST_F(observer_test, what_was_lost_before_is_told_apart)
{
	device.ledgers.resize(1);
	device.ledgers[0].committed = 100;
	device.ledgers[0].dropped[KRING_DROP_FULL] = 3;

	image page{0, 120};

	page.header.dropped[KRING_DROP_FULL] = 5;
	items();
	device.ledgers[0].dropped[KRING_DROP_FULL] = 9;
	device.reads = {page.add(1).bytes()};
	EXPECT_EQ(all(), "l0:0+100ec256 l0:100+20c256 l0:120+3ec0 l0:120+2c0 r0:120 l0:121+4c0 ");
	EXPECT_EQ(all(), "");
}

TEST_F(observer_test, newest_does_not_tell_what_was_before)
{
	device.ledgers.resize(2);
	device.ledgers[0].committed = 100;
	device.ledgers[0].dropped[KRING_DROP_LAPPED] = 3;
	device.ledgers[1].committed = 50;
	silent = true;

	image page{0, 98};

	page.header.dropped[KRING_DROP_LAPPED] = 3;
	device.reads = {page.add(1).bytes(), image{1, 60}.add(2).bytes()};
	EXPECT_EQ(all(), "r0:98 l1:50+10c256 r1:60 ");
}

TEST_F(observer_test, refusals_are_told_by_cause_and_once)
{
	image first{0, 0};
	image second{0, 1};

	first.header.dropped[KRING_DROP_TOO_BIG] = 1;
	second.header.dropped[KRING_DROP_TOO_BIG] = 1;
	second.header.dropped[KRING_DROP_DISABLED] = 7;
	device.reads = {first.add(1).bytes(), second.add(2).bytes()};
	device.no_cpu = 4;
	made.emplace(device, observer_source{device, 64 << 10}, cpus);
	EXPECT_EQ(all(), "l0:0+1c2 r0:0 l0:1+7c4 r0:1 l-1:0+4c5 ");
	EXPECT_EQ(all(), "");
}

/* One who is refused all the time must not keep the reader from anything else. */
TEST_F(observer_test, endless_refusals_do_not_hold_the_reader)
{
	device.ledgers.resize(1);
	items();
	for (int i = 1; i < 4; i++) {
		device.ledgers[0].dropped[KRING_DROP_FULL] = static_cast<__u64>(i);
		EXPECT_EQ(all(), "l0:0+1c0 ");
	}
}

TEST_F(observer_test, other_cpus_are_left_out)
{
	cpus = {1};
	device.reads = {image{0, 5}.add(1).bytes() + image{1, 0}.add(2).bytes()};
	EXPECT_EQ(all(), "r1:0 ");
}

TEST_F(observer_test, end_of_file_comes_behind_the_records)
{
	device.reads = {image{0, 0}.add(1).bytes()};
	device.is_gone = true;
	EXPECT_EQ(all(), "r0:0 ");
	EXPECT_EQ(last, -ENODEV);
}

TEST_F(observer_test, cut_off_images_are_refused)
{
	std::string whole = image{0, 0}.add(1).add(2, "longer payload").bytes();

	for (size_t length = 1; length < whole.size(); length++)
		expect_malformed(whole.substr(0, length));
	expect_malformed(whole + whole.substr(0, 8));
}

TEST_F(observer_test, each_field_that_cannot_be_is_refused)
{
	auto spoiled = [](auto change) {
		image page{0, 0};

		page.add(1).add(2);
		change(page.header);
		return page.bytes();
	};

	expect_malformed(spoiled([](kring_page &page) { page.magic++; }));
	expect_malformed(spoiled([](kring_page &page) { page.version++; }));
	expect_malformed(spoiled([](kring_page &page) { page.header += 8; }));
	expect_malformed(spoiled([](kring_page &page) { page.cpu = 2; }));
	expect_malformed(spoiled([](kring_page &page) { page.cpu = ~0U; }));
	expect_malformed(spoiled([](kring_page &page) { page.size = 8192; }));
	expect_malformed(spoiled([](kring_page &page) { page.size = 0; }));
	expect_malformed(spoiled([](kring_page &page) { page.commit += 8; }));
	expect_malformed(spoiled([](kring_page &page) { page.commit -= 8; }));
	expect_malformed(spoiled([](kring_page &page) { page.commit -= 1; }));
	expect_malformed(spoiled([](kring_page &page) { page.commit += 1ULL << 32; }));
	expect_malformed(spoiled([](kring_page &page) { page.commit -= 1ULL << 32; }));
	expect_malformed(spoiled([](kring_page &page) { page.commit = 0; }));
	expect_malformed(spoiled([](kring_page &page) { page.commit = 0x7fffffff; }));
}

TEST_F(observer_test, record_headers_that_cannot_be_are_refused)
{
	image page{0, 0};

	page.add(1).add(2);
	for (__u16 type : {KRING_RECORD_RESERVED, KRING_RECORD_LONG_TIME, KRING_RECORD_DISCARDED}) {
		image spoiled = page;

		spoiled.records[page.records.size() - 9] = static_cast<char>(type >> 8);
		expect_malformed(spoiled.bytes());
	}
	page.records[4] = 100;
	expect_malformed(page.bytes());
}

TEST_F(observer_test, numbers_that_were_before_are_refused)
{
	device.reads = {image{0, 0}.add(1).add(2).bytes(), image{0, 1}.add(3).bytes()};
	EXPECT_EQ(all(), "r0:0 r0:1 ");
	EXPECT_EQ(last, -EBADMSG);
}

TEST_F(observer_test, a_spoiled_ring_does_not_spoil_the_others)
{
	device.reads = {image{0, 0}.add(1).add(2).bytes(), image{0, 1}.add(3).bytes(), image{1, 0}.add(9).bytes()};
	EXPECT_EQ(all(), "r0:0 r0:1 ");
	EXPECT_EQ(last, -EBADMSG);
	EXPECT_EQ(items().message(), "cpu 0");
	EXPECT_EQ(all(), "r1:0 ");
	EXPECT_EQ(last, 0);
	device.reads = {image{0, 5}.add(1).bytes(), image{1, 1}.add(9).bytes()};
	EXPECT_EQ(all(), "r1:1 ");
}

/* The failure is told before CPU 1's page was looked at; the next read() goes to where that page is. */
TEST_F(observer_test, pages_behind_a_spoiled_one_are_not_read_over)
{
	image spoiled{0, 0};

	spoiled.add(1).records[4] = 100;
	device.reads = {spoiled.bytes() + image{1, 0}.add(5).bytes()};
	EXPECT_EQ(all(), "");
	EXPECT_EQ(last, -EBADMSG);
	device.reads = {image{1, 1}.add(9).add(10).add(11).bytes()};
	EXPECT_EQ(all(), "r1:0 r1:1 r1:2 r1:3 ");
	EXPECT_EQ(last, 0);
}

/* read() fails behind pages of a ring that is spoiled itself: both are told, and what others have. */
TEST_F(observer_test, failures_of_a_ring_and_of_read_are_both_told)
{
	image spoiled{0, 0};

	spoiled.add(1).records[4] = 100;
	device.reads = {spoiled.bytes() + image{1, 0}.add(5).bytes() + "none"};
	EXPECT_EQ(all(), "");
	EXPECT_EQ(last, -EBADMSG);
	EXPECT_EQ(items().message(), "reading");
	EXPECT_EQ(all(), "");
	EXPECT_EQ(last, -EBADMSG);
	EXPECT_EQ(items().message(), "cpu 0");
	EXPECT_EQ(all(), "r1:0 ");
	EXPECT_EQ(last, 0);
}

/* Whatever read() returns: an error or items whose payload can be touched, and an end. */
TEST_F(observer_test, random_bytes)
{
	auto end = std::chrono::steady_clock::now() + std::chrono::seconds{2};
	std::mt19937 random{4711};
	auto pick = [&](__u32 below) { return static_cast<__u32>(random() % below); };
	volatile char touched = 0;
	unsigned int rounds = 0;

	for (; std::chrono::steady_clock::now() < end; rounds++) {
		std::string bytes = image{pick(2), pick(4)}.add(1).add(2, "12345678901").add(3, "").bytes();

		bytes += image{pick(2), pick(8)}.add(2, "x", KRING_RECORD_LONG_TIME).add(7).bytes();
		for (unsigned int changes = random() % 4; changes; changes--)
			bytes[random() % bytes.size()] = static_cast<char>(random());
		bytes.resize(bytes.size() - (random() % 8 ? 0 : random() % 64));
		device.reads = {bytes};
		made.reset();

		const kring_item *item;

		for (int errors = 0, items_left = 100; items_left && errors < 3; items_left--) {
			int got = items().next(item);

			if (got == 0)
				break;
			errors += got < 0;
			if (got == 1 && item->kind == KRING_ITEM_RECORD && item->size)
				touched = static_cast<const char *>(item->payload)[item->size - 1];
			ASSERT_GT(items_left, 1) << "no end";
		}
	}
	EXPECT_GT(rounds, 1000U);
	(void)touched;
}

} /* namespace */
} /* namespace kring::test */
