/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Nanoseconds per record of the broadcast ring between threads, beside queues of
 * boost::lockfree, of which each consumer needs one of its own, and every producer
 * pushes to each.
 *
 * X_to_Y: the time in which every consumer gets every record, by the number of
 * records. For this, and only here, producers wait: a ring that loses records
 * would be as fast as one likes. write: what a producer pays that waits for
 * nobody, with consumers that look on.
 */
#include <benchmark/benchmark.h>
#include <boost/lockfree/queue.hpp>
#include <sched.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <thread>
#include <vector>

#include "../../../src/core/broadcast_consumer.hh"
#include "../../../src/core/platform_kernel.hh"
#include "../../../src/core_broadcast.h"

namespace
{

using kring::broadcast_consumer;
using kring::broadcast_record;
using kring::platform_kernel;
using kring::slot_state;
using kring::status;
using clock_type = std::chrono::steady_clock;

constexpr __u32 slots = 4096;
constexpr __u64 total = 2'000'000;

struct record {
	__u64 words[2];
};

/* A turn of waiting: soon the other thread's, in case that it has no CPU. */
class patience {
public:
	void wait()
	{
		if (++turns_ % 128 == 0)
			sched_yield();
		else
			platform_kernel::relax();
	}

private:
	__u32 turns_ = 0;
};

class broadcast {
public:
	explicit broadcast(__u32) : memory_{static_cast<char *>(std::aligned_alloc(4096, size)), std::free}
	{
		kring_core_broadcast_geometry how{geometry.slots, geometry.slot_size, geometry.first_slot,
						  geometry.payload};

		std::memset(memory_.get(), 0, size);
		kring_core_broadcast_init(&core_, header(), &how);
	}

	void produce(__u64 number)
	{
		auto *payload = static_cast<record *>(write(number));
		__u64 ticket =
			slot_state{platform_kernel::load(reinterpret_cast<kring_broadcast_slot *>(payload)[-1].state)}
				.ticket();
		patience patience;

		kring_core_broadcast_commit(&core_, payload);
		/* All of a lap but what other producers may be at. */
		while (ticket > slowest() + slots - 64)
			patience.wait();
	}

	/* Not waiting. */
	void produce_at_once(__u64 number) { kring_core_broadcast_commit(&core_, write(number)); }

	/* As many as there are, up to the total. */
	bool consume(__u32 number, __u64 &sum)
	{
		broadcast_consumer<platform_kernel> &cursor = consumers_[number].cursor;
		broadcast_record found{};

		if (cursor.look(view, found) != status::ok)
			return false;

		record copy;

		std::memcpy(&copy, found.data, sizeof(copy));
		if (!cursor.confirm(view, found))
			return false;
		sum += copy.words[0];
		if (cursor.next() % 64 == 0 || cursor.next() == total)
			consumers_[number].passed.store(cursor.next(), std::memory_order_release);
		return true;
	}

	void expect(__u32 consumers) { consumers_ = std::vector<consumer>(consumers); }
	bool has_lost() const
	{
		for (const consumer &one : consumers_)
			if (one.cursor.lost())
				return true;
		return false;
	}

private:
	struct alignas(128) consumer {
		consumer() = default;
		consumer(const consumer &) {}
		broadcast_consumer<platform_kernel> cursor{};
		alignas(128) std::atomic<__u64> passed = 0;
	};

	static constexpr kring::broadcast_geometry geometry{slots, kring::broadcast_slot_size(sizeof(record)), 4096,
							    sizeof(record)};
	static constexpr size_t size = kring::broadcast_size(geometry);

	kring_broadcast_header *header() { return reinterpret_cast<kring_broadcast_header *>(memory_.get()); }
	void *write(__u64 number)
	{
		void *payload = kring_core_broadcast_reserve(&core_, sizeof(record)).payload;

		if (!payload)
			std::abort();
		*static_cast<record *>(payload) = {{number, ~number}};
		return payload;
	}
	/* Looked at anew when what is known of it does not do. */
	__u64 slowest() const
	{
		__u64 least = ~__u64{0};

		for (const consumer &one : consumers_)
			least = std::min(least, one.passed.load(std::memory_order_acquire));
		return least;
	}

