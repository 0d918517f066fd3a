/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The core once more, for the suite of the seam: the same text as in kring.ko,
 * with the checker of its invariants beside it.
 */
#include "../src/core.cc"

#include "../src/core/page_ring_check.hh"
#include "core_under_test.h"

const char *core_check(const kring_core *core)
{
	return kring::page_ring_check<platform>{core->ring, core->reader}.run();
}
