/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Nanoseconds for one element to go from one thread to another, on two CPUs:
 * "NAME.SIZE[.batched] NANOSECONDS" a line. Rounds are short, and each queue has
 * its turn in all of them; what counts is the fastest tenth: in the others, who
 * else wants these CPUs is measured, too.
 */
#include <sched.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <string>
#include <thread>

#include "queues.hh"

namespace bench
{
namespace
{

constexpr unsigned int rounds = 100;
constexpr unsigned int elements = 1 << 15;
constexpr unsigned int batch = 32;

/* All of it is written, and so that the compiler can put it where it goes. */
template <unsigned int size> struct payload {
	unsigned long words[size / sizeof(unsigned long)];

	static payload of(unsigned long value)
	{
		payload made;

		for (unsigned long &word : made.words)
			word = value;
		return made;
	}
};

void run_on(unsigned int cpu)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	if (sched_setaffinity(0, sizeof(one), &one)) {
		std::perror("queues: two CPUs are needed, and one cannot be had");
		std::exit(1);
	}
}

/* What a side does until it has done all; it waits for the other one, which may have lost its CPU. */
template <class F> void until_all(F some)
{
	unsigned int failed = 0;

	for (unsigned int done = 0; done < elements;) {
		unsigned int now = some(done, std::min(batch, elements - done));

		done += now;
		failed = now ? 0 : failed + 1;
		if (failed)
			__builtin_ia32_pause();
		if (failed == 4096)
			failed = 0, sched_yield();
	}
}

template <class T> void check(const T &element, unsigned long expected)
{
	if (element.words[0] != expected) {
		std::fprintf(stderr, "queues: an element is not the one that was put next\n");
		std::exit(1);
	}
}

template <template <class> class Q, class T> double round_of(bool batched)
{
	auto queue = std::make_unique<Q<T>>();
	std::atomic<int> ready = 0;
	std::thread consumer{[&] {
		T taken[batch];

		run_on(1);
		ready = 1;
		until_all([&](unsigned int done, unsigned int left) {
			unsigned int count = batched ? queue->get_many(taken, left) : queue->get(taken[0]);

			for (unsigned int at = 0; at < count; at++)
				check(taken[at], done + at);
			return count;
		});
	}};
	T some[batch] = {};

	run_on(0);
	while (!ready)
		sched_yield();

	auto begin = std::chrono::steady_clock::now();

	until_all([&](unsigned int done, unsigned int left) -> unsigned int {
		if (!batched)
			return queue->put(T::of(done));
		for (unsigned int at = 0; at < left; at++)
			some[at] = T::of(done + at);
		return queue->put_many(some, left);
	});
	consumer.join();

	std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - begin;

	return took.count() / elements;
}

using results = std::map<std::string, std::vector<double>>;

template <template <class> class Q, unsigned int size> void measure(results &found)
{
	for (bool batched : {false, true}) {
		std::string name = std::string{Q<payload<size>>::name} + '.' + std::to_string(size);

		found[name + (batched ? ".batched" : "")].push_back(round_of<Q, payload<size>>(batched));
	}
}

template <unsigned int size> void measure_all(results &found)
{
	measure<kring_queue, size>(found);
	measure<boost_queue, size>(found);
	measure<dpdk_queue, size>(found);
	measure<urcu_queue, size>(found);
}

} /* namespace */
} /* namespace bench */

int main()
{
	bench::results found;

	for (unsigned int round = 0; round < bench::rounds; round++) {
		bench::measure_all<8>(found);
		bench::measure_all<16>(found);
		bench::measure_all<64>(found);
	}
	for (auto &[name, times] : found) {
		std::nth_element(times.begin(), times.begin() + bench::rounds / 10, times.end());
		std::printf("%s %.3f\n", name.c_str(), times[bench::rounds / 10]);
	}
}
