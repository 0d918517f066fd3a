/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The platform of a user-space process. The kernel's is made of compiler
 * builtins and unprivileged instructions, and a signal handler is to a thread
 * what an interrupt is to a CPU: it serves as it is.
 */
#ifndef KRING_TEST_PLATFORM_NATIVE_HH
#define KRING_TEST_PLATFORM_NATIVE_HH

#include "../../src/core/platform_kernel.hh"

namespace kring::test
{

using platform_native = platform_kernel;

} /* namespace kring::test */

#endif
