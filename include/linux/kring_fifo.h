/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kring_fifo: a queue between one producer and one consumer, which need no lock
 * against each other. It carries bytes, elements of one size, or records.
 *
 * Who may call what, and where:
 *
 *   function                              task  softirq  hardirq  NMI   may sleep  side
 *   kring_fifo_alloc, _alloc_records      yes   no       no       no    yes        neither
 *   kring_fifo_init, _init_records        yes   yes      yes      yes   no         neither
 *   kring_fifo_free                       yes   no       no       no    yes        neither
 *   kring_fifo_reset                      yes   yes      yes      yes   no         neither
 *   put, in, prepare_in, finish_in,       yes   yes      yes      yes   no         producer
 *    begin_in, batch_in, publish,
 *    put_record, is_full, avail
 *   get, out, peek, out_peek, skip,       yes   yes      yes      yes   no         consumer
 *    prepare_out, finish_out, begin_out,
 *    batch_out, release, get_record,
 *    peek_record, skip_record,
 *    is_empty, len
 *   _locked                               yes   yes      yes      no    no         any number of its side
 *   from_user                             yes   no       no       no    yes        producer
 *   to_user                               yes   no       no       no    yes        consumer
 *
 * Of each side, one call at a time: who interrupts its own side's call, or runs
 * beside it on another CPU, has to use a lock. "Neither": while neither side
 * is in a call. is_full, avail, is_empty and len may be asked by anybody: of the
 * other side's progress, they tell how it was a moment ago.
 *
 *	struct sample { u64 time; u64 value; };
 *	static struct kring_fifo samples;
 *
 *	error = kring_fifo_alloc(&samples, 1024, sizeof(struct sample), GFP_KERNEL);
 *	...
 *	if (!kring_fifo_put(&samples, &sample))
 *		refused++;
 *	...
 *	while (kring_fifo_get(&samples, &sample))
 *		handle(&sample);
 *
 * The algorithm: Documentation/rings.rst, after Linux's kfifo (free-running
 * counters and a mask) and Lamport's "Proving the Correctness of Multiprocess
 * Programs" (1977).
 */
#ifndef _LINUX_KRING_FIFO_H
#define _LINUX_KRING_FIFO_H

#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include <linux/kring_fifo_side.h>
#include <linux/kring_spans.h>

struct kring_core_fifo;

/* struct kring_fifo - a fifo; private. Allocated ones are aligned as the type asks. */
struct kring_fifo {
	struct kring_fifo_side producer;
	struct kring_fifo_side consumer;
	void *memory;	 /* to be freed */
	u32 length_size; /* of records, or 0 */
	bool no_empty;	 /* records */
} __aligned(64);

#define KRING_FIFO_ELEMENTS_MAX 0x80000000UL

/* struct kring_fifo_batch - a producer's or consumer's calls that the other side sees as one; private */
struct kring_fifo_batch {
	struct kring_core_fifo *core;
	u32 pos;
};

static __always_inline struct kring_core_fifo *__kring_fifo_core(const struct kring_fifo *fifo)
{
	return (struct kring_core_fifo *)&fifo->producer;
}

