/* SPDX-License-Identifier: GPL-2.0-only */
/* What `kring stat` makes of two ledgers of the same ring or channel. Arithmetic only. */
#ifndef KRING_RATES_HH
#define KRING_RATES_HH

#include <linux/kring.h>

struct rates {
	double committed; /* records a second, as all but unread */
	double read;
	double overwritten;
	double dropped;
	double discarded;
};

__u64 dropped_in_all(const kring_ledger &ledger);

/* Overwritten and dropped ones, 0 to 100 per cent of those that were to be records. */
double lost_percent(const kring_ledger &ledger);

/* What came since; what went backwards has begun anew. All that is no total is as it is now. */
kring_ledger since(const kring_ledger &before, const kring_ledger &now);

/* Per second; all zero if no time has passed. What went backwards has begun anew: it counts from 0. */
rates rates_between(const kring_ledger &before, const kring_ledger &now, double seconds);

/* Pages with unread records, 0 to 100 per cent of the ring's. */
double fill_percent(const kring_ledger &ledger);

/* committed - (read + overwritten + unread): 0 if the ledger is exact. Cut to what a __s64 holds. */
__s64 ledger_gap(const kring_ledger &ledger);

#endif
