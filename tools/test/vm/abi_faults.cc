/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Each allocation fails in turn, of making a channel, opening, reading, waiting
 * and mapping, and of giving a CPU that comes online its ring: a clear error,
 * nothing leaked, nothing stuck.
 */
#include <sys/epoll.h>
#include <unistd.h>

#include <memory>

#include "abi_cpus.hh"
#include "abi_fail_each.hh"
#include "abi_log.hh"
#include "abi_refusal.hh"

namespace kring::abi
{
namespace
{

using lines = std::vector<std::string>;

const std::string parameters = "size=16K min=64 max=64";

class faults : public hotplug_test {
protected:
	void SetUp() override
	{
		hotplug_test::SetUp();
		prepare_faults();
	}

	void TearDown() override
	{
		hotplug_test::TearDown();
		EXPECT_EQ(leaked(), "");
		EXPECT_EQ(pages_held(), 0U);
	}
};

/* Records go through a channel from its beginning to its end. */
void expect_working(load &load)
{
	descriptor file = open_channel();
	journal journal;

	load.write(20);
	EXPECT_EQ(read_all(file.fd(), journal), -EAGAIN);
	EXPECT_EQ(journal.records(), 20U);
}

/* A failure was said to be one, or did no harm. */
void expect_clear(int error, bool failed)
{
	EXPECT_TRUE(!error || (failed && error == ENOMEM)) << "errno " << error;
}

TEST_F(faults, making_a_channel)
{
	const std::string line =
		"3 kring: channel 'load' not created: error -12 while making rings of 16384 bytes for 2 CPUs";
	kernel_log log;
	unsigned said = 0;
	unsigned failed = fail_each([] { return load_module("kring_load", parameters); },
				    [](int error, bool failed) {
					    expect_clear(error, failed);
					    EXPECT_EQ(is_loaded("kring_load"), !error);
					    EXPECT_EQ(no_channels(), error != 0);
					    EXPECT_EQ(error ? 0 : unload_module("kring_load"), 0);
				    });

	/* The others are the module loader's, or kring_load's own. */
	for (const std::string &each : log.take()) {
		EXPECT_TRUE(each == line || each.find("kring: ") == std::string::npos) << each;
		said += each == line;
	}
	printf("%u allocations failed, %u of them in making the rings\n", failed, said);
	EXPECT_GT(said, 10U);
	load load;
	expect_working(load);
}

TEST_F(faults, opening)
{
	load load;
	descriptor file;
	auto open_it = [&] {
		file = open_channel();
		return file.is_open() ? 0 : errno;
	};
	unsigned failed = fail_each(open_it, [&](int error, bool failed) {
		expect_clear(error, failed);
		file.close();
	});

	EXPECT_GT(failed, 1U);
	expect_working(load);
}

/* What fails is the buffer's own memory, of which the program sees nothing. */
TEST_F(faults, reading)
{
	load load;
	descriptor file = open_channel();

	load.write(20);
	for (int time = 0; time < 2; time++) {
		std::vector<number> buffer(1 << 16);
		ssize_t got = 0;

		fail_each([&] { return error_of(got = read(file.fd(), buffer.data(), buffer.size())); },
			  [&](int error, bool) {
				  EXPECT_EQ(error, 0);
				  EXPECT_GT(got, 0);
				  EXPECT_EQ(lseek(file.fd(), 0, SEEK_SET), 0);
			  });
	}
}

TEST_F(faults, waiting)
{
	load load;
	descriptor file = open_channel(), epoll{epoll_create1(EPOLL_CLOEXEC)};
	epoll_event event = {};
	unsigned failed = fail_each([&] { return error_of(epoll_ctl(epoll.fd(), EPOLL_CTL_ADD, file.fd(), &event)); },
				    [&](int error, bool failed) {
					    expect_clear(error, failed);
					    if (!error)
						    epoll_ctl(epoll.fd(), EPOLL_CTL_DEL, file.fd(), nullptr);
				    });

	EXPECT_GT(failed, 0U);
}

TEST_F(faults, reading_the_types)
{
	load load;
	auto read_it = [] {
		descriptor file{open("/sys/class/kring/load/types", O_RDONLY | O_CLOEXEC)};
		char text[256];

		return file.is_open() ? error_of(read(file.fd(), text, sizeof(text))) : errno;
	};

	EXPECT_GT(fail_each(read_it, expect_clear), 1U);
}

TEST_F(faults, mapping)
{
	load load;
	descriptor file = open_channel();
	size_t size = info_of(file.fd()).map_size;

	for (int flags : {MAP_SHARED, MAP_SHARED | MAP_POPULATE}) {
		void *map = nullptr;
		unsigned failed =
			fail_each([&] { return error_of(map = mmap(nullptr, size, PROT_READ, flags, file.fd(), 0)); },
				  [&](int error, bool failed) {
					  expect_clear(error, failed);
					  EXPECT_EQ(error ? 0 : munmap(map, size), 0);
				  });

		EXPECT_GT(failed, 0U);
	}
	expect_working(load);
}

const std::string cpu1 = "/sys/class/kring/load/cpu1";

/* What comes online, with a channel: of failures in the kernel's own part, the kernel makes what it will. */
class coming_online {
public:
	coming_online() { begin(); }

	void check(int error, bool failed)
	{
		bool has = has_ring(info_of(open_channel().fd()), other_cpu);

		EXPECT_TRUE(failed || (!error && has && exists(cpu1)));
		if (error)
			check_refused();
		else if (!has)
			check_without_ring();
		else if (!exists(cpu1))
			check_without_folder();
		check_next_time();
		begin();
	}

	unsigned refused = 0, without_ring = 0, without_folder = 0;

private:
	void begin()
	{
		load_.reset();
		ASSERT_EQ(set_online(false), 0);
		load_ = std::make_unique<load>(parameters);
		log_.take();
	}

	void check_refused()
	{
		EXPECT_EQ(log_.take(), lines{}) << "kring has nothing to do with it";
		refused++;
	}

	void check_without_ring()
	{
		descriptor file = open_channel();

		EXPECT_EQ(log_.take(), (lines{"4 kring: channel 'load': no ring for CPU 1 (error -12): its records are "
					      "dropped, cause no_cpu"}));
		EXPECT_TRUE(eventually([&] {
			load_->write(100);
			return ledger_of(file.fd()).dropped[KRING_DROP_NO_CPU] > 0;
		}));
		without_ring++;
	}

	void check_without_folder()
	{
		EXPECT_EQ(log_.take(),
			  (lines{"4 kring: channel 'load': no sysfs folder for the ring of CPU 1 (error -12)"}));
		without_folder++;
	}

	void check_next_time()
	{
		ASSERT_EQ(set_online(false), 0);
		ASSERT_EQ(set_online(true), 0);
		EXPECT_TRUE(exists(cpu1));
		EXPECT_TRUE(has_ring(info_of(open_channel().fd()), other_cpu));
		write_on_both(*load_);
		EXPECT_EQ(log_.take(), lines{});
	}

	std::unique_ptr<load> load_;
	kernel_log log_;
};

TEST_F(faults, a_cpu_comes_online)
{
	coming_online cpu;
	unsigned failed =
		fail_each([] { return set_online(true); }, [&](int error, bool failed) { cpu.check(error, failed); });

	printf("%u allocations failed: %u times no CPU, %u times no ring, %u times no folder\n", failed, cpu.refused,
	       cpu.without_ring, cpu.without_folder);
	EXPECT_GT(cpu.without_ring, 4U);
	EXPECT_GT(cpu.without_folder, 0U);
}

} /* namespace */
} /* namespace kring::abi */
