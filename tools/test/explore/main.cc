/* SPDX-License-Identifier: GPL-2.0-only */
/* explore: options, and what is printed of the search. */
#include <sched.h>

#include <cinttypes>
#include <cstdio>
#include <map>

#include <CLI/CLI.hpp>

#include "search.hh"

namespace
{

using namespace kring::explore;
using kring::u32;
using kring::u64;

u32 processors()
{
	cpu_set_t mine;

	return sched_getaffinity(0, sizeof(mine), &mine) == 0 ? static_cast<u32>(CPU_COUNT(&mine)) : 1;
}

void print_scenario(const result &result, const bounds &bounds)
{
	std::printf("%-28s %12" PRIu64
		    " executions of %2zu pasts; up to %u nested, %u deep, %u preemptions, %u stale%s\n",
		    result.what->name, uint64_t{result.executions}, result.what->pasts.size(), bounds.nested,
		    bounds.depth, bounds.preemptions, bounds.stale, result.violated ? ": VIOLATED" : "");
}

void print_json(FILE *file, const result &result, const bounds &bounds)
{
	std::fprintf(file,
		     "{\"scenario\":\"%s\",\"executions\":%" PRIu64 ",\"nested\":%u,\"depth\":%u,\"preemptions\":%u,"
		     "\"stale\":%u,\"violation\":%s%s%s}\n",
		     result.what->name, uint64_t{result.executions}, bounds.nested, bounds.depth, bounds.preemptions,
		     bounds.stale, result.violated ? "\"" : "", result.violated ? result.wrong.c_str() : "null",
		     result.violated ? "\"" : "");
}

/* The violation, as short as it can be had. */
void explain(const result &result, effort effort, const char *effort_name)
{
	execution shortest{};

	std::printf("\n%s: %s\nlooking for the shortest way to it\n", result.what->name, result.wrong.c_str());
	std::fflush(stdout);
	if (!find_shortest(*result.what, effort, shortest))
		return;
	replay(shortest, effort);
	std::printf("again: build/test/explore/%s --effort %s --replay %s\n", program_invocation_short_name,
		    effort_name, name_of(shortest).c_str());
}

int run(const std::vector<const scenario *> &what, const search_options &options, const char *effort_name, bool json)
{
	u64 executions = 0;
	u32 violations = 0;
	FILE *summary = json ? stderr : stdout;
	std::vector<result> results = search(what, options);

	for (const result &result : results) {
		const bounds &bounds = bounds_of(*result.what, options.extent);

		json ? print_json(stdout, result, bounds) : print_scenario(result, bounds);
		executions += result.executions;
		violations += result.violated;
	}
	if (!options.stop_at_first && !json)
		for (const result &result : results)
			if (result.violated)
				explain(result, options.extent, effort_name);
	std::fprintf(summary, "explore: %" PRIu64 " executions, %zu scenarios, %u violations\n", uint64_t{executions},
		     results.size(), violations);
	return violations != 0;
}

} /* namespace */

int main(int argc, char **argv)
{
	CLI::App app{"Runs a ring of kring through every interleaving within bounds: nested writers, whoever reads or "
		     "writes on other CPUs, memory that is seen late."};
	std::map<std::string, effort> efforts{
		{"quick", effort::quick}, {"check", effort::check}, {"thorough", effort::thorough}};
	std::vector<std::string> names;
	std::string effort_name = "check";
	std::string again;
	u32 jobs = processors();
	bool stop_at_first = false;
	bool json = false;
	bool list = false;

	app.add_option("SCENARIO", names, "what to explore; all if none is named");
	app.add_option("--effort", effort_name, "which of each scenario's bounds: quick, check (default) or thorough")
		->check(CLI::IsMember(efforts));
	app.add_option("--jobs", jobs, "processes (default: as many as there are processors)")
		->check(CLI::Range(1, 1024));
	app.add_flag("--stop-at-first", stop_at_first, "violation, and do not look for a shorter way to it");
	app.add_flag("--json", json, "prints a JSON object for each scenario");
	app.add_flag("--list", list, "prints the scenarios' names");
	app.add_option("--replay", again, "prints one execution, SCENARIO:PAST:CHOICES, as given with a violation");
	CLI11_PARSE(app, argc, argv);

	std::vector<const scenario *> what;

	if (!again.empty()) {
		execution execution{};

		if (!parse(again, execution)) {
			std::fprintf(stderr,
				     "explore: '%s' is no execution of a scenario: give what a violation names\n",
				     again.c_str());
			return 2;
		}
		return replay(execution, efforts[effort_name]);
	}
	for (const scenario &scenario : scenarios)
		if (names.empty() || std::find(names.begin(), names.end(), scenario.name) != names.end())
			what.push_back(&scenario);
	for (const std::string &name : names)
		if (std::none_of(what.begin(), what.end(), [&](const scenario *one) { return one->name == name; })) {
			std::fprintf(stderr, "explore: there is no scenario '%s': see --list\n", name.c_str());
			return 2;
		}
	if (list) {
		for (const scenario *scenario : what)
			std::printf("%s\n", scenario->name);
		return 0;
	}
	return run(what, {efforts[effort_name], jobs, stop_at_first, !json}, effort_name.c_str(), json);
}
