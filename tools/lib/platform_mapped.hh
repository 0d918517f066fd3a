/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The platform of a program that looks at a mapping of kernel memory: it only reads. */
#ifndef LIBKRING_PLATFORM_MAPPED_HH
#define LIBKRING_PLATFORM_MAPPED_HH

#include <atomic>

#include "../../src/core/platform.hh"

namespace kring
{

struct platform_mapped {
	template <class T> static T load(const T &from) { return __atomic_load_n(&from, __ATOMIC_RELAXED); }
	template <class T> static T load_acquire(const T &from) { return __atomic_load_n(&from, __ATOMIC_ACQUIRE); }
	static void load_barrier() { std::atomic_thread_fence(std::memory_order_acquire); }
	static void relax()
	{
#if defined(__x86_64__)
		__builtin_ia32_pause();
#endif
	}
};

static_assert(reading_platform<platform_mapped>);

} /* namespace kring */

#endif
