/* SPDX-License-Identifier: GPL-2.0-only */
/* /sys/class/kring/<channel>/: which files there are, and what exactly they say. */
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>

#include "abi_test.hh"

namespace kring::abi
{
namespace
{

using names = std::set<std::string>;

const std::string folder = "/sys/class/kring/load/";
const names ledger_files = {
	"committed",	    "read",
	"overwritten",	    "unread",
	"discarded",	    "dropped_full",
	"dropped_lapped",   "dropped_too_big",
	"dropped_too_deep", "dropped_disabled",
	"dropped_no_cpu",   "pages",
	"pages_unread",	    "fault",
};

class sysfs : public clean_test {};

std::string inode_of(const std::string &path)
{
	struct stat file{};

	EXPECT_EQ(stat(path.c_str(), &file), 0) << path;
	return std::to_string(file.st_ino);
}

/* Of the channel's own folder; those of the ledgers are all alike. */
names channel_files()
{
	return {"kind",	 "size",  "order",   "page_size", "pages", "mode",
		"clock", "owner", "enabled", "types",	  "dev",   "uevent"};
}

std::string cpu_folder(unsigned cpu)
{
	return "cpu" + std::to_string(cpu);
}

unsigned mode_of(const std::string &path)
{
	struct stat status{};

	EXPECT_EQ(error_of(stat(path.c_str(), &status)), 0) << path;
	return status.st_mode & 07777;
}

TEST_F(sysfs, which_files_there_are)
{
	load load;
	names expected = channel_files();

	expected.insert({"ledger", "subsystem"});
	for (unsigned cpu = 0; cpu < nr_cpus(); cpu++) {
		expected.insert(cpu_folder(cpu));
		EXPECT_EQ(entries_of(folder + cpu_folder(cpu)), ledger_files);
	}
	EXPECT_EQ(entries_of(folder), expected);
	EXPECT_EQ(entries_of(folder + "ledger"), ledger_files);
	EXPECT_EQ(entries_of("/sys/class/kring"), names{"load"});

	EXPECT_EQ(load.unload(), 0);
	EXPECT_EQ(entries_of("/sys/class/kring"), names{});
}

TEST_F(sysfs, who_may_read_and_write)
{
	load load;

	for (const std::string &name : channel_files())
		EXPECT_EQ(mode_of(folder + name), name == "enabled" || name == "uevent" ? 0644U : 0444U) << name;
	for (const std::string &name : ledger_files)
		for (const std::string &sub : {std::string{"ledger"}, cpu_folder(0)}) {
			EXPECT_EQ(mode_of(folder + sub + "/" + name), 0444U) << name;
			EXPECT_EQ(write_text(folder + sub + "/" + name, "0"), EACCES) << name;
		}
	for (const std::string name : {"size", "order", "mode", "clock", "types", "owner"})
		EXPECT_EQ(write_text(folder + name, "0"), EACCES) << name;
}

TEST_F(sysfs, how_a_channel_is_made)
{
	struct {
		const char *parameters, *size, *pages, *order, *page_size, *mode, *clock;
	} const cases[] = {
		{"", "1048576\n", "256\n", "0\n", "4096\n", "overwrite\n", "local\n"},
		{"size=100K mode=discard clock=mono", "102400\n", "25\n", "0\n", "4096\n", "discard\n", "mono\n"},
		{"size=1M order=4 clock=boot", "1048576\n", "16\n", "4\n", "65536\n", "overwrite\n", "boot\n"},
		{"size=1 order=1 clock=counter", "16384\n", "2\n", "1\n", "8192\n", "overwrite\n", "counter\n"},
	};

	for (const auto &each : cases) {
		load load{each.parameters};

		EXPECT_EQ(read_text(folder + "size"), each.size) << each.parameters;
		EXPECT_EQ(read_text(folder + "pages"), each.pages) << each.parameters;
		EXPECT_EQ(read_text(folder + "order"), each.order) << each.parameters;
		EXPECT_EQ(read_text(folder + "page_size"), each.page_size) << each.parameters;
		EXPECT_EQ(read_text(folder + "mode"), each.mode) << each.parameters;
		EXPECT_EQ(read_text(folder + "clock"), each.clock) << each.parameters;
		EXPECT_EQ(read_text(folder + "owner"), "kring_load\n");
		EXPECT_EQ(read_text(folder + "enabled"), "1\n");
		EXPECT_EQ(read_text(folder + "types"),
			  "1 24 kring_load " + inode_of("/sys/module/kring_load") + " struct kring_load_record\n");
	}
}

TEST_F(sysfs, one_value_a_file)
{
	load load;
	names files = {"size", "order", "page_size", "pages", "mode", "clock", "owner", "enabled"};

	load.write(1000);
	for (const std::string &name : ledger_files)
		for (const std::string &sub : {std::string{"ledger"}, cpu_folder(0)})
			files.insert(sub + "/" + name);
	for (const std::string &name : files) {
		std::string text = read_text(folder + name);

		ASSERT_GE(text.size(), 2U) << name;
		EXPECT_EQ(text.find_first_of(" \t\n"), text.size() - 1) << name << ": " << text;
		EXPECT_EQ(text.back(), '\n') << name;
	}
	EXPECT_EQ(read_text(folder + "ledger/fault"), "none\n");
}

TEST_F(sysfs, types_of_several_records)
{
	std::string all, pieces;
	char byte;

	ASSERT_EQ(load_module("kring_events", "groups=syscalls,irq"), 0);
	all = read_text("/sys/class/kring/events/types");

	const std::string module = " kring_events " + inode_of("/sys/module/kring_events") + " struct ";

	EXPECT_EQ(all, "1 32" + module + "irq_handler_entry\n2 8" + module + "irq_handler_exit\n3 56" + module +
			       "sys_enter\n4 16" + module + "sys_exit\n");

	descriptor file{open("/sys/class/kring/events/types", O_RDONLY | O_CLOEXEC)};

	while (read(file.fd(), &byte, 1) == 1)
		pieces += byte;
	EXPECT_EQ(pieces, all) << "byte by byte";
	EXPECT_EQ(pread(file.fd(), &byte, 1, static_cast<off_t>(all.size())), 0);
	EXPECT_EQ(unload_module("kring_events"), 0);
}

TEST_F(sysfs, enabled_takes_what_linux_takes_for_a_boolean)
{
	load load;
	std::string path = folder + "enabled";

	for (const std::string yes : {"1", "y", "Y", "on", "1\n", "yes\n"}) {
		ASSERT_EQ(write_text(path, "0\n"), 0);
		EXPECT_EQ(write_text(path, yes), 0) << yes;
		EXPECT_EQ(read_text(path), "1\n") << yes;
	}
	for (const std::string no : {"0", "n", "N", "off", "0\n", "no\n"}) {
		ASSERT_EQ(write_text(path, "1\n"), 0);
		EXPECT_EQ(write_text(path, no), 0) << no;
		EXPECT_EQ(read_text(path), "0\n") << no;
	}
	for (const std::string value : {"0\n", "1\n"}) {
		ASSERT_EQ(write_text(path, value), 0);
		for (const std::string wrong : {"2", "-1", " 1", "\n", "maybe", "o"})
			EXPECT_EQ(write_text(path, wrong), EINVAL) << wrong;
		EXPECT_EQ(read_text(path), value) << "refused, and still the old one";
	}
}

TEST_F(sysfs, what_a_disabled_channel_refuses_is_counted)
{
	load load;
	descriptor file = open_channel();
	journal journal;

	load.write(100);
	ASSERT_EQ(write_text(folder + "enabled", "0"), 0);
	load.write(200);
	EXPECT_EQ(read_text(folder + "ledger/committed"), "100\n");
	EXPECT_EQ(read_text(folder + "ledger/dropped_disabled"), "200\n");
	ASSERT_EQ(write_text(folder + "enabled", "1"), 0);
	load.write(50);
	EXPECT_EQ(read_text(folder + "ledger/committed"), "150\n");
	EXPECT_EQ(read_text(folder + "ledger/dropped_disabled"), "200\n");
	EXPECT_EQ(read_all(file.fd(), journal), -EAGAIN);
	EXPECT_EQ(journal.records(), 150U);
	EXPECT_EQ(journal.lost(), 0U) << "what was refused has no number";
}

/* Of records of all fates: in each ledger the sums are right, and the channel's is that of its rings. */
void expect_whole_ledgers(const load &load)
{
	number of_rings, dropped = 0;
	auto of_channel = [](const std::string &name) { return read_number(folder + "ledger/" + name); };

	for (const std::string &name : ledger_files) {
		if (name == "fault")
			continue;
		of_rings = 0;
		for (unsigned cpu = 0; cpu < nr_cpus(); cpu++)
			of_rings += read_number(folder + cpu_folder(cpu) + "/" + name);
		EXPECT_EQ(of_channel(name), of_rings) << name;
		if (name.rfind("dropped_", 0) == 0)
			dropped += of_rings;
	}
	EXPECT_EQ(of_channel("committed"), of_channel("read") + of_channel("overwritten") + of_channel("unread"));
	EXPECT_EQ(of_channel("committed"), load.count("committed"));
	EXPECT_EQ(of_channel("discarded"), load.count("discarded"));
	EXPECT_EQ(dropped, load.count("dropped"));
	EXPECT_EQ(load.count("attempted"), of_channel("committed") + of_channel("discarded") + dropped);
}

void expect_as_ioctl(const std::string &sub, const kring_ledger &ledger)
{
	const std::map<std::string, number> values = {
		{"committed", ledger.committed},
		{"read", ledger.read},
		{"overwritten", ledger.overwritten},
		{"unread", ledger.unread},
		{"discarded", ledger.discarded},
		{"dropped_full", ledger.dropped[KRING_DROP_FULL]},
		{"dropped_lapped", ledger.dropped[KRING_DROP_LAPPED]},
		{"dropped_too_big", ledger.dropped[KRING_DROP_TOO_BIG]},
		{"dropped_too_deep", ledger.dropped[KRING_DROP_TOO_DEEP]},
		{"dropped_disabled", ledger.dropped[KRING_DROP_DISABLED]},
		{"dropped_no_cpu", ledger.dropped[KRING_DROP_NO_CPU]},
		{"pages", ledger.pages},
		{"pages_unread", ledger.pages_unread},
	};

	for (const auto &[name, value] : values)
		EXPECT_EQ(read_text(folder + sub + "/" + name), std::to_string(value) + "\n") << sub;
}

TEST_F(sysfs, ledgers)
{
	for (const std::string mode : {"overwrite", "discard"}) {
		load load{"size=32K min=0 max=5000 discard=7 contexts=task,softirq,irq mode=" + mode};
		descriptor file = open_channel();
		mapping map{file.fd(), info_of(file.fd()).map_size};
		journal journal;

		expect_whole_ledgers(load);
		load.write(1000);
		expect_whole_ledgers(load);
		for (unsigned cpu = 0; cpu < nr_cpus(); cpu++)
			own_all(file.fd(), map, cpu, journal);
		EXPECT_EQ(read_number(folder + "ledger/read"), journal.records());
		load.write(50);
		ASSERT_EQ(write_text(folder + "enabled", "0"), 0);
		load.write(50);
		expect_whole_ledgers(load);

		EXPECT_GT(read_number(folder + (mode == "discard" ? "ledger/dropped_full" : "ledger/overwritten")), 0U);
		for (const std::string name : {"read", "unread", "discarded", "dropped_too_big", "dropped_disabled"})
			EXPECT_GT(read_number(folder + "ledger/" + name), 0U) << name;
		expect_as_ioctl("ledger", ledger_of(file.fd()));
		for (unsigned cpu = 0; cpu < nr_cpus(); cpu++)
			expect_as_ioctl(cpu_folder(cpu), ledger_of(file.fd(), cpu));
		EXPECT_EQ(read_number(folder + "ledger/pages"), 8U * nr_cpus());
	}
}

TEST_F(sysfs, device)
{
	load load;
	struct stat status{};
	std::string device;

	ASSERT_EQ(error_of(stat("/dev/kring/load", &status)), 0);
	EXPECT_TRUE(S_ISCHR(status.st_mode));
	device = std::to_string(major(status.st_rdev)) + ":" + std::to_string(minor(status.st_rdev)) + "\n";
	EXPECT_EQ(read_text(folder + "dev"), device);
	EXPECT_EQ(read_text(folder + "uevent"), "MAJOR=" + std::to_string(major(status.st_rdev)) +
							"\nMINOR=" + std::to_string(minor(status.st_rdev)) +
							"\nDEVNAME=kring/load\nDEVMODE=0600\n");
	EXPECT_NE(read_text("/proc/devices").find(" kring\n"), std::string::npos);
}

/* A file that was opened before: no value, and no crash. */
TEST_F(sysfs, files_of_a_channel_that_is_gone)
{
	load load;
	std::vector<descriptor> files;
	char buffer[64];

	for (const std::string name : {"size", "types", "enabled", "ledger/read", "cpu0/committed"})
		files.emplace_back(open((folder + name).c_str(), O_RDONLY | O_CLOEXEC));
	EXPECT_EQ(load.unload(), 0);
	for (const descriptor &file : files) {
		ASSERT_TRUE(file.is_open());
		EXPECT_EQ(error_of(read(file.fd(), buffer, sizeof(buffer))), ENODEV);
	}
}

} /* namespace */
} /* namespace kring::abi */
