/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Broadcast rings: many producers in any context, which wait for nobody, and
 * any number of consumers, each of which gets every record or is told exactly
 * how many it lost. What the memory looks like: uapi/linux/kring_broadcast.h.
 *
 * Who may call what, and where:
 *
 *   function                              task  softirq  hardirq  NMI   may sleep
 *   kring_broadcast_alloc, _free          yes   no       no       no    yes
 *   kring_broadcast_reserve               yes   yes      yes      yes   no
 *   kring_broadcast_commit, _discard      yes   yes      yes      yes   no
 *   kring_broadcast_write                 yes   yes      yes      yes   no
 *   kring_broadcast_start                 yes   yes      yes      yes   no
 *   kring_broadcast_look, _confirm        yes   yes      yes      yes   no
 *   kring_broadcast_next                  yes   yes      yes      yes   no
 *   kring_broadcast_readable, _arm        yes   yes      yes      yes   no
 *   kring_broadcast_ledger                yes   yes      yes      yes   no
 *   kring_broadcast_mmap                  yes   no       no       no    yes
 *
 * Producers take no lock, do not fault, wake nobody directly and are not
 * traced; any number may be at work at once, nested in one another or on
 * several CPUs, and each is done after a bounded number of its own steps.
 *
 * Between reserve and commit a producer may do what its context allows: be
 * preempted, sleep, go to another CPU, take a fault while it copies from a
 * program. Whoever comes to its slot in the next lap passes on, and the record
 * is lost, to its producer's knowledge, if it is committed after that.
 *
 * The calls of one consumer are serialised by its owner. Consumers do not know
 * of one another, and producers not of them.
 *
 *	ring = kring_broadcast_alloc(1024, sizeof(struct my_event));
 *	...
 *	kring_broadcast_write(ring, &event, sizeof(event));
 *
 *	struct kring_broadcast_consumer consumer;
 *
 *	kring_broadcast_start(ring, &consumer, KRING_BROADCAST_OLDEST);
 *	while (kring_broadcast_next(ring, &consumer, &event, sizeof(event)) >= 0)
 *		...
 *	pr_info("%llu lost\n", consumer.lost);
 */
#ifndef _LINUX_KRING_BROADCAST_H
#define _LINUX_KRING_BROADCAST_H

#include <linux/types.h>

#include <uapi/linux/kring_broadcast.h>

struct kring_broadcast;
struct vm_area_struct;
struct wait_queue_head;

/**
 * kring_broadcast_alloc - make a ring
 * @slots:   how many records it holds: a power of two, 2 to %KRING_BROADCAST_SLOTS_MAX
 * @payload: largest record in bytes, 1 to %KRING_BROADCAST_PAYLOAD_MAX
 *
 * It takes @slots times @payload plus 16 bytes, rounded up to whole cache lines,
 * and a page. Not for a callback of CPU hotplug, nor is kring_broadcast_free(): both
 * take its lock.
 *
 * Return: the ring, or an ERR_PTR: EINVAL @slots is no power of two, or it or
 * @payload is 0; E2BIG one of them is too large; ENOMEM.
 */
struct kring_broadcast *kring_broadcast_alloc(unsigned int slots, size_t payload);

#define KRING_BROADCAST_PAYLOAD_MAX	(KRING_BROADCAST_SLOT_MAX - sizeof(struct kring_broadcast_slot))

/**
 * kring_broadcast_free - end a ring
 * @ring: from kring_broadcast_alloc(), or NULL or an ERR_PTR, which do nothing
 *
 * Nobody may produce, consume or wait any more; the caller sees to that. What
 * programs have mapped stays until they unmap it.
 */
void kring_broadcast_free(struct kring_broadcast *ring);

/**
 * kring_broadcast_reserve - open a record
 * @ring: from kring_broadcast_alloc()
 * @size: bytes of payload; 0 is a record too
 *
 * The payload is 16-byte aligned and not cleared. It has to be committed or
 * discarded, in whatever order and on whatever CPU. A slot whose record is never
 * closed is lost for all laps to come.
 *
 * Return: the payload, or an ERR_PTR: EMSGSIZE larger than a slot can hold;
 * EBUSY a producer of an earlier lap still holds the slot; ESTALE this producer
 * was held up so long that a later lap has come to the slot.
 */
