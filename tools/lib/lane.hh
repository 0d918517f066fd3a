/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* One CPU's part of a stream: the records that stand next, and what was lost before them. */
#ifndef LIBKRING_LANE_HH
#define LIBKRING_LANE_HH

#include <algorithm>
#include <concepts>
#include <optional>
#include <vector>

#include <kring/run.h>

#include "../../src/core/page_observer.hh"
#include "../../src/core/page_view.hh"
#include "loss_meter.hh"
#include "platform_mapped.hh"

namespace kring
{

enum class step {
	record,	  /* ahead is the next record */
	idle,	  /* nothing is there now */
	malformed /* the page is not what it says it is */
};

struct lane {
	lane(__u32 cpu, __u64 position) : cpu{cpu}, position{position} {}

	/*
	 * Records number seq to seq + count - 1 stand in [start, end) of a page; those before number from are
	 * passed over. False: some of them have been before.
	 */
	[[nodiscard]] bool enter(const kring_page &page, __u32 start, __u32 end, __u64 seq, __u32 count, __u64 from = 0)
	{
		records.emplace(page, start, end, seq);
		is_live = false;
		at_page = &page;
		page_end = end;
		end_seq = seq + count;
		first_seq = std::max(seq, from);
		losses.refuse(page.dropped);
		return losses.arrive(first_seq);
	}

	/*
	 * What was entered is read where it is: on a page that is number page_seq, and may be reused at any
	 * time. Records are passed one by one, as they are found whole.
	 */
	void read_in_place(const kring_page &page, const page_span &span)
	{
		records.emplace(page, span.start, span.end, span.first);
		at_page = &page;
		page_seq = span.seq;
		is_live = true;
		passed = span.start;
		passed_seq = span.first;
	}

	/* On to the next record of the page entered last; idle at its end. */
	step next()
	{
		while (records && records->next(ahead))
			if (!ahead.discarded && ahead.seq >= first_seq)
				return is_still() ? step::record : leave();
		if (!records)
			return step::idle;
		if (!is_still())
			return leave();

		bool whole = records->error() == page_error::none && records->seq() == end_seq;

		pass(page_end, end_seq);
		records.reset();
		return whole ? step::idle : step::malformed;
	}

	/* What stands next and what follows it, to be walked as long as the stamps are not after limit. */
	kring_run run(__u64 limit)
	{
		const char *page = reinterpret_cast<const char *>(at_page);
		const char *at = static_cast<const char *>(ahead.payload) - record_header_size;
		kring_run run{};

		run.at = run.whole_at = at;
		run.end = page + page_end;
		run.page = is_live ? page_seq : at_page->seq;
		run.page_seq = &at_page->seq;
		run.base = records->base() & ~low_half;
		run.limit = limit;
		run.time_max = static_cast<__u32>(std::min(limit, run.base | low_half));
		/* No short stamp is as low as the limit: this record alone, which has a long one. */
		if (limit < run.base)
			run.end = page + ahead.end;
		run.seq = run.whole_seq = ahead.seq;
		run.cpu = cpu;
		return run;
	}

	/* What was walked is passed, if it was whole; else, of what is not passed by now, nothing is left. */
	void go_on_behind(kring_run &run)
	{
		const char *page = reinterpret_cast<const char *>(at_page);
		bool whole = kring_run__is_whole(&run);
		__u32 at = static_cast<__u32>(run.whole_at - page);

		pass(at, run.whole_seq);
		position = run.whole_seq;
		if (whole)
			records.emplace(*at_page, at, page_end, run.seq);
		else
			records.reset();
	}

	bool is_still() const { return !is_live || page_observer<platform_mapped>::is_still(*at_page, page_seq); }

	__u32 cpu;
	__u64 position; /* behind the record that was delivered last */
	loss_meter losses;
	std::optional<record_cursor> records;
	record_view ahead{};
	__u64 first_seq = 0;		     /* the first to be delivered */
	__u64 end_seq = 0;		     /* behind the last */
	const kring_page *at_page = nullptr; /* the page entered last */
	__u32 page_end = 0;		     /* of the records on it */
	/* Of a page that may be reused: */
	bool is_live = false;
	__u64 page_seq = 0;   /* the number that it had */
	__u32 passed = 0;     /* up to this offset its records are passed */
	__u64 passed_seq = 0; /* and this is the number of the next */
	bool waiting = false; /* ahead is to be delivered */
	bool broken = false;  /* not to be read any more */

	/* The observer's: images that were read, and which of them is next. */
	std::vector<const kring_page *> images;
	size_t next_image = 0;

private:
	static constexpr __u64 low_half = 0xffffffff;

	/* The page was reused under our eyes: what is not passed by now is lost. */
	step leave()
	{
		records.reset();
		return step::idle;
	}

	void pass(__u32 end, __u64 next)
	{
		passed = end;
		passed_seq = next;
		losses.deliver(next);
	}
};

/*
 * Where a lane's pages come from. Functions that fail return -errno.
 *
 * fetch      look for more for all lanes; find(cpu) gives the lane of a CPU, nullptr if it is not wanted
 * next_page  enter the lane's next page, letting go of the one before: 1, or 0 if there is none now
 * hold_back  what is at hand is not delivered, and poll() must not wait
 * rests      does poll() tell when there is more?
 * maps       a new CPU's ring is found without a system call
 * begins_at  of a CPU that nothing was read of: a record behind none that will be delivered
 */
template <class S>
concept page_source = requires(S &source, lane &at, __u32 cpu, lane *(*find)(__u32 cpu)) {
	{ source.fetch(find) } -> std::same_as<int>;
	{ source.next_page(at) } -> std::same_as<int>;
	{ source.begins_at(cpu) } -> std::same_as<__u64>;
	{ source.rests() } -> std::same_as<bool>;
	source.hold_back();
	{ S::maps } -> std::convertible_to<bool>;
};

} /* namespace kring */

#endif