/* Not for callers: what the functions below are made of. Counts are of elements. */
bool kring_core_fifo_peek_one(struct kring_core_fifo *core, void *element, u32 size);
u32 kring_core_fifo_in(struct kring_core_fifo *core, const void *from, u32 count);
u32 kring_core_fifo_out(struct kring_core_fifo *core, void *to, u32 count);
u32 kring_core_fifo_out_peek(struct kring_core_fifo *core, void *to, u32 count);
u32 kring_core_fifo_skip(struct kring_core_fifo *core, u32 count);
u32 kring_core_fifo_prepare_in(struct kring_core_fifo *core, u32 count, struct kring_spans *spans);
bool kring_core_fifo_finish_in(struct kring_core_fifo *core, u32 count);
u32 kring_core_fifo_prepare_out(struct kring_core_fifo *core, u32 count, struct kring_spans *spans);
bool kring_core_fifo_finish_out(struct kring_core_fifo *core, u32 count);
u32 kring_core_fifo_batch_in(struct kring_core_fifo *core, u32 *pos, const void *from, u32 count);
u32 kring_core_fifo_batch_out(struct kring_core_fifo *core, u32 *pos, void *to, u32 count);
u32 kring_core_fifo_producer_pos(const struct kring_core_fifo *core);
u32 kring_core_fifo_consumer_pos(const struct kring_core_fifo *core);
void kring_core_fifo_publish(struct kring_core_fifo *core, u32 pos);
void kring_core_fifo_release(struct kring_core_fifo *core, u32 pos);
u32 kring_core_fifo_len(const struct kring_core_fifo *core);
u32 kring_core_fifo_capacity(const struct kring_core_fifo *core);
u32 kring_core_fifo_element_size(const struct kring_core_fifo *core);
void kring_core_fifo_reset(struct kring_core_fifo *core);

/**
 * kring_fifo_alloc - make a fifo of bytes or elements, in memory of its own
 * @fifo:         uninitialised, or freed
 * @elements:     how many it is to hold, 1 to %KRING_FIFO_ELEMENTS_MAX, rounded up to a power of two
 * @element_size: bytes of one; 1 for a stream of bytes
 * @gfp:          GFP_KERNEL, or with less, memory that is contiguous
 *
 * Return: 0; -EINVAL @elements or @element_size is 0 or too large, or both together; -ENOMEM.
 */
int kring_fifo_alloc(struct kring_fifo *fifo, size_t elements, size_t element_size, gfp_t gfp);

/**
 * kring_fifo_alloc_records - make a fifo of records, in memory of its own
 * @fifo:        uninitialised, or freed
 * @bytes:       for records and their lengths, 2 to 2^31, rounded up to a power of two
 * @length_size: bytes that a record's length takes, 1 or 2: records have at most 255 or 65535 bytes
 * @gfp:         as for kring_fifo_alloc()
 *
 * Return: 0; -EINVAL @bytes or @length_size is none of these; -ENOMEM.
 */
int kring_fifo_alloc_records(struct kring_fifo *fifo, size_t bytes, unsigned int length_size, gfp_t gfp);

/**
 * kring_fifo_init - make a fifo of bytes or elements over memory of the caller's
 * @fifo:         uninitialised, or freed
 * @buffer:       @elements * @element_size bytes, aligned as the elements want it
 * @elements:     how many there is room for, a power of two, 1 to 2^31
 * @element_size: bytes of one; 1 for a stream of bytes
 *
 * Return: 0; -EINVAL @buffer is NULL, @elements is not a power of two, a size is 0 or too large.
 */
int kring_fifo_init(struct kring_fifo *fifo, void *buffer, size_t elements, size_t element_size);

/**
 * kring_fifo_init_records - make a fifo of records over memory of the caller's
 * @fifo:        uninitialised, or freed
 * @buffer:      @bytes bytes
 * @bytes:       a power of two, 2 to 2^31
 * @length_size: as for kring_fifo_alloc_records()
 *
 * Return: 0; -EINVAL @buffer is NULL, @bytes is not a power of two or too small, @length_size is not 1 or 2.
 */
int kring_fifo_init_records(struct kring_fifo *fifo, void *buffer, size_t bytes, unsigned int length_size);

/**
 * kring_fifo_free - give memory back
 * @fifo: made by any of the four above, or zeroed, or freed, which does nothing
 */
void kring_fifo_free(struct kring_fifo *fifo);

/**
 * kring_fifo_reset - forget what is there
 * @fifo: on which neither side is in a call; a consumer alone uses kring_fifo_skip(fifo, ~0U)
 */
static inline void kring_fifo_reset(struct kring_fifo *fifo)
{
	kring_core_fifo_reset(__kring_fifo_core(fifo));
}

