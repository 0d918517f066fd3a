/* SPDX-License-Identifier: GPL-2.0-only */
/* The search through all scenarios, on all processors of this machine. */
#ifndef KRING_EXPLORE_SEARCH_HH
#define KRING_EXPLORE_SEARCH_HH

#include <string>
#include <vector>

#include "scenario.hh"

namespace kring::explore
{

/* How far to go: which of a scenario's bounds. */
enum class effort { quick, check, thorough };

const bounds &bounds_of(const scenario &scenario, effort effort);

struct result {
	const scenario *what;
	u64 executions;
	bool violated;
	std::string wrong; /* what was found first */
};

struct search_options {
	effort extent;
	u32 jobs;	     /* processes */
	bool stop_at_first;  /* violation, in whatever scenario */
	bool shows_progress; /* on standard error */
};

/* One result for each scenario. */
std::vector<result> search(const std::vector<const scenario *> &what, const search_options &options);

/* An execution: one of a scenario's pasts, and what is unusual in what follows. */
struct execution {
	const scenario *what;
	u32 past;
	std::vector<deviation> deviations;
};

/* Of those that violate, one with the fewest deviations. False: none does. */
bool find_shortest(const scenario &scenario, effort effort, execution &found);

/* Prints all accesses of an execution, and what is wrong with it; true if something is. */
bool replay(const execution &execution, effort effort);

/* SCENARIO:PAST:AT=TAKEN,... */
std::string name_of(const execution &execution);
bool parse(const std::string &text, execution &execution);

} /* namespace kring::explore */

#endif
