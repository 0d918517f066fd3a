/* SPDX-License-Identifier: GPL-2.0-only */
/* Taking CPUs away and giving them back: CPU 1, where no other is named. */
#ifndef KRING_TEST_ABI_CPUS_HH
#define KRING_TEST_ABI_CPUS_HH

#include <sched.h>

#include "abi_test.hh"

namespace kring::abi
{

constexpr unsigned other_cpu = 1;

/* 0 or the errno; nothing to do is no error. */
inline int set_online(bool online, unsigned cpu = other_cpu)
{
	const std::string path = "/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/online";

	return read_value(path) == (online ? "1" : "0") ? 0 : write_text(path, online ? "1" : "0");
}

/* The thread runs on this CPU as long as this lives. */
class pinned {
public:
	explicit pinned(unsigned cpu)
	{
		cpu_set_t set;

		CPU_ZERO(&set);
		CPU_SET(cpu, &set);
		EXPECT_EQ(sched_getaffinity(0, sizeof(before_), &before_), 0);
		EXPECT_EQ(sched_setaffinity(0, sizeof(set), &set), 0);
	}
	~pinned() { sched_setaffinity(0, sizeof(before_), &before_); }
	pinned(const pinned &) = delete;

private:
	cpu_set_t before_;
};

/* Writes until CPU 1 has written, too: on a busy host the other may be done before it has begun. How many in all. */
inline number write_on_both(load &load)
{
	number written = 0;

	EXPECT_TRUE(eventually([&] {
		load.write(1000);
		written += 1000;
		return read_number("/sys/class/kring/load/cpu1/committed") > 0;
	}));
	return written;
}

/* All CPUs are online when a test ends, whatever it was before. */
class hotplug_test : public clean_test {
protected:
	void TearDown() override
	{
		for (unsigned cpu = other_cpu; cpu < nr_cpus(); cpu++)
			EXPECT_EQ(set_online(true, cpu), 0);
		clean_test::TearDown();
	}
};

} /* namespace kring::abi */

#endif
