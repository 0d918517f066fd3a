/* SPDX-License-Identifier: GPL-2.0-only */
/* What a ledger says about losses, in a sentence: how much, for which causes, and what helps. */
#ifndef KRING_VERDICT_HH
#define KRING_VERDICT_HH

#include <string>

#include "rates.hh"

/* 0 to 100 with a digit behind the point; what is not nothing, or not all, is never written as that. */
std::string percent_text(double percent);

/*
 * "nothing lost", or "lost 3.1% (300 overwritten, 12 full): ..." with what helps
 * against the cause of most. Of totals, or of what came in an interval.
 */
std::string verdict_on(const kring_ledger &ledger);

#endif
