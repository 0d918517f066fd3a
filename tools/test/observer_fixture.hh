/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An observer for tests, over a ring's memory: copies, asks whether the copy is
 * whole, and only then has the journal look at it.
 */
#ifndef KRING_TEST_OBSERVER_FIXTURE_HH
#define KRING_TEST_OBSERVER_FIXTURE_HH

#include "../../src/core/page_observer.hh"
#include "ring_fixture.hh"

namespace kring::test
{

static_assert(ring_view<ring_memory>);

template <platform P>
class test_observer {
public:
	test_observer(const ring_memory &memory, journal &log)
		: memory_{memory}, log_{log}, image_(memory.page_size() / sizeof(u64))
	{
	}

	/* One span, or a try at it. */
	status poll()
	{
		page_span span{};
		status found = cursor.look(memory_, span);

		if (found != status::ok)
			return found;
		copy(span);
		if (!cursor.confirm(memory_, span))
			return status::busy;
		check(span);
		received += span.count;
		return status::ok;
	}
	/* All that is there, or as much as an endless stream gives. */
	void poll_all()
	{
		for (u32 spans = 0; spans < 1000 && poll() != status::empty; spans++)
			;
	}

	void seek_newest()
	{
		cursor.seek_newest(memory_);
		begin_ = cursor.expected();
		received = 0;
		started_ = true;
	}

	/* Behind everything that was published: nothing is unaccounted for. */
	void expect_at(u64 committed)
	{
		log_.expect(cursor.expected() == committed, "I7: an observer does not come to the end");
		log_.expect(begin_ + received + cursor.lost() == committed,
			    "I7: received and lost are not what was written");
		log_.expect(cursor.lost() <= committed, "I7: more is lost than was written");
	}

	page_observer<P> cursor{};
	u64 received = 0;

private:
	/* In words, so that writers may come in between. */
	void copy(const page_span &span)
	{
		const u64 *page = reinterpret_cast<const u64 *>(&memory_.page(span.page));

		for (u32 word = 0; word < span.end / sizeof(u64); word++)
			if (word < page_header_size / sizeof(u64) || word >= span.start / sizeof(u64))
				image_[word] = P::load(page[word]);
	}
	void check(const page_span &span)
	{
		record_cursor records{*reinterpret_cast<kring_page *>(image_.data()), span.start, span.end, span.first};
		record_view record;

		if (!started_)
			begin_ = span.first - cursor.lost();
		started_ = true;
		log_.expect(span.first == begin_ + received + cursor.lost(),
			    "I7: an observer's numbers leave records out");
		while (records.next(record))
			if (!record.discarded)
				log_.saw(record);
		log_.expect(records.error() == page_error::none, "I6: confirmed records do not parse");
		log_.expect(records.seq() == span.first + span.count, "I7: other than the confirmed number of records");
	}

	const ring_memory &memory_;
	journal &log_;
	std::vector<u64> image_;
	u64 begin_ = 0; /* number of the first record that it was to see */
	bool started_ = false;
};

} /* namespace kring::test */

#endif
