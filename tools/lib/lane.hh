/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* One CPU's part of a stream: the records that stand next, and what was lost before them. */
#ifndef LIBKRING_LANE_HH
#define LIBKRING_LANE_HH

#include <algorithm>
#include <concepts>
#include <optional>
#include <vector>

#include "../../src/core/page_view.hh"
#include "loss_meter.hh"

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
		end_seq = seq + count;
		first_seq = std::max(seq, from);
		losses.refuse(page.dropped);
		return losses.arrive(first_seq);
	}

	/* On to the next record of the page entered last; idle at its end. */
	step next()
	{
		while (records && records->next(ahead))
			if (!ahead.discarded && ahead.seq >= first_seq)
				return step::record;
		if (!records)
			return step::idle;

		bool whole = records->error() == page_error::none && records->seq() == end_seq;

		losses.deliver(end_seq);
		records.reset();
		return whole ? step::idle : step::malformed;
	}

	__u32 cpu;
	__u64 position; /* behind the record that was delivered last */
	loss_meter losses;
	std::optional<record_cursor> records;
	record_view ahead{};
	__u64 first_seq = 0;  /* the first to be delivered */
	__u64 end_seq = 0;    /* behind the last */
	bool waiting = false; /* ahead is to be delivered */
	bool broken = false;  /* not to be read any more */

	/* The observer's: images that were read, and which of them is next. */
	std::vector<const kring_page *> images;
	size_t next_image = 0;
	/* The owner's: a page is acquired. */
	bool acquired = false;
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
