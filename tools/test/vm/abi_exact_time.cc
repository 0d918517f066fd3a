/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How long it takes from a record, the end of a channel, the closing of a file
 * to the reader that sleeps. For a guest whose time is its instructions
 * (icount): there, these times are the same whatever else the host does.
 */
#include <poll.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

#include "abi_sleeper.hh"
#include "abi_test.hh"

namespace kring::abi
{
namespace
{

/* From a record to the wakeup that it shares with what comes in this time; see src/wakeup.c. */
constexpr double gather = 0.001;
/* What interrupts, the scheduler, and system calls take beside. */
constexpr double overhead = 0.0003;
/* Of whatever ends a sleep but a record. */
constexpr double ending = 0.1;

class exact_time : public clean_test {};

TEST_F(exact_time, from_a_record_to_its_reader)
{
	for (const char *context : {"task", "softirq", "irq", "nmi"})
		with_each_way([&](long call, auto sleep) {
			load load{std::string{"contexts="} + context};
			descriptor file = open_channel("load", O_RDONLY);
			double longest = 0;

			for (unsigned times = 0; times < 20 && !HasFailure(); times++) {
				sleeper reader{call, [&] { return sleep(file.fd()); }};
				double written = now();

				EXPECT_EQ(load.kick(0), 0);
				EXPECT_GT(reader.join(), 0);
				EXPECT_GE(reader.returned() - written, gather);
				EXPECT_LT(reader.returned() - written, gather + overhead);
				longest = std::max(longest, reader.returned() - written);
				lseek(file.fd(), 0, SEEK_END);
			}
			printf("exact_time: %s, system call %ld: %.0f us\n", context, call, longest * 1e6);
		});
}

/* However many records come; and each sleep ends though no page is full. */
TEST_F(exact_time, one_wakeup_for_all_records_of_that_time)
{
	load load{"size=16M burst=1 pause=100"};
	descriptor file = open_channel("load", O_RDONLY);
	journal journal;
	rusage usage{};
	double begin = now(), end = 0;
	std::thread reader{[&] {
		EXPECT_EQ(read_all(file.fd(), journal, 8192), 0);
		getrusage(RUSAGE_THREAD, &usage);
	}};

	load.write(5000);
	end = now();
	EXPECT_EQ(load.unload(), 0);
	reader.join();
	printf("exact_time: %llu records, %ld sleeps in %.0f ms\n", journal.records(), usage.ru_nvcsw,
	       (end - begin) * 1e3);
	EXPECT_EQ(journal.records(), 5000U);
	EXPECT_LT(static_cast<double>(usage.ru_nvcsw), (end - begin) / gather + 2);
	EXPECT_GT(static_cast<double>(usage.ru_nvcsw), (end - begin) / (2 * gather));
}

TEST_F(exact_time, from_the_end_of_a_channel)
{
	with_each_way([](long call, auto sleep) {
		load load;
		descriptor file = open_channel("load", O_RDONLY);
		sleeper reader{call, [&] { return sleep(file.fd()); }};
		double begin = now();

		EXPECT_EQ(load.unload(), 0);
		EXPECT_EQ(reader.join(), call == SYS_read ? 0 : call == SYS_poll ? POLLHUP : 1);
		EXPECT_LT(reader.returned() - begin, ending);
		printf("exact_time: end of the channel, system call %ld: %.0f us\n", call,
		       (reader.returned() - begin) * 1e6);
	});
}

TEST_F(exact_time, from_the_closing_of_a_file)
{
	load load;
	descriptor file = open_channel("load", O_RDONLY);
	sleeper reader{SYS_read, [fd = file.fd()] { return read_once(fd); }};
	double begin = now();

	file.close();
	EXPECT_EQ(reader.join(), -EBADF);
	EXPECT_LT(reader.returned() - begin, ending);
	printf("exact_time: closing: %.0f us\n", (reader.returned() - begin) * 1e6);
}

} /* namespace */
} /* namespace kring::abi */
