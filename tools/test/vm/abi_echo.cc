/* SPDX-License-Identifier: GPL-2.0-only */
/* Channels of which a module holds a side: kring_echo takes from one fifo, in an interrupt, and puts into another. */
#include <sys/epoll.h>

#include "abi_queue.hh"

namespace kring::abi
{
namespace
{

class echo : public clean_test {
protected:
	void SetUp() override
	{
		clean_test::SetUp();
		ASSERT_EQ(load_module("kring_echo"), 0);
	}
	void TearDown() override
	{
		if (is_loaded("kring_echo")) {
			EXPECT_EQ(unload_module("kring_echo"), 0);
		}
		EXPECT_TRUE(no_channels());
		clean_test::TearDown();
	}
};

const std::string folder = "/sys/class/kring/";

TEST_F(echo, the_side_that_the_module_holds)
{
	EXPECT_EQ(read_value(folder + "echo_in/held"), "consumer");
	EXPECT_EQ(read_value(folder + "echo_out/held"), "producer");
	EXPECT_EQ(read_value(folder + "echo_in/owner"), "kring_echo");
	for (int mode : {O_RDONLY, O_RDWR}) {
		EXPECT_FALSE(open_channel("echo_in", mode).is_open());
		EXPECT_EQ(errno, EBUSY);
	}
	for (int mode : {O_WRONLY, O_RDWR}) {
		EXPECT_FALSE(open_channel("echo_out", mode).is_open());
		EXPECT_EQ(errno, EBUSY);
	}
	EXPECT_EQ(destroy("echo_in"), EPERM) << "it is the module's";
	EXPECT_EQ(destroy("echo_all"), EPERM);
}

/* More than the fifos hold: the writer waits for room that the interrupt makes, the reader for what it puts. */
TEST_F(echo, programs_sleep_and_are_woken)
{
	descriptor in = open_channel("echo_in", O_WRONLY), out = open_channel("echo_out", O_RDONLY);
	std::string sent, got;

	for (unsigned at = 0; at < 5000; at++)
		sent += static_cast<char>('a' + at % 26);
	sleeper_in writer{SYS_write, [&] { EXPECT_EQ(write_some(in.fd(), sent), 5000); }};

	EXPECT_TRUE(writer.sleeps());
	while (got.size() < sent.size()) {
		std::string part = read_some(out.fd(), 100);

		ASSERT_FALSE(part.empty());
		got += part;
	}
	EXPECT_EQ(got, sent);
}

/* No wakeup is lost, however closely the last look and the interrupt follow one another. */
TEST_F(echo, one_byte_and_back)
{
	descriptor in = open_channel("echo_in", O_WRONLY), out = open_channel("echo_out", O_RDONLY);
	char sent, got;

	for (unsigned times = 0; times < 500; times++) {
		sent = static_cast<char>(times);
		ASSERT_EQ(write(in.fd(), &sent, 1), 1);
		ASSERT_EQ(read(out.fd(), &got, 1), 1);
		ASSERT_EQ(got, sent);
	}
}

TEST_F(echo, edge_triggered_epoll)
{
	descriptor in = open_channel("echo_in", O_WRONLY), out = open_channel("echo_out", O_RDONLY | O_NONBLOCK);
	descriptor set{epoll_create1(0)};
	epoll_event event{};

	event.events = EPOLLIN | EPOLLET;
	ASSERT_EQ(epoll_ctl(set.fd(), EPOLL_CTL_ADD, out.fd(), &event), 0);
	for (unsigned times = 0; times < 100; times++) {
		ASSERT_EQ(write_some(in.fd(), "x"), 1);
		ASSERT_EQ(epoll_wait(set.fd(), &event, 1, 10000), 1) << times;
		ASSERT_EQ(read_some(out.fd()), "x");
		ASSERT_EQ(read_some(out.fd()), "");
		ASSERT_EQ(errno, EAGAIN);
	}
}

TEST_F(echo, everybody_gets_it_too)
{
	descriptor in = open_channel("echo_in", O_WRONLY), first = open_channel("echo_all", O_RDONLY),
		   second = open_channel("echo_all", O_RDONLY);
	std::string got;
	sleeper_in reader{SYS_read, [&] { got = read_some(first.fd()); }};

	EXPECT_TRUE(reader.sleeps());
	EXPECT_EQ(write_some(in.fd(), "to all"), 6);
	EXPECT_TRUE(reader.ends());
	EXPECT_EQ(got.substr(sizeof(kring_broadcast_image), 6), "to all");
	EXPECT_EQ(read_some(second.fd()), got);
}

/* rmmod, while programs sleep and files are open. */
TEST_F(echo, the_module_goes)
{
	descriptor in = open_channel("echo_in", O_WRONLY | O_NONBLOCK), out = open_channel("echo_out", O_RDONLY),
		   all = open_channel("echo_all", O_RDONLY | O_NONBLOCK);
	std::string got = "none";
	{
		sleeper_in reader{SYS_read, [&] { got = read_some(out.fd()); }};

		EXPECT_TRUE(reader.sleeps());
		EXPECT_EQ(unload_module("kring_echo"), 0);
	}
	EXPECT_EQ(got, "");
	EXPECT_EQ(write_some(in.fd(), "x"), -ENODEV);
	EXPECT_EQ(read_some(all.fd()), "");
	EXPECT_EQ(errno, 0);
	EXPECT_EQ(poll_now(in.fd(), POLLOUT), POLLHUP);
	EXPECT_EQ(unload_module("kring"), EAGAIN);
	EXPECT_TRUE(no_channels());
}

} /* namespace */
} /* namespace kring::abi */
