/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Nanoseconds per record of the core in a program: src/core.cc as it is, called
 * through the seam as kernel code calls it, beside a bare read of the clock.
 */
#include <benchmark/benchmark.h>

#include <ctime>

#include "ring.hh"

using namespace kring::bench;

/* The clocks that the core asks for. */
namespace
{

__u64 read_clock(clockid_t id)
{
	timespec now;

	clock_gettime(id, &now);
	return static_cast<__u64>(now.tv_sec) * 1'000'000'000 + static_cast<__u64>(now.tv_nsec);
}

} /* namespace */

/* Nothing here commits what it has not reserved. */
void kring_nothing_was_open() {}

__u64 kring_clock_local()
{
	return read_clock(CLOCK_MONOTONIC);
}

__u64 kring_clock_mono()
{
	return read_clock(CLOCK_MONOTONIC);
}

__u64 kring_clock_boot()
{
	return read_clock(CLOCK_BOOTTIME);
}

__u64 kring_clock_counter()
{
	return __builtin_ia32_rdtsc();
}

namespace
{

template <auto clock> void read_bare(benchmark::State &state)
{
	for (auto _ : state)
		benchmark::DoNotOptimize(clock());
}

template <__u32 size, auto reserve, auto clock> void reserve_commit(benchmark::State &state)
{
	ring ring{clock()};
	__u64 value = 0;

	for (auto _ : state) {
		void *payload = reserve(ring.core(), step_of(size), size);

		if (!payload)
			return state.SkipWithError("a record was refused");
		fill<size>(payload, value++);
		kring_core_commit(ring.core(), payload);
	}
}

template <__u32 size, auto reserve, auto clock> void write_once(benchmark::State &state)
{
	ring ring{clock()};
	__u64 data[size / sizeof(__u64)];
	__u64 value = 0;

	for (auto _ : state) {
		fill<size>(data, value++);
		benchmark::ClobberMemory();
		void *payload = reserve(ring.core(), step_of(size), size);

		if (!payload)
			return state.SkipWithError("a record was refused");
		__builtin_memcpy(payload, data, size);
		kring_core_commit(ring.core(), payload);
	}
}

/* The compiler's own, so that a bare read is one instruction here as it is in the core. */
inline __u64 counter()
{
	return __builtin_ia32_rdtsc();
}

BENCHMARK(read_bare<counter>)->Name("clock.counter");
BENCHMARK(read_bare<kring_clock_mono>)->Name("clock.mono");
BENCHMARK(write_once<16, kring_core_reserve_counter, counter>)->Name("write.16");
BENCHMARK(write_once<16, kring_core_reserve_mono, kring_clock_mono>)->Name("write.16.mono");
BENCHMARK(reserve_commit<16, kring_core_reserve_counter, counter>)->Name("reserve_commit.16");
BENCHMARK(reserve_commit<64, kring_core_reserve_counter, counter>)->Name("reserve_commit.64");
BENCHMARK(reserve_commit<256, kring_core_reserve_counter, counter>)->Name("reserve_commit.256");
BENCHMARK(reserve_commit<16, kring_core_reserve_mono, kring_clock_mono>)->Name("reserve_commit.16.mono");

} /* namespace */

BENCHMARK_MAIN();
