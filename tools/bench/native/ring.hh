/* SPDX-License-Identifier: GPL-2.0-only */
/* A ring to measure: its memory, and records as kernel code writes them. */
#ifndef KRING_BENCH_RING_HH
#define KRING_BENCH_RING_HH

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#include "../../../src/core.h"

namespace kring::bench
{

constexpr __u32 page_size = 4096;
constexpr __u32 list_pages = 32; /* as kring_bench: small enough for the cache */

struct release {
	void operator()(char *memory) const { std::free(memory); }
};
using bytes = std::unique_ptr<char, release>;

inline bytes allocate(size_t alignment, size_t size)
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
	const char *page(__u32 id) const { return pages_.get() + id * page_size; }

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

} /* namespace kring::bench */

#endif
