/* SPDX-License-Identifier: GPL-2.0-only */
/* What a module may do to a channel that programs cannot: kring_odd does it. */
#include "abi_queue.hh"

namespace kring::abi
{
namespace
{

class odd : public clean_test {
protected:
	void SetUp() override
	{
		clean_test::SetUp();
		ASSERT_EQ(load_module("kring_odd"), 0);
	}
	void TearDown() override
	{
		EXPECT_EQ(unload_module("kring_odd"), 0);
		EXPECT_TRUE(no_channels());
		clean_test::TearDown();
	}
};

/* It would be an end to who reads. */
TEST_F(odd, empty_records)
{
	descriptor out = open_channel("odd_records");

	EXPECT_EQ(read_value("/sys/module/kring_odd/parameters/empty"), std::to_string(-EINVAL));
	EXPECT_EQ(read_some(out.fd()), "x");
	EXPECT_EQ(read_some(out.fd()), "");
	EXPECT_EQ(errno, EAGAIN);
}

} /* namespace */
} /* namespace kring::abi */
