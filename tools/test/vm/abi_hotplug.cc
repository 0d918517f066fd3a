/* SPDX-License-Identifier: GPL-2.0-only */
/* A CPU that goes and comes while records are written and read. */
#include <poll.h>
#include <sys/syscall.h>

#include <atomic>
#include <thread>

#include "abi_cpus.hh"
#include "abi_sleeper.hh"

namespace kring::abi
{
namespace
{

constexpr unsigned times = 20;

class hotplug : public hotplug_test {};

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

	journal owned, observed;

private:
	void own()
	{
		descriptor file = open_channel();
		mapping map{file.fd(), info_of(file.fd()).map_size};
		number got = 0;

		for (bool last = false; !last || got;) {
			last = stop_;
			got = 0;
			for (unsigned cpu = 0; cpu < nr_cpus(); cpu++)
				got += own_all(file.fd(), map, cpu, owned);
			if (!got && !last)
				poll_now(file.fd(), POLLIN, 10);
		}
	}

	void observe()
	{
		descriptor file = open_channel();

		for (bool last = false; !last;) {
			last = stop_;
			EXPECT_EQ(read_all(file.fd(), observed), -EAGAIN);
			if (!last)
				poll_now(file.fd(), POLLIN, 10);
		}
	}

	std::atomic<bool> stop_{false};
	std::thread owner_, observer_;
};

/* Each time it is back, there is a new run, which has a thread on it again. */
void go_and_come(load &load)
{
	for (unsigned time = 0; time < times && !testing::Test::HasFailure(); time++) {
		number before = read_number("/sys/class/kring/load/cpu1/committed");

		load.start(1000000000);
		EXPECT_TRUE(eventually([=] { return read_number("/sys/class/kring/load/cpu1/committed") > before; }));
		EXPECT_EQ(set_online(false), 0);
		EXPECT_EQ(set_online(true), 0);
		load.stop();
	}
}

void expect_all_accounted(const load &load, const readers &readers)
{
	kring_ledger ledger = ledger_of(open_channel().fd());

	expect_sound(ledger);
	EXPECT_EQ(ledger.committed, load.count("committed"));
	EXPECT_EQ(ledger.discarded, load.count("discarded"));
	EXPECT_EQ(dropped(ledger), load.count("dropped"));
	EXPECT_EQ(ledger.dropped[KRING_DROP_NO_CPU], 0U);
	EXPECT_EQ(ledger.unread, 0U);
	EXPECT_EQ(readers.owned.records(), ledger.read);
	EXPECT_EQ(readers.owned.lost(), ledger.overwritten);
	EXPECT_EQ(readers.observed.records() + readers.observed.lost(), ledger.committed);
}

TEST_F(hotplug, while_records_are_written_and_read)
{
	for (const std::string mode : {"overwrite", "discard"}) {
		load load{"size=64K contexts=task,softirq,irq burst=50 pause=500 discard=50 mode=" + mode};
		readers readers;

		go_and_come(load);
		readers.join();
		expect_all_accounted(load, readers);
	}
}

/* What was written before is still there, the owner is still the owner. */
TEST_F(hotplug, of_a_ring_with_an_owner)
{
	load load{"cpus=1"};
	descriptor owner = open_channel(), other = open_channel();
	mapping map{owner.fd(), info_of(owner.fd()).map_size};
	kring_acquire acquired = acquire_of(other_cpu);
	journal journal;

	load.write(100);
	ASSERT_EQ(acquire(owner.fd(), acquired), 0);
	ASSERT_EQ(set_online(false), 0);
	journal.span(map.page(other_cpu, acquired.page), acquired);
	EXPECT_EQ(acquire(other.fd(), other_cpu), EBUSY);
	EXPECT_EQ(release(owner.fd(), other_cpu), 0);
	own_all(owner.fd(), map, other_cpu, journal);
	EXPECT_EQ(journal.records(), 100U) << "while its CPU is away";

	ASSERT_EQ(set_online(true), 0);
	EXPECT_EQ(acquire(other.fd(), other_cpu), EBUSY);
	load.write(100);
	own_all(owner.fd(), map, other_cpu, journal);
	EXPECT_EQ(journal.records(), 200U);
	EXPECT_EQ(journal.lost(), 0U);
}

/* The gate of a ring whose CPU is away must turn, too. */
TEST_F(hotplug, enabling_while_it_is_away)
{
	load load{"cpus=1"};
	const std::string folder = "/sys/class/kring/load/";

	ASSERT_EQ(set_online(false), 0);
	ASSERT_EQ(write_text(folder + "enabled", "0"), 0);
	ASSERT_EQ(set_online(true), 0);
	load.write(10);
	EXPECT_EQ(read_text(folder + "cpu1/dropped_disabled"), "10\n");
	ASSERT_EQ(set_online(false), 0);
	ASSERT_EQ(write_text(folder + "enabled", "1"), 0);
	ASSERT_EQ(set_online(true), 0);
	load.write(10);
	EXPECT_EQ(read_text(folder + "cpu1/committed"), "10\n");
}

/* Its irq_work never runs: one that it left queued would wake nobody, and hold up the unloading for good. */
TEST_F(hotplug, last_words_wake_a_reader)
{
	load load{"contexts=dying cpus=0 burst=1 pause=10000"};
	descriptor file = open_channel("load", O_RDONLY);

	load.start(1);
	sleeper reader{SYS_read, [&] { return read_once(file.fd()); }};
	ASSERT_EQ(set_online(false), 0);
	EXPECT_TRUE(eventually([&] { return reader.is_done(); }, 2));
	EXPECT_GT(reader.join(), 0);
	EXPECT_EQ(load.count("cpu1.dying.committed"), 1U);
	file.close();
	EXPECT_EQ(load.unload(), 0) << "while it is away";
	EXPECT_EQ(set_online(true), 0);
}

TEST_F(hotplug, while_channels_come_and_go)
{
	std::atomic<bool> stop{false};
	std::thread cpu{[&] {
		while (!stop) {
			EXPECT_EQ(set_online(false), 0);
			EXPECT_EQ(set_online(true), 0);
		}
	}};

	for (unsigned time = 0; time < times; time++) {
		load load{"size=64K"};
		descriptor file = open_channel();
		journal journal;

		load.write(100);
		EXPECT_EQ(read_all(file.fd(), journal), -EAGAIN);
		EXPECT_EQ(journal.records(), 100U);
	}
	stop = true;
	cpu.join();
}

} /* namespace */
} /* namespace kring::abi */
