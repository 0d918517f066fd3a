/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * No wakeup is lost: records come one at a time, and the next only when all
 * readers have taken the last, so that nothing else could wake one of them that
 * a record did not. It comes when they are about to sleep, or long asleep.
 */
#include <sched.h>

#include <cstdio>
#include <memory>
#include <vector>

#include "abi_endurance.hh"
#include "abi_test.hh"
#include "abi_waiter.hh"

namespace kring::abi
{
namespace
{

const char *const contexts[] = {"task", "softirq", "irq", "nmi"};

class endurance_waiting : public clean_test {
protected:
	using waiters = std::vector<std::unique_ptr<waiter>>;

	void pause(double seconds)
	{
		for (double end = now() + seconds; now() < end;)
			;
	}

	/* Where a task's record comes from. */
	void stay_on(unsigned cpu)
	{
		cpu_set_t set;

		CPU_ZERO(&set);
		CPU_SET(cpu, &set);
		EXPECT_EQ(sched_setaffinity(0, sizeof(set), &set), 0);
	}

	/* The watchdog. False: somebody sleeps on. Who has slept itself comes later than the readers fall asleep again. */
	bool all_have(const waiters &waiters, number records, const char *context)
	{
		const bool sleeps = records % 4;
		double end = now() + patience;

		for (const auto &waiter : waiters)
			while (!waiter->has(records, sleeps ? end : now()))
				if (now() >= end) {
					ADD_FAILURE() << name_of(waiter->how()) << " sleeps on at record " << records
						      << ", which came from " << context;
					return false;
				}
		return true;
	}

	/* Some microseconds later each time, so that the record meets all steps on the way to sleep; sometimes much later. */
	void kick(const load &load, number time)
	{
		unsigned cpu = static_cast<unsigned>(time / 64 % nr_cpus());

		if (time % 64 == 0)
			stay_on(cpu);
		pause(time % 16 == 15 ? 0.002 : 1e-6 * static_cast<double>(time * 7 % 128));
		EXPECT_EQ(load.kick(cpu), 0);
	}

	void one_by_one(const std::vector<way> &ways, number times)
	{
		for (const char *context : contexts) {
			load load{std::string{"size=64K contexts="} + context};
			waiters waiters;
			number written = 0;

			for (way way : ways)
				waiters.push_back(std::make_unique<waiter>(way));
			do
				kick(load, written++);
			while (all_have(waiters, written, context) && written < times);
			EXPECT_EQ(load.count("committed"), written);
			EXPECT_EQ(load.unload(), 0);
			for (auto &waiter : waiters) {
				waiter->join();
				records_ += waiter->records();
				sleeps_ += waiter->sleeps();
			}
		}
		printf("endurance: %llu records waited for, %llu sleeps\n", records_, sleeps_);
	}

private:
	number records_ = 0, sleeps_ = 0;
};

/* Nobody else is there whose wakeup would hide that one was lost. */
TEST_F(endurance_waiting, alone)
{
	for (way way : {way::read, way::poll, way::epoll, way::epoll_edge, way::owner_poll, way::owner_edge,
			way::read_to_deadline, way::edge_to_deadline})
		one_by_one({way}, times_or(200));
}

/* A ring has one owner. */
TEST_F(endurance_waiting, together)
{
	one_by_one({way::read, way::poll, way::epoll, way::epoll_edge, way::owner_edge, way::read_to_deadline},
		   21 * times_or(200));
}

} /* namespace */
} /* namespace kring::abi */
