/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * CPUs that go and come again and again, while all contexts write, their last
 * steps before they halt included, and an owner and an observer read.
 */
#include "abi_cpus.hh"
#include "abi_endurance.hh"
#include "abi_readers.hh"

namespace kring::abi
{
namespace
{

class endurance_hotplug : public hotplug_test {
protected:
	static number committed(unsigned cpu)
	{
		return read_number("/sys/class/kring/load/cpu" + std::to_string(cpu) + "/committed");
	}

	/* Writers of that CPU are at it. */
	static void expect_records_of(unsigned cpu)
	{
		number before = committed(cpu);

		EXPECT_TRUE(eventually([=] { return committed(cpu) > before; })) << "no record comes on CPU " << cpu;
	}

	/* Each run has a thread on every CPU that is there. */
	static void go_and_come(load &load, unsigned cpu)
	{
		load.start(1000000000);
		expect_records_of(cpu);
		EXPECT_EQ(set_online(false, cpu), 0);
		expect_records_of(0);
		EXPECT_EQ(set_online(true, cpu), 0);
		load.stop();
	}

	static void cycles(const std::string &mode, number times)
	{
		load load{"size=64K contexts=task,softirq,irq,nmi,dying burst=50 pause=500 discard=50 mode=" + mode};
		readers readers;
		number last_words = 0;

		for (number time = 0; time < times && !HasFailure(); time++)
			go_and_come(load, 1 + time % (nr_cpus() - 1));
		readers.join();
		readers.expect_all_accounted(load);
		for (unsigned cpu = 1; cpu < nr_cpus() && cpu <= times; cpu++)
			last_words += load.count("cpu" + std::to_string(cpu) + ".dying.attempted");
		EXPECT_EQ(last_words, times) << "each time one record where no interrupt comes any more";
	}
};

TEST_F(endurance_hotplug, overwriting)
{
	cycles("overwrite", times_or(100));
}

TEST_F(endurance_hotplug, discarding)
{
	cycles("discard", times_or(100));
}

} /* namespace */
} /* namespace kring::abi */