/**
 * kring_fifo_put - add one element
 * @fifo:    of elements as large as *@element: the caller sees to that
 * @element: pointer to it; its type tells its size
 *
 * The size is not checked for each element, but when room has to be looked for: by the first put, and
 * whenever what was found then is used up. A producer that always has the wrong size is refused every
 * time; one that has the right one now and then writes where it must not.
 *
 * Return: true, or false: there is no room, or it was found that elements have another size.
 */
#define kring_fifo_put(fifo, element)								\
	(__kring_fifo_has_room(&(fifo)->producer, &(fifo)->consumer, sizeof(*(element))) &&	\
	 (__kring_fifo_put(&(fifo)->producer, element, sizeof(*(element))), true))

/**
 * kring_fifo_get - take one element
 * @fifo:    of elements as large as *@element, which is checked as by kring_fifo_put()
 * @element: where to copy it; its type tells its size
 *
 * Return: true, or false: there is none, or it was found that elements have another size.
 */
#define kring_fifo_get(fifo, element)								\
	(__kring_fifo_has_element(&(fifo)->consumer, &(fifo)->producer, sizeof(*(element))) &&	\
	 (__kring_fifo_get(&(fifo)->consumer, element, sizeof(*(element))), true))

/**
 * kring_fifo_peek - look at one element, which stays
 * @fifo:    of elements as large as *@element
 * @element: where to copy it; its type tells its size
 *
 * Return: true, or false: there is none, or elements have another size.
 */
#define kring_fifo_peek(fifo, element) \
	kring_core_fifo_peek_one(__kring_fifo_core(fifo), element, sizeof(*(element)))

/**
 * kring_fifo_in - add elements
 * @fifo:  of bytes or elements
 * @from:  @count elements, which must not fault
 * @count: how many
 *
 * Return: how many there was room for, at most @count.
 */
static inline unsigned int kring_fifo_in(struct kring_fifo *fifo, const void *from, unsigned int count)
{
	return kring_core_fifo_in(__kring_fifo_core(fifo), from, count);
}

/**
 * kring_fifo_out - take elements
 * @fifo:  of bytes or elements
 * @to:    room for @count of them
 * @count: how many
 *
 * Return: how many there were, at most @count.
 */
static inline unsigned int kring_fifo_out(struct kring_fifo *fifo, void *to, unsigned int count)
{
	return kring_core_fifo_out(__kring_fifo_core(fifo), to, count);
}

/**
 * kring_fifo_out_peek - look at elements, which stay
 * @fifo:  of bytes or elements
 * @to:    room for @count of them
 * @count: how many
 *
 * Return: how many there were, at most @count.
 */
static inline unsigned int kring_fifo_out_peek(struct kring_fifo *fifo, void *to, unsigned int count)
{
	return kring_core_fifo_out_peek(__kring_fifo_core(fifo), to, count);
}

/**
 * kring_fifo_skip - drop the oldest elements
 * @fifo:  of bytes or elements; of records with ~0U only, which drops all
 * @count: how many
 *
 * Return: how many there were, at most @count.
 */
static inline unsigned int kring_fifo_skip(struct kring_fifo *fifo, unsigned int count)
{
	return kring_core_fifo_skip(__kring_fifo_core(fifo), count);
}

/**
 * kring_fifo_len - how many elements are there
 * @fifo: of any kind; of records, the bytes that they and their lengths take
 *
 * Return: for the consumer, no more than there are; for the producer, no less.
 */
static inline unsigned int kring_fifo_len(const struct kring_fifo *fifo)
{
	return kring_core_fifo_len(__kring_fifo_core(fifo));
}

/**
 * kring_fifo_size - how many elements it holds when full
 * @fifo: of any kind; of records, the bytes for them and their lengths
 *
 * Return: a power of two.
 */
