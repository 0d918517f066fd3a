/* SPDX-License-Identifier: GPL-2.0-only */
/* The arithmetic; see rates.hh. */
#include "rates.hh"

#include <algorithm>
#include <cstdint>

__u64 dropped_in_all(const kring_ledger &ledger)
{
	__u64 sum = 0;

	for (__u64 dropped : ledger.dropped)
		sum += dropped;
	return sum;
}

double lost_percent(const kring_ledger &ledger)
{
	double dropped = static_cast<double>(dropped_in_all(ledger));
	double wanted = static_cast<double>(ledger.committed) + dropped;
	double lost = static_cast<double>(ledger.overwritten) + dropped;

	/* More than were written in an interval may have been overwritten in it. */
	return wanted > 0 ? std::min(100 * lost / wanted, 100.0) : lost > 0 ? 100 : 0;
}

static __u64 growth(__u64 before, __u64 now)
{
	return now < before ? now : now - before;
}

kring_ledger since(const kring_ledger &before, const kring_ledger &now)
{
	kring_ledger made = now;

	made.committed = growth(before.committed, now.committed);
	made.read = growth(before.read, now.read);
	made.overwritten = growth(before.overwritten, now.overwritten);
	made.discarded = growth(before.discarded, now.discarded);
	for (__u32 cause = 0; cause < KRING_NR_DROPS; cause++)
		made.dropped[cause] = growth(before.dropped[cause], now.dropped[cause]);
	return made;
}

static double rate(__u64 before, __u64 now, double seconds)
{
	return static_cast<double>(growth(before, now)) / seconds;
}

rates rates_between(const kring_ledger &before, const kring_ledger &now, double seconds)
{
	if (!(seconds > 0))
		return {};
	return {rate(before.committed, now.committed, seconds), rate(before.read, now.read, seconds),
		rate(before.overwritten, now.overwritten, seconds),
		rate(dropped_in_all(before), dropped_in_all(now), seconds),
		rate(before.discarded, now.discarded, seconds)};
}

double fill_percent(const kring_ledger &ledger)
{
	/* The reader's page is one more than the list has. */
	return ledger.pages ? 100.0 * std::min(ledger.pages_unread, ledger.pages) / ledger.pages : 0;
}

__s64 ledger_gap(const kring_ledger &ledger)
{
	/* Wide, so that a number that has wrapped is seen. */
	__int128 gap = static_cast<__int128>(ledger.committed) - ledger.read - ledger.overwritten - ledger.unread;

	return static_cast<__s64>(std::clamp<__int128>(gap, INT64_MIN, INT64_MAX));
}
