/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Nanoseconds to put bytes into a mirror_fifo and get them again, beside memcpy()
 * to a buffer of that size and from it. Some puts, then as many gets, as between
 * an interrupt and a thread; the times are of one of each.
 */
#include <benchmark/benchmark.h>

#include <cstring>

#include "../../../src/core/mirror_fifo.hh"
#include "../../../src/core/platform_kernel.hh"

namespace
{

constexpr unsigned int capacity = 20001; /* no size divides it, so that all places come up */
constexpr unsigned int burst = 4;

char from[4096], to[4096], ring[capacity];

void through_mirror(benchmark::State &state)
{
	unsigned int size = static_cast<unsigned int>(state.range(0));
	kring::mirror_fifo<kring::platform_kernel> mirror{};

	mirror.init(ring, capacity);
	while (state.KeepRunningBatch(burst)) {
		unsigned int moved = 0;

		benchmark::DoNotOptimize(size);
		for (unsigned int each = 0; each < burst; each++)
			moved += mirror.put(from, size);
		for (unsigned int each = 0; each < burst; each++)
			moved += mirror.get(to, size);
		if (moved != 2 * burst * size)
			return state.SkipWithError("bytes were refused");
		benchmark::ClobberMemory();
	}
}

void through_buffer(benchmark::State &state)
{
	unsigned int size = static_cast<unsigned int>(state.range(0));

	while (state.KeepRunningBatch(burst)) {
		benchmark::DoNotOptimize(size);
		for (unsigned int each = 0; each < burst; each++)
			std::memcpy(ring + each * size, from, size);
		benchmark::ClobberMemory();
		for (unsigned int each = 0; each < burst; each++)
			std::memcpy(to, ring + each * size, size);
		benchmark::ClobberMemory();
	}
}

BENCHMARK(through_mirror)->Name("mirror")->RangeMultiplier(4)->Range(16, 4096);
BENCHMARK(through_buffer)->Name("memcpy")->RangeMultiplier(4)->Range(16, 4096);

} /* namespace */