static inline unsigned int kring_fifo_size(const struct kring_fifo *fifo)
{
	return kring_core_fifo_capacity(__kring_fifo_core(fifo));
}

/**
 * kring_fifo_element_size - bytes of one element
 * @fifo: of any kind
 *
 * Return: 1 for streams of bytes and for records.
 */
static inline unsigned int kring_fifo_element_size(const struct kring_fifo *fifo)
{
	return kring_core_fifo_element_size(__kring_fifo_core(fifo));
}

/**
 * kring_fifo_avail - how many elements there is room for
 * @fifo: as for kring_fifo_len()
 *
 * Return: for the producer, no more than there is room for; for the consumer, no less.
 */
static inline unsigned int kring_fifo_avail(const struct kring_fifo *fifo)
{
	return kring_fifo_size(fifo) - kring_fifo_len(fifo);
}

/**
 * kring_fifo_is_empty - is there nothing to take
 * @fifo: of any kind
 *
 * Return: true or false.
 */
static inline bool kring_fifo_is_empty(const struct kring_fifo *fifo)
{
	return !kring_fifo_len(fifo);
}

/**
 * kring_fifo_is_full - is there no room for one element
 * @fifo: of any kind
 *
 * Return: true or false.
 */
static inline bool kring_fifo_is_full(const struct kring_fifo *fifo)
{
	return !kring_fifo_avail(fifo);
}

/**
 * kring_fifo_prepare_in - where elements can be written in place
 * @fifo:  of bytes or elements
 * @count: how many are wanted
 * @spans: filled
 *
 * The consumer sees what was written after kring_fifo_finish_in(). For DMA, use
 * memory that a device can reach: kring_fifo_init().
 *
 * Return: how many there is room for, at most @count.
 */
static inline unsigned int kring_fifo_prepare_in(struct kring_fifo *fifo, unsigned int count,
						 struct kring_spans *spans)
{
	return kring_core_fifo_prepare_in(__kring_fifo_core(fifo), count, spans);
}

/**
 * kring_fifo_finish_in - publish what was written in place
 * @fifo:  of bytes or elements
 * @count: how many of those that were prepared, from the first on; 0 is allowed
 *
 * Return: 0, or -EINVAL, and nothing is published: there is not so much room.
 */
static inline int kring_fifo_finish_in(struct kring_fifo *fifo, unsigned int count)
{
	return kring_core_fifo_finish_in(__kring_fifo_core(fifo), count) ? 0 : -EINVAL;
}

/**
 * kring_fifo_prepare_out - where elements can be read in place
 * @fifo:  of bytes or elements
 * @count: how many are wanted
 * @spans: filled
 *
 * Return: how many there are, at most @count. They stay until kring_fifo_finish_out().
 */
static inline unsigned int kring_fifo_prepare_out(struct kring_fifo *fifo, unsigned int count,
						  struct kring_spans *spans)
{
	return kring_core_fifo_prepare_out(__kring_fifo_core(fifo), count, spans);
}

/**
 * kring_fifo_finish_out - give back the room of what was read in place
 * @fifo:  of bytes or elements
 * @count: how many of those that were prepared, from the first on; 0 is allowed
 *
 * Return: 0, or -EINVAL, and nothing is taken: there are not so many.
 */
static inline int kring_fifo_finish_out(struct kring_fifo *fifo, unsigned int count)
{
	return kring_core_fifo_finish_out(__kring_fifo_core(fifo), count) ? 0 : -EINVAL;
}

/**
 * kring_fifo_begin_in - a batch of a producer
 * @fifo:  of bytes or elements; no other call of its producer until kring_fifo_publish()
 * @batch: filled
 */
static inline void kring_fifo_begin_in(struct kring_fifo *fifo, struct kring_fifo_batch *batch)
{
	batch->core = __kring_fifo_core(fifo);
	batch->pos = kring_core_fifo_producer_pos(batch->core);
}

