/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The page ring, writer's side: reserve, commit, discard. How the tail moves to
 * the next page is in page_ring_move.hh, how records are closed and published
 * in page_ring_publish.hh; the reader is in page_ring_reader.hh, observers in
 * page_observer.hh.
 *
 * After Steven Rostedt, "ring-buffer: make lockless" (Linux, 2009): a list of
 * pages per CPU, the head page found through flags in the `next` links. What is
 * different here, and why, is in Documentation/design.rst.
 *
 * Writers are of one CPU and may interrupt one another anywhere; they nest like
 * brackets. The reader is on any CPU. Invariants, checked by page_ring_check.hh:
 *
 * I1 exactly one link is head or update, outside a nested head move
 * I2 `next` links form one cycle of all pages but the reader's
 * I3 order along the list: head, commit, tail (the commit page may be the reader's)
 * I4 a sealed write word keeps its offset; its count may only fall, until the page is published
 * I5 sequence order = position order = time order (as far as the clock keeps it)
 * I6 what lies below `commit` does not change until the page's seq is invalidated
 * I7 readers see every committed byte once, or its loss counted
 * I8 a refused reserve changes nothing but its cause's counter
 * I9 every loop is bounded; a broken invariant stops this ring
 */
#ifndef KRING_CORE_PAGE_RING_HH
#define KRING_CORE_PAGE_RING_HH

#include "page.hh"

namespace kring
{

template <platform P> class page_ring_reader;
template <platform P> class page_ring_check;

/* What a ring is made of. All memory is the caller's, zeroed, and outlives the ring. */
struct page_ring_config {
	page_geometry geometry;
	bool overwrite;
	u64 now;	    /* of the ring's clock: the first page's base */
	page_slot *slots;   /* list_pages + 1 slots, their headers set to page_size-aligned pages */
	kring_ring *shared; /* followed by the directory, directory_entries() of u32 */
	void *owner;	    /* passed to stopped */
	void (*stopped)(void *owner, u32 cpu, u32 fault); /* called once, in any context */
};

/* Entries of the directory: a power of two, one for each page at least. */
constexpr u32 directory_entries(u32 list_pages)
{
	u32 entries = 4;

	while (entries < list_pages + 1)
		entries *= 2;
	return entries;
}

template <platform P>
class alignas(64) page_ring {
public:
	/* Task, softirq, interrupt, NMI, and one more for what interrupts those (a debug exception, a fault). */
	static constexpr u32 max_depth = 5;

	void init(const page_ring_config &config);

	/*
	 * Takes a step (record_step() of KRING_RECORD_SPACE) for a record of size_and_type; returns its
	 * payload or nullptr. Preemption stays off until commit or discard of what was returned.
	 */
	template <clock_source C>
	[[nodiscard, gnu::always_inline]] void *reserve(u64 step, u32 size_and_type)
	{
		u64 depth = enter();

		if (depth <= max_depth) [[likely]] {
			position tail{P::load(tail_)};
			page_slot &slot = slots_[tail.page()];
			write_word word{P::load(slot.write)};

			if (word.has_room(step_space(step), page_size_)) [[likely]] {
				u64 now = C::now();

				if (!needs_long_stamp(now, P::load(slot.header->base)) &&
				    P::local_compare_exchange(slot.write, word.word(), word.plus(step).word()))
					[[likely]]
					return open_record(depth, slot, word, now, size_and_type);
			}
		}
		return reserve_slowly<C>(step, size_and_type);
	}

	/*
	 * False: nothing was open, the caller must not undo what its reserve did. The ring has stopped then.
	 *
	 * A commit page that is not sealed is the tail page: the tail leaves none unsealed. What a nested writer
	 * has left to this one shows in its write word, which it has added to or sealed.
	 */
	[[gnu::always_inline]] bool commit(const void *payload)
	{
		page_slot &slot = slots_[position{P::load(shared_->commit_page)}.page()];
		write_word word{P::load(slot.write)};

		if (P::equals(gate_, 1) && open_[1] == payload && !word.is_sealed()) [[likely]] {
			/* [page_ring:P2] pairs with [reader:R2] and [observer:O1]: records before their offset. */
			P::store_release(slot.header->commit, word.word());
			leave();
			if (P::equals(slot.write, word.word())) [[likely]]
				return true;
			return publish_missed();
		}
		return commit_slowly(payload);
	}

	/* As commit. */
	bool discard(const void *payload);

	/* On the ring's CPU, or while that is offline; one call at a time. */
	void set_enabled(bool enabled);

	/*
	 * On the ring's CPU, in an interrupt: is all that was reserved before it published? No, if the writer
	 * that was interrupted has a record open. What is reserved after this has a later stamp.
	 */
	bool is_complete() const { return depth() == 0 && all_published(); }

	u64 dropped(u32 cause) const { return P::load(dropped_[cause]); }
	u64 discarded() const { return P::load(discarded_); }
	u32 fault() const { return P::load(fault_); }
	u32 list_pages() const { return list_pages_; }
	const kring_ring &shared() const { return *shared_; }

private:
	friend page_ring_reader<P>;
	friend page_ring_check<P>;

	/* The gate: how many writers are nested, and what keeps writers out. At most max_depth: come in. */
	static constexpr u32 depth_mask = 0xff;
	static constexpr u32 gate_disabled = 0x100;
	static constexpr u32 gate_stopped = 0x200;

	/* Only an interrupt storm makes a writer try so often; the bound keeps it from hanging the CPU. */
	static constexpr u32 max_tries = 1000;

	enum class verdict { again, full, lapped, stopped };

	/* Writes the header of a record at word's offset, in two halves. */
	[[gnu::always_inline]] void *open_record(u64 depth, page_slot &slot, write_word word, u64 now,
						 u32 size_and_type)
	{
		u32 *record = reinterpret_cast<u32 *>(reinterpret_cast<char *>(slot.header) + word.offset());

		P::store(record[0], static_cast<u32>(now));
		P::store(record[1], size_and_type);
		open_[depth] = record + 2;
		return record + 2;
	}

	template <clock_source C> [[gnu::noinline]] void *reserve_slowly(u64 step, u32 size_and_type);
	template <clock_source C> verdict move_tail(position tail, write_word word);
	template <clock_source C> bool prepare(position tail, u32 next);
	verdict may_move(position tail, u32 next, tagged_link link) const;
	bool move_head(position tail, tagged_link link);
	[[gnu::noinline]] void *refuse(u32 cause);

	[[gnu::noinline]] bool commit_slowly(const void *payload);
	[[gnu::noinline]] bool publish_missed();
	bool is_open(const void *payload) const;
	bool close_wrong_one();
	void withdraw(page_slot &slot, kring_record &record, u32 end);
	void end_commit();
	bool all_published() const;
	void publish();
	void move_commit_page(position done, write_word word);

	/* Returns the gate. Who interrupts between the two steps leaves it as it was. */
	[[gnu::always_inline]] u32 enter()
	{
		P::local_add(gate_, 1);
		return P::load(gate_);
	}
	[[gnu::always_inline]] void leave() { P::local_add(gate_, ~u32{0}); }
	u32 depth() const { return P::load(gate_) & depth_mask; }
	bool tail_is(position tail) const { return P::load(tail_) == tail.word(); }
	kring_page &page_of(const void *payload) const
	{
		return *reinterpret_cast<kring_page *>(reinterpret_cast<u64>(payload) & ~u64{page_size_ - 1});
	}
	void stop(u32 fault);
	bool report(u32 fault);

	/* Only this CPU's writers change these, from gate_ to discarded_. */
	u32 gate_;
	u32 page_size_;
	u64 tail_;
	page_slot *slots_;
	kring_ring *shared_;
	const void *open_[max_depth + 1]; /* payload of the open record at each depth; none at 0 */

	u64 dropped_[KRING_NR_DROPS];
	u64 discarded_;
	u32 *directory_;
	u32 directory_mask_;
	u32 list_pages_;
	u32 cpu_;
	bool overwrite_;

	u32 fault_; /* set once, by a writer or the reader */
	void *owner_;
	void (*stopped_)(void *owner, u32 cpu, u32 fault);
};

template <platform P>
void page_ring<P>::init(const page_ring_config &config)
{
	u32 pages = config.geometry.list_pages;

	gate_ = 0;
	page_size_ = config.geometry.page_size;
	slots_ = config.slots;
	shared_ = config.shared;
	list_pages_ = pages;
	cpu_ = config.geometry.cpu;
	overwrite_ = config.overwrite;
	owner_ = config.owner;
	stopped_ = config.stopped;
	directory_ = reinterpret_cast<u32 *>(shared_ + 1);
	directory_mask_ = directory_entries(pages) - 1;
	shared_->cpu = cpu_;
	shared_->directory_mask = directory_mask_;

	/* All pages look as if a lap ended on them; the reader's page, the last one, is outside the cycle. */
	for (u32 id = 0; id <= pages; id++) {
		bool last = id + 1 >= pages;
		tagged_link next{last ? 0 : id + 1, id + 1 == pages ? link_flag::head : link_flag::normal};

		P::store(slots_[id].next, next.word());
		P::store(slots_[id].write, write_word::empty().sealed().word());
		init_header<P>(*slots_[id].header, id, config.geometry);
	}

	/* Page 0 is head, commit and tail: page number 1. */
	P::store(slots_[0].header->base, config.now);
	P::store(slots_[0].write, write_word::empty().word());
	P::store(slots_[0].header->seq, u64{1});
	P::store(tail_, position{1, 0}.word());
	/* [page_ring:P3] */
	P::store_release(shared_->commit_page, position{1, 0}.word());
}

/* The gate has been raised by reserve(). */
template <platform P>
template <clock_source C>
void *page_ring<P>::reserve_slowly(u64 step, u32 size_and_type)
{
	u32 space = step_space(step);
	u32 gate = P::load(gate_);

	if (gate & ~depth_mask)
		return refuse(KRING_DROP_DISABLED);
	if (gate > max_depth)
		return refuse(KRING_DROP_TOO_DEEP);
	if (space > KRING_RECORD_SPACE(max_payload(page_size_)))
		return refuse(KRING_DROP_TOO_BIG);

	for (u32 tries = 0; tries < max_tries; tries++) {
		position tail{P::load(tail_)};
		page_slot &slot = slots_[tail.page()];
		write_word word{P::load(slot.write)};

		if (!word.has_room(space, page_size_)) {
			verdict moved = move_tail<C>(tail, word);

			if (moved == verdict::again)
				continue;
			return refuse(moved == verdict::full	? KRING_DROP_FULL :
				      moved == verdict::stopped ? KRING_DROP_DISABLED :
								  KRING_DROP_LAPPED);
		}

		u64 now = C::now();
		bool long_stamp = needs_long_stamp(now, P::load(slot.header->base));
		u64 whole = long_stamp ? step + long_stamp_size : step;

		if (!P::local_compare_exchange(slot.write, word.word(), word.plus(whole).word()))
			continue;
		if (!long_stamp)
			return open_record(gate, slot, word, now, size_and_type);

		u32 flagged = size_and_type | u32{KRING_RECORD_LONG_TIME} << 16;
		char *payload = static_cast<char *>(open_record(gate, slot, word, now, flagged));

		P::store(*reinterpret_cast<u64 *>(payload + space - record_header_size), now);
		return payload;
	}
	return refuse(KRING_DROP_LAPPED);
}

/* A refused outermost writer still publishes what was nested in it. */
template <platform P>
void *page_ring<P>::refuse(u32 cause)
{
	P::local_add(dropped_[cause], 1);
	end_commit();
	return nullptr;
}

template <platform P>
void page_ring<P>::set_enabled(bool enabled)
{
	bool was_enabled = !(P::load(gate_) & gate_disabled);

	if (enabled && !was_enabled)
		P::local_add(gate_, ~gate_disabled + 1);
	if (!enabled && was_enabled)
		P::local_add(gate_, gate_disabled);
}

/* A broken invariant: no more writing, at once. */
template <platform P>
void page_ring<P>::stop(u32 fault)
{
	if (report(fault))
		P::local_add(gate_, gate_stopped);
}

/* Says so once. All that the reader may do: the gate is the writers'; they see the fault at the next page. */
template <platform P>
bool page_ring<P>::report(u32 fault)
{
	/* [page_ring:F1] pairs with [page_ring:F1]: of the writers and the reader, the first one says it. */
	if (!P::compare_exchange(fault_, u32{KRING_FAULT_NONE}, fault))
		return false;
	if (stopped_)
		stopped_(owner_, cpu_, fault);
	return true;
}

} /* namespace kring */

#include "page_ring_move.hh"
#include "page_ring_publish.hh"

#endif
