/* SPDX-License-Identifier: GPL-2.0-only */
/* Modules that must not load: with which errno, which one line in the kernel's log, and that nothing is left. */
#ifndef KRING_TEST_ABI_REFUSAL_HH
#define KRING_TEST_ABI_REFUSAL_HH

#include <string>

#include "abi_test.hh"

namespace kring::abi
{

/* The only line that is logged, as an error, must be this one. */
void expect_refused(const std::string &module, const std::string &parameters, int error, const std::string &line);

/* The same, of a parameter's value that its own type cannot hold: the kernel itself refuses. */
void expect_no_value(const std::string &module, const std::string &parameter, const std::string &value, int error);

/* The module loads and unloads, and nothing is logged. */
void expect_accepted(const std::string &module, const std::string &parameters);

/* No channel: no device, no folder in sysfs. */
bool no_channels();

} /* namespace kring::abi */

#endif
