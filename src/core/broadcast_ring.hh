/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The producers' side of a broadcast ring. Any number of producers, nested in one
 * another or on several CPUs, any of which may stop anywhere for as long as it
 * likes: none waits for another, nor for a consumer. Consumers are in
 * broadcast_consumer.hh, the proof is in Documentation/broadcast.rst.
 */
#ifndef KRING_CORE_BROADCAST_RING_HH
#define KRING_CORE_BROADCAST_RING_HH

#include "broadcast_slot.hh"

namespace kring
{

/* What a producer is told of its record. */
enum class broadcast_status {
	ok,
	too_big,   /* larger than a slot can hold */
	held,	   /* in its slot a producer of an earlier lap is still at work */
	lapped,	   /* before it came to its slot, a later lap did */
	overtaken, /* before it was done in its slot, a later lap came there */
	not_open,  /* commit or discard of what is no open record */
};

/* A record to be written, or why there is none. */
struct broadcast_reserved {
	void *payload;
	broadcast_status status;
};

/*
 * B1 A ticket is given out once, in order.
 * B2 The ticket in a slot's state never becomes less; a state that was left does not come back.
 * B3 A slot is held by one producer at most, which alone writes to it and alone ends that.
 * B4 While a slot is ready, its record is that of the ticket, whole.
 * B5 A ticket ends once: published, discarded, or dropped for one cause, and each but the first is counted.
 * B6 A consumer gets or loses each ticket that it passes, once, and gets only what B4 says.
 * B7 A consumer waits for a ticket only while its producer is at work on it.
 * B8 A producer's steps are bounded by the number of producers that were at work when it came.
 */
template <producing_platform P>
class broadcast_ring {
public:
	/* The memory is zeroed and of broadcast_size(). */
	void init(kring_broadcast_header *header, const broadcast_geometry &geometry);

	/* Opens a record. */
	[[gnu::always_inline]] broadcast_reserved reserve(u64 size);

	/* Publishes it, or withdraws it; who does so need not be who reserved. */
	[[gnu::always_inline]] broadcast_status commit(void *payload);
	broadcast_status discard(void *payload);

	broadcast_view view() const { return {&memory_.header(), memory_.geometry()}; }
	u64 claimed() const { return P::load(memory_.header().claimed); }
	u64 discarded() const { return P::load(memory_.header().discarded); }
	u64 dropped(u32 cause) const { return P::load(memory_.header().dropped[cause]); }

private:
	broadcast_status take(kring_broadcast_slot &slot, u64 ticket);
	broadcast_status drop(broadcast_status status, kring_broadcast_drop cause);

	static u64 release(kring_broadcast_slot &slot)
	{
		/* [broadcast:R1] pairs with [broadcast:C1] and [broadcast:T1]: what was written here comes before it. */
		return P::fetch_add_release(slot.state, slot_state::release);
	}
	static kring_broadcast_slot &slot_of(void *payload) { return static_cast<kring_broadcast_slot *>(payload)[-1]; }
	/* Is it a record that somebody has open? Of a pointer into the ring's memory. */
	bool is_open(const kring_broadcast_slot &slot, slot_state state) const
	{
		return state.is_held() && &memory_.slot(state.ticket()) == &slot;
	}

	broadcast_room memory_;
};

template <producing_platform P>
void broadcast_ring<P>::init(kring_broadcast_header *header, const broadcast_geometry &geometry)
{
	memory_ = {header, geometry};
	header->magic = KRING_BROADCAST_MAGIC;
	header->version = KRING_BROADCAST_VERSION;
	header->size = broadcast_size(geometry);
	header->first_slot = geometry.first_slot;
	header->slots = geometry.slots;
	header->slot_size = geometry.slot_size;
	header->payload = geometry.payload;
}

template <producing_platform P>
inline broadcast_reserved broadcast_ring<P>::reserve(u64 size)
{
	if (size > memory_.geometry().payload) [[unlikely]]
		return {nullptr, drop(broadcast_status::too_big, KRING_BROADCAST_DROP_TOO_BIG)};

	u64 ticket = P::fetch_add(memory_.header().claimed, 1);
	kring_broadcast_slot &slot = memory_.slot(ticket);
	u64 before = slot_state::ready(ticket - memory_.geometry().slots).word();

	/* As a rule it is so, and then looking first would fetch the cache line twice. [broadcast:T1] */
	if (!P::compare_exchange(slot.state, before, slot_state::held(ticket).word())) [[unlikely]] {
		broadcast_status status = take(slot, ticket);

		if (status != broadcast_status::ok)
			return {nullptr, status};
	}
	/* [broadcast:T2] pairs with [broadcast:C2]: the slot is seen to be held before anything in it changes. */
	P::store_barrier();
	P::store(slot.size, static_cast<u32>(size));
	return {&slot + 1, broadcast_status::ok};
}

/*
 * Comes to a slot whatever has become of it. An exchange fails only if another
 * producer has come here or left since the load: a younger one comes once, for
 * then this one is lapped; an older one, which was at work when this one claimed
 * its ticket, comes once and leaves once (B8).
 */
template <producing_platform P>
broadcast_status broadcast_ring<P>::take(kring_broadcast_slot &slot, u64 ticket)
{
	for (;;) {
		slot_state found{P::load(slot.state)};

		if (found.is_beyond(ticket))
			return drop(broadcast_status::lapped, KRING_BROADCAST_DROP_LAPPED);
		if (found.is_held()) {
			/* [broadcast:G1] pairs with [broadcast:C1]: this ticket, and so `claimed` beyond it. */
			if (P::compare_exchange(slot.state, found.word(), slot_state::passed(ticket).word()))
				return drop(broadcast_status::held, KRING_BROADCAST_DROP_HELD);
			continue;
		}
		/*
		 * [broadcast:T1] pairs with [broadcast:R1] and [broadcast:C1]: who held the slot before has done
		 * writing to it; and as G1.
		 */
		if (P::compare_exchange(slot.state, found.word(), slot_state::held(ticket).word()))
			return broadcast_status::ok;
	}
}

template <producing_platform P>
inline broadcast_status broadcast_ring<P>::commit(void *payload)
{
	kring_broadcast_slot &slot = slot_of(payload);

	if (!is_open(slot, slot_state{P::load(slot.state)})) [[unlikely]]
		return broadcast_status::not_open;
	if (slot_state{release(slot)}.is_void()) [[unlikely]]
		return drop(broadcast_status::overtaken, KRING_BROADCAST_DROP_OVERTAKEN);
	return broadcast_status::ok;
}

template <producing_platform P>
broadcast_status broadcast_ring<P>::discard(void *payload)
{
	kring_broadcast_slot &slot = slot_of(payload);
	slot_state found{P::load(slot.state)};

	if (!is_open(slot, found))
		return broadcast_status::not_open;
	/* While a slot is held, its state changes only by being passed: then it is void as it is. [broadcast:R1] */
	if (!P::compare_exchange(slot.state, found.word(), slot_state::empty(found.ticket()).word()))
		release(slot);
	P::fetch_add(memory_.header().discarded, 1);
	return broadcast_status::ok;
}

template <producing_platform P>
broadcast_status broadcast_ring<P>::drop(broadcast_status status, kring_broadcast_drop cause)
{
	P::fetch_add(memory_.header().dropped[cause], 1);
	return status;
}

} /* namespace kring */

#endif
