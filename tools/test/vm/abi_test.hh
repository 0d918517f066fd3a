/* SPDX-License-Identifier: GPL-2.0-only */
/* What all ABI tests begin with: nothing but kring.ko is loaded, and so it is when they end. */
#ifndef KRING_TEST_ABI_TEST_HH
#define KRING_TEST_ABI_TEST_HH

#include <gtest/gtest.h>

#include "abi_channel.hh"

namespace kring::abi
{

class clean_test : public testing::Test {
protected:
	void SetUp() override { ASSERT_EQ(users_of("kring"), 0); }

	/* What a file or a mapping that was closed held must be given back. */
	void TearDown() override
	{
		EXPECT_TRUE(eventually([] { return users_of("kring") == 0; }))
			<< "kring.ko has " << users_of("kring") << " users left";
		EXPECT_EQ(read_text("/proc/modules").find("kring_"), std::string::npos);
	}
};

} /* namespace kring::abi */

#endif
