/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The state word of a broadcast ring's slot, and where slots are: arithmetic on
 * the structures of the UAPI header, shared with libkring.
 */
#ifndef KRING_CORE_BROADCAST_SLOT_HH
#define KRING_CORE_BROADCAST_SLOT_HH

#include "../../include/uapi/linux/kring_broadcast.h"
#include "platform.hh"

namespace kring
{

/*
 * The youngest ticket that came to a slot, and what became of it:
 *
 *   ready   its record is there to be read
 *   held    its producer is at work in the slot
 *   passed  it has no record, and a producer of an earlier lap is still at work there
 *   empty   it has no record, and nobody is at work there
 *
 * Zero: no ticket has come yet, and nobody is at work there.
 */
class slot_state {
public:
	constexpr explicit slot_state(u64 word) : word_{word} {}

	static constexpr slot_state ready(u64 ticket) { return slot_state{KRING_BROADCAST_READY(ticket)}; }
	static constexpr slot_state held(u64 ticket) { return slot_state{KRING_BROADCAST_READY(ticket) | held_bit}; }
	static constexpr slot_state passed(u64 ticket) { return slot_state{held(ticket).word_ | void_bit}; }
	static constexpr slot_state empty(u64 ticket) { return slot_state{KRING_BROADCAST_READY(ticket) | void_bit}; }

	constexpr u64 word() const { return word_; }
	constexpr u64 ticket() const { return (word_ >> KRING_BROADCAST_STATE_SHIFT) - 1; }
	constexpr bool is_ready(u64 ticket) const { return word_ == ready(ticket).word_; }
	constexpr bool is_held() const { return word_ & held_bit; }
	constexpr bool is_void() const { return word_ & void_bit; }

	/* Has a younger ticket than this one come? */
	constexpr bool is_beyond(u64 ticket) const { return word_ > passed(ticket).word_; }
	/* May this ticket's record still come? No: it is there, or will never be. */
	constexpr bool is_open(u64 ticket) const { return word_ < ready(ticket).word_ || word_ == held(ticket).word_; }

	/* Added to a state that is held: it is not any more, whatever else became of it meanwhile. */
	static constexpr u64 release = -u64{KRING_BROADCAST_STATE_HELD};

private:
	static constexpr u64 held_bit = KRING_BROADCAST_STATE_HELD;
	static constexpr u64 void_bit = KRING_BROADCAST_STATE_VOID;

	u64 word_;
};

static_assert(__builtin_offsetof(kring_broadcast_header, claimed) == 128 &&
		      __builtin_offsetof(kring_broadcast_header, dropped) == 256 &&
		      sizeof(kring_broadcast_header) == 384,
	      "what producers change shares no cache lines, nor pairs of them, with what consumers read");
static_assert(sizeof(kring_broadcast_slot) == 16);

/* Said once about a ring, and not believed from memory that others may spoil. */
struct broadcast_geometry {
	u32 slots;	/* a power of two */
	u32 slot_size;	/* bytes from one to the next */
	u32 first_slot; /* offset from the header */
	u32 payload;	/* largest, bytes */
};

/* Bytes of a slot for records of up to payload bytes. */
constexpr u32 broadcast_slot_size(u32 payload)
{
	constexpr u32 mask = KRING_BROADCAST_SLOT_ALIGN - 1;

	return (payload + static_cast<u32>(sizeof(kring_broadcast_slot)) + mask) & ~mask;
}

constexpr u64 broadcast_size(const broadcast_geometry &geometry)
{
	return geometry.first_slot + u64{geometry.slots} * geometry.slot_size;
}

/* The ticket before which nothing can be whole any more, if so many were given out. */
constexpr u64 oldest_ticket(u64 claimed, u32 slots)
{
	return claimed > slots ? claimed - slots : 0;
}

/* A ring's memory: where each ticket's slot is. */
template <class header_type, class slot_type>
class broadcast_memory {
public:
	broadcast_memory() = default;
	broadcast_memory(header_type *header, const broadcast_geometry &geometry) : header_{header}, geometry_{geometry}
	{
	}

	header_type &header() const { return *header_; }
	const broadcast_geometry &geometry() const { return geometry_; }
	slot_type &slot(u64 ticket) const
	{
		u64 at = geometry_.first_slot + (ticket & (geometry_.slots - 1)) * geometry_.slot_size;

		return *reinterpret_cast<slot_type *>(reinterpret_cast<__UINTPTR_TYPE__>(header_) + at);
	}

private:
	header_type *header_;
	broadcast_geometry geometry_;
};

/* As consumers see it, and as producers do. */
using broadcast_view = broadcast_memory<const kring_broadcast_header, const kring_broadcast_slot>;
using broadcast_room = broadcast_memory<kring_broadcast_header, kring_broadcast_slot>;

} /* namespace kring */

#endif
