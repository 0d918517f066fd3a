/* SPDX-License-Identifier: GPL-2.0-only */
/* What a module may do to a channel that programs cannot: kring_odd does it. */
#include "abi_cpus.hh"
#include "abi_queue.hh"
#include "abi_sleeper.hh"

namespace kring::abi
{
namespace
{

class odd : public hotplug_test {
protected:
	void SetUp() override
	{
		hotplug_test::SetUp();
		ASSERT_EQ(load_module("kring_odd"), 0);
	}
	void TearDown() override
	{
		EXPECT_EQ(unload_module("kring_odd"), 0);
		EXPECT_TRUE(no_channels());
		hotplug_test::TearDown();
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

/* As hotplug.last_words_wake_a_reader, of the other kinds. */
void expect_last_words(const std::string &name, long call, long (*function)(int))
{
	descriptor out = open_channel(name, O_RDONLY);

	lseek(out.fd(), 0, SEEK_END); /* a fifo has no other place */
	sleeper waiter{call, [&] { return function(out.fd()); }};

	EXPECT_EQ(set_online(false), 0);
	EXPECT_TRUE(eventually([&] { return waiter.is_done(); }, 2)) << name;
	EXPECT_GT(waiter.join(), 0) << name;
	EXPECT_EQ(set_online(true), 0);
}

TEST_F(odd, last_words_wake_readers)
{
	for (const std::string name : {"odd_bytes", "odd_all"}) {
		expect_last_words(name, SYS_read, read_once);
		expect_last_words(name, SYS_poll, [](int fd) { return long{poll_now(fd, POLLIN, -1)}; });
	}
}

} /* namespace */
} /* namespace kring::abi */
