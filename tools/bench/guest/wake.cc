/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From a write to the program that waits for it, in time of a guest that counts
 * instructions as nanoseconds: a record of a channel, beside eventfd. Prints
 * "NAME NANOSECONDS 1", the median.
 */
#include <fcntl.h>
#include <kring/kring.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <x86intrin.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <string>
#include <thread>

namespace
{

constexpr int rounds = 21;
constexpr const char *channel = "bench_wake";

/* wait() returns when tell() was called; take() has what it brought. */
template <class T, class W, class R>
void measure(const char *name, T tell, W wait, R take)
{
	std::array<__u64, rounds> latencies{};
	std::atomic<__u64> begin = 0;
	std::atomic<int> woken = 0;
	std::thread waiter{[&] {
		for (__u64 &latency : latencies) {
			wait();
			latency = __rdtsc() - begin;
			take();
			woken++;
		}
	}};

	for (int round = 0; round < rounds; round++) {
		/* Until it sleeps, and what has woken it is forgotten. */
		usleep(20000);
		begin = __rdtsc();
		tell();
		while (woken == round)
			usleep(1000);
	}
	waiter.join();
	std::nth_element(latencies.begin(), latencies.begin() + rounds / 2, latencies.end());
	printf("%s %llu 1\n", name, latencies[rounds / 2]);
}

void wait_for(int fd)
{
	pollfd self{fd, POLLIN, 0};

	while (poll(&self, 1, -1) <= 0)
		;
}

void measure_eventfd()
{
	int fd = eventfd(0, 0);
	__u64 value = 1;

	measure(
		"wake.eventfd", [&] { (void)!write(fd, &value, sizeof(value)); }, [&] { wait_for(fd); },
		[&] { (void)!read(fd, &value, sizeof(value)); });
	close(fd);
}

bool measure_channel()
{
	kring_control_opts opts{};

	opts.sz = sizeof(opts);
	if (kring_control__create(channel, &opts) < 0)
		return false;

	kring_stream *stream = kring_stream__open(channel, nullptr);
	int fd = open((std::string{"/dev/kring/"} + channel).c_str(), O_WRONLY);
	const kring_item *item;

	if (stream && fd >= 0)
		measure(
			"wake.kring", [&] { (void)!write(fd, "record", 6); },
			[&] { wait_for(kring_stream__fd(stream)); },
			[&] {
				while (kring_stream__next(stream, &item) != 0)
					;
			});
	kring_stream__free(stream);
	close(fd);
	return stream && fd >= 0 && !kring_control__destroy(channel);
}

} /* namespace */

int main()
{
	measure_eventfd();
	if (measure_channel())
		return 0;
	perror("wake");
	return 1;
}
