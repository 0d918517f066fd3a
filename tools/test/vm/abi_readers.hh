/* SPDX-License-Identifier: GPL-2.0-only */
/* An owner and an observer that read the channel of kring_load while it is written, and the ledger that they end with. */
#ifndef KRING_TEST_ABI_READERS_HH
#define KRING_TEST_ABI_READERS_HH

#include <gtest/gtest.h>
#include <poll.h>

#include <atomic>
#include <thread>

#include "abi_channel.hh"

namespace kring::abi
{

/* An owner of all rings and an observer, each in a thread of its own, until they are told to stop and find nothing. */
class readers {
public:
	readers() : owner_{[this] { own(); }}, observer_{[this] { observe(); }} {}
	~readers() { join(); }

	void join()
	{
		stop_ = true;
		for (std::thread *thread : {&owner_, &observer_})
			if (thread->joinable())
				thread->join();
	}

	/* Call when both have ended, and no run goes on. */
	void expect_all_accounted(const load &load)
	{
		descriptor file = open_channel();
		kring_ledger all = ledger_of(file.fd());

		for (unsigned cpu = 0; cpu < nr_cpus(); cpu++)
			expect_accounted(cpu, ledger_of(file.fd(), cpu), load);
		EXPECT_EQ(all.committed, load.count("committed"));
		EXPECT_EQ(all.discarded, load.count("discarded"));
		EXPECT_EQ(dropped(all), load.count("dropped"));
		EXPECT_EQ(all.dropped[KRING_DROP_NO_CPU], 0U);
	}

private:
	/* Each number twice, counted by those who do not know of each other. */
	void expect_accounted(unsigned cpu, const kring_ledger &ledger, const load &load)
	{
		expect_sound(ledger);
		EXPECT_EQ(ledger.committed, load.count_of(cpu, "committed")) << cpu;
		EXPECT_EQ(ledger.discarded, load.count_of(cpu, "discarded")) << cpu;
		EXPECT_EQ(dropped(ledger), load.count_of(cpu, "dropped")) << cpu;
		EXPECT_EQ(ledger.unread, 0U) << cpu;
		EXPECT_EQ(owned_.of(cpu).records, ledger.read) << cpu;
		EXPECT_EQ(owned_.of(cpu).lost, ledger.overwritten) << cpu;
		EXPECT_EQ(observed_.of(cpu).records + observed_.of(cpu).lost, ledger.committed) << cpu;
	}

	void own()
	{
		descriptor file = open_channel();
		mapping map{file.fd(), info_of(file.fd()).map_size};
		number got = 0;

		for (bool last = false; !last || got;) {
			last = stop_;
			got = 0;
			for (unsigned cpu = 0; cpu < nr_cpus(); cpu++)
				got += own_all(file.fd(), map, cpu, owned_);
			if (!got && !last)
				poll_now(file.fd(), POLLIN, 10);
		}
	}

	void observe()
	{
		descriptor file = open_channel();

		for (bool last = false; !last;) {
			last = stop_;
			EXPECT_EQ(read_all(file.fd(), observed_), -EAGAIN);
			if (!last)
				poll_now(file.fd(), POLLIN, 10);
		}
	}

	std::atomic<bool> stop_{false};
	journal owned_, observed_;
	std::thread owner_, observer_;
};

} /* namespace kring::abi */

#endif
