/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Allocations that fail, one after the other, and what is left of them. For a
 * kernel with fault injection, kmemleak and page_owner=on.
 */
#ifndef KRING_TEST_ABI_FAIL_EACH_HH
#define KRING_TEST_ABI_FAIL_EACH_HH

#include <functional>

#include "abi_os.hh"

namespace kring::abi
{

/* Has every kind of allocation fail where it is asked to, and say nothing of that. */
void prepare_faults();

/*
 * Calls the function with the first allocation of this thread failing, then with
 * the second one, and so on, until none is left to fail; each time, then the
 * other function. It gets what the first one returned, and whether that met a
 * failure. How many did.
 */
unsigned fail_each(const std::function<int()> &function, const std::function<void(int error, bool failed)> &check);

/* Memory that nothing points to any more, as kmemleak tells; "" if there is none. Takes seconds. */
std::string leaked();

/* Pages that kring asked for and has not given back, other than through the slab allocator. */
number pages_held();

} /* namespace kring::abi */

#endif
