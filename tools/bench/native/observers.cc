/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Nanoseconds per record of a writer in a tight loop that observers look at from
 * other CPUs than its own: all the time, or every few microseconds; and beside as
 * many that look at another ring, so that what CPUs have in common anyway is on
 * both sides.
 */
#include <benchmark/benchmark.h>
#include <pthread.h>
#include <sched.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "ring.hh"

namespace kring::bench
{

namespace
{

/* The first CPU that this process may use, or all others if there are any. */
void run_on_first(bool first)
{
	static const cpu_set_t mine = [] {
		cpu_set_t set;

		sched_getaffinity(0, sizeof(set), &set);
		return set;
	}();
	cpu_set_t wanted = mine;

	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &mine))
			continue;
		if (first) {
			CPU_ZERO(&wanted);
			CPU_SET(cpu, &wanted);
		} else if (CPU_COUNT(&mine) > 1) {
			CPU_CLR(cpu, &wanted);
		}
		break;
	}
	pthread_setaffinity_np(pthread_self(), sizeof(wanted), &wanted);
}

/* Touches no ring for so long. */
void stay_away(std::chrono::microseconds pause)
{
	auto end = std::chrono::steady_clock::now() + pause;

	do
		__builtin_ia32_pause();
	while (std::chrono::steady_clock::now() < end);
}

/* Copies what there is, and asks whether it was whole; at the end, after a pause, looks for more, or begins again. */
void observe(ring &ring, bool again, std::chrono::microseconds pause, const std::atomic<bool> &ended)
{
	kring_core_observer observer{};
	std::vector<char> copy(page_size);
	kring_core_span span;

	run_on_first(false);
	while (!ended) {
		if (kring_core_look(ring.core(), &observer, &span) != KRING_CORE_OK) {
			if (again)
				observer = {};
			stay_away(pause);
			continue;
		}
		std::memcpy(copy.data(), ring.page(span.page) + span.start, span.end - span.start);
		benchmark::DoNotOptimize(copy.data());
		(void)kring_core_confirm(ring.core(), &observer, &span);
	}
}

void write(ring &ring, __u64 value)
{
	void *payload = kring_core_reserve_counter(ring.core(), step_of(16), 16);

	fill<16>(payload, value);
	kring_core_commit(ring.core(), payload);
}

void observers(benchmark::State &state)
{
	ring ring{kring_clock_counter()}, other{kring_clock_counter()};
	class ring &observed = state.range(1) ? ring : other;
	std::chrono::microseconds pause{state.range(2)};
	std::atomic<bool> ended = false;
	std::vector<std::thread> threads;
	__u64 value = 0;

	for (__u64 records = 0; records < 10000; records++)
		write(other, records);
	for (int64_t count = 0; count < state.range(0); count++)
		threads.emplace_back([&] { observe(observed, !state.range(1), pause, ended); });
	run_on_first(true);
	for (auto _ : state)
		write(ring, value++);
	ended = true;
	for (std::thread &thread : threads)
		thread.join();
}

} /* namespace */

BENCHMARK(observers)->Name("observers")->ArgsProduct({{1, 4, 8}, {0, 1}, {0, 20}});

} /* namespace kring::bench */
