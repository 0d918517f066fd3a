/* SPDX-License-Identifier: GPL-2.0-only */
/* On a machine whose counter is no clock; the kernel is told so on its command line. */
#include "abi_refusal.hh"

namespace kring::abi
{
namespace
{

class no_counter : public clean_test {};

TEST_F(no_counter, the_clock_counter_is_refused)
{
	expect_refused("kring_load", "clock=counter", EOPNOTSUPP,
		       "kring: channel 'load' not created: this machine's counter is not stable enough to be a clock");
}

TEST_F(no_counter, the_other_clocks_are_not)
{
	for (const std::string clock : {"local", "mono", "boot"})
		expect_accepted("kring_load", "clock=" + clock);
}

} /* namespace */
} /* namespace kring::abi */
