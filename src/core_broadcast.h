/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The seam of broadcast rings: the only door between the C shim and the C++ core
 * of that kind. Plain C types; sizes in bytes; nothing here allocates, locks,
 * waits or sleeps; any context.
 */
#ifndef KRING_CORE_BROADCAST_H
#define KRING_CORE_BROADCAST_H

#include "../include/uapi/linux/kring_broadcast.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A ring; what it is, is the core's. */
struct kring_core_broadcast {
	__u64 state[3];
};

/**
 * struct kring_core_broadcast_geometry - how a ring is to be
 * @slots:      a power of two
 * @slot_size:  kring_core_broadcast_slot_size() of @payload
 * @first_slot: offset of the slots from the header, a multiple of %KRING_BROADCAST_SLOT_ALIGN
 * @payload:    largest record
 */
struct kring_core_broadcast_geometry {
	__u32 slots;
	__u32 slot_size;
	__u32 first_slot;
	__u32 payload;
};

__u32 kring_core_broadcast_slot_size(__u32 payload);

/* @header: zeroed, @first_slot bytes and the slots, aligned to 128; mapped by programs; outlives the ring. */
void kring_core_broadcast_init(struct kring_core_broadcast *ring, struct kring_broadcast_header *header,
			       const struct kring_core_broadcast_geometry *geometry);

enum kring_core_broadcast_status {
	KRING_CORE_BROADCAST_OK,
	KRING_CORE_BROADCAST_TOO_BIG,
	KRING_CORE_BROADCAST_HELD,
	KRING_CORE_BROADCAST_LAPPED,
	KRING_CORE_BROADCAST_OVERTAKEN,
	KRING_CORE_BROADCAST_NOT_OPEN,
};

/* Producers. @payload is NULL unless @status is OK. */
struct kring_core_broadcast_reserved {
	void *payload;
	enum kring_core_broadcast_status status;
};

struct kring_core_broadcast_reserved kring_core_broadcast_reserve(struct kring_core_broadcast *ring, __u64 size);

/* @payload: an address among the slots, 16-byte aligned. NOT_OPEN: it is no open record. */
enum kring_core_broadcast_status kring_core_broadcast_commit(struct kring_core_broadcast *ring, void *payload);
enum kring_core_broadcast_status kring_core_broadcast_discard(struct kring_core_broadcast *ring, void *payload);

/* A consumer: its calls are serialised by the caller. */
struct kring_core_broadcast_consumer {
	__u64 next;
	__u64 lost;
};

struct kring_core_broadcast_record {
	__u64 ticket;
	const void *data;
	__u32 size;
};

enum kring_core_broadcast_found {
	KRING_CORE_BROADCAST_FOUND,
	KRING_CORE_BROADCAST_EMPTY,
	KRING_CORE_BROADCAST_BUSY,
};

void kring_core_broadcast_seek_oldest(const struct kring_core_broadcast *ring,
				      struct kring_core_broadcast_consumer *consumer);
void kring_core_broadcast_seek_newest(const struct kring_core_broadcast *ring,
				      struct kring_core_broadcast_consumer *consumer);
enum kring_core_broadcast_found kring_core_broadcast_look(const struct kring_core_broadcast *ring,
							  struct kring_core_broadcast_consumer *consumer,
							  struct kring_core_broadcast_record *record);
bool kring_core_broadcast_confirm(const struct kring_core_broadcast *ring,
				  struct kring_core_broadcast_consumer *consumer,
				  const struct kring_core_broadcast_record *record);
bool kring_core_broadcast_readable(const struct kring_core_broadcast *ring,
				   const struct kring_core_broadcast_consumer *consumer);

#ifdef __cplusplus
}
#endif

#endif
