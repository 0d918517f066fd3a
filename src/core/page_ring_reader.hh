/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The page ring, the owning reader: takes the oldest page out of the list by
 * swapping in the one that it has read. Calls are serialised by the caller; no
 * call ever blocks or waits for a writer.
 */
#ifndef KRING_CORE_PAGE_RING_READER_HH
#define KRING_CORE_PAGE_RING_READER_HH

#include "page_ring.hh"
#include "page_span.hh"

namespace kring
{

/* As struct kring_ledger, of one ring. */
struct ring_ledger {
	u64 committed;
	u64 read;
	u64 overwritten;
	u64 unread;
	u32 pages_unread;
};

template <platform P>
class page_ring_reader {
public:
	/* The ring is freshly made: the page behind its list is the reader's. */
	void init(page_ring<P> &ring)
	{
		ring_ = &ring;
		page_ = ring.list_pages_;
		offset_ = page_header_size;
		put_in_ = ring.list_pages_ - 1;
		put_in_link_ = P::load(ring.slots_[put_in_].next);
	}

	/* Takes what is unread on the reader's page, or the next page. Consumes nothing. */
	[[nodiscard]] status acquire(page_span &span);

	/* Consumes what was acquired. */
	[[nodiscard]] status release();

	/* The owner is gone: what it acquired is unread again. */
	void abandon() { acquired_ = false; }

	/* Would acquire find something? */
	bool readable() const;

	/* As of an observer: how far release has come. */
	u64 bytes_passed() const;

	u64 overwritten() const { return overwritten_; }

	/* Where the records went. Exact if nobody writes; false if writers gave no chance to look. */
	[[nodiscard]] bool ledger(ring_ledger &ledger) const;

private:
	friend page_ring_check<P>;

	static constexpr u32 max_tries = 100;

	enum class swapped { yes, empty, busy };

	swapped swap(position commit);
	bool find_head(u32 &holder, tagged_link &link) const;
	bool is_settled(u32 holder, u32 before) const;
	bool is_empty(u32 head, u32 holder, tagged_link link, position commit) const;
	bool sample_list(position commit, u64 &oldest, u64 &first, u64 &end) const;

	page_slot &slot(u32 id) const { return ring_->slots_[id]; }
	kring_page &header(u32 id) const { return *slot(id).header; }
	position commit_page() const
	{
		/* [reader:R1] pairs with [page_ring:P3]: before the page's commit is looked at, so that a page
		 * which is no longer the commit page is seen as final. */
		return position{P::load_acquire(ring_->shared_->commit_page)};
	}
	write_word committed(u32 id) const
	{
		/* [reader:R2] pairs with [page_ring:P1] and [page_ring:P2]: the records come with their offset. */
		return write_word{P::load_acquire(header(id).commit)};
	}

