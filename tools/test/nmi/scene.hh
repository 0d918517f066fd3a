/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A small ring in some state, what may be done to it, and whether all is well
 * with it afterwards.
 */
#ifndef KRING_NMI_SCENE_HH
#define KRING_NMI_SCENE_HH

#include "../../../src/core/page_observer.hh"
#include "../../../src/core/page_ring.hh"
#include "../../../src/core/page_ring_check.hh"
#include "../../../src/core/page_ring_reader.hh"
#include "platform_nmi.hh"
#include "sweep.h"
#include "tickets.hh"

namespace kring::nmi
{

enum class act : __u8 {
	write,	       /* a record */
	write_max,     /* the largest that there can be */
	discard,       /* a record, withdrawn */
	discard_under, /* two records, one nested in the other, the outer one withdrawn */
	refused,       /* too big */
	fault,	       /* a record, and the commit of another one, which stops the ring */
	burst,	       /* more than a page of records */
	wrap,	       /* more than a ring of them */
	toggle,	       /* disabled, a record refused, enabled */
	tick,	       /* so much time goes by that stamps have another high half */
};

/* The time of the ring that is tried on this CPU. Reading it can be interrupted like an access. */
struct scene_clock {
	static u64 now(const char *file = __builtin_FILE(), u32 line = __builtin_LINE());
};

class scene {
public:
	static constexpr u32 page_size = 256;
	static constexpr u32 per_page = 5; /* records of size bytes */
	static constexpr u32 size = 16;
	static constexpr u32 most_pages = 3;  /* of the list */
	static constexpr u32 most_spans = 20; /* that can be unread; more come of a broken ring only */

	/* A ring with a past. Nothing of this is interrupted. */
	void prepare(const nmi_trial &trial);
	/* By a writer that has interrupted level others. */
	void perform(act what, u32 level);
	/* nullptr, or what has gone wrong. All is quiet. */
	const char *finish();

	u64 now() { return ++time_; }

	/* Records of all trials by now. */
	u64 committed_at(u32 level) const { return committed_at_[level]; }
	void add(const scene &other)
	{
		for (u32 level = 0; level < NMI_CONTEXTS; level++)
			committed_at_[level] += other.committed_at_[level];
	}

	/* Is the next record to go to the next page? */
	bool is_at_page_end() const { return !tail_word().has_room(KRING_RECORD_SPACE(size), page_size); }
	/* Two rings of which this is the same behave the same. */
	u64 shape() const;

	/* The ring as an observer sees it. */
	const kring_ring &ring() const { return *reinterpret_cast<const kring_ring *>(shared_); }
	const kring_page &page(u32 id) const { return *reinterpret_cast<const kring_page *>(pages_[id]); }
	u32 pages() const { return list_pages_ + 1; }

private:
	struct open_record {
		void *payload;
		u32 ticket;
	};

	void act_out(act what);
	open_record reserve(u32 size);
	void commit(const open_record &record);
	void discard(const open_record &record);
	void write(u32 size = scene::size);
	void write_many(u32 count);
	void write_wrongly();
	void saw_all(const page_span &span);
	bool take();
	void take_all();
	bool observe();
	void observe_all();
	void quiet();
	u64 dropped() const;
	write_word tail_word() const { return write_word{slots_[position{ring().commit_page}.page()].write}; }

