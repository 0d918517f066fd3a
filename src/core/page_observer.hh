/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * An observer of a page ring: a cursor that takes nothing away. It follows page
 * numbers through the directory and reads a page like a seqlock: it is told
 * where records stand, copies them, and asks afterwards whether they were
 * still whole. Any number may look at one ring; writers do nothing for them.
 *
 * Runs in the kernel and, over a mapping, in programs.
 */
#ifndef KRING_CORE_PAGE_OBSERVER_HH
#define KRING_CORE_PAGE_OBSERVER_HH

#include "page_span.hh"
#include "record.hh"
#include "tagged_link.hh"

namespace kring
{

/* Where a ring's shared memory is. The directory is memory that others may spoil: ids are checked. */
template <class V>
concept ring_view = requires(const V &view, u32 id) {
	{ view.ring() } -> std::same_as<const kring_ring &>;
	{ view.page(id) } -> std::same_as<const kring_page &>;
	{ view.pages() } -> std::same_as<u32>; /* of the list and the reader's */
};

/* All zero is a valid observer: it starts at the oldest page. */
template <reading_platform P>
class page_observer {
public:
	void seek_oldest() { *this = page_observer{}; }

	/* Behind all that is published now. */
	template <ring_view V> void seek_newest(const V &view);

	/* Where the next records are, if any. Counts what was lost before them. */
	template <ring_view V> [[nodiscard]] status look(const V &view, page_span &span);

	/*
	 * After the span's records were copied. True: they are whole, the cursor moves behind them. False:
	 * the page was reused meanwhile, the copy is worth nothing; look again.
	 */
	template <ring_view V> [[nodiscard]] bool confirm(const V &view, const page_span &span);

	/*
	 * As confirm(), for who reads in place, record by record: up to offset end, before number expected, they
	 * were found whole, each after it was used.
	 */
	void pass(u32 end, u64 expected)
	{
		offset_ = end;
		expected_ = expected;
	}
	/* Was all that was loaded before this of page number seq? */
	static bool is_still(const kring_page &page, u64 seq)
	{
		/* [observer:O2] pairs with [page_ring:M3]: the copy is done before the seq is looked at again. */
		P::load_barrier();
		return P::load(page.seq) == seq;
	}

	/*
	 * How far the cursor is, and what is published, in bytes from the ring's first record; see bytes_before().
	 * After look() has found nothing, they are the same.
	 */
	template <ring_view V> u64 bytes_passed(const V &view) const;
	template <ring_view V> static u64 bytes_published(const V &view);

	u64 lost() const { return lost_; }
	u64 expected() const { return expected_; }

private:
	static constexpr u32 max_tries = 100;

	template <ring_view V> status look_here(const V &view, const kring_page &page, page_span &span);
	template <ring_view V> bool jump(const V &view, position commit);
	template <ring_view V> bool enter(const V &view, u64 seq);

	template <ring_view V> static u32 id_of(const V &view, u64 seq)
	{
		const kring_ring &ring = view.ring();
		const u32 *directory = reinterpret_cast<const u32 *>(&ring + 1);
		u32 id = P::load(directory[seq & P::load(ring.directory_mask)]);

		return id < view.pages() ? id : 0;
	}
	template <ring_view V> static position commit_page(const V &view)
	{
		/* [observer:O3] pairs with [page_ring:P3]: that page's seq, first and directory entry. */
		return position{P::load_acquire(view.ring().commit_page)};
	}
	static write_word committed(const kring_page &page)
	{
		/* [observer:O1] pairs with [page_ring:P1] and [page_ring:P2]: the records come with their offset. */
		return write_word{P::load_acquire(page.commit)};
	}

