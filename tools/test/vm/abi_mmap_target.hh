/* SPDX-License-Identifier: GPL-2.0-only */
/* A channel to be mapped in all ways, and what of it must be as before when a mapping is gone. */
#ifndef KRING_TEST_ABI_MMAP_TARGET_HH
#define KRING_TEST_ABI_MMAP_TARGET_HH

#include <gtest/gtest.h>

#include "abi_page_refs.hh"

namespace kring::abi
{

class mmap_target {
public:
	/* With pages of two of the kernel's, of which a mapping may begin in the middle. */
	mmap_target();

	/* Open in that mode: O_RDONLY, O_WRONLY, O_RDWR. */
	int file(int mode) const { return files_[mode].fd(); }
	number size() const { return whole_.size(); }
	int users() const { return users_; }
	/* With what made it. */
	void destroy();

	/* Is there something at this offset of the channel? The area of a CPU without a ring is empty. */
	bool has(number offset) const { return is_there_.at(offset / page_); }
	bool is_same(const char *at, number offset) const;

	/* Kring has as many users, and each page as many references, as there were at first. Waits until it is so. */
	testing::AssertionResult is_as_before() const;

private:
	static constexpr size_t page_ = 4096;

	load load_{"cpus=0 size=16K order=1"};
	descriptor files_[3];
	mapping whole_;
	std::vector<bool> is_there_; /* by page of the mapping */
	page_refs refs_;
	std::vector<int> refs_before_;
	int users_;
};

} /* namespace kring::abi */

#endif
