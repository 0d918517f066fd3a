/* SPDX-License-Identifier: GPL-2.0-only */
/* How often an endurance test does what it does: as the environment says, so that there can be short and long ones. */
#ifndef KRING_TEST_ABI_ENDURANCE_HH
#define KRING_TEST_ABI_ENDURANCE_HH

#include <cstdlib>

#include "abi_os.hh"

namespace kring::abi
{

/* $TIMES, or what is usual. */
inline number times_or(number usual)
{
	const char *wanted = getenv("TIMES");

	return wanted ? strtoull(wanted, nullptr, 10) : usual;
}

} /* namespace kring::abi */

#endif
