/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The machine that is explored: a CPU with writers that may interrupt one
 * another, and CPUs with readers. At each access to memory it is chosen what
 * happens first: the access; a writer nested in the one at work; something on
 * another CPU. What is chosen is bounded, and within the bounds all is chosen.
 *
 * Before an access to what no other CPU looks at, nothing is tried on other
 * CPUs: whether they come before it or after it is the same to all.
 */
#ifndef KRING_EXPLORE_MACHINE_HH
#define KRING_EXPLORE_MACHINE_HH

#include <bit>
#include <source_location>

#include <boost/context/fiber.hpp>

#include "memory.hh"

namespace kring::explore
{

/* How much of each there may be in one execution. */
struct bounds {
	u32 nested;	 /* writers that interrupt another one */
	u32 depth;	 /* of them inside one another */
	u32 preemptions; /* times that a CPU stands still so that another one goes on */
	u32 stale;	 /* loads that do not return the newest store */
};

/* Thrown through the core where it would go on for ever. */
struct endless {};

class machine {
public:
	static constexpr u32 cpus = memory::max_cpus;
	static constexpr u32 writers_cpu = 0;

	/* Of an execution of a few hundred accesses; only what does not end makes so many. */
	static constexpr u32 max_accesses = 40000;

	enum class order { relaxed, ordered };

	/* What a CPU does, and what a writer that interrupts another one may do. */
	struct work {
		void (*on_cpu)(u32 cpu);
		u32 nr_cpus;
		void (*nested)(u32 kind);
		u32 nr_nested;
		void (*stored)(); /* unless nullptr: somebody has stored something; called as if outside of run() */
	};

	/* An execution, from the first choice to the last. */
	void run(const work &work, const bounds &bounds);

	/* Outside of run(): the core works on plain memory, alone. */
	bool is_running() const { return running_; }
	u32 cpu() const { return current_; }
	u32 depth() const { return depth_; }
	bool is_weak() const { return bounds_.stale; }

	template <class T> T load(const T &from, order order, const std::source_location &where)
	{
		if (!running_)
			return note(&from), from;

		u32 word = about_to_access(&from);
		u32 back = 0;
		u32 older = stale_left_ ? memory_.older(current_, word) : 0;

		if (older) {
			back = choices_.choose(older + 1);
			stale_left_ -= back != 0;
		}

		T value = part<T>(memory_.load(current_, word, back, order == order::ordered), &from);

		if (tracing_)
			trace(order == order::ordered ? "load_acquire" : "load", &from, value, back, where);
		return value;
	}

	template <class T> void store(T &to, T value, order order, const std::source_location &where)
	{
		if (!running_) {
			note(&to);
			to = value;
			return;
		}

		u32 word = about_to_access(&to);

		put(word, &to, value, order);
		if (tracing_)
			trace(order == order::ordered ? "store_release" : "store", &to, value, 0, where);
	}

	/* One instruction: order::relaxed is for what its own CPU alone changes. */
	template <class T>
	bool compare_exchange(T &at, T from, T value, order order, const std::source_location &where)
	{
		if (!running_) {
			note(&at);
			if (at != from)
				return false;
			at = value;
			return true;
		}

		u32 word = about_to_access(&at);
		T found = part<T>(memory_.load(current_, word, 0, order == order::ordered), &at);

		if (tracing_)
			trace(found == from ? "exchange" : "exchange fails at", &at, found == from ? value : found, 0,
			      where);
		if (found != from)
			return false;
		put(word, &at, value, order);
		return true;
	}
	/* One step between CPUs; order::ordered releases, and acquires nothing. */
	u64 fetch_add(u64 &at, u64 addend, order order, const std::source_location &where)
	{
		if (!running_) {
			note(&at);
			at += addend;
			return at - addend;
		}

		u32 word = about_to_access(&at);
		u64 found = memory_.load(current_, word, 0, false);

		put(word, &at, found + addend, order);
		if (tracing_)
			trace(order == order::ordered ? "add_release, gives" : "add, gives", &at, found + addend, 0,
			      where);
		return found;
	}
	template <class T> void local_add(T &at, T addend, const std::source_location &where)
	{
		if (!running_) {
			note(&at);
			at += addend;
			return;
		}

		u32 word = about_to_access(&at);
		T sum = part<T>(memory_.load(current_, word, 0, false), &at) + addend;

		put(word, &at, sum, order::relaxed);
		if (tracing_)
			trace("add, gives", &at, sum, 0, where);
	}
	void store_barrier()
	{
		if (running_)
			memory_.store_barrier(current_);
	}
	void load_barrier()
	{
		if (running_)
			memory_.load_barrier(current_);
	}

