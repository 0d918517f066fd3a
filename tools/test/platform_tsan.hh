/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The native platform as ThreadSanitizer can follow it, which sees no access
 * that assembly makes: those are the compiler's atomics here. Fences it does
 * not know, and need not: they order relaxed accesses only, which are no race
 * however they come. What it is to find are plain accesses, of a record that is
 * read by its owner and of a page that is reused, without an acquire and a
 * release between them.
 */
#ifndef KRING_TEST_PLATFORM_TSAN_HH
#define KRING_TEST_PLATFORM_TSAN_HH

#include "platform_native.hh"

namespace kring::test
{

struct platform_tsan : platform_native {
	template <class T> static bool equals(const T &at, std::type_identity_t<T> value) { return load(at) == value; }
	static bool local_compare_exchange(u64 &at, u64 from, u64 to)
	{
		return __atomic_compare_exchange_n(&at, &from, to, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
	}
	template <class T> static void local_add(T &at, std::type_identity_t<T> addend)
	{
		__atomic_fetch_add(&at, addend, __ATOMIC_RELAXED);
	}
};

static_assert(producing_platform<platform_tsan>);

} /* namespace kring::test */

#endif
