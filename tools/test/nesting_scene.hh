/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One run of the nesting tests: a small ring in some state, an operation on it,
 * and what interrupts that. Afterwards everything is counted and read.
 */
#ifndef KRING_TEST_NESTING_SCENE_HH
#define KRING_TEST_NESTING_SCENE_HH

#include "observer_fixture.hh"
#include "platform_nesting.hh"

namespace kring::test
{

/* Reading the clock is a point like any other. */
struct nesting_clock {
	static u64 now()
	{
		interruptions::point();
		return fake_clock::now();
	}
};

/* How a ring came to where it is: pages of five records were filled, taken, filled again. */
struct past {
	u32 pages;
	bool overwrite;
	u32 fill;  /* records */
	u32 takes; /* spans that the reader took */
	u32 refill;
};

/* What happens to a ring, as a whole or interrupted. */
enum class act {
	write,	       /* a record */
	write_max,     /* the largest that there can be */
	discard,       /* a record, withdrawn */
	discard_under, /* two records, one nested in the other, the outer one withdrawn */
	burst,	       /* more than a page of records */
	wrap,	       /* more than a ring of them */
	lap,	       /* as many as come around to the same page, and nothing on that */
	refused,       /* too big */
	toggle,	       /* disabled, a record refused, enabled */
	tick,	       /* so much time goes by that stamps have another high half */
	take,	       /* the reader takes a span */
	take_all,
	hold,	 /* the reader acquires a span; it is released in the end */
	observe, /* an observer polls as long as it gets something */
	peek,	 /* an observer polls once */
	ask,	 /* is there something to read? */
	horizon, /* is all that was reserved published? */
};

inline const char *name_of(act what)
{
	static constexpr const char *names[] = {"write", "write_max", "discard", "discard_under", "burst",  "wrap",
						"lap",	 "refused",   "toggle",	 "tick",	  "take",   "take_all",
						"hold",	 "observe",   "peek",	 "ask",		  "horizon"};

	return names[static_cast<int>(what)];
}

/* An act at an access of what it interrupts, and what interrupts it in turn. */
struct event {
	u64 at;
	act what;
	std::vector<event> inside = {};
};

class scene {
public:
	static constexpr u32 page_size = 256; /* five records of 16 bytes */

	explicit scene(const past &past, u64 tick = 1)
		: clock_{tick}, ring_{{.list_pages = past.pages, .page_size = page_size, .overwrite = past.overwrite}},
		  observer_{ring_.memory, ring_.log}, late_{ring_.memory, ring_.log}
	{
		ring_.write_many(past.fill);
		for (u32 taken = 0; taken < past.takes; taken++)
			ring_.take();
		ring_.write_many(past.refill);
	}

	/* True if what is interrupted was long enough for all of the events. */
	bool run(act what, const std::vector<event> &events)
	{
		return interruptions::run(plan_of(events), [this, what] { perform(what); });
	}

	/* Empty, or what went wrong. */
	const std::string &finish()
	{
		if (holds_)
			let_go();
		ring_.quiet();
		check_horizon();
		observer_.poll_all();
		observer_.expect_at(ring_.log.committed());
		late_.poll_all();
		late_.expect_at(ring_.log.committed());
		return ring_.finish();
	}

	/* Is the next record to go to the next page? */
	bool is_at_page_end() const { return !tail_word().has_room(KRING_RECORD_SPACE(16U), page_size); }

	/* Two rings of which this is the same behave the same. */
	std::string shape()
	{
		position commit{ring_.memory.ring().commit_page};
		u32 at = commit.page();
		std::string shape;

		for (u32 pages = 0; pages < ring_.memory.pages(); pages++) {
			tagged_link link{ring_.memory.slots()[at].next};
			u64 age = commit.seq() - ring_.memory.page(at).seq;

			shape += ' ' + std::to_string(static_cast<int>(link.flag())) + ',' + std::to_string(age);
			at = link.page();
		}
		return shape + ' ' + std::to_string(tail_word().offset()) + ' ' +
		       std::to_string(ring_.ledger().pages_unread);
	}

private:
	static constexpr const char *unread = "I7: what is there to be read is not found";

	/* All is quiet: the commit page is the tail page. */
	write_word tail_word() const
	{
		return write_word{ring_.memory.slots()[position{ring_.memory.ring().commit_page}.page()].write};
	}

	/* The one behind the tail page. */
	u32 next_page() const
	{
		u32 tail = position{ring_.memory.ring().commit_page}.page();

		return tagged_link{ring_.memory.slots()[tail].next}.page();
	}

