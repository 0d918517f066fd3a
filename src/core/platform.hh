/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What an algorithm of the core may do to memory that others see. The same
 * text runs in the kernel, in user space, under ThreadSanitizer and under the
 * explorer; each is a class with these operations. Nothing else of a ring's
 * shared state is touched by other means, except the payload, which belongs
 * to the caller.
 */
#ifndef KRING_CORE_PLATFORM_HH
#define KRING_CORE_PLATFORM_HH

#include <concepts>

#include "../../include/uapi/linux/kring.h"

namespace kring
{

using u16 = __u16;
using u32 = __u32;
using u64 = __u64;

static_assert(sizeof(void *) == 8, "kring's words are 64 bits wide: a 64-bit machine is needed");

/*
 * load, store                 no order; never torn, never repeated
 * load_acquire, store_release order as in C11
 * compare_exchange            between CPUs; acquire and release; true if it stored
 * equals                      does it hold a value: a load and its comparison
 * local_compare_exchange      against interrupts and NMIs of this CPU only; compiler order
 * local_add                   likewise
 * store_barrier               stores before it are seen before stores after it
 * load_barrier                loads before it are done before loads after it
 * fetch_add                   between CPUs, one step; no order; what was there before
 * fetch_add_release           likewise; release
 * relax                       in a loop that waits for another CPU
 *
 * The two barriers exist for what the core cannot label: the records that a
 * caller writes after a reserve, and copies that a caller makes of them.
 */
template <class P>
concept reading_platform = requires(const u64 &shared) {
	{ P::load(shared) } -> std::same_as<u64>;
	{ P::load_acquire(shared) } -> std::same_as<u64>;
	P::load_barrier();
	P::relax();
};

template <class P>
concept platform = reading_platform<P> && requires(u32 &word, u64 &wide, const u64 &shared, u64 value) {
	{ P::equals(shared, value) } -> std::same_as<bool>;
	P::store(wide, value);
	P::store_release(wide, value);
	{ P::compare_exchange(wide, value, value) } -> std::same_as<bool>;
	{ P::local_compare_exchange(wide, value, value) } -> std::same_as<bool>;
	P::local_add(wide, value);
	P::local_add(word, u32{1});
	P::store_barrier();
};

/* Where producers on several CPUs share a ring. */
template <class P>
concept producing_platform = platform<P> && requires(u64 &wide, u64 value) {
	{ P::fetch_add(wide, value) } -> std::same_as<u64>;
	{ P::fetch_add_release(wide, value) } -> std::same_as<u64>;
};

/* A clock is a class, so that reading it costs no branch and no pointer. */
template <class C>
concept clock_source = requires {
	{ C::now() } -> std::same_as<u64>;
};

} /* namespace kring */

#endif