	page_ring<P> *ring_;
	u64 seq_;	  /* of the reader's page; 0: none yet */
	u64 expected_;	  /* sequence number of the next record to consume */
	u64 overwritten_; /* expected_ - overwritten_ records were read */
	u32 page_;	  /* the reader's page */
	u32 offset_;	  /* of the first unread record on it */
	u32 end_;	  /* of what is acquired */
	u32 count_;
	bool acquired_;
	u32 put_in_; /* the page put into the list last, and the link that it got */
	u64 put_in_link_;
};

template <platform P>
status page_ring_reader<P>::acquire(page_span &span)
{
	if (acquired_)
		return status::acquired;
	for (u32 tries = 0; tries < max_tries; tries++) {
		position commit = commit_page();
		write_word word = committed(page_);

		if (word.offset() > offset_) {
			end_ = word.offset();
			count_ = static_cast<u32>(P::load(header(page_).first) + word.count() - expected_);
			span = {seq_, expected_, page_, offset_, end_, count_};
			acquired_ = true;
			return status::ok;
		}
		if (commit.seq() == seq_)
			return status::empty;
		if (P::load(ring_->fault_) == KRING_FAULT_LINK)
			return status::stopped;
		if (swap(commit) == swapped::empty)
			return status::empty;
		P::relax();
	}
	return status::busy;
}

template <platform P>
status page_ring_reader<P>::release()
{
	if (!acquired_)
		return status::not_acquired;
	acquired_ = false;
	offset_ = end_;
	expected_ += count_;
	return status::ok;
}

/* Puts the spent page in the head page's place: one compare-exchange on the link that carries the head flag. */
template <platform P>
typename page_ring_reader<P>::swapped page_ring_reader<P>::swap(position commit)
{
	u32 holder = 0;
	tagged_link link{0};

	if (!find_head(holder, link))
		return swapped::busy;

	u32 head = link.page();

	if (is_empty(head, holder, link, commit))
		return swapped::empty;

	u32 behind = tagged_link{P::load(slot(head).next)}.page();
	tagged_link spent = tagged_link{P::load(slot(page_).next)}.to(behind, link_flag::head);

	P::store(slot(page_).next, spent.word());
	/* [reader:R4] pairs with [page_ring:M1]: what was read of the spent page comes before it is handed over. */
	if (!P::compare_exchange(slot(holder).next, link.word(), link.to(page_, link_flag::normal).word()))
		return swapped::busy;

	put_in_ = page_;
	put_in_link_ = spent.word();
	page_ = head;
	seq_ = P::load(header(head).seq);
	offset_ = page_header_size;

	u64 first = P::load(header(head).first);

	overwritten_ += first - expected_;
	expected_ = first;
	return swapped::yes;
}

/*
 * Walks from the page put in last, whose link led to the head then. False: a
 * writer is moving the head.
 */
template <platform P>
bool page_ring_reader<P>::find_head(u32 &holder, tagged_link &link) const
{
	u32 before = page_; /* the reader's page is no page of the list: none */
	u32 at = put_in_;

	for (u32 steps = 0; steps < 3 * (ring_->list_pages_ + 1); steps++) {
		/* [reader:R3] pairs with [page_ring:M2]: the head page's first, set before it became head. */
		link = tagged_link{P::load_acquire(slot(at).next)};
		if (link.is(link_flag::update))
			return false;
		if (link.is(link_flag::head)) {
			bool untouched = at == put_in_ && link.word() == put_in_link_;

			holder = at;
			if (untouched)
				return true;
			if (before != page_)
				return is_settled(at, before);
		}
		before = at;
		at = link.page();
	}
	return false;
}

/*
 * A head that a writer set may be one half of a move: then the link before its
 * holder is still update, or leads elsewhere already.
 */
template <platform P>
bool page_ring_reader<P>::is_settled(u32 holder, u32 before) const
{
	/* [reader:R3] */
	tagged_link to_holder{P::load_acquire(slot(before).next)};

	return to_holder.page() == holder && !to_holder.is(link_flag::update);
}

/* The head page is the commit page, and nothing was published on it yet. */
template <platform P>
bool page_ring_reader<P>::is_empty(u32 head, u32 holder, tagged_link link, position commit) const
{
	return head == commit.page() && committed(head).offset() == page_header_size &&
	       P::load(slot(holder).next) == link.word();
}

/* What overwrites the unread records may be unpublished still: then there is nothing, until it is. */
template <platform P>
bool page_ring_reader<P>::readable() const
{
	for (u32 tries = 0; tries < max_tries; tries++) {
		position commit = commit_page();
		u64 oldest = 0;
		u64 first = 0;
		u64 end = 0;

		if (committed(page_).offset() > offset_)
			return true;
		/* From a broken list, acquire takes nothing. */
		if (commit.seq() == seq_ || ring_->fault() == KRING_FAULT_LINK)
			return false;
		if (sample_list(commit, oldest, first, end))
			return first != end;
	}
	/* Writers go around and around: there is much to read. */
	return true;
}

/* A page that is full, and read to its end, is left: the next one may be long in coming. */
template <platform P>
u64 page_ring_reader<P>::bytes_passed() const
{
	write_word word = committed(page_);
	bool is_left = word.is_sealed() && word.offset() == offset_;

	if (!seq_)
		return 0;
	return bytes_before(seq_ + is_left, is_left ? page_header_size : offset_, ring_->page_size_);
}

/*
 * The oldest page that is newer than the reader's, its first record's number, and the number behind the last
 * published record. All of one moment, if the commit page is still the same afterwards: pages that were found
 * to be gone stay so, and this one was there before and after the rest was loaded.
 */
template <platform P>
bool page_ring_reader<P>::sample_list(position commit, u64 &oldest, u64 &first, u64 &end) const
{
	u64 pages = ring_->list_pages_;

	oldest = seq_ + 1;
	if (commit.seq() > pages && oldest < commit.seq() - pages)
		oldest = commit.seq() - pages;
	for (; oldest <= commit.seq(); oldest++) {
		kring_page &page = header(P::load(ring_->directory_[oldest & ring_->directory_mask_]));

		/* [reader:R5] pairs with [page_ring:M3]: what is loaded is of the page's number, before and after. [reader:R6] */
		if (P::load_acquire(page.seq) != oldest)
			continue;
		first = P::load(page.first);
		end = P::load(header(commit.page()).first) + committed(commit.page()).count();
		/* [reader:R5] */
		P::load_barrier();
		/* [reader:R6] pairs with [page_ring:M4]: what was published before the page went. */
		if (P::load_acquire(page.seq) == oldest)
			return true;
	}
	return false;
}

template <platform P>
bool page_ring_reader<P>::ledger(ring_ledger &ledger) const
{
	for (u32 tries = 0; tries < max_tries; tries++) {
		position commit = commit_page();
		u64 own_end = seq_ ? P::load(header(page_).first) + committed(page_).count() : 0;
		u64 oldest = commit.seq();
		u64 first = own_end;
		u64 end = own_end;

		if (commit.seq() != seq_ && !sample_list(commit, oldest, first, end))
			continue;
		/* Looked at after all of this was loaded, because of R2 and of R5's barrier. */
		if (commit_page().word() != commit.word())
			continue;
		ledger.committed = end;
		ledger.read = expected_ - overwritten_;
		ledger.overwritten = overwritten_ + (first - own_end);
		ledger.unread = end - ledger.read - ledger.overwritten;
		ledger.pages_unread = ledger.unread ? static_cast<u32>(commit.seq() - oldest + 1) : 0;
		ledger.pages_unread += own_end != expected_ && commit.seq() != seq_;
		return true;
	}
	return false;
}

} /* namespace kring */

#endif