/**
 * kring_fifo_batch_in - add elements that the consumer does not see yet
 * @batch: from kring_fifo_begin_in()
 * @from:  @count elements, which must not fault
 * @count: how many
 *
 * Return: how many there was room for, at most @count.
 */
static inline unsigned int kring_fifo_batch_in(struct kring_fifo_batch *batch, const void *from, unsigned int count)
{
	return kring_core_fifo_batch_in(batch->core, &batch->pos, from, count);
}

/**
 * kring_fifo_publish - let the consumer see a batch; without this, it never was
 * @batch: of a producer; it may go on after this
 */
static inline void kring_fifo_publish(struct kring_fifo_batch *batch)
{
	kring_core_fifo_publish(batch->core, batch->pos);
}

/**
 * kring_fifo_begin_out - a batch of a consumer
 * @fifo:  of bytes or elements; no other call of its consumer until kring_fifo_release()
 * @batch: filled
 */
static inline void kring_fifo_begin_out(struct kring_fifo *fifo, struct kring_fifo_batch *batch)
{
	batch->core = __kring_fifo_core(fifo);
	batch->pos = kring_core_fifo_consumer_pos(batch->core);
}

/**
 * kring_fifo_batch_out - copy elements whose room the producer does not get yet
 * @batch: from kring_fifo_begin_out()
 * @to:    room for @count elements
 * @count: how many
 *
 * Return: how many there were, at most @count.
 */
static inline unsigned int kring_fifo_batch_out(struct kring_fifo_batch *batch, void *to, unsigned int count)
{
	return kring_core_fifo_batch_out(batch->core, &batch->pos, to, count);
}

/**
 * kring_fifo_release - give the room of a batch to the producer; without this, nothing was taken
 * @batch: of a consumer; it may go on after this
 */
static inline void kring_fifo_release(struct kring_fifo_batch *batch)
{
	kring_core_fifo_release(batch->core, batch->pos);
}

/**
 * kring_fifo_put_record - add a record
 * @fifo: of records
 * @from: @size bytes, which must not fault
 * @size: bytes; 0 is a record too, but in no channel
 *
 * The fifo of a channel (kring_queue.h) takes no empty records: to a program that reads, 0 bytes
 * are the end of the file.
 *
 * Return: 0; -EAGAIN there is no room now; -EMSGSIZE there never is: larger than the fifo, or than
 * its length can say; -EINVAL not a fifo of records, or @size is 0 and it is a channel's.
 */
int kring_fifo_put_record(struct kring_fifo *fifo, const void *from, size_t size);

/**
 * kring_fifo_get_record - take a record
 * @fifo: of records
 * @to:   @room bytes
 * @room: of the buffer
 * @size: the record's size, unless there is none
 *
 * Return: 0; -EAGAIN there is none; -EMSGSIZE it has *@size bytes, more than @room, and stays; -EINVAL
 * not a fifo of records; -EIO somebody else has written to the fifo's memory.
 */
int kring_fifo_get_record(struct kring_fifo *fifo, void *to, size_t room, u32 *size);

/**
 * kring_fifo_peek_record - look at a record, which stays
 * @fifo: of records
 * @to:   @room bytes
 * @room: of the buffer; with 0, -EMSGSIZE tells how large the record is
 * @size: the record's size, unless there is none
 *
 * Return: as kring_fifo_get_record().
 */
int kring_fifo_peek_record(struct kring_fifo *fifo, void *to, size_t room, u32 *size);

/**
 * kring_fifo_skip_record - drop the oldest record
 * @fifo: of records
 *
 * Return: 0; -EAGAIN there is none; -EINVAL, -EIO as kring_fifo_get_record().
 */
int kring_fifo_skip_record(struct kring_fifo *fifo);

