/* SPDX-License-Identifier: GPL-2.0-only */
/* The end of a channel wakes all who wait for its records. */
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <memory>
#include <vector>

#include "abi_sleeper.hh"
#include "abi_test.hh"

namespace kring::abi
{
namespace
{

constexpr int readable = POLLIN | POLLRDNORM;

/* kring_load destroys its channel when it is unloaded. */
class ending : public clean_test {};

TEST_F(ending, wakes_read)
{
	load load;
	descriptor file = open_channel("load", O_RDONLY);
	sleeper reader{SYS_read, [&] { return read_once(file.fd()); }};

	EXPECT_EQ(load.unload(), 0);
	EXPECT_EQ(reader.join(), 0);
	EXPECT_EQ(fcntl(file.fd(), F_SETFL, O_NONBLOCK), 0);
	EXPECT_EQ(read_once(file.fd()), 0) << "and so from now on";
}

TEST_F(ending, wakes_all_readers)
{
	load load;
	descriptor file = open_channel("load", O_RDONLY), other = open_channel("load", O_RDONLY);
	std::vector<std::unique_ptr<sleeper>> readers;

	for (int fd : {file.fd(), file.fd(), other.fd(), other.fd()})
		readers.push_back(std::make_unique<sleeper>(SYS_read, [fd] { return read_once(fd); }));
	EXPECT_EQ(load.unload(), 0);
	for (auto &reader : readers)
		EXPECT_EQ(reader->join(), 0);
}

/* Also who asked for no event at all: POLLHUP comes unasked. */
TEST_F(ending, wakes_poll)
{
	for (int events : {readable, int{POLLHUP}, 0}) {
		load load;
		descriptor file = open_channel();
		sleeper poller{SYS_poll, [&] { return poll_now(file.fd(), events, -1); }};

		EXPECT_EQ(load.unload(), 0);
		EXPECT_EQ(poller.join(), POLLHUP);
	}
}

TEST_F(ending, wakes_select)
{
	load load;
	descriptor file = open_channel();
	sleeper selecting{SYS_pselect6, [&] {
				  fd_set set;

				  FD_ZERO(&set);
				  FD_SET(file.fd(), &set);
				  return long{select(file.fd() + 1, &set, nullptr, nullptr, nullptr)};
			  }};

	EXPECT_EQ(load.unload(), 0);
	EXPECT_EQ(selecting.join(), 1);
}

TEST_F(ending, wakes_epoll)
{
	for (unsigned how : {0U, unsigned{EPOLLET}, unsigned{EPOLLONESHOT}, unsigned{EPOLLEXCLUSIVE}}) {
		load load;
		descriptor file = open_channel(), set{epoll_create1(EPOLL_CLOEXEC)};
		epoll_event event{};

		event.events = EPOLLIN | how;
		ASSERT_EQ(epoll_ctl(set.fd(), EPOLL_CTL_ADD, file.fd(), &event), 0);
		sleeper waiter{SYS_epoll_wait, [&] { return epoll_wait(set.fd(), &event, 1, -1); }};

		EXPECT_EQ(load.unload(), 0);
		EXPECT_EQ(waiter.join(), 1);
		EXPECT_EQ(event.events, unsigned{EPOLLHUP});
	}
}

/* Who waits as the owner of a ring, too. */
TEST_F(ending, wakes_an_owner)
{
	load load{"cpus=0"};
	descriptor file = open_channel();

	ASSERT_EQ(acquire(file.fd(), 0U), EAGAIN);
	sleeper poller{SYS_poll, [&] { return poll_now(file.fd(), POLLIN, -1); }};
	EXPECT_EQ(load.unload(), 0);
	EXPECT_EQ(poller.join(), POLLHUP);
	EXPECT_EQ(acquire(file.fd(), 0U), ENODEV);
}

} /* namespace */
} /* namespace kring::abi */
