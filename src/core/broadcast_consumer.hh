/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * A consumer of a broadcast ring: a cursor that takes nothing away. It reads a
 * slot like a seqlock: it is told where the record stands, copies or uses it,
 * and asks afterwards whether it was whole all the time. It looks at the slot of
 * the ticket that it expects and at nothing else, as long as none is lost, so
 * that consumers do not slow what producers share.
 *
 * Runs in the kernel and, over a mapping, in programs. Invariants B1 to B8:
 * broadcast_ring.hh.
 */
#ifndef KRING_CORE_BROADCAST_CONSUMER_HH
#define KRING_CORE_BROADCAST_CONSUMER_HH

#include "broadcast_slot.hh"
#include "page_span.hh"

namespace kring
{

/* A record in its slot. */
struct broadcast_record {
	u64 ticket;
	const void *data;
	u32 size; /* bytes */
};

/* All zero is a valid consumer: it expects the ring's first record. */
template <reading_platform P>
class broadcast_consumer {
public:
	/* Where it starts; nothing was lost to it. */
	void seek(u64 ticket)
	{
		next_ = ticket;
		lost_ = 0;
	}
	void seek_oldest(const broadcast_view &view)
	{
		seek(oldest_ticket(P::load(view.header().claimed), view.geometry().slots));
	}
	void seek_newest(const broadcast_view &view) { seek(P::load(view.header().claimed)); }

	/* The record that it expects, if it is there; those that will never be there are counted, and passed. */
	[[nodiscard]] status look(const broadcast_view &view, broadcast_record &record);

	/*
	 * After the record was used. True: it was whole all the time, the cursor moves behind it. False: the next
	 * lap came to its slot meanwhile; look again.
	 */
	[[nodiscard]] bool confirm(const broadcast_view &view, const broadcast_record &record);

	/* Would look() find a record or a loss? */
	bool readable(const broadcast_view &view) const { return !state(view, next_).is_open(next_); }

	u64 next() const { return next_; }
	u64 lost() const { return lost_; }

private:
	static constexpr u32 max_tries = 100;

	static slot_state state(const broadcast_view &view, u64 ticket)
	{
		/*
		 * [broadcast:C1] pairs with [broadcast:R1], [broadcast:T1] and [broadcast:G1]: the record comes with
		 * its state; and who sees a ticket sees that it was given out.
		 */
		return slot_state{P::load_acquire(view.slot(ticket).state)};
	}
	void pass(const broadcast_view &view);

	u64 next_; /* the ticket that is expected */
	u64 lost_;
};

template <reading_platform P>
status broadcast_consumer<P>::look(const broadcast_view &view, broadcast_record &record)
{
	for (u32 tries = 0; tries < max_tries; tries++) {
		const kring_broadcast_slot &slot = view.slot(next_);
		slot_state found = state(view, next_);

		if (found.is_ready(next_)) {
			u32 size = P::load(slot.size);

			/* It may be that of the next lap, or spoilt. */
			record = {next_, &slot + 1, size < view.geometry().payload ? size : view.geometry().payload};
			return status::ok;
		}
		if (found.is_open(next_))
			return status::empty;
		pass(view);
	}
	return status::busy;
}

template <reading_platform P>
bool broadcast_consumer<P>::confirm(const broadcast_view &view, const broadcast_record &record)
{
	/* [broadcast:C2] pairs with [broadcast:T2]: the record was used before the state is looked at again. */
	P::load_barrier();
	if (!slot_state{P::load(view.slot(record.ticket).state)}.is_ready(record.ticket))
		return false;
	next_ = record.ticket + 1;
	return true;
}

/* The expected record will never be there: on to the next one that may be. */
template <reading_platform P>
void broadcast_consumer<P>::pass(const broadcast_view &view)
{
	u64 oldest = oldest_ticket(P::load(view.header().claimed), view.geometry().slots);
	u64 to = oldest > next_ ? oldest : next_ + 1;

	lost_ += to - next_;
	next_ = to;
}

} /* namespace kring */

#endif
