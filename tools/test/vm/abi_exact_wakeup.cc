/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Watermark and deadline of an open file: its readers sleep until one of the
 * two, and not longer. For a guest whose time is its instructions, as
 * abi_exact_time.cc.
 */
#include <poll.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <fstream>
#include <memory>
#include <sstream>
#include <vector>

#include "abi_sleeper.hh"
#include "abi_test.hh"
#include "abi_uring.hh"
#include "abi_wakeup.hh"

namespace kring::abi
{
namespace
{

/* A watermark is seen within the time in which wakeups are gathered. */
constexpr double gather = 0.001;
/* What interrupts, the scheduler, and system calls take beside. */
constexpr double overhead = 0.0003;
constexpr __u32 second = 1000000;

class exact_wakeup : public clean_test {
protected:
	/* One after the other, so that each is seen before the next. */
	static void write(const load &load, unsigned records)
	{
		while (records--) {
			usleep(3000);
			EXPECT_EQ(load.kick(0), 0);
		}
	}

	/* From a moment until the sleep has ended: at least, and hardly more. */
	static void expect_within(sleeper &sleeper, double since, double least, double most)
	{
		EXPECT_GT(sleeper.join(), 0);
		EXPECT_GE(sleeper.returned() - since, least);
		EXPECT_LT(sleeper.returned() - since, most + overhead);
	}

