/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A page as its ring sees it: the private slot with its link and write word,
 * and the header in the memory that readers map.
 */
#ifndef KRING_CORE_PAGE_HH
#define KRING_CORE_PAGE_HH

#include "record.hh"
#include "tagged_link.hh"

namespace kring
{

/*
 * next   tagged_link; changed by writers and the reader, by compare-exchange
 * write  write_word; this CPU's writers only, by local compare-exchange
 * header the page itself, of the ring's page size and aligned to it
 */
struct page_slot {
	u64 next;
	u64 write;
	kring_page *header;
	u64 reserved;
};

static_assert(sizeof(page_slot) == 32, "a slot is found by a shift");

constexpr u32 min_list_pages = 2;
constexpr u32 max_list_pages = 0xfffe; /* ids are 16 bits; one page more is the reader's */

/* What is said once about a ring's pages when it is made. */
struct page_geometry {
	u32 cpu;
	u32 page_size;
	u32 list_pages;
	u32 clock;
};

/* Fills in what never changes in a page's header. The page is zeroed memory. */
template <platform P>
void init_header(kring_page &page, u32 id, const page_geometry &geometry)
{
	page.magic = KRING_MAGIC;
	page.version = KRING_ABI_VERSION;
	page.header = page_header_size;
	page.cpu = geometry.cpu;
	page.size = geometry.page_size;
	page.id = id;
	page.clock = geometry.clock;
	P::store(page.commit, write_word::empty().word());
	P::store(page.seq, KRING_SEQ_INVALID);
}

} /* namespace kring */

#endif
