/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory that several CPUs share, with what release and acquire leave open.
 *
 * Every store to a word is kept. A CPU has, for each word, the oldest store that
 * it may still see; a load may return that or any later one. A release hands
 * that knowledge on with the value, an acquire takes it over; barriers do so for
 * the stores and loads beside them. Thus a store may become visible late, and
 * a load may have been done early, as far as C11 permits. What is left out: a load
 * that returns a store which its own CPU's later stores depend on.
 *
 * After Kang, Hur, Lahav, Vafeiadis, Dreyer: "A promising semantics for
 * relaxed-memory concurrency" (POPL 2017), without promises.
 */
#ifndef KRING_EXPLORE_MEMORY_HH
#define KRING_EXPLORE_MEMORY_HH

#include <cstring>

#include "choices.hh"

namespace kring::explore
{

class memory {
public:
	static constexpr u32 max_words = 256;
	static constexpr u32 max_cpus = 4;

	/* What is shared from now on: all of its words, and some marks, which are words that lie nowhere. */
	void cover(void *begin, void *end, u32 marks)
	{
		base_ = static_cast<u64 *>(begin);
		words_ = static_cast<u32>(static_cast<u64 *>(end) - base_);
		if (words_ + marks > max_words)
			choices::fatal("the memory that is shared has too many words");
	}

	/* A new execution; all that was stored before is seen by all. */
	void begin(bool weak)
	{
		weak_ = weak;
		if (!weak)
			return;
		std::memset(stores_to_, 0, sizeof(stores_to_));
		std::memset(cpus_, 0, sizeof(cpus_));
		stores_ = 1;
		views_ = 1;
	}

	bool covers(const void *at) const { return word_of(at) < words_; }
	u32 word_of(const void *at) const
	{
		return static_cast<u32>((reinterpret_cast<u64>(at) - reinterpret_cast<u64>(base_)) / sizeof(u64));
	}
	u64 offset_of(const void *at) const { return reinterpret_cast<u64>(at) - reinterpret_cast<u64>(base_); }
	u32 mark(u32 number) const { return words_ + number; }

	/* How many stores older than the newest may this CPU still see? */
	u32 older(u32 cpu, u32 word) const
	{
		return weak_ ? static_cast<u32>(stores_to_[word] - cpus_[cpu].seen.at[word]) : 0;
	}

	/* The largest value of those stores that this CPU does not know of; 0 if there are none. */
	u64 most_unknown(u32 cpu, u32 word) const
	{
		u64 most = 0;

		for (u32 count = older(cpu, word), at = newest_[word]; count; count--, at = store_[at].before)
			most = store_[at].value > most ? store_[at].value : most;
		return most;
	}

	/* Sees the newest store but `back`. */
	u64 load(u32 cpu, u32 word, u32 back, bool acquire)
	{
		if (!weak_ || stores_to_[word] == 0)
			return base_[word];

		u32 found = newest_[word];

		while (back--)
			found = store_[found].before;

		const stored &seen = store_[found];
		cpu_state &me = cpus_[cpu];

		me.seen.at[word] = seen.age;
		if (seen.cpu != cpu && seen.view)
			(acquire ? me.seen : me.loaded).join(view_[seen.view]);
		return seen.value;
	}

	void store(u32 cpu, u32 word, u64 value, bool release)
	{
		if (weak_)
			keep(cpu, word, value, release);
		if (word < words_)
			base_[word] = value;
	}

	void store_barrier(u32 cpu)
	{
		if (weak_)
			cpus_[cpu].handed_on = hand_on(cpu);
	}
	void load_barrier(u32 cpu)
	{
		if (weak_)
			cpus_[cpu].seen.join(cpus_[cpu].loaded);
	}

private:
	/* For each word, the age of a store: how many were made to it before. */
	struct alignas(32) view {
		void join(const view &other)
		{
			for (u32 word = 0; word < max_words; word++)
				at[word] = at[word] > other.at[word] ? at[word] : other.at[word];
		}

		__u8 at[max_words];
	};

	struct stored {
		u64 value;
		u16 before; /* the store to the same word before it */
		u16 view;   /* what who acquires it comes to see; 0: nothing */
		__u8 age;
		__u8 cpu;
	};

	struct cpu_state {
		view seen;
		view loaded;   /* what a load barrier would add to that */
		u16 handed_on; /* what the last store barrier gives to later stores */
	};

	static constexpr u32 max_stores = 8192;
	static constexpr u32 max_views = 2048;

	u16 hand_on(u32 cpu)
	{
		if (views_ == max_views)
			choices::fatal("an execution has too many releases");
		view_[views_] = cpus_[cpu].seen;
		return views_++;
	}

	void keep(u32 cpu, u32 word, u64 value, bool release)
	{
		if (stores_ + 2U > max_stores || stores_to_[word] == 255)
			choices::fatal("an execution has too many stores");
		if (stores_to_[word] == 0) {
			store_[stores_] = {word < words_ ? base_[word] : 0, 0, 0, 0, 0};
			newest_[word] = stores_++;
		}

		__u8 age = ++stores_to_[word];

		cpus_[cpu].seen.at[word] = age;
		store_[stores_] = {value, newest_[word], release ? hand_on(cpu) : cpus_[cpu].handed_on, age,
				   static_cast<__u8>(cpu)};
		newest_[word] = stores_++;
	}

	u64 *base_ = nullptr;
	u32 words_ = 0;
	bool weak_ = false;
	u16 stores_ = 1;
	u16 views_ = 1;
	__u8 stores_to_[max_words];
	u16 newest_[max_words];
	cpu_state cpus_[max_cpus];
	stored store_[max_stores];
	view view_[max_views];
};

} /* namespace kring::explore */

#endif
