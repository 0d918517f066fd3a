/* SPDX-License-Identifier: GPL-2.0-only */
/* What KRING_IOC_WAKEUP takes, and what it leaves alone; how exact it is, is in abi_exact_wakeup.cc. */
#include "abi_wakeup.hh"

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "abi_sleeper.hh"
#include "abi_test.hh"

namespace kring::abi
{
namespace
{

constexpr __u32 hour = 3600U * 1000000;

class wakeups : public clean_test {};

/* Sizes, flags, and memory that is not there are in abi_ioctl.cc. */
TEST_F(wakeups, deadlines_that_are_refused)
{
	load load;
	descriptor file = open_channel();

	for (__u32 watermark : {2U, 4096U, ~0U})
		for (__u32 deadline_us : {0U, 1U, KRING_DEADLINE_MIN - 1})
			EXPECT_EQ(set_wakeup(file.fd(), watermark, deadline_us), EINVAL);
	for (__u32 deadline_us : {0U, 1U, KRING_DEADLINE_MIN, ~0U})
		for (__u32 watermark : {0, 1})
			EXPECT_EQ(set_wakeup(file.fd(), watermark, deadline_us), 0);
	EXPECT_EQ(set_wakeup(file.fd(), 2, KRING_DEADLINE_MIN), 0);
	EXPECT_EQ(set_wakeup(file.fd(), ~0U, ~0U), 0);
}

/* What is refused changes nothing. */
TEST_F(wakeups, refused_with_a_watermark)
{
	load load;
	descriptor file = open_channel();

	ASSERT_EQ(set_wakeup(file.fd(), 10 * record_bytes, hour), 0);
	EXPECT_EQ(set_wakeup(file.fd(), 2, KRING_DEADLINE_MIN - 1), EINVAL);
	load.write(5);
	EXPECT_EQ(poll_now(file.fd()), 0);
	EXPECT_EQ(set_wakeup(file.fd(), 0, 0), 0) << "as it was opened";
	EXPECT_EQ(poll_now(file.fd(), POLLIN), POLLIN);
}

/* What does not wait is told of everything, as ever. */
TEST_F(wakeups, who_does_not_wait)
{
	load load{"cpus=0"};
	descriptor file = open_channel(), other = open_channel(), owner = open_channel();
	mapping map{owner.fd(), info_of(owner.fd()).map_size};
	journal journal, owned;

	for (int fd : {file.fd(), owner.fd()})
		ASSERT_EQ(set_wakeup(fd, 1 << 16, hour), 0);
	load.write(10);
	EXPECT_EQ(poll_now(file.fd()), 0);
	EXPECT_EQ(poll_now(other.fd(), POLLIN), POLLIN) << "it is this file's watermark";
	EXPECT_EQ(read_all(file.fd(), journal), -EAGAIN);
	EXPECT_EQ(journal.records(), 10U);
	EXPECT_EQ(own_all(owner.fd(), map, 0, owned), 10U);
}

/* Bytes are counted exactly: by a clock whose stamps are never long. */
TEST_F(wakeups, over_all_cpus)
{
	load load{"clock=counter"};
	descriptor file = open_channel();

	ASSERT_EQ(set_wakeup(file.fd(), 20 * record_bytes, hour), 0);
	for (unsigned records = 0; records < 20; records++) {
		EXPECT_EQ(poll_now(file.fd()), 0) << records;
		load.write(1);
	}
	EXPECT_EQ(poll_now(file.fd(), POLLIN), POLLIN);
	EXPECT_GT(read_once(file.fd()), 0);
	EXPECT_EQ(poll_now(file.fd()), 0);
	EXPECT_EQ(lseek(file.fd(), 0, SEEK_SET), 0);
	EXPECT_EQ(poll_now(file.fd(), POLLIN), POLLIN) << "all is to be read again";
	EXPECT_EQ(lseek(file.fd(), 0, SEEK_END), 0);
	EXPECT_EQ(poll_now(file.fd()), 0);
}

/* Neither their bytes nor their time count. */
TEST_F(wakeups, of_an_owner_beside_other_rings)
{
	load load{"contexts=irq"};
	descriptor file = open_channel();
	unsigned own = nr_cpus() - 1;
	constexpr double deadline = 0.05;

	if (!own)
		GTEST_SKIP() << "needs two CPUs";
	EXPECT_EQ(acquire(file.fd(), own), EAGAIN);
	ASSERT_EQ(set_wakeup(file.fd(), 10 * record_bytes, static_cast<__u32>(deadline * 1e6)), 0);
	for (unsigned times = 0; times < 20 && !HasFailure(); times++) {
		sleeper poller{SYS_poll, [&] { return poll_now(file.fd(), POLLIN, -1); }};
		double written;

		for (unsigned records = 0; records < 30; records++) {
			EXPECT_EQ(load.kick(0), 0);
			usleep(500);
		}
		EXPECT_FALSE(poller.is_done());
		written = now();
		/* A kick that is still on its way takes the record of the next. */
		do {
			EXPECT_EQ(load.kick(own), 0);
		} while (!eventually([&] { return ledger_of(file.fd(), own).unread > 0; }, 0.1) &&
			 now() < written + patience);
		while (!poller.is_done() && now() < written + patience) {
			EXPECT_EQ(load.kick(0), 0);
			usleep(500);
		}
		EXPECT_EQ(poller.join(), POLLIN);
		EXPECT_GE(poller.returned() - written, deadline);
		EXPECT_EQ(acquire(file.fd(), own), 0);
		EXPECT_EQ(release(file.fd(), own), 0);
	}
}

/* Who sleeps is asked again. */
TEST_F(wakeups, changed_meanwhile)
{
	load load;
	descriptor file = open_channel("load", O_RDONLY);

	ASSERT_EQ(set_wakeup(file.fd(), 1 << 16, hour), 0);
	sleeper reader{SYS_read, [&] { return read_once(file.fd()); }};
	load.write(10);
	usleep(10000);
	EXPECT_EQ(set_wakeup(file.fd(), 1 << 17, hour), 0);
	usleep(10000);
	EXPECT_FALSE(reader.is_done());
	EXPECT_EQ(set_wakeup(file.fd(), 10 * record_bytes, hour), 0);
	EXPECT_GT(reader.join(), 0);
}

/* The end does not keep anybody waiting, nor what is left. */
TEST_F(wakeups, at_the_end_of_the_channel)
{
	for (unsigned records : {0, 10}) {
		load load;
		descriptor file = open_channel("load", O_RDONLY), polled = open_channel();

		for (int fd : {file.fd(), polled.fd()})
			ASSERT_EQ(set_wakeup(fd, 1 << 16, hour), 0);
		sleeper reader{SYS_read, [&] { return read_once(file.fd()); }};
		sleeper poller{SYS_poll, [&] { return poll_now(polled.fd(), POLLIN, -1); }};

		load.write(records);
		EXPECT_EQ(load.unload(), 0);
		EXPECT_EQ(reader.join() > 0, records > 0);
		EXPECT_EQ(poller.join(), records ? POLLIN | POLLHUP : POLLHUP);
	}
}

TEST_F(wakeups, closed_by_another_thread)
{
	load load;
	descriptor file = open_channel("load", O_RDONLY);

	ASSERT_EQ(set_wakeup(file.fd(), 1 << 16, hour), 0);
	sleeper reader{SYS_read, [fd = file.fd()] { return read_once(fd); }};
	load.write(10);
	file.close();
	EXPECT_EQ(reader.join(), -EBADF);
}

} /* namespace */
} /* namespace kring::abi */
