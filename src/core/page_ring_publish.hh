/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The page ring, closing a record: commit and discard off the fast path, and the
 * outermost writer's publishing of what was nested in it.
 */
#ifndef KRING_CORE_PAGE_RING_PUBLISH_HH
#define KRING_CORE_PAGE_RING_PUBLISH_HH

#include "page_ring.hh"

namespace kring
{

template <platform P>
bool page_ring<P>::commit_slowly(const void *payload)
{
	if (!is_open(payload))
		return close_wrong_one();
	end_commit();
	return true;
}

template <platform P>
bool page_ring<P>::discard(const void *payload)
{
	if (!is_open(payload))
		return close_wrong_one();

	kring_page &page = page_of(payload);
	char *record = static_cast<char *>(const_cast<void *>(payload)) - record_header_size;
	u64 begin = static_cast<u64>(record - reinterpret_cast<char *>(&page));
	kring_record &header = *reinterpret_cast<kring_record *>(record);
	u64 end = begin + record_space(header);

	if (end > page_size_ || header.type & (KRING_RECORD_RESERVED | KRING_RECORD_DISCARDED))
		stop(KRING_FAULT_RECORD);
	else
		withdraw(slots_[page.id], header, static_cast<u32>(end));
	end_commit();
	return true;
}

/* Gives the space back if nothing came behind it; else the record stays, marked and not counted. */
template <platform P>
void page_ring<P>::withdraw(page_slot &slot, kring_record &record, u32 end)
{
	u64 step = record_step(record_space(record));

	P::local_add(discarded_, 1);
	for (u32 tries = 0; tries < max_tries; tries++) {
		write_word word{P::load(slot.write)};
		bool last = !word.is_sealed() && word.offset() == end;

		if (!last)
			P::store(record.type, static_cast<u16>(record.type | KRING_RECORD_DISCARDED));
		if (P::local_compare_exchange(slot.write, word.word(),
					      (last ? word.minus(step) : word.one_less()).word()))
			return;
	}
	stop(KRING_FAULT_LOOP);
}

/* Records close in the reverse order of their reserves. */
template <platform P>
bool page_ring<P>::is_open(const void *payload) const
{
	u32 depth = this->depth();

	return depth >= 1 && depth <= max_depth && open_[depth] == payload;
}

/*
 * Commit or discard of something else: the ring stops. The innermost open
 * record is taken to be the one that was meant, so that whoever balances
 * preemption with reserves stays balanced.
 */
template <platform P>
bool page_ring<P>::close_wrong_one()
{
	stop(KRING_FAULT_COMMIT);
	if (depth() == 0)
		return false;
	leave();
	return true;
}

/* Only the outermost writer publishes, for all that were nested in it. */
template <platform P>
void page_ring<P>::end_commit()
{
	for (u32 tries = 0; tries < max_tries; tries++) {
		if (depth() == 1)
			publish();
		leave();
		if (depth() != 0 || all_published())
			return;
		enter(); /* one slipped in as nested, after the last look */
	}
	leave(); /* an interrupt storm: what is left is published by the next writer */
}

template <platform P>
bool page_ring<P>::publish_missed()
{
	if (!all_published()) {
		enter();
		end_commit();
	}
	return true;
}

template <platform P>
bool page_ring<P>::all_published() const
{
	position tail{P::load(tail_)};
	const page_slot &slot = slots_[tail.page()];

	if (P::load(fault_))
		return true;
	return P::load(shared_->commit_page) == tail.word() &&
	       write_word{P::load(slot.write)}.same_records(write_word{P::load(slot.header->commit)});
}

template <platform P>
void page_ring<P>::publish()
{
	for (u32 tries = 0; tries < max_tries + list_pages_; tries++) {
		position tail{P::load(tail_)};
		position done{P::load(shared_->commit_page)};
		page_slot &slot = slots_[done.page()];
		write_word word{P::load(slot.write)};

		/* After the word is sampled: a nested writer that stopped the ring may have left a record open in it. */
		if (P::load(fault_))
			return;
		if (!done.same(tail)) {
			move_commit_page(done, word);
			continue;
		}
		if (!tail_is(tail))
			continue; /* a nested mover sealed the page: it is to be published as final */
		/* A sealed tail page is one whose mover gave up: more will never come, but only a mover may say so. */
		/* [page_ring:P2] */
		if (P::load(slot.header->commit) != word.open().word())
			P::store_release(slot.header->commit, word.open().word());
		return;
	}
}

/* Publishes the whole of a page that the tail has left, and opens the next one to readers. */
template <platform P>
void page_ring<P>::move_commit_page(position done, write_word word)
{
	page_slot &slot = slots_[done.page()];
	u32 next = tagged_link{P::load(slot.next)}.page();
	kring_page &page = *slots_[next].header;

	/* The number of the first record is known only now: a discard may have lowered the count. */
	P::store(page.first, P::load(slot.header->first) + word.count());
	for (u32 cause = 0; cause < KRING_NR_DROPS; cause++)
		P::store(page.dropped[cause], P::load(dropped_[cause]));
	P::store(page.discarded, P::load(discarded_));

	/* [page_ring:P1] pairs with [reader:R2] and [observer:O1]: records before their offset. */
	P::store_release(slot.header->commit, word.word());
	/* [page_ring:P3] pairs with [reader:R1] and [observer:O3]: final commit, the next page's first. */
	P::store_release(shared_->commit_page, position{done.seq() + 1, next}.word());
}

} /* namespace kring */

#endif
