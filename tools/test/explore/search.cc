/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The search, shared among processes: each takes the executions that begin to
 * be unusual in one place, one way, and goes through all of them.
 */
#include "search.hh"

#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cinttypes>
#include <cstdio>
#include <ctime>
#include <new>

namespace kring::explore
{
namespace
{

constexpr u32 max_scenarios = 256;

/* What the processes have in common. */
struct blackboard {
	std::atomic<u64> next;
	std::atomic<bool> stop;
	struct {
		std::atomic<u64> executions;
		std::atomic<bool> violated;
		char wrong[128];
	} scenarios[max_scenarios];
};

/* A part of the search: the executions that begin with these deviations; or the one that has no others. */
struct part {
	u32 scenario;
	u32 past;
	std::vector<deviation> first;
	bool has_others;
};

/* What is like `usual`, and what deviates from it, by where that begins. */
void add_parts(std::vector<part> &parts, const part &usual, const scenario &scenario, const bounds &bounds)
{
	simulated.choices_.start(usual.first);
	run_once(bounds);
	parts.push_back(usual);

	std::vector<choice> trail = simulated.choices_.trail();

	for (u32 at = static_cast<u32>(usual.first.size()); at < trail.size(); at++)
		for (u32 way = 1; way < trail[at].ways; way++) {
			part other{usual.scenario, usual.past, usual.first, true};

			other.first.push_back({at, way});
			/* The first choice is which CPU begins: too large a part for one process. */
			if (at == 0 && scenario.readers[0].size())
				add_parts(parts, {other.scenario, other.past, other.first, false}, scenario, bounds);
			else
				parts.push_back(other);
		}
}

std::vector<part> parts_of(const std::vector<const scenario *> &what, effort effort)
{
	std::vector<part> parts;

	for (u32 number = 0; number < what.size(); number++)
		for (u32 past = 0; past < what[number]->pasts.size(); past++) {
			set_up(*what[number], what[number]->pasts[past]);
			add_parts(parts, {number, past, {}, false}, *what[number], bounds_of(*what[number], effort));
		}
	return parts;
}

/* Goes through a part, unless a violation is found meanwhile. */
void go_through(const part &part, const scenario &scenario, const bounds &bounds, blackboard &board)
{
	auto &mine = board.scenarios[part.scenario];
	u64 executions = 0;

	simulated.choices_.start(part.first, part.has_others ? choices::no_limit : static_cast<u32>(part.first.size()));
	set_up(scenario, scenario.pasts[part.past]);
	do {
		const char *wrong = run_once(bounds);

		executions++;
		if (wrong && !mine.violated.exchange(true))
			std::snprintf(mine.wrong, sizeof(mine.wrong), "%s", wrong);
		if (executions % 4096 == 0)
			mine.executions += std::exchange(executions, 0);
	} while (!mine.violated && !board.stop && simulated.choices_.next());
	mine.executions += executions;
}

void work(const std::vector<const scenario *> &what, const std::vector<part> &parts, const search_options &options,
	  blackboard &board)
{
	for (;;) {
		u64 number = board.next++;

		if (number >= parts.size() || board.stop)
			return;

		const part &mine = parts[number];
		auto &state = board.scenarios[mine.scenario];

		if (!state.violated)
			go_through(mine, *what[mine.scenario], bounds_of(*what[mine.scenario], options.extent), board);
		if (state.violated && options.stop_at_first)
			board.stop = true;
	}
}

void show_progress(const blackboard &board, u32 scenarios, u64 parts)
{
	u64 executions = 0;

	for (u32 number = 0; number < scenarios; number++)
		executions += board.scenarios[number].executions;
	std::fprintf(stderr, "explore: %.1f million executions, part %" PRIu64 " of %" PRIu64 "\n",
		     static_cast<double>(executions) / 1e6, uint64_t{board.next}, uint64_t{parts});
}

/* Until all processes have ended; one that did so badly ends this one. */
void wait_for(u32 processes, const std::function<void()> &each_10_s)
{
	time_t shown = std::time(nullptr);

	while (processes) {
		int status = 0;
		pid_t ended = waitpid(-1, &status, WNOHANG);

		if (ended > 0) {
			processes--;
			if (status != 0)
				choices::fatal("a process of the search died");
			continue;
		}
		usleep(20000);
		if (std::time(nullptr) - shown >= 10) {
			shown = std::time(nullptr);
			each_10_s();
		}
	}
}

} /* namespace */

const bounds &bounds_of(const scenario &scenario, effort effort)
{
	return effort == effort::quick ? scenario.quick : effort == effort::check ? scenario.check : scenario.thorough;
}

std::vector<result> search(const std::vector<const scenario *> &what, const search_options &options)
{
	if (what.size() > max_scenarios)
		choices::fatal("there are too many scenarios");

	std::vector<part> parts = parts_of(what, options.extent);
	void *shared = mmap(nullptr, sizeof(blackboard), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (shared == MAP_FAILED)
		choices::fatal("there is no memory to share");

	blackboard &board = *new (shared) blackboard{};

	std::fflush(nullptr);
	for (u32 job = 0; job < options.jobs; job++) {
		pid_t child = fork();

		if (child < 0)
			choices::fatal("cannot start a process");
		if (child == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			work(what, parts, options, board);
			_exit(0);
		}
	}
	wait_for(options.jobs, [&] {
		if (options.shows_progress)
			show_progress(board, static_cast<u32>(what.size()), parts.size());
	});

	std::vector<result> results;

	for (u32 number = 0; number < what.size(); number++) {
		const auto &found = board.scenarios[number];

		results.push_back({what[number], found.executions, found.violated, found.wrong});
	}
	munmap(shared, sizeof(blackboard));
	return results;
}

bool find_shortest(const scenario &scenario, effort effort, execution &found)
{
	constexpr u32 most = 20;

	for (u32 limit = 0; limit <= most; limit++)
		for (u32 past = 0; past < scenario.pasts.size(); past++) {
			set_up(scenario, scenario.pasts[past]);
			simulated.choices_.start({}, limit);
			do {
				if (!run_once(bounds_of(scenario, effort)))
					continue;
				found = {&scenario, past, simulated.choices_.deviations()};
				return true;
			} while (simulated.choices_.next());
		}
	return false;
}

} /* namespace kring::explore */
