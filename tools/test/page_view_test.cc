/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading pages that cannot be trusted: every error is found, and nothing outside of the page is touched. */
#include <random>

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include "journal.hh"

namespace kring::test
{
namespace
{

using u16 = __u16;

constexpr u32 size = 4096;

/* A page whose last byte is the last that may be read. */
struct page_view_test : testing::Test {
	page_view_test()
	{
		void *map = mmap(nullptr, 2 * size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		EXPECT_NE(map, MAP_FAILED);
		EXPECT_EQ(sysconf(_SC_PAGESIZE), size);
		EXPECT_EQ(mprotect(static_cast<char *>(map) + size, size, PROT_NONE), 0);
		page = static_cast<kring_page *>(map);
		page->magic = KRING_MAGIC;
		page->version = KRING_ABI_VERSION;
		page->header = page_header_size;
		page->size = size;
		page->commit = page_header_size;
		page->base = 0x700000000;
		page->first = 100;
	}
	~page_view_test() override { munmap(page, 2 * size); }

	char *byte(u32 offset) { return reinterpret_cast<char *>(page) + offset; }

	/* Behind what is committed. */
	void add(u16 payload, u16 type, u64 stamp = 0x700000001)
	{
		kring_record header{static_cast<u32>(stamp), payload, type};
		u32 at = KRING_COMMIT_OFFSET(page->commit);

		std::memcpy(byte(at), &header, sizeof(header));
		fill(byte(at + 8), payload, at);
		if (type & KRING_RECORD_LONG_TIME)
			std::memcpy(byte(at + KRING_RECORD_SPACE(payload)), &stamp, sizeof(stamp));
		page->commit += record_space(header);
		if (!(type & KRING_RECORD_DISCARDED))
			page->commit += u64{1} << 32;
	}

	kring_page *page;
	record_view record;
};

TEST_F(page_view_test, records)
{
	add(0, 1);
	add(13, 2, 0x700000055);
	add(8, 3 | KRING_RECORD_DISCARDED);
	add(5, 4 | KRING_RECORD_LONG_TIME, 0x123456789abcdef0);
	add(24, 0xfff);
	ASSERT_EQ(check_page(*page, size), page_error::none);

	record_cursor records{*page};

	ASSERT_TRUE(records.next(record));
	EXPECT_EQ(record.size, 0U);
	EXPECT_EQ(record.type, 1U);
	EXPECT_EQ(record.seq, 100U);
	EXPECT_EQ(record.stamp, u64{0x700000001});
	ASSERT_TRUE(records.next(record));
	EXPECT_EQ(record.size, 13U);
	EXPECT_EQ(record.seq, 101U);
	EXPECT_EQ(record.stamp, u64{0x700000055});
	EXPECT_TRUE(is_filled(record.payload, 13, page_header_size + 8));
	ASSERT_TRUE(records.next(record));
	EXPECT_TRUE(record.discarded);
	EXPECT_EQ(record.type, 3U);
	ASSERT_TRUE(records.next(record));
	EXPECT_FALSE(record.discarded);
	EXPECT_EQ(record.seq, 102U) << "discarded records have no number";
	EXPECT_EQ(record.stamp, u64{0x123456789abcdef0});
	EXPECT_EQ(record.type, 4U);
	ASSERT_TRUE(records.next(record));
	EXPECT_EQ(record.type, 0xfffU);
	EXPECT_EQ(record.end, KRING_COMMIT_OFFSET(page->commit));
	EXPECT_FALSE(records.next(record));
	EXPECT_EQ(records.error(), page_error::none);
	EXPECT_EQ(records.seq(), 104U);
}

TEST_F(page_view_test, empty_page)
{
	EXPECT_EQ(check_page(*page, size), page_error::none);
	EXPECT_FALSE(record_cursor{*page}.next(record));
}

TEST_F(page_view_test, full_page)
{
	while (KRING_COMMIT_OFFSET(page->commit) < size)
		add(0, 0);
	EXPECT_EQ(check_page(*page, size), page_error::none);

	record_cursor records{*page};
	u32 found = 0;

	while (records.next(record))
		found++;
	EXPECT_EQ(found, (size - page_header_size) / 8);
	EXPECT_EQ(records.error(), page_error::none);
}

TEST_F(page_view_test, bad_headers)
{
	kring_page good = *page;
	auto broken = [&](auto change, u64 room = size) {
		*page = good;
		change();
		return check_page(*page, room);
	};

	EXPECT_EQ(broken([] {}), page_error::none);
	EXPECT_EQ(broken([&] { page->magic++; }), page_error::no_page);
	EXPECT_EQ(broken([&] { page->version++; }), page_error::no_page);
	EXPECT_EQ(broken([&] { page->header += 8; }), page_error::no_page);
	EXPECT_EQ(broken([&] { page->size = 0; }), page_error::bad_size);
	EXPECT_EQ(broken([&] { page->size = 2048; }), page_error::bad_size);
	EXPECT_EQ(broken([&] { page->size = size + 8; }), page_error::bad_size);
	EXPECT_EQ(broken([&] { page->commit = 0; }), page_error::bad_size);
	EXPECT_EQ(broken([&] { page->commit = page_header_size - 8; }), page_error::bad_size);
	EXPECT_EQ(broken([&] { page->commit = page_header_size + 4; }), page_error::bad_size);
	EXPECT_EQ(broken([&] { page->commit = size + 8; }), page_error::bad_size);
	EXPECT_EQ(broken([&] { page->commit = 0x7fffffff; }), page_error::bad_size);
	EXPECT_EQ(broken([&] { page->commit = size; }), page_error::none);
	EXPECT_EQ(broken([&] { page->commit = size | KRING_COMMIT_FINAL; }), page_error::none);
}

/* An image may be shorter than its page, but not than its records. */
TEST_F(page_view_test, short_images)
{
	add(16, 1);
	for (u64 room : {0U, 1U, page_header_size - 1, page_header_size, page_header_size + 23})
		EXPECT_EQ(check_page(*page, room), page_error::too_short) << room;
	EXPECT_EQ(check_page(*page, page_header_size + 24), page_error::none);
	EXPECT_EQ(check_page(*page, ~u64{0}), page_error::none);
}

TEST_F(page_view_test, bad_records)
{
	auto error_of = [&](u16 payload, u16 type) {
		page->commit = page_header_size;
		add(16, 1);
		add(16, 2);

		kring_record *second = reinterpret_cast<kring_record *>(byte(page_header_size + 24));

		second->size = payload;
		second->type = type;

		record_cursor records{*page};

		EXPECT_TRUE(records.next(record));
		while (records.next(record))
			EXPECT_LE(record.end, page_header_size + 48);
		EXPECT_FALSE(records.next(record)) << "an error is the end";
		return records.error();
	};

	EXPECT_EQ(error_of(16, 2), page_error::none);
	EXPECT_EQ(error_of(9, 2), page_error::none);
	EXPECT_EQ(error_of(17, 2), page_error::bad_record);
	EXPECT_EQ(error_of(0xffff, 2), page_error::bad_record);
	EXPECT_EQ(error_of(KRING_PAYLOAD_MAX, 2), page_error::bad_record);
	EXPECT_EQ(error_of(16, KRING_RECORD_LONG_TIME), page_error::bad_record) << "the stamp is outside";
	EXPECT_EQ(error_of(8, KRING_RECORD_LONG_TIME), page_error::none);
	EXPECT_EQ(error_of(16, 0x1000), page_error::bad_record);
	EXPECT_EQ(error_of(16, 0x2000), page_error::bad_record);
}

/* Any bytes at all, with any part of them said to be committed. */
TEST_F(page_view_test, random_pages)
{
	std::mt19937_64 random{20260501};
	u32 whole = 0;

	for (u32 round = 0; round < 20000; round++) {
		u32 small = round % 3 ? 0x7f : 0xffff;

		for (u32 at = page_header_size; at < size; at += 8) {
			u64 word = random();
			u64 header = (word & 0xffffffff) | (word >> 32 & small) << 32 | (word >> 52 & 0x3ff) << 48;

			std::memcpy(byte(at), round % 5 ? &header : &word, 8);
		}
		page->commit = page_header_size + random() % ((size - page_header_size) / 8 + 1) * 8;
		ASSERT_EQ(check_page(*page, size), page_error::none);

		record_cursor records{*page};
		u64 sum = 0;
		u32 end = page_header_size;

		while (records.next(record)) {
			ASSERT_GT(record.end, end);
			end = record.end;
			ASSERT_LE(end, KRING_COMMIT_OFFSET(page->commit));
			for (u32 at = 0; at < record.size; at++)
				sum += static_cast<const unsigned char *>(record.payload)[at];
		}
		whole += records.error() == page_error::none;
		ASSERT_GE(sum, 0U);
	}
	EXPECT_GT(whole, 0U);
}

} /* namespace */
} /* namespace kring::test */