	/* A reader waits: it is writers that it waits for. */
	void relax()
	{
		if (running_ && others() & 1U << writers_cpu)
			leave(1U << writers_cpu);
	}

	/* Where a writer can be interrupted that is no access to shared memory: reading the clock. */
	void interruption_point()
	{
		if (running_)
			point(false);
	}

	/* A store that nothing comes in between, as if it were one with the access before it. */
	template <class T> void store_at_once(T &to, T value)
	{
		if (running_)
			put(memory_.word_of(&to), &to, value, order::relaxed);
		else
			to = value;
	}

	/* Outside of run(). Words are shared; or the writers' own; of those, what is accessed in `learning` is shared. */
	void share_all() { std::memset(shared_, 1, sizeof(shared_)); }
	void make_private(const void *at) { shared_[memory_.word_of(at)] = false; }
	void learn(bool learning) { learning_ = learning; }

	/* What is shared. It begins with so many pages, which a reader may own. */
	void cover(void *begin, void *end, u32 page_words, u32 pages)
	{
		memory_.cover(begin, end, pages);
		page_words_ = page_words;
		pages_ = pages;
	}

	/*
	 * The owner of a page has read words of it, from the first record's to before `end`. Who writes to these
	 * next has to know, else it may have come too early; which no value would show.
	 */
	void has_read(u32 page, u32 end) { memory_.store(current_, memory_.mark(page), end, false); }
	bool has_raced() const { return raced_; }
	/* Does this CPU know of all reads of a page? */
	bool knows_reads(u32 page) const { return !memory_.older(current_, memory_.mark(page)); }

	choices choices_;
	bool tracing_ = false;

	/* In trace.cc. */
	void say(const char *what) const;

private:
	template <class T> static T part(u64 word, const T *at)
	{
		return static_cast<T>(word >> reinterpret_cast<u64>(at) % sizeof(u64) * 8);
	}
	template <class T> void put(u32 word, T *to, T value, order order)
	{
		u64 whole = value;

		if constexpr (sizeof(T) < sizeof(u64)) {
			u64 shift = reinterpret_cast<u64>(to) % sizeof(u64) * 8;
			u64 mask = (u64{1} << sizeof(T) * 8) - 1;

			whole = (reinterpret_cast<u64 *>(reinterpret_cast<u64>(to) & ~u64{7})[0] & ~(mask << shift)) |
				u64{value} << shift;
		}
		memory_.store(current_, word, whole, order == order::ordered);
		if (word < page_words_ * pages_ && word % page_words_ >= sizeof(kring_page) / sizeof(u64))
			raced_ |= memory_.most_unknown(current_, memory_.mark(word / page_words_)) > word % page_words_;
		if (work_.stored) {
			running_ = false;
			work_.stored();
			running_ = true;
		}
	}

	u32 about_to_access(const void *at)
	{
		u32 word = memory_.word_of(at);

		if (!memory_.covers(at))
			choices::fatal("the core accesses what is not its ring");
		if (!shared_[word] && current_ != writers_cpu)
			choices::fatal("a reader accesses what was taken for the writers' own");
		point(shared_[word]);
		return word;
	}

	void point(bool shared)
	{
		if (++accesses_ > max_accesses)
			throw endless{};
		if ((nested_left_ && current_ == writers_cpu) || (preemptions_left_ && shared))
			let_others_come_first(shared);
	}
	void let_others_come_first(bool shared);

	static u32 bit(u32 set, u32 number)
	{
		while (number--)
			set &= set - 1;
		return set & -set;
	}

	/* The CPUs that have something left to do, but for this one. */
	u32 others() const { return unfinished_ & ~(1U << current_); }
	void interrupt(u32 kind);
	void leave(u32 to);
	void note(const void *at)
	{
		if (learning_ && memory_.covers(at))
			shared_[memory_.word_of(at)] = true;
	}
	void trace(const char *operation, const void *at, u64 value, u32 back, const std::source_location &where) const;

	memory memory_;
	u32 page_words_ = 0;
	u32 pages_ = 0;
	bool raced_ = false;
	bool running_ = false;
	bool learning_ = false;
	u32 current_ = 0;
	u32 depth_ = 0;
	u32 nested_left_ = 0;
	u32 preemptions_left_ = 0;
	u32 stale_left_ = 0;
	u32 accesses_ = 0;
	u32 unfinished_ = 0; /* a bit for each CPU */
	u32 next_ = 0;	     /* likewise: who may go on */
	work work_ = {};
	bounds bounds_ = {};
	bool shared_[memory::max_words] = {};
	boost::context::fiber fibers_[cpus];
	boost::context::fiber scheduler_;
};

inline machine simulated;

} /* namespace kring::explore */

#endif
