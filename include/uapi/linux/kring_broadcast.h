/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * What a broadcast ring looks like in memory, and so in the mapping of a
 * broadcast channel: a header, then slots. The mapping is read-only; whoever
 * consumes from it asks the kernel for nothing while there are records.
 *
 * Each record has a ticket, its number in the ring's life, from 0. Ticket t
 * lies in slot t mod slots.
 */
#ifndef _UAPI_LINUX_KRING_BROADCAST_H
#define _UAPI_LINUX_KRING_BROADCAST_H

#include <linux/types.h>

#define KRING_BROADCAST_MAGIC		0x6362726bU	/* "krbc", the header's first word */
#define KRING_BROADCAST_VERSION		1

#define KRING_BROADCAST_SLOTS_MIN	2U
#define KRING_BROADCAST_SLOTS_MAX	(1U << 20)
#define KRING_BROADCAST_SLOT_ALIGN	64U	/* slots begin on cache lines, and are whole ones */
#define KRING_BROADCAST_SLOT_MAX	(1U << 16)

/**
 * enum kring_broadcast_drop - why a record was not published
 * @KRING_BROADCAST_DROP_TOO_BIG:   larger than a slot can hold; it had no ticket
 * @KRING_BROADCAST_DROP_HELD:      a producer of an earlier lap had not finished in its slot
 * @KRING_BROADCAST_DROP_LAPPED:    when its producer came to the slot, a later lap had been there
 * @KRING_BROADCAST_DROP_OVERTAKEN: while it was written, a later lap came to the slot
 * @KRING_NR_BROADCAST_DROPS:       number of causes
 *
 * All but the first have a ticket, which every consumer counts as lost.
 */
enum kring_broadcast_drop {
	KRING_BROADCAST_DROP_TOO_BIG	= 0,
	KRING_BROADCAST_DROP_HELD	= 1,
	KRING_BROADCAST_DROP_LAPPED	= 2,
	KRING_BROADCAST_DROP_OVERTAKEN	= 3,
	KRING_NR_BROADCAST_DROPS	= 4,
};

/**
 * struct kring_broadcast_header - the first page of a broadcast ring
 * @magic:      %KRING_BROADCAST_MAGIC
 * @version:    %KRING_BROADCAST_VERSION
 * @size:       bytes of the whole, header and slots
 * @first_slot: offset in bytes of slot 0, a multiple of PAGE_SIZE
 * @slots:      number of slots, a power of two
 * @slot_size:  bytes from a slot to the next, a multiple of %KRING_BROADCAST_SLOT_ALIGN
 * @payload:    largest record in bytes, at most @slot_size - sizeof(struct kring_broadcast_slot)
 * @gone:       not zero: the channel was destroyed, no record will come
 * @reserved:   zero
 * @claimed:    tickets given out so far; a cache line of its own, which producers change
 * @reserved2:  zero
 * @dropped:    records that were not published, as &enum kring_broadcast_drop
 * @discarded:  records withdrawn by their producers; their tickets are lost to consumers
 * @reserved3:  zero
 *
 * When no producer is at work, the records published are @claimed less
 * @discarded less @dropped, too big ones not among these.
 */
struct kring_broadcast_header {
	__u32	magic;
	__u32	version;
	__u64	size;
	__u32	first_slot;
	__u32	slots;
	__u32	slot_size;
	__u32	payload;
	__u32	gone;
	__u32	reserved[23];
	__u64	claimed;
	__u64	reserved2[15];
	__u64	dropped[KRING_NR_BROADCAST_DROPS];
	__u64	discarded;
	__u64	reserved3[11];
};

/**
 * struct kring_broadcast_slot - where records of a slot's tickets are, one at a time; the payload follows
 * @state:    the youngest ticket that came here, and what became of it: KRING_BROADCAST_STATE_* below
 * @size:     bytes of payload
 * @reserved: zero
 *
 * The record of ticket t is whole and here while @state is
 * KRING_BROADCAST_READY(t). A consumer loads @state by acquire, then copies
 * @size and the payload, then, with the copy done (a load barrier), loads
 * @state again: if it is still the same, the copy is whole. If the ticket in
 * @state is a later one than t, or @state says that t is void, t is lost. If it
 * is an earlier one, or t is held, t has not been published yet.
 */
struct kring_broadcast_slot {
	__u64	state;
	__u32	size;
	__u32	reserved;
};

#define KRING_BROADCAST_STATE_HELD	1U	/* a producer is at work: this ticket's; if void, an earlier one's */
#define KRING_BROADCAST_STATE_VOID	2U	/* this ticket has no record and will have none */
#define KRING_BROADCAST_STATE_SHIFT	2	/* above: the ticket plus one; zero while no ticket has come */

/* The state of the slot while the record of ticket @t is there to be read. */
#define KRING_BROADCAST_READY(t)	(((__u64)(t) + 1) << KRING_BROADCAST_STATE_SHIFT)

#endif /* _UAPI_LINUX_KRING_BROADCAST_H */
