/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Proves the invariants of page_ring.hh on a ring that nobody writes or reads
 * meanwhile. For tests and for the explorer.
 */
#ifndef KRING_CORE_PAGE_RING_CHECK_HH
#define KRING_CORE_PAGE_RING_CHECK_HH

#include "page_ring_reader.hh"
#include "page_view.hh"

namespace kring
{

template <platform P>
class page_ring_check {
public:
	page_ring_check(const page_ring<P> &ring, const page_ring_reader<P> &reader) : ring_{ring}, reader_{reader} {}

	/* nullptr if the ring is sound, or what is wrong with it, beginning with the invariant's number. */
	const char *run() const
	{
		if (ring_.depth() != 0)
			return "quiet: a record is still open";

		constexpr part parts[] = {&page_ring_check::list,      &page_ring_check::order,
					  &page_ring_check::sealing,   &page_ring_check::numbers,
					  &page_ring_check::directory, &page_ring_check::ledger};

		for (part check : parts) {
			const char *wrong = (this->*check)();

			if (wrong)
				return wrong;
		}
		return nullptr;
	}

private:
	using part = const char *(page_ring_check::*)() const;

	const page_slot &slot(u32 id) const { return ring_.slots_[id]; }
	const kring_page &page(u32 id) const { return *slot(id).header; }
	tagged_link link(u32 id) const { return tagged_link{P::load(slot(id).next)}; }
	write_word written(u32 id) const { return write_word{P::load(slot(id).write)}; }
	write_word committed(u32 id) const { return write_word{P::load(page(id).commit)}; }
	position tail() const { return position{P::load(ring_.tail_)}; }
	position commit() const { return position{P::load(ring_.shared_->commit_page)}; }

	/* The page whose link carries the head flag; list() has shown that there is one. */
	u32 head_holder() const
	{
		u32 at = reader_.put_in_;

		while (!link(at).is(link_flag::head))
			at = link(at).page();
		return at;
	}

	const char *list() const
	{
		u32 at = reader_.put_in_;
		u32 heads = 0;

		for (u32 steps = 0; steps < ring_.list_pages_; steps++) {
			if (link(at).is(link_flag::update))
				return "I1: a link is still update";
			if (at == reader_.page_)
				return "I2: the reader's page is in the list";
			heads += link(at).is(link_flag::head);
			at = link(at).page();
			if (at == reader_.put_in_ && steps + 1 < ring_.list_pages_)
				return "I2: the list's cycle leaves pages out";
		}
		if (at != reader_.put_in_)
			return "I2: the links form no cycle";
		return heads == 1 ? nullptr : "I1: not exactly one link is head";
	}

	/* From the head on: the commit page, unless it is the reader's, then nothing newer than the tail. */
	const char *order() const
	{
		if (!tail().same(commit()))
			return "I3: all is quiet and the commit page is not the tail page";
		if (commit().page() == reader_.page_)
			return P::load(page(reader_.page_).seq) == commit().seq() ?
				       nullptr :
				       "I3: the commit page is the reader's, with another number";

		u32 at = link(head_holder()).page();
		u64 seq = P::load(page(at).seq);

		for (u32 steps = 0; steps < ring_.list_pages_; steps++, seq++) {
			if (P::load(page(at).seq) != seq)
				return "I3: page numbers do not follow one another from head to commit page";
			if (at == commit().page())
				return seq == commit().seq() ? nullptr : "I3: the commit page has another number";
			at = link(at).page();
		}
		return "I3: the commit page is neither in the list nor the reader's";
	}

	const char *sealing() const
	{
		for (u32 id = 0; id <= ring_.list_pages_; id++) {
			if (written(id).offset() > ring_.page_size_ || written(id).offset() < page_header_size)
				return "I4: a write offset is outside its page";
			if (id != tail().page() && !written(id).is_sealed())
				return "I4: a page that is not the tail page is not sealed";
		}
		if (!ring_.fault() && !written(tail().page()).same_records(committed(tail().page())))
			return "I6: the tail page is not published as far as it is written";
		return nullptr;
	}

	/* What is published parses, is as many records as counted, and the next page begins with the next number. */
	const char *numbers() const
	{
		u64 before = 0;
		u64 end = 0;

		for (u64 seq = oldest(); seq <= commit().seq(); seq++) {
			u32 id = P::load(ring_.directory_[seq & ring_.directory_mask_]);

			if (P::load(page(id).seq) != seq)
				continue; /* directory() tells */
			if (before && before + 1 == seq && P::load(page(id).first) != end)
				return "I7: a page does not begin with the number after the last one's end";

			record_cursor records{page(id), page_header_size, committed(id).offset(),
					      P::load(page(id).first)};
			record_view record;

			while (records.next(record))
				;
			if (records.error() != page_error::none)
				return "I6: a published record does not parse";
			before = seq;
			end = P::load(page(id).first) + committed(id).count();
			if (records.seq() != end)
				return "I7: a page holds another number of records than it says";
		}
		return nullptr;
	}

	u64 oldest() const { return commit().seq() > ring_.list_pages_ ? commit().seq() - ring_.list_pages_ + 1 : 1; }

	const char *directory() const
	{
		if (commit().page() != reader_.page_) {
			u64 first = P::load(page(link(head_holder()).page()).seq);

			for (u64 seq = first; seq <= commit().seq(); seq++)
				if (P::load(page(P::load(ring_.directory_[seq & ring_.directory_mask_])).seq) != seq)
					return "I7: the directory does not lead to a page of the list";
		}
		return nullptr;
	}

	const char *ledger() const
	{
		ring_ledger ledger;

		if (!reader_.ledger(ledger))
			return "I7: the ledger cannot be taken";
		if (ledger.committed != ledger.read + ledger.overwritten + ledger.unread ||
		    ledger.unread > ledger.committed)
			return "I7: the ledger does not add up";
		return nullptr;
	}

	const page_ring<P> &ring_;
	const page_ring_reader<P> &reader_;
};

} /* namespace kring */

#endif
