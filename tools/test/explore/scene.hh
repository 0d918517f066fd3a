/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The state of an execution: a ring of the core, its readers, and what is known
 * of its writers. Plain memory, so that it can be copied back.
 */
#ifndef KRING_EXPLORE_SCENE_HH
#define KRING_EXPLORE_SCENE_HH

#include <type_traits>

#include "../../../src/core/page_observer.hh"
#include "../../../src/core/page_ring_reader.hh"
#include "oracle.hh"
#include "scenario.hh"
#include "shared_memory.hh"

namespace kring::explore
{

struct observer {
	page_observer<P> cursor;
	u64 received;
	u64 begin; /* number of the first record that it was to see */
	bool started;
};

/* Of the writers' CPU. */
struct writers_state {
	u64 time;
	u64 readings;				/* of the clock */
	u64 stamp[page_ring<P>::max_depth + 2]; /* last reading of a writer that has so many below it */
	u64 reading[page_ring<P>::max_depth + 2];
	u32 inside; /* writers that have not closed their record, or been refused */
	u32 begun;  /* writers, in all */
	u32 disabled_times;
	bool disabled;
	bool switching;
	u64 least_refused[KRING_NR_DROPS];
	u64 most_refused[KRING_NR_DROPS];
};

/* What the ledger was, whenever it was another one. */
struct moments_past {
	static constexpr u32 max = 128;

	ring_ledger at[max];
	u32 count;
};

struct scene {
	shared_memory shared;
	page_ring_reader<P> reader;
	observer observers[machine::cpus];
	writers_state writers;
	u64 read;
	bool readable; /* so the reader was told, and has taken nothing since */
	moments_past moments;
	oracle log;
};

static_assert(std::is_trivially_copyable_v<scene>);

inline scene now;
inline scene after_past;
inline scenario current;

/* Reading the clock is a place where a writer can be interrupted. */
struct explored_clock {
	static u64 now()
	{
		writers_state &writers = explore::now.writers;

		simulated.interruption_point();
		writers.time += current.tick;
		writers.stamp[simulated.depth()] = writers.time;
		writers.reading[simulated.depth()] = ++writers.readings;
		return writers.time;
	}
};

/* The memory as an observer sees it. */
struct view {
	const kring_ring &ring() const { return now.shared.ring; }
	const kring_page &page(u32 id) const { return *reinterpret_cast<kring_page *>(now.shared.pages[id]); }
	u32 pages() const { return current.pages + 1; }
};

static_assert(ring_view<view>);

} /* namespace kring::explore */

#endif
