/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A message in two words, with the operations that the core is written in. One
 * CPU writes the content, publishes it and waits until the other has taken it.
 */
#include "../../../src/core/platform_kernel.hh"

#include "bugs.h"

namespace
{

using platform = kring::platform_kernel;

kring::u64 content, full;

constexpr int patience = 1000;

/* KCSAN holds back one store, as a CPU of another kind would, until something orders it or the function returns. */
template <bool ordered>
void publish()
{
	if (platform::load_acquire(full))
		return;
	content++;
	if constexpr (ordered)
		platform::store_release(full, 1);
	else
		platform::store(full, 1);
	for (int i = 0; i < patience && platform::load(full); i++)
		platform::relax();
}

} /* namespace */

void publish_released()
{
	publish<true>();
}

void publish_relaxed()
{
	publish<false>();
}

void look_for_published()
{
	if (!platform::load_acquire(full))
		return;
	content++;
	platform::store_release(full, 0);
}
