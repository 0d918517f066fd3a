/* SPDX-License-Identifier: GPL-2.0-only */
/* The words that the ring is made of: records' headers, write words, links, positions. */
#include <gtest/gtest.h>

#include "../../src/core/page.hh"
#include "../../src/core/page_ring.hh"

namespace kring::test
{
namespace
{

TEST(record, header_is_two_words)
{
	u32 words[] = {0x55667788, size_and_type(0xabcd, 0x8123)};
	kring_record header;

	__builtin_memcpy(&header, words, sizeof(header));
	EXPECT_EQ(header.time_lo, 0x55667788U);
	EXPECT_EQ(header.size, 0xabcdU);
	EXPECT_EQ(header.type, 0x8123U);
}

TEST(record, space)
{
	EXPECT_EQ(KRING_RECORD_SPACE(0U), 8U);
	EXPECT_EQ(KRING_RECORD_SPACE(1U), 16U);
	EXPECT_EQ(KRING_RECORD_SPACE(8U), 16U);
	EXPECT_EQ(KRING_RECORD_SPACE(9U), 24U);
	EXPECT_EQ(KRING_RECORD_SPACE(KRING_PAYLOAD_MAX), 65536U);
	EXPECT_EQ(record_space({.time_lo = 0, .size = 9, .type = 0}), 24U);
	EXPECT_EQ(record_space({.time_lo = 0, .size = 9, .type = KRING_RECORD_LONG_TIME}), 32U);
	EXPECT_EQ(record_space({.time_lo = 0, .size = 0, .type = KRING_RECORD_DISCARDED}), 8U);
}

/* The largest record fits an empty page with a long stamp, and nothing larger does. */
TEST(record, max_payload)
{
	for (u32 page_size = 4096; page_size <= 65536; page_size *= 2) {
		u32 max = max_payload(page_size);

		EXPECT_TRUE(write_word::empty().has_room(KRING_RECORD_SPACE(max), page_size));
		EXPECT_FALSE(write_word::empty().has_room(KRING_RECORD_SPACE(max + 1), page_size));
		EXPECT_EQ(page_header_size + KRING_RECORD_SPACE(max) + long_stamp_size, page_size);
		EXPECT_LE(max, KRING_PAYLOAD_MAX);
	}
	EXPECT_EQ(max_payload(1U << 20), KRING_PAYLOAD_MAX);
}

TEST(record, needs_long_stamp)
{
	EXPECT_FALSE(needs_long_stamp(0, 0xffffffff));
	EXPECT_FALSE(needs_long_stamp(0x1ffffffff, 0x100000000));
	EXPECT_TRUE(needs_long_stamp(0x100000000, 0xffffffff));
	EXPECT_TRUE(needs_long_stamp(0xffffffff, 0x100000000));
	EXPECT_TRUE(needs_long_stamp(u64{1} << 63, 0));
}

TEST(write_word, adds_and_takes_back)
{
	write_word word = write_word::empty().plus(record_step(24)).plus(record_step(16));

	EXPECT_EQ(word.offset(), page_header_size + 40);
	EXPECT_EQ(word.count(), 2U);
	EXPECT_EQ(word.minus(record_step(16)).word(), write_word::empty().plus(record_step(24)).word());
	EXPECT_EQ(word.one_less().count(), 1U);
	EXPECT_EQ(word.one_less().offset(), word.offset());
	EXPECT_FALSE(word.is_sealed());
}

TEST(write_word, sealed)
{
	write_word open = write_word::empty().plus(record_step(24));
	write_word sealed = open.sealed();

	EXPECT_TRUE(sealed.is_sealed());
	EXPECT_EQ(sealed.offset(), open.offset());
	EXPECT_EQ(sealed.count(), open.count());
	EXPECT_TRUE(sealed.same_records(open));
	EXPECT_EQ(sealed.open().word(), open.word());
	EXPECT_EQ(sealed.sealed().word(), sealed.word());
	EXPECT_FALSE(sealed.one_less().same_records(open));
	EXPECT_TRUE(sealed.one_less().is_sealed());
}

TEST(write_word, room)
{
	write_word word = write_word::empty().plus(record_step(256 - page_header_size - 8 - 24));

	EXPECT_TRUE(word.has_room(24, 256));
	EXPECT_FALSE(word.has_room(25, 256));
	for (u32 space : {8U, 24U, 1U << 16, 1U << 30})
		EXPECT_FALSE(word.sealed().has_room(space, 256)) << space;
	for (u32 space : {256U, 1U << 16, (1U << 30) - 8, 1U << 30})
		EXPECT_FALSE(word.has_room(space, 256)) << space;
}

/* An old lap's word never equals a new one's, so that a late compare-exchange fails. */
TEST(write_word, laps)
{
	write_word first = write_word::empty();
	write_word second = first.plus(record_step(24)).sealed().next_lap();
	write_word third = second.plus(record_step(24)).sealed().next_lap();

	EXPECT_EQ(second.offset(), page_header_size);
	EXPECT_EQ(second.count(), 0U);
	EXPECT_FALSE(second.is_sealed());
	EXPECT_NE(second.word(), first.word());
	EXPECT_EQ(third.word(), first.word()) << "one bit is enough: the tail never laps an interrupted writer";
}

TEST(tagged_link, parts)
{
	for (u32 page : {0U, 1U, 0xfffeU, 0xffffU}) {
		for (link_flag flag : {link_flag::normal, link_flag::head, link_flag::update}) {
			tagged_link link{page, flag};

			EXPECT_EQ(link.page(), page);
			EXPECT_TRUE(link.is(flag));
			EXPECT_EQ(tagged_link{~u64{0}}.to(page, flag).page(), page);
			EXPECT_TRUE(tagged_link{~u64{0}}.to(page, flag).is(flag));
		}
	}
}

/* Each change makes a value that the link did not have before. */
TEST(tagged_link, version)
{
	tagged_link link{5, link_flag::normal};
	tagged_link back = link.to(5, link_flag::head).to(5, link_flag::normal);

	EXPECT_NE(link.to(5, link_flag::normal).word(), link.word());
	EXPECT_NE(back.word(), link.word());
	EXPECT_EQ(back.page(), 5U);
	EXPECT_TRUE(back.is(link_flag::normal));
}

TEST(position, parts)
{
	position at{u64{0xffffffffffff}, 0xfffe};

	EXPECT_EQ(at.seq(), u64{0xffffffffffff});
	EXPECT_EQ(at.page(), 0xfffeU);
	EXPECT_TRUE(at.same(position{at.word()}));
	EXPECT_FALSE(at.same(position{at.seq() - 1, at.page()}));
	EXPECT_FALSE(at.same(position{at.seq(), 1}));
}

TEST(directory, entries)
{
	for (u32 pages = min_list_pages; pages <= max_list_pages; pages++) {
		u32 entries = directory_entries(pages);

		ASSERT_EQ(entries & (entries - 1), 0U);
		ASSERT_GE(entries, pages + 1);
	}
}

} /* namespace */
} /* namespace kring::test */