	plan plan_of(const std::vector<event> &events)
	{
		plan plan;

		for (const event &event : events)
			plan.push_back({event.at, [this, what = event.what] { perform(what); }, plan_of(event.inside)});
		return plan;
	}

	void perform(act what)
	{
		writers_ += what < act::take;
		do_perform(what);
		writers_ -= what < act::take;
	}
	void do_perform(act what)
	{
		switch (what) {
		case act::write:
			write_many(1);
			break;
		case act::write_max:
			ring_.write(max_payload(page_size));
			break;
		case act::discard:
			ring_.write_discarded();
			break;
		case act::discard_under:
			discard_under();
			break;
		case act::burst:
			write_many(6);
			break;
		case act::wrap:
			write_many(5 * ring_.memory.pages() + 1);
			break;
		case act::lap:
			lap();
			break;
		case act::refused:
			ring_.write(max_payload(page_size) + 1);
			break;
		case act::toggle:
			ring_.ring.set_enabled(false);
			ring_.write();
			ring_.ring.set_enabled(true);
			break;
		case act::tick:
			fake_clock::time += u64{1} << 32;
			break;
		case act::take:
			take();
			break;
		case act::take_all:
			for (u32 spans = 0; spans < 20 && take(); spans++)
				;
			break;
		case act::hold:
			if (!holds_)
				holds_ = ring_.acquire() == status::ok;
			break;
		case act::observe:
			observer_.poll_all();
			break;
		case act::peek:
			late_.poll();
			break;
		case act::ask:
			ring_.log.expect(!is_readable() || ring_.reader.readable(), unread);
			interruptions::run({}, [this] { compare(); });
			break;
		case act::horizon:
			interruptions::run({}, [this] { name_horizon(); });
			break;
		}
	}
	void name_horizon()
	{
		u64 now = nesting_clock::now();

		if (!ring_.ring.is_complete())
			return;
		horizon_ = now;
		complete_ = ring_.ledger().committed;
	}
	/* What came later than the horizon was named has later stamps. */
	void check_horizon()
	{
		for (u32 id = 0; horizon_ && id < ring_.memory.pages(); id++) {
			const kring_page &page = ring_.memory.page(id);
			record_cursor cursor{page};
			record_view record;

			while (page.seq != KRING_SEQ_INVALID && cursor.next(record))
				ring_.log.expect(record.discarded || record.seq < complete_ || record.stamp >= horizon_,
						 "a record came that is older than the horizon");
		}
	}
	void discard_under()
	{
		auto outer = ring_.reserve(16);

		ring_.write();
		if (outer)
			ring_.discard(outer);
	}
	bool take()
	{
		if (holds_) {
			let_go();
			return true;
		}

		bool something = is_readable();
		status got = ring_.acquire();

		ring_.log.expect(got != status::empty || !something, unread);
		if (got == status::ok)
			let_go();
		return got == status::ok;
	}
	/* Nothing happens in between. Who finds the head on the move may try again. */
	void compare()
	{
		if (holds_)
			return;

		page_span span{};
		bool readable = ring_.reader.readable();
		status got = ring_.reader.acquire(span);

		ring_.log.expect(got == status::busy || readable == (got == status::ok),
				 "I7: readable is not what it says");
		ring_.reader.abandon();
	}
	/*
	 * With nobody in between, and no writer interrupted: who asks then, or takes, finds no less later. Under an
	 * interrupted one what is there may be overwritten by what is not published yet.
	 */
	bool is_readable()
	{
		bool readable = false;

		if (writers_ == 0)
			interruptions::run({}, [&] { readable = ring_.reader.readable(); });
		return readable;
	}
	void let_go()
	{
		holds_ = false;
		ring_.log.expect(ring_.release() == status::ok, "what was acquired is not released");
	}
	void write_many(u64 count)
	{
		while (count--)
			ring_.write();
	}
	void lap()
	{
		u32 page = position{ring_.memory.ring().commit_page}.page();

		for (u32 records = 0; records < 5 * ring_.memory.pages(); records++) {
			if (is_at_page_end() && next_page() == page)
				break;
			ring_.write();
		}
		ring_.write_discarded();
	}

	fresh_clock clock_;
	test_ring<platform_nesting, nesting_clock> ring_;
	test_observer<platform_nesting> observer_;
	test_observer<platform_nesting> late_;
	bool holds_ = false;
	u32 writers_ = 0;  /* at work */
	u64 horizon_ = 0;  /* named last; 0: none was */
	u64 complete_ = 0; /* records published then */
};

} /* namespace kring::test */

#endif
