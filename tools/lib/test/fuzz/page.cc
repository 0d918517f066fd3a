/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A page, or an image of one: check_page() and record_cursor on memory that ends
 * where the page does, and that may turn into another page in the middle.
 *
 * Input: a byte, 1: in the middle, and how many records come before; two bytes
 * each for the begin and the end of a span, 0 for the whole page; the page, and
 * if there is a middle, in the second half of what is left the other page.
 */
#include "../../../../src/core/page_view.hh"
#include "input.hh"

using namespace kring;
using namespace kring::fuzz;

namespace
{

struct plan {
	bool is_torn;
	__u8 records_before;
	__u16 start, end;
};

/* As libkring asks before it trusts a span. */
bool is_span(const kring_page &page, __u32 start, __u32 end)
{
	return start >= page_header_size && start <= end && start % 8 == 0 && end <= page.size;
}

void walk(memory &page, std::string_view other, const plan &plan, record_cursor cursor, __u32 limit)
{
	record_view record;
	__u32 records = 0, end = 0;

	while (cursor.next(record)) {
		auto at = static_cast<__u64>(static_cast<const char *>(record.payload) - page.at());

		require(at >= end + record_header_size && at % 8 == 0);
		require(record.end > end && record.end <= limit && at + record.size <= record.end);
		end = record.end;
		look_at(record.payload, record.size);
		if (++records == plan.records_before && plan.is_torn)
			page.set(other);
	}
	require(records <= limit / record_header_size);
	require(cursor.error() == page_error::none || cursor.error() == page_error::bad_record);
	require(!cursor.next(record));
}

} /* namespace */

FUZZ_TARGET
{
	input input{data, size};
	plan plan{.is_torn = (input.take<__u8>() & 1) != 0,
		  .records_before = input.take<__u8>(),
		  .start = input.take<__u16>(),
		  .end = input.take<__u16>()};
	std::string_view first = input.take_bytes(plan.is_torn ? input.size() / 2 : input.size());
	memory bytes{first};
	const auto &page = *reinterpret_cast<const kring_page *>(bytes.at());

	if (check_page(page, bytes.size()) != page_error::none)
		return 0;

	__u32 end = KRING_COMMIT_OFFSET(page.commit);

	if (!plan.start)
		walk(bytes, input.take_rest(), plan, record_cursor{page}, end);
	else if (is_span(page, plan.start, plan.end) && plan.end <= bytes.size())
		walk(bytes, input.take_rest(), plan, {page, plan.start, plan.end, page.first}, plan.end);
	return 0;
}
