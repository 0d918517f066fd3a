/* SPDX-License-Identifier: GPL-2.0-only */
/* What the CPUs of the explored machine share: a ring and its pages, and nothing else. */
#ifndef KRING_EXPLORE_SHARED_MEMORY_HH
#define KRING_EXPLORE_SHARED_MEMORY_HH

#include "../../../src/core/page_ring.hh"
#include "platform_replay.hh"

namespace kring::explore
{

using P = platform_replay;

constexpr u32 page_size = 256;
constexpr u32 page_words = page_size / sizeof(u64);
constexpr u32 max_list_pages = 4;
constexpr u32 max_pages = max_list_pages + 1;

struct alignas(page_size) shared_memory {
	u64 pages[max_pages][page_words];
	kring_ring ring;
	u32 directory[directory_entries(max_list_pages)];
	page_slot slots[max_pages];
	page_ring<P> writers;
};

} /* namespace kring::explore */

#endif
