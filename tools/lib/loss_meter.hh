/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What a stream has missed of one ring: records overwritten, seen as gaps in
 * the sequence numbers, and records refused, seen as running totals grown.
 */
#ifndef LIBKRING_LOSS_METER_HH
#define LIBKRING_LOSS_METER_HH

#include <algorithm>
#include <utility>

#include <kring/kring.h>

namespace kring
{

class loss_meter {
public:
	using totals = __u64[KRING_NR_DROPS];

	/* What the ring's ledger says when the stream is opened. silent: what was before is not to be told. */
	void start(const kring_ledger &ledger, bool silent)
	{
		std::copy_n(ledger.dropped, KRING_NR_DROPS, before_);
		committed_before_ = ledger.committed;
		overwritten_before_ = ledger.overwritten;
		is_silent_ = silent;
		if (silent)
			std::copy_n(ledger.dropped, KRING_NR_DROPS, told_);
	}

	/* An observer's first record is number first: the others that were there before are gone. */
	void begin(__u64 first)
	{
		__u64 before = std::min(first, committed_before_);

		lose(0, first, before);
		if (is_silent_)
			earlier_ = 0;
		expected_ = first;
		has_begun_ = true;
	}

	/* An observer goes on at record number first, where another one was: what is gone since is its own loss. */
	void resume(__u64 first)
	{
		expected_ = first;
		has_begun_ = true;
	}

	/*
	 * An owner's first record is number first; so many were overwritten that no owner took. That may not
	 * be all that were before the stream: the reader's page comes first, and is older than them.
	 */
	void begin(__u64 first, __u64 overwritten)
	{
		unseen_before_ = overwritten_before_;
		lose(first - overwritten, overwritten, take_before(overwritten));
		expected_ = first;
		has_begun_ = true;
	}

	bool has_begun() const { return has_begun_; }

	/* Record number first comes next. False: it has been before. */
	[[nodiscard]] bool arrive(__u64 first)
	{
		if (first < expected_)
			return false;
		if (first > expected_)
			lose(expected_, first - expected_, take_before(first - expected_));
		expected_ = first;
		return true;
	}

	/* All records before number next were delivered. */
	void deliver(__u64 next) { expected_ = next; }

	/* The refusals up to a place in the stream, in all. An older total than one seen before is no news. */
	void refuse(const totals &dropped)
	{
		for (__u32 cause = 0; cause < KRING_NR_DROPS; cause++)
			if (dropped[cause] > seen_[cause]) {
				seen_[cause] = dropped[cause];
				has_news_ = true;
			}
	}

	/* The next loss that was not told yet; false for none. Leaves cpu and time alone. */
	bool take(kring_item &item) { return has_news_ && (has_news_ = find(item)); }

private:
	bool find(kring_item &item)
	{
		if (earlier_) {
			fill(item, KRING_LOSS_OVERWRITTEN, earlier_at_, std::exchange(earlier_, 0), true);
			return true;
		}
		if (gap_) {
			fill(item, KRING_LOSS_OVERWRITTEN, gap_at_, std::exchange(gap_, 0), false);
			return true;
		}
		for (__u32 cause = 0; cause < KRING_NR_DROPS; cause++) {
			if (seen_[cause] <= told_[cause])
				continue;

			bool earlier = told_[cause] < before_[cause];
			__u64 until = earlier ? std::min(before_[cause], seen_[cause]) : seen_[cause];

			fill(item, cause, expected_, until - told_[cause], earlier);
			told_[cause] = until;
			return true;
		}
		return false;
	}

	/* Records from number at on were overwritten, the first of them before the stream was opened. */
	void lose(__u64 at, __u64 records, __u64 before)
	{
		if (!earlier_)
			earlier_at_ = at;
		if (!gap_)
			gap_at_ = at + before;
		earlier_ += before;
		gap_ += records - before;
		has_news_ = true;
	}

	__u64 take_before(__u64 records)
	{
		__u64 before = std::min(records, unseen_before_);

		unseen_before_ -= before;
		return before;
	}

	static void fill(kring_item &item, __u32 cause, __u64 seq, __u64 lost, bool earlier)
	{
		item = {};
		item.kind = KRING_ITEM_LOSS;
		item.seq = seq;
		item.lost = lost;
		item.cause = cause;
		item.earlier = earlier;
	}

	bool is_silent_ = false;
	bool has_news_ = false; /* there may be something to tell */
	bool has_begun_ = false;
	__u64 committed_before_ = 0;
	__u64 overwritten_before_ = 0;
	__u64 unseen_before_ = 0; /* of those, what no gap has shown yet */
	__u64 expected_ = 0;	  /* sequence number of the next record */
	__u64 earlier_ = 0;	  /* overwritten before the stream was opened, and not told yet */
	__u64 earlier_at_ = 0;
	__u64 gap_ = 0; /* overwritten since, and not told yet */
	__u64 gap_at_ = 0;
	totals before_{}; /* refusals when the stream was opened */
	totals seen_{};
	totals told_{};
};

} /* namespace kring */

#endif
