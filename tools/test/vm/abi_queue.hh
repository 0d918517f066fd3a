/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests of fifos and mirrors share: short words for calls, and threads that sleep in one. */
#ifndef KRING_TEST_ABI_QUEUE_HH
#define KRING_TEST_ABI_QUEUE_HH

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <thread>

#include "abi_control.hh"
#include "abi_log.hh"
#include "abi_refusal.hh"

namespace kring::abi
{

/* What was read; empty at the end of the file, or after an error, which errno has. */
inline std::string read_some(int fd, size_t room = 65536)
{
	std::string text(room, '\0');

	errno = 0;
	ssize_t got = read(fd, text.data(), room);

	text.resize(got > 0 ? static_cast<size_t>(got) : 0);
	return text;
}

/* Bytes written, or minus the errno. */
inline ssize_t write_some(int fd, const std::string &text)
{
	ssize_t written = write(fd, text.data(), text.size());

	return written < 0 ? -errno : written;
}

/* A thread in a system call that is to sleep; joined when this ends. */
class sleeper_in {
public:
	sleeper_in(long call, const std::function<void()> &function)
		: call_{call}, thread_{[this, function] {
			  id_ = static_cast<pid_t>(syscall(SYS_gettid));
			  function();
			  is_done_ = true;
		  }}
	{
	}
	~sleeper_in() { thread_.join(); }

	bool sleeps()
	{
		return eventually([this] { return id_ && asleep_in(id_, call_); });
	}
	bool ends()
	{
		return eventually([this] { return is_done_.load(); });
	}
	pthread_t handle() { return thread_.native_handle(); }

private:
	long call_;
	std::atomic<pid_t> id_{0};
	std::atomic<bool> is_done_{false};
	std::thread thread_;
};

/* Of channels that cannot be: this error, this one line in the log, and nothing is left. */
inline void expect_not_created(const kring_control_create &wanted, int error, const std::string &line)
{
	kernel_log log;

	EXPECT_EQ(create(wanted), error) << line;
	EXPECT_EQ(log.take(), (std::vector<std::string>{"3 kring: channel '" + std::string{wanted.name} +
							"' not created: " + line}));
	EXPECT_TRUE(no_channels()) << line;
}

/* Two pages, of which the second cannot be touched. */
class half_memory {
public:
	half_memory()
		: at_{static_cast<char *>(
			  mmap(nullptr, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))}
	{
		EXPECT_EQ(mprotect(at_ + page, page, PROT_NONE), 0);
	}
	~half_memory() { munmap(at_, 2 * page); }
	half_memory(const half_memory &) = delete;

	/* Where so many good bytes are left. */
	char *before_end(size_t good) { return at_ + page - good; }

	static constexpr size_t page = 4096;

private:
	char *at_;
};

} /* namespace kring::abi */

#endif
