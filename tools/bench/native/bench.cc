/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Nanoseconds per record of the core in a program: src/core.cc as it is, called
 * through the seam as kernel code calls it, beside a bare read of the clock.
 */
#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <memory>
#include <vector>

#include "../../../src/core.h"

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

constexpr __u32 page_size = 4096;
constexpr __u32 list_pages = 32; /* as kring_bench: small enough for the cache */

struct release {
	void operator()(char *memory) const { std::free(memory); }
};
using bytes = std::unique_ptr<char, release>;

bytes allocate(size_t alignment, size_t size)
{
	size_t whole = (size + alignment - 1) / alignment * alignment;
	char *memory = static_cast<char *>(std::aligned_alloc(alignment, whole));

	if (!memory)
		std::abort();
	std::memset(memory, 0, whole);
	return bytes{memory};
}

/* An overwriting ring, and its memory. */
class ring {
public:
	explicit ring(__u64 now)
		: pages_{allocate(page_size, page_size * (list_pages + 1))},
		  shared_{allocate(64, kring_core_shared_size(list_pages))},
		  memory_{allocate(64, kring_core_size(list_pages))}
	{
		std::vector<void *> pages;
		kring_core_config config{};

		for (__u32 id = 0; id <= list_pages; id++)
			pages.push_back(pages_.get() + id * page_size);
		config.page_size = page_size;
		config.list_pages = list_pages;
		config.overwrite = true;
		config.now = now;
		config.pages = pages.data();
		config.shared = reinterpret_cast<kring_ring *>(shared_.get());
		config.stopped = [](void *, __u32, __u32 fault) {
			fprintf(stderr, "native: the ring stopped on fault %u\n", fault);
			std::abort();
		};
		core_ = kring_core_init(memory_.get(), &config);
	}

	kring_core *core() { return core_; }

private:
	bytes pages_, shared_, memory_;
	kring_core *core_;
};

/* As include/linux/kring.h makes them, without a type. */
constexpr __u64 step_of(__u32 size)
{
	return 1ULL << 32 | KRING_RECORD_SPACE(size);
}

template <__u32 size> void fill(void *payload, __u64 value)
{
	for (__u32 word = 0; word < size / sizeof(value); word++)
		static_cast<__u64 *>(payload)[word] = value;
}

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
