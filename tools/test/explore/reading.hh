/* SPDX-License-Identifier: GPL-2.0-only */
/* What the reader and observers of the explored machine do, and how they judge what they get. */
#ifndef KRING_EXPLORE_READING_HH
#define KRING_EXPLORE_READING_HH

#include <algorithm>

#include "scene.hh"

namespace kring::explore
{

/* A page's records as a CPU finds them, loaded one by one. */
inline const kring_page &copy_of(const page_span &span)
{
	alignas(8) static u64 copies[machine::cpus][page_words];
	u64 *copy = copies[simulated.cpu()];
	const u64 *page = now.shared.pages[span.page];
	constexpr u32 base = offsetof(kring_page, base) / sizeof(u64);

	copy[base] = P::load(page[base]);
	for (u32 word = span.start / sizeof(u64); word < std::min(span.end, page_size) / sizeof(u64); word++)
		copy[word] = P::load(page[word]);
	return *reinterpret_cast<kring_page *>(copy);
}

inline void look_at(u32 reader, const kring_page &page, const page_span &span)
{
	record_cursor records{page, span.start, std::min(span.end, page_size), span.first};
	record_view record;

	while (records.next(record))
		now.log.saw(reader, record);
	now.log.expect(records.error() == page_error::none, "I6: records do not parse");
	now.log.expect(records.seq() == span.first + span.count, "I7: other than the announced number of records");
}

/* One span, which stays whole as long as it is held. False: there was none. */
inline bool take(bool dies)
{
	page_span span{};
	status found = now.reader.acquire(span);

	now.log.expect(found != status::empty || !now.readable, "I7: what is there to be read is not found");
	if (found != status::ok)
		return false;
	now.readable = false;
	now.log.expect(now.read + now.reader.overwritten() == span.first, "I7: the reader's numbers leave records out");
	if (dies) {
		now.reader.abandon();
		return true;
	}
	look_at(0, copy_of(span), span);
	simulated.has_read(span.page, span.end / sizeof(u64));
	now.log.expect(now.reader.release() == status::ok, "what was acquired is not released");
	now.read += span.count;
	return true;
}

/* There is no less than there was: while no writer is nested, what is overwritten has been replaced before. */
inline void peek()
{
	bool readable = now.reader.readable();

	now.log.expect(readable || !now.readable, "I7: what is there to be read is not found");
	now.readable = readable;
}

inline bool is_same(const ring_ledger &one, const ring_ledger &other)
{
	return one.committed == other.committed && one.read == other.read && one.overwritten == other.overwritten &&
	       one.unread == other.unread && one.pages_unread == other.pages_unread;
}

/* Alone, between two accesses. */
inline void note_moment()
{
	moments_past &past = now.moments;
	ring_ledger sums{};

	if (!now.reader.ledger(sums) || (past.count && is_same(past.at[past.count - 1], sums)))
		return;
	if (past.count == moments_past::max)
		choices::fatal("a scenario has too many moments");
	past.at[past.count++] = sums;
}

/*
 * While writers are at work: not to be had, or of some one moment. Where stores are seen late, each sum is what it
 * once was, and that is all.
 */
inline void count()
{
	ring_ledger sums{};

	if (!now.reader.ledger(sums))
		return;

	const ring_ledger *begin = now.moments.at;
	const ring_ledger *end = begin + now.moments.count;
	auto once = [&](u64 ring_ledger::*sum) {
		return std::any_of(begin, end, [&](const ring_ledger &moment) { return moment.*sum == sums.*sum; });
	};

	now.log.expect(sums.committed == sums.read + sums.overwritten + sums.unread && sums.unread <= sums.committed,
		       "ledger: the sum");
	now.log.expect(once(&ring_ledger::committed) && once(&ring_ledger::read) && once(&ring_ledger::overwritten),
		       "ledger: sums that never were");
	now.log.expect(
		simulated.is_weak() ||
			std::any_of(begin, end, [&](const ring_ledger &moment) { return is_same(moment, sums); }),
		"ledger: sums that were not at once");
}

inline status poll(u32 cpu)
{
	observer &me = now.observers[cpu];
	page_span span{};
	status found = me.cursor.look(view{}, span);

	if (found != status::ok)
		return found;

	const kring_page &copy = copy_of(span);

	if (!me.cursor.confirm(view{}, span))
		return status::busy;
	if (!me.started)
		me.begin = span.first - me.cursor.lost();
	me.started = true;
	now.log.expect(span.first == me.begin + me.received + me.cursor.lost(),
		       "I7: an observer's numbers leave records out");
	look_at(cpu, copy, span);
	me.received += span.count;
	return status::ok;
}

inline void perform_reading(u32 cpu, act what)
{
	observer &me = now.observers[cpu];

	switch (what) {
	case act::take:
	case act::die:
		take(what == act::die);
		return;
	case act::peek:
		return peek();
	case act::count:
		return count();
	case act::newest:
		me.cursor.seek_newest(view{});
		me.begin = me.cursor.expected();
		me.received = 0;
		me.started = true;
		return;
	default:
		(void)poll(cpu);
	}
}

} /* namespace kring::explore */

#endif