void *kring_broadcast_reserve(struct kring_broadcast *ring, size_t size);

/**
 * kring_broadcast_commit - publish an open record
 * @ring:    that it was reserved from
 * @payload: from kring_broadcast_reserve()
 *
 * Return: 0 if every consumer that is not lapped will see the record; -ESTALE
 * if nobody will, because a later lap came to its slot before; -EINVAL, and a
 * warning, if @payload is no open record of this ring.
 */
int kring_broadcast_commit(struct kring_broadcast *ring, void *payload);

/**
 * kring_broadcast_discard - withdraw an open record
 * @ring:    that it was reserved from
 * @payload: from kring_broadcast_reserve()
 *
 * No consumer sees the record; to each its ticket is one that is lost.
 */
void kring_broadcast_discard(struct kring_broadcast *ring, void *payload);

/**
 * kring_broadcast_write - reserve, copy and commit in one call
 * @ring: from kring_broadcast_alloc()
 * @data: @size bytes, which must not fault
 * @size: bytes of payload
 *
 * Return: 0 or an error as of kring_broadcast_reserve() and kring_broadcast_commit().
 */
int kring_broadcast_write(struct kring_broadcast *ring, const void *data, size_t size);

/**
 * struct kring_broadcast_consumer - a cursor; copying it makes another consumer
 * @next: ticket of the record that it expects
 * @lost: records that it was too late for, or that have a ticket and were not published
 *
 * What it has got is @next less @lost less the ticket that it started at.
 */
struct kring_broadcast_consumer {
	u64 next;
	u64 lost;
};

/**
 * enum kring_broadcast_place - where a consumer starts
 * @KRING_BROADCAST_OLDEST: with the oldest record that may still be there
 * @KRING_BROADCAST_NEWEST: behind all tickets given out
 */
enum kring_broadcast_place {
	KRING_BROADCAST_OLDEST,
	KRING_BROADCAST_NEWEST,
};

/**
 * kring_broadcast_start - put a consumer at its start; nothing is lost to it
 * @ring:     from kring_broadcast_alloc()
 * @consumer: that is to start
 * @place:    where
 */
void kring_broadcast_start(const struct kring_broadcast *ring, struct kring_broadcast_consumer *consumer,
			   enum kring_broadcast_place place);

/**
 * struct kring_broadcast_record - a record in its slot
 * @ticket: its number in the ring's life
 * @data:   the payload, which the next lap may overwrite at any time
 * @size:   bytes; never more than a slot holds, even if the record is being overwritten
 */
struct kring_broadcast_record {
	u64 ticket;
	const void *data;
	u32 size;
};

/**
 * kring_broadcast_look - find the next record in place
 * @ring:     from kring_broadcast_alloc()
 * @consumer: counts what it finds lost, and else stays
 * @record:   what is found
 *
 * Use or copy the payload, then ask kring_broadcast_confirm() whether it was
 * whole all the time; nothing that it made a program do may have stayed before
 * that.
 *
 * Return: 0; -EAGAIN there is none yet: nobody has published the next ticket,
 * or its producer is still at work; -EBUSY producers are so fast that
 * nothing could be found: call again.
 */
int kring_broadcast_look(const struct kring_broadcast *ring, struct kring_broadcast_consumer *consumer,
			 struct kring_broadcast_record *record);

/**
 * kring_broadcast_confirm - was the record whole while it was used?
 * @ring:     from kring_broadcast_alloc()
 * @consumer: goes on behind the record if it was
 * @record:   from the last kring_broadcast_look() of @consumer
 *
 * Return: true, or false: it was overwritten meanwhile; look again.
 */
bool kring_broadcast_confirm(const struct kring_broadcast *ring, struct kring_broadcast_consumer *consumer,
			     const struct kring_broadcast_record *record);

