/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Instantiates the broadcast ring for the kernel platform and hands it out
 * through its seam. No logic.
 */
#include "core_broadcast.h"

#include "core/broadcast_consumer.hh"
#include "core/broadcast_ring.hh"
#include "core/platform_kernel.hh"

namespace
{

using platform = kring::platform_kernel;
using ring = kring::broadcast_ring<platform>;
using consumer = kring::broadcast_consumer<platform>;
using kring::broadcast_record;
using kring::broadcast_status;

static_assert(sizeof(ring) == sizeof(kring_core_broadcast));
static_assert(sizeof(consumer) == sizeof(kring_core_broadcast_consumer));
static_assert(sizeof(broadcast_record) == sizeof(kring_core_broadcast_record));
static_assert(static_cast<int>(broadcast_status::not_open) == KRING_CORE_BROADCAST_NOT_OPEN);
static_assert(static_cast<int>(kring::status::busy) == KRING_CORE_BROADCAST_BUSY);

ring &ring_of(kring_core_broadcast *memory)
{
	return *reinterpret_cast<ring *>(memory);
}

kring::broadcast_view view_of(const kring_core_broadcast *memory)
{
	return reinterpret_cast<const ring *>(memory)->view();
}

consumer &consumer_of(kring_core_broadcast_consumer *memory)
{
	return *reinterpret_cast<consumer *>(memory);
}

kring_core_broadcast_status seam(broadcast_status status)
{
	return static_cast<kring_core_broadcast_status>(status);
}

} /* namespace */

__u32 kring_core_broadcast_slot_size(__u32 payload)
{
	return kring::broadcast_slot_size(payload);
}

void kring_core_broadcast_init(kring_core_broadcast *memory, kring_broadcast_header *header,
			       const kring_core_broadcast_geometry *geometry)
{
	ring_of(memory).init(header, {geometry->slots, geometry->slot_size, geometry->first_slot, geometry->payload});
}

kring_core_broadcast_reserved kring_core_broadcast_reserve(kring_core_broadcast *memory, __u64 size)
{
	kring::broadcast_reserved reserved = ring_of(memory).reserve(size);

	return {reserved.payload, seam(reserved.status)};
}

kring_core_broadcast_status kring_core_broadcast_commit(kring_core_broadcast *memory, void *payload)
{
	return seam(ring_of(memory).commit(payload));
}

kring_core_broadcast_status kring_core_broadcast_discard(kring_core_broadcast *memory, void *payload)
{
	return seam(ring_of(memory).discard(payload));
}

void kring_core_broadcast_seek_oldest(const kring_core_broadcast *memory, kring_core_broadcast_consumer *cursor)
{
	consumer_of(cursor).seek_oldest(view_of(memory));
}

void kring_core_broadcast_seek_newest(const kring_core_broadcast *memory, kring_core_broadcast_consumer *cursor)
{
	consumer_of(cursor).seek_newest(view_of(memory));
}

kring_core_broadcast_found kring_core_broadcast_look(const kring_core_broadcast *memory,
						     kring_core_broadcast_consumer *cursor,
						     kring_core_broadcast_record *record)
{
	broadcast_record found{};
	kring::status status = consumer_of(cursor).look(view_of(memory), found);

	*record = {found.ticket, found.data, found.size};
	return static_cast<kring_core_broadcast_found>(status);
}

bool kring_core_broadcast_confirm(const kring_core_broadcast *memory, kring_core_broadcast_consumer *cursor,
				  const kring_core_broadcast_record *record)
{
	return consumer_of(cursor).confirm(view_of(memory), {record->ticket, record->data, record->size});
}

bool kring_core_broadcast_readable(const kring_core_broadcast *memory, const kring_core_broadcast_consumer *cursor)
{
	return reinterpret_cast<const consumer *>(cursor)->readable(view_of(memory));
}
