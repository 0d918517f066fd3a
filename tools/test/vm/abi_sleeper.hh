/* SPDX-License-Identifier: GPL-2.0-only */
/* A thread that sleeps in a system call of a channel's file, for tests of what ends that sleep. */
#ifndef KRING_TEST_ABI_SLEEPER_HH
#define KRING_TEST_ABI_SLEEPER_HH

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "abi_os.hh"

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

} /* namespace kring::abi */

#endif
