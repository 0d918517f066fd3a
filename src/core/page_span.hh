/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What readers and observers of a ring are told: records that stand together,
 * or why there are none.
 */
#ifndef KRING_CORE_PAGE_SPAN_HH
#define KRING_CORE_PAGE_SPAN_HH

#include "platform.hh"
#include "record.hh"

namespace kring
{

enum class status {
	ok,
	empty,	      /* nothing to read */
	busy,	      /* writers are in the way: try again */
	not_acquired, /* release without acquire */
	acquired,     /* acquire without release */
	stopped,      /* the ring has a fault */
};

/* Published records that stand together on one page. */
struct page_span {
	u64 seq;   /* of the page */
	u64 first; /* sequence number of the first record */
	u32 page;  /* id */
	u32 start; /* offsets in bytes */
	u32 end;
	u32 count; /* records, discarded ones not counted */
};

/* How far a place is from a ring's first record, in bytes of pages: a page that was left counts whole. */
constexpr u64 bytes_before(u64 seq, u32 offset, u32 page_size)
{
	return (seq - 1) * page_size + offset - page_header_size;
}

} /* namespace kring */

#endif
