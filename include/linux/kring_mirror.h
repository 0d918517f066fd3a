/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kring_mirror: a ring of bytes of any capacity, all of it usable; and
 * kring_mirror_locked, the same with a lock of its own, in which a producer may
 * overwrite the oldest bytes.
 *
 * Who may call what, and where:
 *
 *   function                           task  softirq  hardirq  NMI   may sleep  side
 *   kring_mirror_alloc                 yes   no       no       no    yes        neither
 *   kring_mirror_init                  yes   yes      yes      yes   no         neither
 *   kring_mirror_free                  yes   no       no       no    yes        neither
 *   kring_mirror_reset                 yes   yes      yes      yes   no         neither
 *   put, putchar, prepare_put,         yes   yes      yes      yes   no         producer
 *    finish_put
 *   get, getchar, peek, skip,          yes   yes      yes      yes   no         consumer
 *    prepare_get, finish_get
 *   data_len, space_len, status        yes   yes      yes      yes   no         anybody
 *   from_user                          yes   no       no       no    yes        producer
 *   to_user                            yes   no       no       no    yes        consumer
 *   kring_mirror_locked_alloc, _free   yes   no       no       no    yes        neither
 *   kring_mirror_locked_init           yes   yes      yes      no    no         neither
 *   kring_mirror_locked_from_user,     yes   no       no       no    yes        any number
 *    _force_from_user, _to_user
 *   kring_mirror_locked_*, all others  yes   yes      yes      no    no         any number
 *
 * Of each side of a kring_mirror, one call at a time; producer and consumer may
 * run beside each other without a lock. "Neither": while neither is in a call.
 *
 * Overwriting moves what the consumer is reading. It is to be had in the form
 * with a lock only, so that it never runs beside a get.
 *
 * After RT-Thread's rt_ringbuffer: two indices, each with a bit that says in
 * which of two laps it is. Documentation/rings.rst has the algorithm.
 */
#ifndef _LINUX_KRING_MIRROR_H
#define _LINUX_KRING_MIRROR_H

#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include <linux/kring_spans.h>

struct kring_core_mirror;

/* struct kring_mirror - a ring of bytes; private */
struct kring_mirror {
	u64 core[16];
	void *memory; /* to be freed */
} __aligned(64);

/* struct kring_mirror_locked - a ring of bytes for any number of producers and consumers; private */
struct kring_mirror_locked {
	struct kring_mirror mirror;
	spinlock_t lock;
};

/**
 * enum kring_mirror_status - as in RT-Thread
 * @KRING_MIRROR_EMPTY:     there is nothing
 * @KRING_MIRROR_HALF_FULL: there is something, and room for more
 * @KRING_MIRROR_FULL:      there is no room
 */
enum kring_mirror_status {
	KRING_MIRROR_EMPTY,
	KRING_MIRROR_HALF_FULL,
	KRING_MIRROR_FULL,
};

#define KRING_MIRROR_CAPACITY_MAX 0x7fffffffU

static __always_inline struct kring_core_mirror *__kring_mirror_core(const struct kring_mirror *mirror)
{
	return (struct kring_core_mirror *)mirror->core;
}

/* Not for callers: what the functions below are made of. */
u32 kring_core_mirror_put(struct kring_core_mirror *core, const void *from, u32 size);
u32 kring_core_mirror_get(struct kring_core_mirror *core, void *to, u32 size);
u32 kring_core_mirror_peek(struct kring_core_mirror *core, void *to, u32 size);
u32 kring_core_mirror_skip(struct kring_core_mirror *core, u32 size);
bool kring_core_mirror_putchar(struct kring_core_mirror *core, u8 byte);
bool kring_core_mirror_getchar(struct kring_core_mirror *core, void *byte);
u32 kring_core_mirror_prepare_put(struct kring_core_mirror *core, u32 size, struct kring_spans *spans);
bool kring_core_mirror_finish_put(struct kring_core_mirror *core, u32 size);
u32 kring_core_mirror_prepare_get(struct kring_core_mirror *core, u32 size, struct kring_spans *spans);
bool kring_core_mirror_finish_get(struct kring_core_mirror *core, u32 size);
u32 kring_core_mirror_data_len(const struct kring_core_mirror *core);
u32 kring_core_mirror_capacity(const struct kring_core_mirror *core);
void kring_core_mirror_reset(struct kring_core_mirror *core);

/**
 * kring_mirror_alloc - make a ring in memory of its own
 * @mirror:   uninitialised, or freed
 * @capacity: bytes that it holds when full, 1 to %KRING_MIRROR_CAPACITY_MAX; it is not rounded
 * @gfp:      GFP_KERNEL, or with less, memory that is contiguous
 *
 * Return: 0; -EINVAL @capacity is 0 or too large; -ENOMEM.
 */
