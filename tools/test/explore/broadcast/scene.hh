/* SPDX-License-Identifier: GPL-2.0-only */
/* The state of an execution: a broadcast ring of the core, and what is known of its producers and consumers. */
#ifndef KRING_EXPLORE_BROADCAST_SCENE_HH
#define KRING_EXPLORE_BROADCAST_SCENE_HH

#include "../../broadcast_fixture.hh"
#include "../platform_replay.hh"
#include "../scenario.hh"

namespace kring::explore
{

using P = platform_replay;

constexpr u32 max_slots = 4;
constexpr u32 payload_size = 16;
constexpr u32 slot_words = broadcast_slot_size(payload_size) / sizeof(u64);

/* What CPUs share, and nothing else. */
struct alignas(128) shared_memory {
	kring_broadcast_header header;
	u64 slots[max_slots][slot_words];
};

/* What a consumer knows, and how far it has been told to be able to go. */
struct consumer_state {
	broadcast_consumer<P> cursor;
	u64 received;
	u64 begin;
	bool readable;
};

/* Records that were left open, one after the other. */
struct left_open {
	static constexpr u32 max = 8;

	test::broadcast_open records[max];
	u32 count;
};

struct scene {
	shared_memory shared;
	broadcast_ring<P> ring;
	consumer_state consumers[machine::cpus];
	left_open left[machine::cpus];
};

inline scene now;
inline scene after_past;
inline test::broadcast_log history;
inline test::broadcast_log history_after_past;
inline scenario current;

} /* namespace kring::explore */

#endif
