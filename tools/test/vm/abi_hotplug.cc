/* SPDX-License-Identifier: GPL-2.0-only */
/* A CPU that goes and comes while records are written and read. */
#include <sys/syscall.h>

#include <atomic>
#include <thread>

#include "abi_cpus.hh"
#include "abi_readers.hh"
#include "abi_sleeper.hh"

namespace kring::abi
{
namespace
{

constexpr unsigned times = 20;

class hotplug : public hotplug_test {};

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

TEST_F(hotplug, while_records_are_written_and_read)
{
	for (const std::string mode : {"overwrite", "discard"}) {
		load load{"size=64K contexts=task,softirq,irq burst=50 pause=500 discard=50 mode=" + mode};
		readers readers;

		go_and_come(load);
		readers.join();
		readers.expect_all_accounted(load);
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
