/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the linear rings, spsc_fifo and mirror_fifo, do with memory: where
 * elements stand in it, and how they are copied. No positions.
 */
#ifndef KRING_CORE_LINEAR_MEMORY_HH
#define KRING_CORE_LINEAR_MEMORY_HH

#include "../../include/linux/kring_spans.h"
#include "platform.hh"

namespace kring
{

using linear_spans = kring_spans;

/* Of `count` elements from number `first` on, in a ring of `capacity`. */
[[gnu::always_inline]] inline linear_spans spans_of(void *memory, u32 capacity, u32 first, u32 count, u32 size)
{
	u32 to_end = capacity - first;
	u32 whole = count < to_end ? count : to_end;

	return {{static_cast<__u8 *>(memory) + u64{first} * size, memory}, {whole, count - whole}};
}

/*
 * How elements get into a ring's memory and out of it. The explorer has another
 * one, which sees them come late.
 */
struct plain_memory {
	[[gnu::always_inline]] static void in(void *to, const void *from, u64 size) { copy(to, from, size); }
	[[gnu::always_inline]] static void out(void *to, const void *from, u64 size) { copy(to, from, size); }

private:
	/* The kernel's memcpy() is a call, and often a string instruction, which takes long to begin. */
	[[gnu::always_inline]] static void copy(void *to, const void *from, u64 size)
	{
		if (__builtin_constant_p(size) || size > 2 * sizeof(u64))
			__builtin_memcpy(to, from, size);
		else if (size >= sizeof(u64))
			both_ends<u64>(to, from, size);
		else if (size >= sizeof(u32))
			both_ends<u32>(to, from, size);
		else if (size >= sizeof(u16))
			both_ends<u16>(to, from, size);
		else if (size)
			__builtin_memcpy(to, from, 1);
	}
	/* From one T to two of them, which overlap then. */
	template <class T> [[gnu::always_inline]] static void both_ends(void *to, const void *from, u64 size)
	{
		T first, last;

		__builtin_memcpy(&first, from, sizeof(T));
		__builtin_memcpy(&last, static_cast<const __u8 *>(from) + size - sizeof(T), sizeof(T));
		__builtin_memcpy(to, &first, sizeof(T));
		__builtin_memcpy(static_cast<__u8 *>(to) + size - sizeof(T), &last, sizeof(T));
	}
};

/* Copies between a caller's memory and spans of a ring's. */
template <class M> [[gnu::always_inline]] inline void copy_in(const linear_spans &to, const void *from, u32 size)
{
	u64 whole = u64{to.count[0]} * size;

	M::in(to.at[0], from, whole);
	if (to.count[1])
		M::in(to.at[1], static_cast<const __u8 *>(from) + whole, u64{to.count[1]} * size);
}

template <class M> [[gnu::always_inline]] inline void copy_out(void *to, const linear_spans &from, u32 size)
{
	u64 whole = u64{from.count[0]} * size;

	M::out(to, from.at[0], whole);
	if (from.count[1])
		M::out(static_cast<__u8 *>(to) + whole, from.at[1], u64{from.count[1]} * size);
}

} /* namespace kring */

#endif
