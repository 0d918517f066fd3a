/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Reading records off a page or an image of one, without trusting a byte of it:
 * a hostile or torn page gives an error, never a read outside of it nor an
 * endless loop. Shared with libkring.
 */
#ifndef KRING_CORE_PAGE_VIEW_HH
#define KRING_CORE_PAGE_VIEW_HH

#include "record.hh"

namespace kring
{

enum class page_error {
	none,
	too_short, /* the header or the records go beyond the memory given */
	no_page,   /* magic, version or header size are not kring's */
	bad_size,  /* the page's size or its commit offset cannot be */
	bad_record /* a record goes beyond the committed part, or has flags that do not exist */
};

/* A record on a page. */
struct record_view {
	__u64 stamp;
	__u64 seq; /* sequence number; of a discarded record: that of the next one */
	const void *payload;
	__u32 size;
	__u32 type;
	__u32 end; /* offset behind it */
	bool discarded;
};

/* Is this the header of a page, with room bytes there for it and its records? */
constexpr page_error check_page(const kring_page &page, __u64 room)
{
	if (room < page_header_size)
		return page_error::too_short;
	if (page.magic != KRING_MAGIC || page.version != KRING_ABI_VERSION || page.header != page_header_size)
		return page_error::no_page;

	__u32 end = KRING_COMMIT_OFFSET(page.commit);

	if (page.size < 4096 || page.size & (page.size - 1) || end < page_header_size || end > page.size || end % 8)
		return page_error::bad_size;
	return end <= room ? page_error::none : page_error::too_short;
}

/*
 * Walks the records in [start, end) of a page, whose first one is number seq.
 * The page may change under it, so that what next() returned is to be believed
 * only if the page is found whole afterwards.
 */
class record_cursor {
public:
	constexpr record_cursor(const kring_page &page, __u32 start, __u32 end, __u64 seq)
		: page_{&page}, base_{page.base}, at_{start}, end_{end}, seq_{seq}
	{
	}

	/* All of an image that check_page() accepted. */
	explicit constexpr record_cursor(const kring_page &page)
		: record_cursor{page, page_header_size, KRING_COMMIT_OFFSET(page.commit), page.first}
	{
	}

	/* The next record; false at the end or at an error. */
	bool next(record_view &record)
	{
		if (at_ >= end_ || error_ != page_error::none)
			return false;
		if (end_ - at_ < record_header_size)
			return fail();

		const char *start = reinterpret_cast<const char *>(page_) + at_;
		/* Once: what was checked is what is used. */
		kring_record header = __builtin_bit_cast(
			kring_record, __atomic_load_n(reinterpret_cast<const __u64 *>(start), __ATOMIC_RELAXED));
		__u32 space = record_space(header);

		if (space > end_ - at_ || header.type & KRING_RECORD_RESERVED)
			return fail();

		at_ += space;
		record.stamp = header.type & KRING_RECORD_LONG_TIME ?
				       *reinterpret_cast<const __u64 *>(start + space - long_stamp_size) :
				       (base_ & ~__u64{0xffffffff}) | header.time_lo;
		record.seq = seq_;
		record.payload = start + record_header_size;
		record.size = header.size;
		record.type = header.type & KRING_RECORD_TYPE;
		record.end = at_;
		record.discarded = header.type & KRING_RECORD_DISCARDED;
		seq_ += !record.discarded;
		return true;
	}

	constexpr __u64 base() const { return base_; }
	constexpr page_error error() const { return error_; }
	constexpr __u64 seq() const { return seq_; }

private:
	bool fail()
	{
		error_ = page_error::bad_record;
		return false;
	}

	const kring_page *page_;
	__u64 base_;
	__u32 at_;
	__u32 end_;
	__u64 seq_;
	page_error error_ = page_error::none;
};

} /* namespace kring */

#endif