int kring_mirror_alloc(struct kring_mirror *mirror, size_t capacity, gfp_t gfp);

/**
 * kring_mirror_init - make a ring over memory of the caller's
 * @mirror:   uninitialised, or freed
 * @buffer:   @capacity bytes
 * @capacity: 1 to %KRING_MIRROR_CAPACITY_MAX
 *
 * Return: 0; -EINVAL @buffer is NULL, @capacity is 0 or too large.
 */
int kring_mirror_init(struct kring_mirror *mirror, void *buffer, size_t capacity);

/**
 * kring_mirror_free - give memory back
 * @mirror: made by either of these, or zeroed, or freed, which does nothing
 */
void kring_mirror_free(struct kring_mirror *mirror);

/**
 * kring_mirror_reset - forget what is there
 * @mirror: on which neither side is in a call; a consumer alone uses kring_mirror_skip(mirror, ~0U)
 */
static inline void kring_mirror_reset(struct kring_mirror *mirror)
{
	kring_core_mirror_reset(__kring_mirror_core(mirror));
}

/**
 * kring_mirror_put - add bytes
 * @mirror: of which the caller is the producer
 * @from:   @size bytes, which must not fault
 * @size:   how many
 *
 * Return: how many there was room for, at most @size.
 */
static inline u32 kring_mirror_put(struct kring_mirror *mirror, const void *from, u32 size)
{
	return kring_core_mirror_put(__kring_mirror_core(mirror), from, size);
}

/**
 * kring_mirror_get - take bytes
 * @mirror: of which the caller is the consumer
 * @to:     room for @size bytes
 * @size:   how many
 *
 * Return: how many there were, at most @size.
 */
static inline u32 kring_mirror_get(struct kring_mirror *mirror, void *to, u32 size)
{
	return kring_core_mirror_get(__kring_mirror_core(mirror), to, size);
}

/**
 * kring_mirror_peek - look at bytes, which stay
 * @mirror: of which the caller is the consumer
 * @to:     room for @size bytes
 * @size:   how many
 *
 * Return: how many there were, at most @size.
 */
static inline u32 kring_mirror_peek(struct kring_mirror *mirror, void *to, u32 size)
{
	return kring_core_mirror_peek(__kring_mirror_core(mirror), to, size);
}

/**
 * kring_mirror_skip - drop the oldest bytes
 * @mirror: of which the caller is the consumer
 * @size:   how many
 *
 * Return: how many there were, at most @size.
 */
static inline u32 kring_mirror_skip(struct kring_mirror *mirror, u32 size)
{
	return kring_core_mirror_skip(__kring_mirror_core(mirror), size);
}

/**
 * kring_mirror_putchar - add a byte
 * @mirror: of which the caller is the producer
 * @byte:   to be added
 *
 * Return: true, or false: there is no room.
 */
static inline bool kring_mirror_putchar(struct kring_mirror *mirror, u8 byte)
{
	return kring_core_mirror_putchar(__kring_mirror_core(mirror), byte);
}

/**
 * kring_mirror_getchar - take a byte
 * @mirror: of which the caller is the consumer
 * @byte:   where to put it
 *
 * Return: true, or false: there is none.
 */
static inline bool kring_mirror_getchar(struct kring_mirror *mirror, u8 *byte)
{
	return kring_core_mirror_getchar(__kring_mirror_core(mirror), byte);
}

/**
 * kring_mirror_capacity - how many bytes it holds when full
 * @mirror: of any state
 *
 * Return: what it was made with.
 */
static inline u32 kring_mirror_capacity(const struct kring_mirror *mirror)
{
	return kring_core_mirror_capacity(__kring_mirror_core(mirror));
}

/**
 * kring_mirror_data_len - how many bytes are there
 * @mirror: of any state
 *
 * Return: for the consumer, no more than there are; for the producer, no less; for others, how many
 * there were a moment ago.
 */
static inline u32 kring_mirror_data_len(const struct kring_mirror *mirror)
{
	return kring_core_mirror_data_len(__kring_mirror_core(mirror));
}

/**
 * kring_mirror_space_len - how many bytes there is room for
 * @mirror: of any state
 *
 * Return: the capacity less kring_mirror_data_len().
 */
static inline u32 kring_mirror_space_len(const struct kring_mirror *mirror)
{
	return kring_mirror_capacity(mirror) - kring_mirror_data_len(mirror);
}

/**
 * kring_mirror_status - is it empty or full
 * @mirror: of any state
 *
 * Return: &enum kring_mirror_status, as exact as kring_mirror_data_len().
 */
