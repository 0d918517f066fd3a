/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A CPU that is offline when a channel is made has no ring, and gets one when it
 * comes online: in the channel, in files that are open, in mappings. Run in a
 * guest where CPU 1 was never online, too.
 */
#include <signal.h>
#include <sys/ioctl.h>

#include <thread>

#include "abi_cpus.hh"

namespace kring::abi
{
namespace
{

class late_cpu : public hotplug_test {
protected:
	void SetUp() override
	{
		hotplug_test::SetUp();
		ASSERT_EQ(set_online(false), 0);
	}
};

const std::string folder = "/sys/class/kring/load/cpu1";

TEST_F(late_cpu, it_has_no_ring)
{
	load load;
	descriptor file = open_channel();
	mapping map{file.fd(), info_of(file.fd()).map_size};
	kring_ledger ledger{};

	ledger.size = sizeof(ledger);
	ledger.cpu = other_cpu;
	EXPECT_TRUE(has_ring(map.meta(), 0));
	EXPECT_FALSE(has_ring(map.meta(), other_cpu));
	EXPECT_GT(map.meta().nr_cpus, other_cpu);
	EXPECT_EQ(acquire(file.fd(), other_cpu), ENXIO);
	EXPECT_EQ(release(file.fd(), other_cpu), ENXIO);
	EXPECT_EQ(error_of(ioctl(file.fd(), KRING_IOC_LEDGER, &ledger)), ENXIO);
	EXPECT_FALSE(exists(folder));
	EXPECT_EQ(in_child([&] { return map.ring(other_cpu).cpu != 12345; }), -SIGBUS);
}

TEST_F(late_cpu, its_ring_appears_everywhere)
{
	load load{"size=16M"};
	descriptor observer = open_channel(), owner = open_channel();
	mapping map{owner.fd(), info_of(owner.fd()).map_size};
	journal observed, owned;
	number written = 100;

	load.write(written);
	EXPECT_EQ(read_all(observer.fd(), observed), -EAGAIN);
	EXPECT_EQ(observed.records(), 100U);
	ASSERT_EQ(set_online(true), 0);

	ASSERT_TRUE(has_ring(map.meta(), other_cpu)) << "in a mapping that was there before";
	EXPECT_TRUE(has_ring(info_of(observer.fd()), other_cpu));
	EXPECT_EQ(map.ring(other_cpu).cpu, other_cpu);
	EXPECT_EQ(read_text(folder + "/committed"), "0\n");
	EXPECT_EQ(acquire(owner.fd(), other_cpu), EAGAIN);

	written += write_on_both(load);
	EXPECT_EQ(read_all(observer.fd(), observed), -EAGAIN);
	EXPECT_EQ(observed.records(), written);
	EXPECT_EQ(observed.lost(), 0U);
	EXPECT_GT(observed.of(other_cpu).records, 0U);
	EXPECT_EQ(own_all(owner.fd(), map, other_cpu, owned), observed.of(other_cpu).records);
	EXPECT_EQ(own_all(owner.fd(), map, 0, owned), observed.of(0).records);
	EXPECT_EQ(owned.lost(), 0U);
	EXPECT_EQ(ledger_of(owner.fd()).dropped[KRING_DROP_NO_CPU], 0U);
	expect_sound(ledger_of(owner.fd()));
}

TEST_F(late_cpu, a_disabled_channel_stays_disabled)
{
	load load{"cpus=1"};
	const std::string enabled = "/sys/class/kring/load/enabled";

	ASSERT_EQ(write_text(enabled, "0"), 0);
	ASSERT_EQ(set_online(true), 0);
	load.write(100);
	EXPECT_EQ(read_text(folder + "/committed"), "0\n");
	EXPECT_EQ(read_text(folder + "/dropped_disabled"), "100\n");
	ASSERT_EQ(write_text(enabled, "1"), 0);
	load.write(100);
	EXPECT_EQ(read_text(folder + "/committed"), "100\n");
}

/* Of a reader that sleeps since before there was the ring. */
TEST_F(late_cpu, its_records_wake_readers)
{
	load load{"cpus=1"};
	descriptor file = open_channel("load", O_RDONLY);
	number buffer[8192];
	ssize_t got = 0;
	std::thread reader{[&] { got = read(file.fd(), buffer, sizeof(buffer)); }};

	ASSERT_EQ(set_online(true), 0);
	load.write(1);
	reader.join();
	ASSERT_GT(got, 0);
	EXPECT_EQ(reinterpret_cast<kring_page *>(buffer)->cpu, other_cpu);
}

TEST_F(late_cpu, of_many_channels)
{
	load load;

	ASSERT_EQ(load_module("kring_example"), 0);
	ASSERT_EQ(load_module("kring_events", "groups=irq size=64K"), 0);
	ASSERT_EQ(set_online(true), 0);
	for (const std::string name : {"load", "example", "events"})
		EXPECT_TRUE(exists("/sys/class/kring/" + name + "/cpu1/committed")) << name;
	EXPECT_EQ(unload_module("kring_events"), 0);
	EXPECT_EQ(unload_module("kring_example"), 0);
}

/* The ring stays when its CPU goes, and can go itself while the CPU is away. */
TEST_F(late_cpu, a_channel_ends_while_it_is_offline)
{
	load load{"size=16M"};
	descriptor file = open_channel();
	journal journal;
	number written;

	ASSERT_EQ(set_online(true), 0);
	written = write_on_both(load);
	ASSERT_EQ(set_online(false), 0);
	EXPECT_TRUE(exists(folder + "/unread"));
	EXPECT_EQ(load.unload(), 0);
	EXPECT_EQ(read_all(file.fd(), journal), 0);
	EXPECT_EQ(journal.records(), written);
	EXPECT_EQ(journal.lost(), 0U);
	EXPECT_GT(journal.of(other_cpu).records, 0U);
}

} /* namespace */
} /* namespace kring::abi */
