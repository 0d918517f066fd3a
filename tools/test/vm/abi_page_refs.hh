/* SPDX-License-Identifier: GPL-2.0-only */
/* How many references the kernel holds to the pages of memory behind a mapping. */
#ifndef KRING_TEST_ABI_PAGE_REFS_HH
#define KRING_TEST_ABI_PAGE_REFS_HH

#include <vector>

#include "abi_channel.hh"

namespace kring::abi
{

/*
 * Reads each page's struct page in /proc/kcore, with the layout that it has on x86-64 and all else
 * that has 64 bits and an array of them.
 */
class page_refs {
public:
	/* Of a whole channel. All its pages are touched. */
	explicit page_refs(const mapping &map);

	/* One for each page of memory, or group of pages that is one allocation; empty if they cannot be read. */
	std::vector<int> now() const;

private:
	descriptor kernel_;
	std::vector<off_t> counters_; /* where they are in the file */
};

} /* namespace kring::abi */

#endif
