/* SPDX-License-Identifier: GPL-2.0-only */
/* kring_beacon, the example of a module with a broadcast ring: what its consumer says that it got. */
#include <unistd.h>

#include <cstdio>

#include "abi_log.hh"
#include "abi_module.hh"
#include "abi_test.hh"

namespace kring::abi
{
namespace
{

TEST(broadcast_example, consumer_gets_what_interrupts_produce)
{
	constexpr unsigned period_us = 10000, periods = 50;
	kernel_log log;
	unsigned long long received = 0, lost = ~0ULL;

	ASSERT_EQ(load_module("kring_beacon"), 0);
	usleep(periods * period_us);
	ASSERT_EQ(unload_module("kring_beacon"), 0);
	for (const std::string &line : log.take())
		std::sscanf(line.c_str(), "%*d kring_beacon: %llu received, %llu lost", &received, &lost);
	EXPECT_GE(received, periods / 2);
	EXPECT_EQ(lost, 0U);
}

} /* namespace */
} /* namespace kring::abi */
