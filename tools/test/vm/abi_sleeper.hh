/* SPDX-License-Identifier: GPL-2.0-only */
/* A thread that sleeps in a system call of a channel's file, for tests of what ends that sleep. */
#ifndef KRING_TEST_ABI_SLEEPER_HH
#define KRING_TEST_ABI_SLEEPER_HH

#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "abi_channel.hh"

namespace kring::abi
{

/* Made when the thread is asleep; the call, of that number, returns a number. */
class sleeper {
public:
	template <typename Call>
	sleeper(long number, Call call)
		: thread_{[this, call] {
			  id_ = gettid();
			  result_ = call();
			  returned_ = now();
			  done_ = true;
		  }}
	{
		EXPECT_TRUE(eventually([&] { return done_ || (id_ && asleep_in(id_, number)); }));
		EXPECT_FALSE(done_) << "it returned at once: " << result_;
	}

	~sleeper() { join(); }

	/* What the call returned, and when. One that nothing wakes fails the test. */
	long join()
	{
		if (!thread_.joinable())
			return result_;
		if (!eventually([&] { return done_.load(); })) {
			ADD_FAILURE() << "it sleeps still";
			interrupt();
		}
		thread_.join();
		return result_;
	}
	bool is_done() const { return done_; }
	double returned() const { return returned_; }
	pthread_t handle() { return thread_.native_handle(); }

private:
	void interrupt()
	{
		struct sigaction action{};

		action.sa_handler = [](int) {};
		sigaction(SIGUSR2, &action, nullptr);
		pthread_kill(handle(), SIGUSR2);
	}

	std::atomic<pid_t> id_{0};
	std::atomic<bool> done_{false};
	long result_ = 0;
	double returned_ = 0;
	std::thread thread_;
};

/* read(), for its result alone: bytes, or a negative errno. */
inline long read_once(int fd)
{
	static thread_local number buffer[64 * 1024 / sizeof(number)];
	ssize_t got = read(fd, buffer, sizeof(buffer));

	return got < 0 ? -errno : got;
}

/* Use is called with each way to sleep on a file: the system call, and a function that makes it. */
template <typename Use>
void with_each_way(Use use)
{
	use(SYS_read, [](int fd) { return read_once(fd); });
	use(SYS_poll, [](int fd) { return long{poll_now(fd, POLLIN, -1)}; });
	/* Which the C library's select() is. */
	use(SYS_pselect6, [](int fd) {
		fd_set set;

		FD_ZERO(&set);
		FD_SET(fd, &set);
		return long{select(fd + 1, &set, nullptr, nullptr, nullptr)};
	});
	use(SYS_epoll_wait, [](int fd) {
		descriptor set{epoll_create1(EPOLL_CLOEXEC)};
		epoll_event event{};

		event.events = EPOLLIN | EPOLLET;
		EXPECT_EQ(epoll_ctl(set.fd(), EPOLL_CTL_ADD, fd, &event), 0);
		return long{epoll_wait(set.fd(), &event, 1, -1)};
	});
}

} /* namespace kring::abi */

#endif
