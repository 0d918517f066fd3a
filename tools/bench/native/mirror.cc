/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Nanoseconds to put bytes into a mirror_fifo and get them again, beside memcpy()
 * to a buffer of that size and from it: puts until it is full, gets until it is
 * empty. The times are of one of each.
 */
#include <benchmark/benchmark.h>

#include <cstring>

#include "../../../src/core/mirror_fifo.hh"
#include "../../../src/core/platform_kernel.hh"

namespace
{

/* Of the larger sizes none divides it, so that some go across its end; all begin with a cache line, as memcpy()'s do. */
constexpr unsigned int capacity = 20 * 1024 + 64;

alignas(64) char from[4096], to[4096], ring[capacity];

void through_mirror(benchmark::State &state)
{
	unsigned int size = static_cast<unsigned int>(state.range(0));
	unsigned int burst = capacity / size;
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
	unsigned int burst = capacity / size;

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