/**
 * kring_broadcast_next - copy the next record
 * @ring:     from kring_broadcast_alloc()
 * @consumer: goes on behind it
 * @buffer:   for the payload; must not fault; spoilt if there is an error
 * @size:     bytes that it has room for
 *
 * Return: bytes of payload, or an error: -EAGAIN and -EBUSY as of
 * kring_broadcast_look(); -EMSGSIZE the record is larger than @buffer, and
 * stays where it is.
 */
ssize_t kring_broadcast_next(const struct kring_broadcast *ring, struct kring_broadcast_consumer *consumer,
			     void *buffer, size_t size);

/**
 * kring_broadcast_readable - would kring_broadcast_look() get on?
 * @ring:     from kring_broadcast_alloc()
 * @consumer: is not changed
 *
 * Return: true if there is a record or a loss to be told of.
 */
bool kring_broadcast_readable(const struct kring_broadcast *ring, const struct kring_broadcast_consumer *consumer);

/**
 * kring_broadcast_queue - where consumers sleep
 * @ring: from kring_broadcast_alloc()
 *
 * Producers wake all of it, from an irq_work, if kring_broadcast_arm() said
 * since the last time that somebody sleeps; kring_broadcast_set_gone() does as
 * well. What runs because a consumer wakes, such as a callback of the scheduler's
 * tracepoints, would wake it without end by a record.
 */
struct wait_queue_head *kring_broadcast_queue(struct kring_broadcast *ring);

/**
 * kring_broadcast_arm - have the next record wake kring_broadcast_queue()
 * @ring:     from kring_broadcast_alloc()
 * @consumer: who is about to sleep, and is on the queue already
 *
 * A condition for wait_event_interruptible(), and what follows poll_wait().
 *
 * Return: as kring_broadcast_readable(), looked at afterwards.
 */
bool kring_broadcast_arm(struct kring_broadcast *ring, const struct kring_broadcast_consumer *consumer);

/**
 * struct kring_broadcast_ledger - what became of a ring's records
 * @claimed:   tickets given out
 * @published: of them, what consumers could see; what is open counts as published
 * @discarded: withdrawn by their producers
 * @dropped:   not published, by cause; all but too big ones have a ticket
 *
 * @claimed is @published and @discarded and those of @dropped that have a
 * ticket; all records attempted are @claimed and the too big ones.
 */
struct kring_broadcast_ledger {
	u64 claimed;
	u64 published;
	u64 discarded;
	u64 dropped[KRING_NR_BROADCAST_DROPS];
};

/**
 * kring_broadcast_ledger - the sums so far; exact while no producer is at work
 * @ring:   from kring_broadcast_alloc()
 * @ledger: is filled
 */
void kring_broadcast_ledger(const struct kring_broadcast *ring, struct kring_broadcast_ledger *ledger);

/**
 * kring_broadcast_size - bytes of the ring's memory, as mapped
 * @ring: from kring_broadcast_alloc()
 */
size_t kring_broadcast_size(const struct kring_broadcast *ring);

/**
 * kring_broadcast_payload_max - the largest record in bytes, as given to kring_broadcast_alloc()
 * @ring: from kring_broadcast_alloc()
 */
size_t kring_broadcast_payload_max(const struct kring_broadcast *ring);

/**
 * kring_broadcast_mmap - map a ring into a program, for reading only
 * @ring: from kring_broadcast_alloc()
 * @vma:  shared, not writable, not executable, from offset 0 and at most kring_broadcast_size() long;
 *        it cannot be made writable or executable later
 *
 * The pages stay until the last mapping is gone, whatever becomes of the ring.
 *
 * Return: 0, -EPERM a writable or executable mapping, or -EINVAL a private one
 * or one that is not of the ring's bytes.
 */
int kring_broadcast_mmap(struct kring_broadcast *ring, struct vm_area_struct *vma);

/**
 * kring_broadcast_set_gone - tell programs that only look at the mapping that no record will come
 * @ring: from kring_broadcast_alloc()
 *
 * And wakes kring_broadcast_queue().
 */
void kring_broadcast_set_gone(struct kring_broadcast *ring);

#endif /* _LINUX_KRING_BROADCAST_H */
