/* SPDX-License-Identifier: GPL-2.0-only */
/* Watermark and deadline of a file, for tests of what they do. */
#ifndef KRING_TEST_ABI_WAKEUP_HH
#define KRING_TEST_ABI_WAKEUP_HH

#include <gtest/gtest.h>
#include <sys/ioctl.h>
#include <sys/resource.h>

#include <thread>

#include "abi_channel.hh"

namespace kring::abi
{

/* What a record of class load takes on a page: both headers and 64 bytes. */
constexpr __u32 record_bytes = 96;

/* 0 or the errno. */
inline int set_wakeup(int fd, __u32 watermark, __u32 deadline_us)
{
	kring_wakeup wakeup{};

	wakeup.size = sizeof(wakeup);
	wakeup.watermark = watermark;
	wakeup.deadline_us = deadline_us;
	return error_of(ioctl(fd, KRING_IOC_WAKEUP, &wakeup));
}

/* Reads all of kring_load's channel until its end, in a thread. */
class counting_reader {
public:
	counting_reader(__u32 watermark, __u32 deadline_us) : file_{open_channel("load", O_RDONLY)}
	{
		EXPECT_EQ(set_wakeup(file_.fd(), watermark, deadline_us), 0);
		thread_ = std::thread{[this] { run(); }};
	}
	~counting_reader() { join(); }

	/* How many records. */
	number join()
	{
		if (thread_.joinable())
			thread_.join();
		return journal_.records();
	}
	/* How often it has slept, when it has ended. */
	long sleeps() const { return sleeps_; }

private:
	void run()
	{
		rusage usage{};

		EXPECT_EQ(read_all(file_.fd(), journal_), 0);
		getrusage(RUSAGE_THREAD, &usage);
		sleeps_ = usage.ru_nvcsw;
	}

	descriptor file_;
	journal journal_;
	long sleeps_ = 0;
	std::thread thread_;
};

} /* namespace kring::abi */

#endif