	alignas(page_size) char pages_[most_pages + 1][page_size];
	alignas(64) char shared_[sizeof(kring_ring) + directory_entries(most_pages) * sizeof(u32)];
	page_slot slots_[most_pages + 1];
	page_ring<platform_nmi> ring_;
	page_ring_reader<platform_nmi> reader_;
	page_observer<platform_nmi> observer_;
	tickets log_;
	u64 committed_at_[NMI_CONTEXTS];
	u64 time_;
	u64 read_;
	u64 observed_;
	u32 list_pages_;
	u32 level_;
	u32 times_stopped_;
	bool overwrite_;
	bool faulty_;
};

static_assert(min_list_pages <= scene::most_pages && scene::most_pages <= max_list_pages);

inline void scene::prepare(const nmi_trial &trial)
{
	log_.forget_all();
	list_pages_ = trial.pages;
	overwrite_ = trial.overwrite;
	faulty_ = false;
	time_ = 1000;
	read_ = observed_ = times_stopped_ = 0;
	__builtin_memset(pages_, 0, sizeof(pages_));
	__builtin_memset(shared_, 0, sizeof(shared_));
	__builtin_memset(slots_, 0, sizeof(slots_));
	for (u32 id = 0; id <= list_pages_; id++)
		slots_[id].header = reinterpret_cast<kring_page *>(pages_[id]);
	ring_ = {};
	reader_ = {};
	observer_ = {};
	ring_.init({
		.geometry = {.cpu = 7, .page_size = page_size, .list_pages = list_pages_, .clock = 1},
		.overwrite = overwrite_,
		.now = time_,
		.slots = slots_,
		.shared = reinterpret_cast<kring_ring *>(shared_),
		.owner = this,
		.stopped = [](void *owner, u32, u32) { static_cast<scene *>(owner)->times_stopped_++; },
	});
	reader_.init(ring_);

	observe_all();

	u64 committed_before = committed_at_[0];

	write_many(trial.fill);
	for (u32 taken = 0; taken < trial.takes; taken++)
		take();
	write_many(trial.refill);
	committed_at_[0] = committed_before; /* these were none of the trial's */
}

inline void scene::perform(act what, u32 level)
{
	u32 interrupted = level_;

	level_ = level;
	act_out(what);
	level_ = interrupted;
}

inline void scene::act_out(act what)
{
	switch (what) {
	case act::write:
		return write();
	case act::write_max:
		return write(max_payload(page_size));
	case act::discard:
		return discard(reserve(size));
	case act::discard_under: {
		open_record outer = reserve(size);

		write();
		return discard(outer);
	}
	case act::refused:
		return write(max_payload(page_size) + 8);
	case act::fault:
		return write_wrongly();
	case act::burst:
		return write_many(per_page + 1);
	case act::wrap:
		return write_many(per_page * (list_pages_ + 1) + 1);
	case act::toggle:
		ring_.set_enabled(false);
		write();
		return ring_.set_enabled(true);
	case act::tick:
		time_ += u64{1} << 32;
	}
}

/* A reserved record is filled at once. */
inline scene::open_record scene::reserve(u32 size)
{
	u32 ticket = log_.attempt(size, time_);
	void *payload = ring_.reserve<scene_clock>(record_step(KRING_RECORD_SPACE(size)), size_and_type(size, 1));

	if (payload) {
		log_.opened(ticket, time_);
		tickets::fill(payload, size, ticket);
	}
	return {payload, ticket};
}

inline void scene::commit(const open_record &record)
{
	if (!record.payload)
		return;
	committed_at_[level_]++;
	log_.committed(record.ticket);
	log_.expect(ring_.commit(record.payload), "an open record is not committed");
}

inline void scene::discard(const open_record &record)
{
	if (!record.payload)
		return;
	log_.discarded(record.ticket);
	log_.expect(ring_.discard(record.payload), "an open record is not discarded");
}

inline void scene::write(u32 size)
{
	commit(reserve(size));
}

inline void scene::write_many(u32 count)
{
	while (count--)
		write();
}

/* What is open then stays unpublished, and so does all that was nested in it. */
inline void scene::write_wrongly()
{
	open_record record = reserve(size);

	if (!record.payload)
		return;
	faulty_ = true;
	log_.expect(ring_.commit(static_cast<char *>(record.payload) + 8),
		    "a wrong commit is not taken for that of the innermost record");
}

inline void scene::saw_all(const page_span &span)
{
	record_cursor records{page(span.page), span.start, span.end, span.first};
	record_view record;

	while (records.next(record))
		if (!record.discarded)
			log_.saw(record);
	log_.expect(records.error() == page_error::none, "I6: records do not parse");
	log_.expect(records.seq() == span.first + span.count, "I7: other than the announced number of records");
}

/* The reader takes a span; false if there was none. */
inline bool scene::take()
{
	page_span span{};

	if (reader_.acquire(span) != status::ok)
		return false;
	saw_all(span);
	read_ += span.count;
	log_.expect(reader_.release() == status::ok, "what was acquired is not released");
	return true;
}

inline void scene::take_all()
{
	for (u32 spans = 0; spans < most_spans; spans++)
		if (!take())
			return;
	log_.wrong("I9: the reader comes to no end");
}

/* Nobody writes: what is seen is confirmed. False if there was nothing. */
inline bool scene::observe()
{
	page_span span{};

	if (observer_.look(*this, span) != status::ok)
		return false;
	saw_all(span);
	observed_ += span.count;
	log_.expect(observer_.confirm(*this, span), "I6: a page is reused, and nobody writes");
	return true;
}

inline void scene::observe_all()
{
	for (u32 spans = 0; spans < most_spans; spans++)
		if (!observe())
			return;
	log_.wrong("I9: an observer comes to no end");
}

inline u64 scene::dropped() const
{
	u64 sum = 0;

	for (u32 cause = 0; cause < KRING_NR_DROPS; cause++)
		sum += ring_.dropped(cause);
	return sum;
}

inline void scene::quiet()
{
	const char *broken = page_ring_check<platform_nmi>{ring_, reader_}.run();
	ring_ledger sums{};

	if (broken)
		log_.wrong(broken);
	log_.expect(!ring_.fault() && !times_stopped_, "the ring has stopped");
	log_.expect(reader_.ledger(sums), "the ledger is not exact");
	log_.expect(log_.refused() == dropped(), "ledger: refusals are not what was dropped");
	log_.expect(log_.discarded() == ring_.discarded(), "ledger: discarded");
	log_.expect(log_.committed() == sums.committed, "ledger: committed");
	log_.expect(read_ == sums.read, "ledger: read");
	log_.expect(sums.committed == sums.read + sums.overwritten + sums.unread, "ledger: the sum");
	log_.expect(overwrite_ || sums.overwritten == 0, "I7: records that nobody overwrote count as overwritten");
}

/* All that is there is read, by an observer and by the reader. A ring that was stopped keeps what it had published. */
inline const char *scene::finish()
{
	if (faulty_) {
		log_.expect(times_stopped_ == 1 && ring_.fault() == KRING_FAULT_COMMIT,
			    "I9: the fault is not told once");
		write();
		log_.expect(log_.refused() && ring_.dropped(KRING_DROP_DISABLED), "I9: a stopped ring is written to");
	} else {
		quiet();
		observe_all();
		log_.expect(observed_ + observer_.lost() == log_.committed(),
			    "I7: what an observer saw and what it lost is not what was committed");
	}
	take_all();
	if (!faulty_) {
		ring_ledger sums{};

		quiet();
		log_.expect(reader_.ledger(sums) && sums.unread == 0, "I7: unread records cannot be read");
	}
	return log_.wrong();
}

inline u64 scene::shape() const
{
	position commit{ring().commit_page};
	u32 at = commit.page();
	u64 shape = tail_word().offset();

	for (u32 pages = 0; pages <= list_pages_; pages++) {
		tagged_link link{slots_[at].next};

		shape = shape * 31 + static_cast<u64>(link.flag());
		shape = shape * 31 + (commit.seq() - page(at).seq) % 16;
		at = link.page();
	}
	return shape * 31 + reader_.readable();
}

} /* namespace kring::nmi */

#endif