/**
 * kring_fifo_from_user - add what a program has written
 * @fifo: of any kind; of records: one of @size bytes, whole or not at all
 * @from: in the memory of the program that calls
 * @size: bytes, a multiple of the element's size
 *
 * Elements that were copied whole before a fault are there, and in the count.
 *
 * Return: bytes that were taken, which may be fewer than @size; -EAGAIN there is no room; -EFAULT
 * nothing could be copied; -EINVAL @size is not a multiple; -EMSGSIZE as kring_fifo_put_record().
 */
ssize_t kring_fifo_from_user(struct kring_fifo *fifo, const void __user *from, size_t size);

/**
 * kring_fifo_to_user - take what a program is to read
 * @fifo: of any kind; of records: one
 * @to:   in the memory of the program that calls
 * @size: bytes of room, a multiple of the element's size
 *
 * What could not be copied stays. An empty record is taken, and 0 returned, which of a driver's read()
 * is the end of the file: who has one lets nobody put empty records. The fifo of a channel takes none.
 *
 * Return: bytes that were taken, which may be fewer than @size; -EAGAIN there is nothing; -EFAULT
 * nothing could be copied; -EINVAL @size is not a multiple; -EMSGSIZE the record is larger, and stays.
 */
ssize_t kring_fifo_to_user(struct kring_fifo *fifo, void __user *to, size_t size);

/**
 * kring_fifo_in_locked - as kring_fifo_in(), beside other producers
 * @fifo:  of bytes or elements
 * @from:  @count elements, which must not fault
 * @count: how many
 * @lock:  of all the producers; the consumer does not need it
 *
 * Return: how many there was room for, at most @count.
 */
static inline unsigned int kring_fifo_in_locked(struct kring_fifo *fifo, const void *from, unsigned int count,
						spinlock_t *lock)
{
	unsigned long flags;

	spin_lock_irqsave(lock, flags);
	count = kring_fifo_in(fifo, from, count);
	spin_unlock_irqrestore(lock, flags);
	return count;
}

/**
 * kring_fifo_out_locked - as kring_fifo_out(), beside other consumers
 * @fifo:  of bytes or elements
 * @to:    room for @count elements
 * @count: how many
 * @lock:  of all the consumers; the producer does not need it
 *
 * Return: how many there were, at most @count.
 */
static inline unsigned int kring_fifo_out_locked(struct kring_fifo *fifo, void *to, unsigned int count,
						 spinlock_t *lock)
{
	unsigned long flags;

	spin_lock_irqsave(lock, flags);
	count = kring_fifo_out(fifo, to, count);
	spin_unlock_irqrestore(lock, flags);
	return count;
}

/**
 * kring_fifo_put_record_locked - as kring_fifo_put_record(), beside other producers
 * @fifo: of records
 * @from: @size bytes, which must not fault
 * @size: bytes; 0 is a record too, but in no channel
 * @lock: of all the producers; the consumer does not need it
 *
 * Return: as kring_fifo_put_record().
 */
static inline int kring_fifo_put_record_locked(struct kring_fifo *fifo, const void *from, size_t size,
					       spinlock_t *lock)
{
	unsigned long flags;
	int error;

	spin_lock_irqsave(lock, flags);
	error = kring_fifo_put_record(fifo, from, size);
	spin_unlock_irqrestore(lock, flags);
	return error;
}

/**
 * kring_fifo_get_record_locked - as kring_fifo_get_record(), beside other consumers
 * @fifo: of records
 * @to:   @room bytes
 * @room: of the buffer
 * @size: the record's size, unless there is none
 * @lock: of all the consumers; the producer does not need it
 *
 * Return: as kring_fifo_get_record().
 */
static inline int kring_fifo_get_record_locked(struct kring_fifo *fifo, void *to, size_t room, u32 *size,
					       spinlock_t *lock)
{
	unsigned long flags;
	int error;

	spin_lock_irqsave(lock, flags);
	error = kring_fifo_get_record(fifo, to, room, size);
	spin_unlock_irqrestore(lock, flags);
	return error;
}

#endif /* _LINUX_KRING_FIFO_H */