static inline enum kring_mirror_status kring_mirror_status(const struct kring_mirror *mirror)
{
	u32 len = kring_mirror_data_len(mirror);

	if (!len)
		return KRING_MIRROR_EMPTY;
	return len < kring_mirror_capacity(mirror) ? KRING_MIRROR_HALF_FULL : KRING_MIRROR_FULL;
}

/**
 * kring_mirror_prepare_put - where bytes can be written in place
 * @mirror: of which the caller is the producer
 * @size:   how many are wanted
 * @spans:  filled
 *
 * Return: how many there is room for, at most @size. The consumer sees them after
 * kring_mirror_finish_put().
 */
static inline u32 kring_mirror_prepare_put(struct kring_mirror *mirror, u32 size, struct kring_spans *spans)
{
	return kring_core_mirror_prepare_put(__kring_mirror_core(mirror), size, spans);
}

/**
 * kring_mirror_finish_put - publish what was written in place
 * @mirror: of which the caller is the producer
 * @size:   how many of the bytes that were prepared, from the first on; 0 is allowed
 *
 * Return: 0, or -EINVAL, and nothing is published: there is not so much room.
 */
static inline int kring_mirror_finish_put(struct kring_mirror *mirror, u32 size)
{
	return kring_core_mirror_finish_put(__kring_mirror_core(mirror), size) ? 0 : -EINVAL;
}

/**
 * kring_mirror_prepare_get - where bytes can be read in place
 * @mirror: of which the caller is the consumer
 * @size:   how many are wanted
 * @spans:  filled
 *
 * Return: how many there are, at most @size. They stay until kring_mirror_finish_get().
 */
static inline u32 kring_mirror_prepare_get(struct kring_mirror *mirror, u32 size, struct kring_spans *spans)
{
	return kring_core_mirror_prepare_get(__kring_mirror_core(mirror), size, spans);
}

/**
 * kring_mirror_finish_get - give back the room of what was read in place
 * @mirror: of which the caller is the consumer
 * @size:   how many of the bytes that were prepared, from the first on; 0 is allowed
 *
 * Return: 0, or -EINVAL, and nothing is taken: there are not so many.
 */
static inline int kring_mirror_finish_get(struct kring_mirror *mirror, u32 size)
{
	return kring_core_mirror_finish_get(__kring_mirror_core(mirror), size) ? 0 : -EINVAL;
}

/**
 * kring_mirror_from_user - add what a program has written
 * @mirror: of which the caller is the producer
 * @from:   in the memory of the program that calls
 * @size:   bytes
 *
 * Return: bytes that were taken, which may be fewer than @size, those before a fault too; -EAGAIN
 * there is no room; -EFAULT nothing could be copied.
 */
ssize_t kring_mirror_from_user(struct kring_mirror *mirror, const void __user *from, size_t size);

/**
 * kring_mirror_to_user - take what a program is to read
 * @mirror: of which the caller is the consumer
 * @to:     in the memory of the program that calls
 * @size:   bytes of room
 *
 * What could not be copied stays.
 *
 * Return: bytes that were taken, which may be fewer than @size; -EAGAIN there is nothing; -EFAULT
 * nothing could be copied.
 */
ssize_t kring_mirror_to_user(struct kring_mirror *mirror, void __user *to, size_t size);

/**
 * kring_mirror_locked_alloc - as kring_mirror_alloc()
 * @ring:     uninitialised, or freed
 * @capacity: as for kring_mirror_alloc()
 * @gfp:      as for kring_mirror_alloc()
 *
 * Return: as kring_mirror_alloc().
 */
#define kring_mirror_locked_alloc(ring, capacity, gfp)	\
({								\
	spin_lock_init(&(ring)->lock);				\
	kring_mirror_alloc(&(ring)->mirror, capacity, gfp);	\
})

/**
 * kring_mirror_locked_init - as kring_mirror_init()
 * @ring:     uninitialised, or freed
 * @buffer:   @capacity bytes
 * @capacity: as for kring_mirror_init()
 *
 * Return: as kring_mirror_init().
 */
#define kring_mirror_locked_init(ring, buffer, capacity)	\
({								\
	spin_lock_init(&(ring)->lock);				\
	kring_mirror_init(&(ring)->mirror, buffer, capacity);	\
})

/**
 * kring_mirror_locked_free - as kring_mirror_free()
 * @ring: as for kring_mirror_free()
 */
static inline void kring_mirror_locked_free(struct kring_mirror_locked *ring)
{
	kring_mirror_free(&ring->mirror);
}

/**
 * kring_mirror_locked_put - as kring_mirror_put()
 * @ring: to add to
 * @from: @size bytes, which must not fault
 * @size: how many
 *
 * Return: how many there was room for, at most @size.
 */