	std::unique_ptr<char, void (*)(void *)> memory_;
	kring_core_broadcast core_;
	kring::broadcast_view view{header(), geometry};
	std::vector<consumer> consumers_;
};

/* The same service of what is not made for it: a queue for each consumer. */
class boost_queues {
public:
	explicit boost_queues(__u32 consumers)
	{
		for (__u32 number = 0; number < consumers; number++)
			queues_.push_back(std::make_unique<queue>());
	}
	void expect(__u32) {}
	void produce(__u64 number)
	{
		for (auto &queue : queues_) {
			patience patience;

			while (!queue->push({{number, ~number}}))
				patience.wait();
		}
	}
	bool consume(__u32 number, __u64 &sum)
	{
		record copy;

		if (!queues_[number]->pop(copy))
			return false;
		sum += copy.words[0];
		return true;
	}
	bool has_lost() const { return false; }

private:
	using queue = boost::lockfree::queue<record, boost::lockfree::capacity<slots>>;

	std::vector<std::unique_ptr<queue>> queues_;
};

/* Every consumer gets every record. */
template <class kind, __u32 producers, __u32 consumers> void pass_on(benchmark::State &state)
{
	for (auto _ : state) {
		kind ring{consumers};
		std::vector<std::thread> threads;
		std::atomic<__u32> ready = 0;
		std::atomic<bool> wrong = false;
		auto start = [&] {
			for (ready++; ready < producers + consumers;)
				sched_yield();
		};

		ring.expect(consumers);
		for (__u32 number = 0; number < consumers; number++)
			threads.emplace_back([&, number] {
				patience patience;
				__u64 sum = 0;

				start();
				for (__u64 got = 0; got < total;)
					if (ring.consume(number, sum))
						got++;
					else
						patience.wait();
				if (sum != total * (total - 1) / 2)
					wrong = true;
			});

		for (__u32 number = 1; number < producers; number++)
			threads.emplace_back([&, number] {
				start();
				for (__u64 record = number; record < total; record += producers)
					ring.produce(record);
			});
		start();

		auto begin = clock_type::now();

		for (__u64 record = 0; record < total; record += producers)
			ring.produce(record);
		for (std::thread &thread : threads)
			thread.join();

		std::chrono::duration<double> took = clock_type::now() - begin;

		if (wrong || ring.has_lost())
			state.SkipWithError("records were lost or came twice");
		state.SetIterationTime(took.count() / total);
	}
}

/* Of one producer, which waits for nobody; consumers take what they can get. */
template <__u32 consumers> void write_beside(benchmark::State &state)
{
	for (auto _ : state) {
		broadcast ring{consumers};
		std::vector<std::thread> threads;
		std::atomic<bool> done = false;

		ring.expect(consumers);
		for (__u32 number = 0; number < consumers; number++)
			threads.emplace_back([&, number] {
				__u64 sum = 0;

				while (!done.load(std::memory_order_relaxed))
					if (!ring.consume(number, sum))
						platform_kernel::relax();
			});

		timespec begin, end;

		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &begin);
		for (__u64 record = 0; record < total; record++)
			ring.produce_at_once(record);
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
		done = true;
		for (std::thread &thread : threads)
			thread.join();

		double seconds = static_cast<double>(end.tv_sec - begin.tv_sec) +
				 static_cast<double>(end.tv_nsec - begin.tv_nsec) * 1e-9;

		state.SetIterationTime(seconds / total);
	}
}

#define BROADCAST_BENCHMARK(name, ...) BENCHMARK(__VA_ARGS__)->Name(name)->UseManualTime()->Iterations(1)

BROADCAST_BENCHMARK("broadcast.1_to_1", pass_on<broadcast, 1, 1>);
BROADCAST_BENCHMARK("broadcast.1_to_3", pass_on<broadcast, 1, 3>);
BROADCAST_BENCHMARK("broadcast.3_to_3", pass_on<broadcast, 3, 3>);
BROADCAST_BENCHMARK("boost.1_to_1", pass_on<boost_queues, 1, 1>);
BROADCAST_BENCHMARK("boost.1_to_3", pass_on<boost_queues, 1, 3>);
BROADCAST_BENCHMARK("boost.3_to_3", pass_on<boost_queues, 3, 3>);
BROADCAST_BENCHMARK("broadcast.write", write_beside<0>);
BROADCAST_BENCHMARK("broadcast.write.beside_1", write_beside<1>);
BROADCAST_BENCHMARK("broadcast.write.beside_3", write_beside<3>);

} /* namespace */

BENCHMARK_MAIN();
