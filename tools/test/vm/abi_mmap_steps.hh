/* SPDX-License-Identifier: GPL-2.0-only */
/* What may be done to a mapping while it is there, each with what must come of it. */
#ifndef KRING_TEST_ABI_MMAP_STEPS_HH
#define KRING_TEST_ABI_MMAP_STEPS_HH

#include "abi_mmap_view.hh"

namespace kring::abi
{

struct mmap_step {
	const char *name;
	size_t pages; /* that a mapping must have for it, at least */
	void (*run)(mmap_view &view);
};

extern const std::vector<mmap_step> mmap_steps;

} /* namespace kring::abi */

#endif