	/* All ways to sleep, those of the kernel's own for io_uring too. */
	template <typename Use>
	static void with_each(Use use)
	{
		with_each_way(use);

		uring uring;
		std::vector<char> room(65536);

		use(SYS_io_uring_enter,
		    [&](int fd) { return uring.read(fd, room.data(), static_cast<unsigned>(room.size())); });
	}
};

TEST_F(exact_wakeup, at_the_watermark)
{
	with_each([](long call, auto sleep) {
		load load;
		descriptor file = open_channel("load", O_RDONLY);

		ASSERT_EQ(set_wakeup(file.fd(), 10 * record_bytes, 10 * second), 0);
		sleeper reader{call, [&] { return sleep(file.fd()); }};
		write(load, 9);
		usleep(3000);
		EXPECT_FALSE(reader.is_done()) << "one byte less";

		double written = now();

		EXPECT_EQ(load.kick(0), 0);
		expect_within(reader, written, 0, gather);
	});
}

TEST_F(exact_wakeup, at_the_deadline)
{
	with_each([](long call, auto sleep) {
		load load;
		descriptor file = open_channel("load", O_RDONLY);

		ASSERT_EQ(set_wakeup(file.fd(), 1 << 16, 50000), 0);
		for (unsigned times = 0; times < 3 && !HasFailure(); times++) {
			sleeper reader{call, [&] { return sleep(file.fd()); }};
			double written = now();

			EXPECT_EQ(load.kick(0), 0);
			write(load, times * 5);
			EXPECT_FALSE(reader.is_done());
			expect_within(reader, written, 0.05, 0.05);
			lseek(file.fd(), 0, SEEK_END);
			usleep(20000);
		}
	});
}

/* Even if a gathering takes longer. */
TEST_F(exact_wakeup, at_the_least_deadline)
{
	load load;
	descriptor file = open_channel("load", O_RDONLY);

	ASSERT_EQ(set_wakeup(file.fd(), 1 << 16, KRING_DEADLINE_MIN), 0);
	sleeper reader{SYS_read, [&] { return read_once(file.fd()); }};
	double written = now();

	EXPECT_EQ(load.kick(0), 0);
	expect_within(reader, written, 0.001, 0.001);
}

/* What was there before anybody waited is late from then on. */
TEST_F(exact_wakeup, of_records_that_are_there)
{
	with_each([](long call, auto sleep) {
		load load;
		descriptor file = open_channel("load", O_RDONLY);

		ASSERT_EQ(set_wakeup(file.fd(), 1 << 16, 50000), 0);
		write(load, 10);
		usleep(100000);

		double begin;
		sleeper reader{call, [&] {
				       begin = now();
				       return sleep(file.fd());
			       }};

		/* To the first look it takes as long as back from there. */
		expect_within(reader, begin, 0.05, 0.05 + overhead);
	});
}

/* Whoever fell asleep last. */
TEST_F(exact_wakeup, at_several_deadlines)
{
	load load;
	descriptor files[] = {open_channel("load", O_RDONLY), open_channel("load", O_RDONLY),
			      open_channel("load", O_RDONLY)};
	constexpr double deadlines[] = {0.1, 0.05, 0.15};
	std::vector<std::unique_ptr<sleeper>> readers;
	double begin[3];

	EXPECT_EQ(load.kick(0), 0);
	for (unsigned at = 0; at < 3; at++) {
		ASSERT_EQ(set_wakeup(files[at].fd(), 1 << 16, static_cast<__u32>(deadlines[at] * second)), 0);
		readers.push_back(std::make_unique<sleeper>(SYS_poll, [&, at] {
			begin[at] = now();
			return poll_now(files[at].fd(), POLLIN, -1);
		}));
	}
	for (unsigned at = 0; at < 3; at++)
		expect_within(*readers[at], begin[at], deadlines[at], deadlines[at] + overhead);
}

/* Time passes for records, not for calls. */
TEST_F(exact_wakeup, whoever_looks_now_and_then)
{
	load load;
	descriptor file = open_channel();
	double begin;

	ASSERT_EQ(set_wakeup(file.fd(), 1 << 16, 50000), 0);
	EXPECT_EQ(load.kick(0), 0);
	begin = now();
	while (!poll_now(file.fd(), POLLIN, 7))
		;
	EXPECT_GE(now() - begin, 0.049);
	EXPECT_LT(now() - begin, 0.05 + overhead);
}

/* A ring is read before it is full, whatever the watermark. */
TEST_F(exact_wakeup, a_watermark_of_all)
{
	for (const char *mode : {"discard", "overwrite"})
		for (number watermark : {4 * 4096, 1 << 30}) {
			load load{std::string{"size=16K mode="} + mode};
			descriptor file = open_channel("load", O_RDONLY);

			ASSERT_EQ(set_wakeup(file.fd(), watermark, 3600 * second), 0);
			sleeper reader{SYS_read, [&] { return read_once(file.fd()); }};
			for (unsigned records = 0; records < 200 && !reader.is_done(); records++)
				write(load, 1);
			EXPECT_GT(reader.join(), 3 * 4096 - 500);
			EXPECT_EQ(dropped(ledger_of(file.fd())), 0U);
			EXPECT_EQ(ledger_of(file.fd()).overwritten, 0U);
		}
}

TEST_F(exact_wakeup, of_an_owner)
{
	load load;
	descriptor file = open_channel();
	mapping map{file.fd(), info_of(file.fd()).map_size};
	journal journal;

	ASSERT_EQ(set_wakeup(file.fd(), 100 * record_bytes, 50000), 0);
	EXPECT_EQ(own_all(file.fd(), map, 0, journal), 0U);
	for (unsigned times = 0; times < 3 && !HasFailure(); times++) {
		sleeper late{SYS_poll, [&] { return poll_now(file.fd(), POLLIN, -1); }};
		double written = now();

		EXPECT_EQ(load.kick(0), 0);
		expect_within(late, written, 0.05, 0.05);
		EXPECT_EQ(own_all(file.fd(), map, 0, journal), 1U);

		sleeper many{SYS_poll, [&] { return poll_now(file.fd(), POLLIN, -1); }};

		load.write(90);
		usleep(5000);
		EXPECT_FALSE(many.is_done());
		written = now();
		load.write(10);
		EXPECT_EQ(many.join(), POLLIN);
		EXPECT_LT(many.returned() - written, 0.04) << "long before the deadline";
		EXPECT_EQ(own_all(file.fd(), map, 0, journal), 100U);
	}
}

/* Told once for each watermark, if all was taken. */
TEST_F(exact_wakeup, edge)
{
	load load{"order=4"};
	descriptor file = open_channel(), set{epoll_create1(EPOLL_CLOEXEC)};
	epoll_event event{};

	event.events = EPOLLIN | EPOLLET;
	ASSERT_EQ(set_wakeup(file.fd(), 10 * record_bytes, 10 * second), 0);
	ASSERT_EQ(epoll_ctl(set.fd(), EPOLL_CTL_ADD, file.fd(), &event), 0);
	for (unsigned times = 0; times < 5 && !HasFailure(); times++) {
		write(load, 9);
		EXPECT_EQ(epoll_wait(set.fd(), &event, 1, 5), 0) << times;
		write(load, 1);
		EXPECT_EQ(epoll_wait(set.fd(), &event, 1, 5), 1) << times;
		while (read_once(file.fd()) > 0)
			;
	}
}

/* Each as it wants; nobody is woken for another. */
TEST_F(exact_wakeup, of_two_files)
{
	load load{"burst=1 pause=200"};
	counting_reader any{0, 0}, some{100 * record_bytes, 10 * second}, all{1 << 30, 10 * second};

	load.write(2000);
	EXPECT_EQ(load.unload(), 0);
	for (counting_reader *reader : {&any, &some, &all})
		EXPECT_EQ(reader->join(), 2000U);
	EXPECT_GT(any.sleeps(), 150);
	EXPECT_LE(some.sleeps(), 2000 / 100 + 2);
	EXPECT_GE(some.sleeps(), 2000 / 110);
	EXPECT_LE(all.sleeps(), 2);
}

/* From the line of /proc/interrupts. */
number irq_works()
{
	std::ifstream file{"/proc/interrupts"};
	std::string line, name;
	number count = 0;

	while (std::getline(file, line))
		if (std::istringstream words{line}; words >> name && name == "IWI:")
			words >> count;
	return count;
}

/* Who sleeps for a watermark is not told of each record. */
TEST_F(exact_wakeup, costs_an_active_writer_nothing)
{
	number taken[2];
	unsigned at = 0;

	for (__u32 watermark : {0, 1 << 30}) {
		load load{"size=16M burst=1 pause=100"};
		counting_reader reader{watermark, 10 * second};
		number before = irq_works();

		load.write(2000);
		taken[at++] = irq_works() - before;
		EXPECT_EQ(load.unload(), 0);
		EXPECT_EQ(reader.join(), 2000U);
	}
	printf("exact_wakeup: irq_works for 2000 records: %llu without a watermark, %llu with one\n", taken[0],
	       taken[1]);
	EXPECT_GT(taken[0], 100U);
	EXPECT_LT(taken[1], 20U);
}

} /* namespace */
} /* namespace kring::abi */