	u64 seq_;      /* of the page looked at; 0: none yet */
	u64 expected_; /* sequence number of the next record */
	u64 lost_;
	u32 offset_;   /* of the next record on the page */
	bool started_; /* there is something to be lost */
};

template <reading_platform P>
template <ring_view V>
status page_observer<P>::look(const V &view, page_span &span)
{
	for (u32 tries = 0; tries < max_tries; tries++) {
		const kring_page &page = view.page(id_of(view, seq_));

		/* [observer:O4] pairs with [page_ring:M3]: a page with its new number is empty of the old records. */
		if (seq_ && P::load_acquire(page.seq) == seq_) {
			u64 seq = seq_;
			status here = look_here(view, page, span);

			/* Nothing here, and nothing will come: seq_ has moved on. */
			if (here == status::empty && seq != seq_)
				continue;
			if (here != status::busy)
				return here;
		}

		position commit = commit_page(view);

		if (commit.seq() < seq_)
			return status::empty;
		if (!jump(view, commit))
			P::relax();
	}
	return status::busy;
}

/* busy: the page was reused under our eyes. */
template <reading_platform P>
template <ring_view V>
status page_observer<P>::look_here(const V &, const kring_page &page, page_span &span)
{
	write_word word = committed(page);
	u64 first = P::load(page.first);

	if (word.offset() > offset_ && word.offset() <= P::load(page.size)) {
		u32 count = static_cast<u32>(first + word.count() - expected_);

		span = {seq_, expected_, P::load(page.id), offset_, word.offset(), count};
		return is_still(page, seq_) ? status::ok : status::busy;
	}
	if (!is_still(page, seq_))
		return status::busy;
	if (word.is_sealed()) {
		seq_++;
		offset_ = page_header_size;
	}
	return status::empty;
}

template <reading_platform P>
template <ring_view V>
bool page_observer<P>::confirm(const V &view, const page_span &span)
{
	if (!is_still(view.page(span.page), span.seq))
		return false;
	expected_ += span.count;
	offset_ = span.end;
	return true;
}

/* The page is gone: on to the oldest that is there. False: writers are too fast, try again. */
template <reading_platform P>
template <ring_view V>
bool page_observer<P>::jump(const V &view, position commit)
{
	u64 pages = view.pages();
	u64 oldest = commit.seq() > pages ? commit.seq() - pages + 1 : 1;

	for (u64 seq = seq_ + 1 > oldest ? seq_ + 1 : oldest; seq <= commit.seq(); seq++)
		if (enter(view, seq))
			return true;
	return false;
}

template <reading_platform P>
template <ring_view V>
bool page_observer<P>::enter(const V &view, u64 seq)
{
	const kring_page &page = view.page(id_of(view, seq));

	/* [observer:O4] */
	if (P::load_acquire(page.seq) != seq)
		return false;

	u64 first = P::load(page.first);

	if (!is_still(page, seq))
		return false;
	if (started_)
		lost_ += first - expected_;
	started_ = true;
	seq_ = seq;
	expected_ = first;
	offset_ = page_header_size;
	return true;
}

template <reading_platform P>
template <ring_view V>
void page_observer<P>::seek_newest(const V &view)
{
	for (u32 tries = 0; tries < max_tries; tries++) {
		position commit = commit_page(view);
		const kring_page &page = view.page(commit.page() < view.pages() ? commit.page() : 0);

		seek_oldest();
		/* [observer:O4] */
		if (P::load_acquire(page.seq) != commit.seq())
			continue;

		write_word word = committed(page);
		u64 first = P::load(page.first);

		if (!is_still(page, commit.seq()))
			continue;
		seq_ = commit.seq();
		expected_ = first + word.count();
		offset_ = word.offset();
		started_ = true;
		return;
	}
}

template <reading_platform P>
template <ring_view V>
u64 page_observer<P>::bytes_passed(const V &view) const
{
	return seq_ ? bytes_before(seq_, offset_, P::load(view.page(0).size)) : 0;
}

/* If the page was left meanwhile, all before the next one is published, and more is on its way. */
template <reading_platform P>
template <ring_view V>
u64 page_observer<P>::bytes_published(const V &view)
{
	position commit = commit_page(view);
	const kring_page &page = view.page(commit.page() < view.pages() ? commit.page() : 0);
	u32 offset = committed(page).offset();
	position again = commit_page(view);

	return bytes_before(again.seq(), again.word() == commit.word() ? offset : page_header_size, P::load(page.size));
}

} /* namespace kring */

#endif
