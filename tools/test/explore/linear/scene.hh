/* SPDX-License-Identifier: GPL-2.0-only */
/* The state of an execution: a linear ring of the core, and what is known of its two sides. */
#ifndef KRING_EXPLORE_LINEAR_SCENE_HH
#define KRING_EXPLORE_LINEAR_SCENE_HH

#include "../../../../src/core/mirror_fifo.hh"
#include "../../../../src/core/record_fifo.hh"
#include "../platform_replay.hh"
#include "../scenario.hh"

namespace kring::explore
{

using P = platform_replay;

/* scenario::kind */
enum kind : u32 {
	elements, /* an spsc_fifo of 8 bytes each */
	records,  /* of one or two bytes, in an spsc_fifo of bytes */
	mirrored, /* a mirror_fifo */
};

/*
 * How elements are copied: in words or bytes that come late, or were read early. Who writes where somebody has read
 * has to know of that; which no value would show.
 */
struct watched_memory {
	static void in(void *to, const void *from, u64 size);
	static void out(void *to, const void *from, u64 size);
};

using fifo_type = spsc_fifo<P, watched_memory>;
using records_type = record_fifo<P, watched_memory>;
using mirror_type = mirror_fifo<P, watched_memory>;

constexpr u32 max_bytes = 64;

struct shared_memory {
	fifo_type fifo;
	mirror_type mirror;
	alignas(u64) __u8 bytes[max_bytes];
};

/* Elements that were handed over, by their numbers; "is to be" is once a call has begun to do so. */
struct progress {
	u64 done;
	u64 to_be;
};

struct scene {
	shared_memory shared;
	progress put;
	progress taken;
	u64 taken_before; /* the execution */
	const char *wrong;
};

inline scene now;
inline scene after_past;
inline scenario current;

inline void expect(bool good, const char *what)
{
	if (!good && !now.wrong)
		now.wrong = what;
}

} /* namespace kring::explore */

#endif
