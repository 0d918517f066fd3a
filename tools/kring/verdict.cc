/* SPDX-License-Identifier: GPL-2.0-only */
/* Causes, the largest first; see verdict.hh. */
#include "verdict.hh"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <kring/kring.h>

namespace
{

struct cause {
	__u64 records;
	const char *name;
	const char *remedy;
};

/* By &enum kring_drop. */
constexpr const char *remedies[] = {
	"the reader is too slow, or the rings are too small",
	"bursts of nested writers are larger than a ring: make the rings larger",
	"records do not fit on a page: raise the channel's order",
	"more writers interrupt each other than there may",
	"the channel was disabled, or a ring has stopped",
	"there was no memory for a CPU's ring",
};

static_assert(std::size(remedies) == KRING_NR_DROPS);

/* Those that there are. */
std::vector<cause> causes_of(const kring_ledger &ledger)
{
	std::vector<cause> causes{{ledger.overwritten, "overwritten",
				   ledger.read ? "the owning reader is too slow, or the rings are too small" :
						 "nobody consumes the records, so the oldest make room"}};

	for (__u32 drop = 0; drop < KRING_NR_DROPS; drop++)
		causes.push_back({ledger.dropped[drop], kring_drop_name(drop), remedies[drop]});
	std::erase_if(causes, [](const cause &each) { return !each.records; });
	std::stable_sort(causes.begin(), causes.end(),
			 [](const cause &left, const cause &right) { return left.records > right.records; });
	return causes;
}

} /* namespace */

std::string percent_text(double percent)
{
	if (percent > 0 && percent < 0.1)
		return "<0.1";
	if (percent < 100 && percent > 99.9)
		return ">99.9";
	return fmt::format("{:.1f}", percent);
}

std::string verdict_on(const kring_ledger &ledger)
{
	std::vector<cause> causes = causes_of(ledger);
	std::string list;

	if (causes.empty())
		return "nothing lost";
	for (const cause &each : causes)
		list += fmt::format("{}{} {}", list.empty() ? "" : ", ", each.records, each.name);
	return fmt::format("lost {}% ({}): {}", percent_text(lost_percent(ledger)), list, causes[0].remedy);
}
