/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One side of a kring_fifo, and how one element is put and got: inlined into
 * callers in C, and the very text that the core's templates use in C++, so that
 * what is inlined is what was explored.
 */
#ifndef _LINUX_KRING_FIFO_SIDE_H
#define _LINUX_KRING_FIFO_SIDE_H

#include <linux/types.h>

/**
 * struct kring_fifo_side - a side's own cache line; private
 * @pos:          of the next element that it puts or takes; the other side looks at this alone
 * @known:        @pos may go up to here, by what is known of the other side's
 * @memory:       of the elements
 * @mask:         of positions, for an element's place
 * @element_size: bytes
 */
struct kring_fifo_side {
	__u32 pos;
	__u32 known;
	unsigned char *memory;
	__u32 mask;
	__u32 element_size;
} __attribute__((aligned(64)));

/* The core defines these for its platforms: src/core/fifo_side.hh. */
#ifndef KRING_FIFO_INLINE
#include <linux/compiler.h>
#include <linux/string.h>

#include <asm/barrier.h>

#define KRING_FIFO_INLINE		static __always_inline
/* Of what nobody else stores to. */
#define KRING_FIFO_LOAD(at)		(at)
#define KRING_FIFO_COPY_IN		__kring_fifo_copy
#define KRING_FIFO_COPY_OUT		__kring_fifo_copy
/* [spsc_fifo:A]; [spsc_fifo:F] */
#define KRING_FIFO_ACQUIRE(at)		smp_load_acquire(&(at))
/* [spsc_fifo:P]; [spsc_fifo:R] */
#define KRING_FIFO_RELEASE(at, value)	smp_store_release(&(at), value)

/* Compilers keep words in registers, but not what is larger. */
static __always_inline void __kring_fifo_copy(void *to, const void *from, __u32 size)
{
	if (size != 2 * sizeof(__u64)) {
		memcpy(to, from, size);
		return;
	}
	memcpy(to, from, sizeof(__u64));
	memcpy(to + sizeof(__u64), from + sizeof(__u64), sizeof(__u64));
}
#endif

/* Is there room for an element of that size, a constant? Looks at the consumer's line if what is known is used up. */
KRING_FIFO_INLINE bool __kring_fifo_has_room(struct kring_fifo_side *producer,
					     const struct kring_fifo_side *consumer, __u32 size)
{
	__u32 pos = KRING_FIFO_LOAD(producer->pos);

	if (__builtin_expect(pos != producer->known, true))
		return true;
	if (size != producer->element_size)
		return false;
	producer->known = KRING_FIFO_ACQUIRE(consumer->pos) + producer->mask + 1;
	return pos != producer->known;
}

/* Where there is room. */
KRING_FIFO_INLINE void __kring_fifo_put(struct kring_fifo_side *producer, const void *element, __u32 size)
{
	__u32 pos = KRING_FIFO_LOAD(producer->pos);

	KRING_FIFO_COPY_IN(producer->memory + (unsigned long)(pos & producer->mask) * size, element, size);
	KRING_FIFO_RELEASE(producer->pos, pos + 1);
}

/* Is there an element, of that size? Looks at the producer's line if what is known is used up. */
KRING_FIFO_INLINE bool __kring_fifo_has_element(struct kring_fifo_side *consumer,
						const struct kring_fifo_side *producer, __u32 size)
{
	__u32 pos = KRING_FIFO_LOAD(consumer->pos);

	if (__builtin_expect(pos != consumer->known, true))
		return true;
	if (size != consumer->element_size)
		return false;
	consumer->known = KRING_FIFO_ACQUIRE(producer->pos);
	return pos != consumer->known;
}

/* Where there is an element. */
KRING_FIFO_INLINE void __kring_fifo_get(struct kring_fifo_side *consumer, void *element, __u32 size)
{
	__u32 pos = KRING_FIFO_LOAD(consumer->pos);

	KRING_FIFO_COPY_OUT(element, consumer->memory + (unsigned long)(pos & consumer->mask) * size, size);
	KRING_FIFO_RELEASE(consumer->pos, pos + 1);
}

#undef KRING_FIFO_INLINE
#undef KRING_FIFO_LOAD
#undef KRING_FIFO_COPY_IN
#undef KRING_FIFO_COPY_OUT
#undef KRING_FIFO_ACQUIRE
#undef KRING_FIFO_RELEASE

#endif /* _LINUX_KRING_FIFO_SIDE_H */
