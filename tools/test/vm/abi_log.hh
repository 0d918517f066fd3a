/* SPDX-License-Identifier: GPL-2.0-only */
/* What kring and its modules say in the kernel's log while a test goes on. */
#ifndef KRING_TEST_ABI_LOG_HH
#define KRING_TEST_ABI_LOG_HH

#include <string>
#include <vector>

#include "abi_os.hh"

namespace kring::abi
{

/* Begins with what is said after it was made. */
class kernel_log {
public:
	kernel_log();

	/* Lines of kring and kring_*, those not yet taken, each as "LEVEL text": "3 kring: ..." is an error. */
	std::vector<std::string> take();

private:
	descriptor file_;
};

} /* namespace kring::abi */

#endif