u32 kring_mirror_locked_put(struct kring_mirror_locked *ring, const void *from, u32 size);

/**
 * kring_mirror_locked_put_force - add bytes; where there is no room, overwrite the oldest
 * @ring: to add to
 * @from: @size bytes, which must not fault
 * @size: how many; of more than the capacity, the last ones stay
 *
 * What was there, and @size, are what is there now and what was overwritten, in sum.
 *
 * Return: how many bytes were overwritten, bytes of @from among them if @size is more than the capacity.
 */
u32 kring_mirror_locked_put_force(struct kring_mirror_locked *ring, const void *from, u32 size);

/**
 * kring_mirror_locked_get - as kring_mirror_get()
 * @ring: to take from
 * @to:   room for @size bytes
 * @size: how many
 *
 * Return: how many there were, at most @size.
 */
u32 kring_mirror_locked_get(struct kring_mirror_locked *ring, void *to, u32 size);

/**
 * kring_mirror_locked_peek - as kring_mirror_peek()
 * @ring: to look at
 * @to:   room for @size bytes
 * @size: how many
 *
 * Return: how many there were, at most @size.
 */
u32 kring_mirror_locked_peek(struct kring_mirror_locked *ring, void *to, u32 size);

/**
 * kring_mirror_locked_skip - as kring_mirror_skip()
 * @ring: to take from
 * @size: how many
 *
 * Return: how many there were, at most @size.
 */
u32 kring_mirror_locked_skip(struct kring_mirror_locked *ring, u32 size);

/**
 * kring_mirror_locked_putchar - as kring_mirror_putchar()
 * @ring: to add to
 * @byte: to be added
 *
 * Return: true, or false: there is no room.
 */
bool kring_mirror_locked_putchar(struct kring_mirror_locked *ring, u8 byte);

/**
 * kring_mirror_locked_putchar_force - add a byte; if there is no room, overwrite the oldest
 * @ring: to add to
 * @byte: to be added
 *
 * Return: true: one was overwritten.
 */
bool kring_mirror_locked_putchar_force(struct kring_mirror_locked *ring, u8 byte);

/**
 * kring_mirror_locked_getchar - as kring_mirror_getchar()
 * @ring: to take from
 * @byte: where to put it
 *
 * Return: true, or false: there is none.
 */
bool kring_mirror_locked_getchar(struct kring_mirror_locked *ring, u8 *byte);

/**
 * kring_mirror_locked_data_len - how many bytes are there
 * @ring: to look at
 *
 * Return: of one moment.
 */
u32 kring_mirror_locked_data_len(struct kring_mirror_locked *ring);

/**
 * kring_mirror_locked_space_len - how many bytes there is room for
 * @ring: to look at
 *
 * Return: of one moment.
 */
u32 kring_mirror_locked_space_len(struct kring_mirror_locked *ring);

/**
 * kring_mirror_locked_status - is it empty or full
 * @ring: to look at
 *
 * Return: &enum kring_mirror_status, of one moment.
 */
enum kring_mirror_status kring_mirror_locked_status(struct kring_mirror_locked *ring);

/**
 * kring_mirror_locked_reset - forget what is there
 * @ring: to be emptied
 */
void kring_mirror_locked_reset(struct kring_mirror_locked *ring);

/**
 * kring_mirror_locked_from_user - as kring_mirror_from_user()
 * @ring: to add to
 * @from: in the memory of the program that calls
 * @size: bytes
 *
 * Bytes of several calls mix only at multiples of a page.
 *
 * Return: as kring_mirror_from_user().
 */
ssize_t kring_mirror_locked_from_user(struct kring_mirror_locked *ring, const void __user *from, size_t size);

/**
 * kring_mirror_locked_force_from_user - as kring_mirror_locked_put_force(), of what a program has written
 * @ring:        to add to
 * @from:        in the memory of the program that calls
 * @size:        bytes
 * @overwritten: how many bytes were, or NULL
 *
 * Return: bytes that were taken: all, or those before a fault; -EFAULT nothing could be copied.
 */
ssize_t kring_mirror_locked_force_from_user(struct kring_mirror_locked *ring, const void __user *from, size_t size,
					    u64 *overwritten);

/**
 * kring_mirror_locked_to_user - as kring_mirror_to_user()
 * @ring: to take from
 * @to:   in the memory of the program that calls
 * @size: bytes of room
 *
 * Return: as kring_mirror_to_user().
 */
ssize_t kring_mirror_locked_to_user(struct kring_mirror_locked *ring, void __user *to, size_t size);

#endif /* _LINUX_KRING_MIRROR_H */
