/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Up to when a channel is complete: what is read after the kernel named a time
 * has everything of before it, and nothing of before it comes later.
 */
#include <sys/ioctl.h>

#include "abi_cpus.hh"

namespace kring::abi
{
namespace
{

/* 0 or the errno. */
int horizon(int fd, __u32 cpu, number &time)
{
	kring_horizon horizon{};

	horizon.size = sizeof(horizon);
	horizon.cpu = cpu;

	int error = error_of(ioctl(fd, KRING_IOC_HORIZON, &horizon));

	time = horizon.time;
	return error;
}

/* Reads all that is there, and knows of each CPU the time before which nothing may come any more. */
class merger {
public:
	explicit merger(int fd) : fd_{fd}, complete_(nr_cpus()) {}

	void read_on()
	{
		ssize_t got;

		while ((got = read(fd_, room_.data(), room_.size() * sizeof(number))) > 0)
			for (const char *at = bytes(), *end = at + got; at < end;)
				at += image(*reinterpret_cast<const kring_page *>(at));
		EXPECT_EQ(errno, EAGAIN);
	}

	/* To be followed by read_on(): what was published before may not have been read yet. */
	void complete(__u32 cpu, number time) { named_.emplace_back(cpu, time); }
	void all_is_read()
	{
		for (auto [cpu, time] : named_)
			for (__u32 each = 0; each < complete_.size(); each++)
				if (cpu == each || cpu == KRING_CPU_ALL)
					complete_[each] = std::max(complete_[each], time);
		named_.clear();
	}

	number records() const { return records_; }
	number late() const { return late_; }

private:
	char *bytes() { return reinterpret_cast<char *>(room_.data()); }

	size_t image(const kring_page &page)
	{
		record_cursor cursor{page};
		record_view record;

		while (cursor.next(record)) {
			late_ += record.stamp < complete_.at(page.cpu);
			records_++;
		}
		return KRING_COMMIT_OFFSET(page.commit);
	}

	int fd_;
	std::vector<number> complete_;
	std::vector<std::pair<__u32, number>> named_;
	std::vector<number> room_ = std::vector<number>(1 << 17);
	number records_ = 0;
	number late_ = 0;
};

class horizons : public hotplug_test {
protected:
	/* True if what was named was true, and named often. */
	static void beside_writers(const std::string &parameters, const std::vector<__u32> &cpus)
	{
		load load{"size=4M " + parameters};
		descriptor file = open_channel();
		merger merger{file.fd()};
		unsigned named = 0, busy = 0;

		load.start(20000);
		while (load.is_running()) {
			for (__u32 cpu : cpus) {
				number time;
				int error = horizon(file.fd(), cpu, time);

				EXPECT_TRUE(error == 0 || error == EAGAIN) << error;
				busy += error == EAGAIN;
				named += error == 0;
				if (!error)
					merger.complete(cpu, time);
			}
			merger.read_on();
			merger.all_is_read();
		}
		load.wait();
		merger.read_on();
		EXPECT_EQ(merger.late(), 0U) << "of " << merger.records() << " records, " << named << " times named";
		EXPECT_GT(merger.records(), 1000U);
		EXPECT_GT(named, 20U) << busy << " times busy";
	}
};

TEST_F(horizons, of_all_cpus)
{
	for (const std::string clock : {"local", "mono", "boot", "counter"})
		beside_writers("hold=50 burst=10 pause=500 contexts=task,softirq,irq,nmi clock=" + clock,
			       {KRING_CPU_ALL});
}

TEST_F(horizons, of_each_cpu)
{
	beside_writers("hold=50 burst=10 pause=500 contexts=task,softirq,irq,nmi", {0, other_cpu});
}

TEST_F(horizons, grow)
{
	load load;
	descriptor file = open_channel();
	number before = 0, time;

	for (unsigned tries = 0; tries < 1000; tries++) {
		ASSERT_EQ(horizon(file.fd(), tries % 2 ? KRING_CPU_ALL : 0, time), 0);
		ASSERT_GE(time, before);
		before = time;
	}
}

TEST_F(horizons, lie_behind_all_records)
{
	load load;
	descriptor file = open_channel();
	merger merger{file.fd()};
	number time;

	load.write(100);
	ASSERT_EQ(horizon(file.fd(), KRING_CPU_ALL, time), 0);
	merger.complete(KRING_CPU_ALL, time);
	merger.all_is_read();
	merger.read_on();
	EXPECT_EQ(merger.late(), merger.records());
	EXPECT_EQ(merger.records(), 100U);
}

TEST_F(horizons, of_a_cpu_that_is_offline)
{
	load load;
	descriptor file = open_channel();
	number all, one;

	ASSERT_EQ(set_online(false), 0);
	EXPECT_EQ(horizon(file.fd(), other_cpu, one), 0);
	EXPECT_EQ(horizon(file.fd(), KRING_CPU_ALL, all), 0);
	EXPECT_GE(all, one);
	ASSERT_EQ(set_online(true), 0);
	EXPECT_EQ(horizon(file.fd(), other_cpu, one), 0);
	EXPECT_GE(one, all);
}

} /* namespace */
} /* namespace kring::abi */
