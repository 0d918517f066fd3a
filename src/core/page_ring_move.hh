/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The page ring, when a page is full: may the tail move, the head before it, the
 * next page made ready, the tail moved.
 */
#ifndef KRING_CORE_PAGE_RING_MOVE_HH
#define KRING_CORE_PAGE_RING_MOVE_HH

#include "page_ring.hh"

namespace kring
{

/*
 * Is the page behind the tail free to be written? "again" holds only as long as
 * the tail stands still, which every step after it makes sure of. A refusal was
 * due when the link was loaded: nobody moves the commit page meanwhile.
 */
template <platform P>
typename page_ring<P>::verdict page_ring<P>::may_move(position tail, u32 next, tagged_link link) const
{
	u32 commit_page = position{P::load(shared_->commit_page)}.page();

	if (P::load(fault_))
		return verdict::stopped;
	if (next == commit_page)
		return verdict::lapped;
	/* The commit page is the reader's: it left the list, and its stale link tells where it stood. */
	if (commit_page != tail.page() && tagged_link{P::load(slots_[commit_page].next)}.page() == next)
		return verdict::lapped;
	if (!overwrite_ && !link.is(link_flag::normal))
		return verdict::full;
	return verdict::again;
}

/* Makes the next page the tail page, together with any writer nested in this one that tries the same. */
template <platform P>
template <clock_source C>
typename page_ring<P>::verdict page_ring<P>::move_tail(position tail, write_word word)
{
	page_slot &slot = slots_[tail.page()];
	/* [page_ring:M1] pairs with [reader:R4]: the page that a reader put in comes with its contents. */
	tagged_link link{P::load_acquire(slot.next)};
	u32 next = link.page();
	verdict decision = may_move(tail, next, link);

	if (decision != verdict::again)
		return decision;

	/* From exactly this word: an interrupted writer's compare-exchange on it must fail. */
	if (!word.is_sealed() && !P::local_compare_exchange(slot.write, word.word(), word.sealed().word()))
		return verdict::again;
	if (!link.is(link_flag::normal) && !move_head(tail, link))
		return verdict::again;
	if (!prepare<C>(tail, next))
		return verdict::again;

	P::store(slots_[next].header->seq, tail.seq() + 1);
	P::store(directory_[(tail.seq() + 1) & directory_mask_], next);
	P::local_compare_exchange(tail_, tail.word(), position{tail.seq() + 1, next}.word());
	return verdict::again;
}

/*
 * The next page holds the oldest records: pushes the head on by one page.
 * head -> update keeps the reader away; then the link behind becomes head; who
 * set update, and nobody else, takes it back. False: look again.
 */
template <platform P>
bool page_ring<P>::move_head(position tail, tagged_link link)
{
	page_slot &holder = slots_[tail.page()];
	page_slot &next = slots_[link.page()];
	tagged_link behind{P::load(next.next)};

	/* The link behind was sampled before this: it is of before any move past the next page. */
	if (!tail_is(tail))
		return false;

	tagged_link update = link.to(link.page(), link_flag::update);
	bool mine = link.is(link_flag::head);

	/* [page_ring:M2] pairs with [reader:R3]: a head comes with its contents. The reader may win, and have it. */
	if (mine && !P::compare_exchange(holder.next, link.word(), update.word()))
		return false;
	/* [page_ring:M2]. One of the nested movers succeeds; the version stops those that come late. */
	if (behind.is(link_flag::normal))
		P::compare_exchange(next.next, behind.word(), behind.to(behind.page(), link_flag::head).word());
	/* [page_ring:M2] */
	if (mine && !P::compare_exchange(holder.next, update.word(), update.to(link.page(), link_flag::normal).word()))
		stop(KRING_FAULT_LINK);
	return true;
}

/*
 * Empties the next page. Nested movers compute the same values; none of this
 * can meet a published page, since the tail cannot pass the commit page.
 */
template <platform P>
template <clock_source C>
bool page_ring<P>::prepare(position tail, u32 next)
{
	page_slot &slot = slots_[next];
	kring_page &page = *slot.header;
	write_word old{P::load(slot.write)};
	u64 old_base = P::load(page.base);

	/* Both samples are of the older lap only if the tail is still here. */
	if (!tail_is(tail))
		return false;
	if (!old.is_sealed())
		return true; /* an interrupted mover got as far as this */

	/* [page_ring:M4] pairs with [reader:R6]: who finds the page gone sees what was published before. */
	P::store_release(page.seq, KRING_SEQ_INVALID);
	/*
	 * [page_ring:M3] pairs with [observer:O2], [observer:O4] and [reader:R5]: no byte of the page changes
	 * before its seq is invalid.
	 */
	P::store_barrier();
	P::local_compare_exchange(page.base, old_base, next_base(C::now(), old_base));
	P::store(page.commit, old.next_lap().word());
	P::local_compare_exchange(slot.write, old.word(), old.next_lap().word());
	return true;
}

} /* namespace kring */

#endif
