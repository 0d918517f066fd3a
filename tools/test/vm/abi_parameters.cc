/* SPDX-License-Identifier: GPL-2.0-only */
/* The modules' parameters: nonsense is refused with a line that says what there is instead. */
#include "abi_log.hh"
#include "abi_refusal.hh"

namespace kring::abi
{
namespace
{

using lines = std::vector<std::string>;

/* Emulated CPUs may hang when code that they run all the time, such as the scheduler's, is patched again and again. */
const std::string quiet_group = "groups=irq ";

class parameters : public clean_test {
protected:
	void TearDown() override
	{
		EXPECT_TRUE(no_channels());
		clean_test::TearDown();
	}
};

TEST_F(parameters, words_of_a_channel)
{
	for (const std::string module : {"kring_load", "kring_events"}) {
		const std::string few = module == "kring_events" ? quiet_group : "";

		for (const std::string mode : {"", "both", "Overwrite", "overwrite,discard", "0", "over"})
			expect_refused(module, "mode=" + mode, EINVAL,
				       module + ": mode=" + mode + ": no such mode; there are overwrite and discard");
		for (const std::string clock : {"", "wall", "LOCAL", "local,mono", "3", "tsc"})
			expect_refused(module, "clock=" + clock, EINVAL,
				       module + ": clock=" + clock +
					       ": no such clock; there are local, mono, boot and counter");
		expect_refused(
			module, "size=much", EINVAL,
			module + ": size=much: not a size; give bytes of each CPU's ring, such as 65536, 64K or 4M");
		for (const std::string mode : {"overwrite", "discard"})
			for (const std::string clock : {"local", "mono", "boot", "counter"})
				expect_accepted(module, few + "mode=" + mode + " clock=" + clock);
	}
}

TEST_F(parameters, groups)
{
	struct {
		const char *groups, *wrong;
	} const cases[] = {
		{"", ""},
		{"none", "none"},
		{"sched,", ""},
		{",sched", ""},
		{"sched,,irq", ""},
		{"Sched", "Sched"},
		{"sched,soft", "soft"},
		{"all", "all"},
		{"schedirq", "schedirq"},
	};

	for (const auto &each : cases)
		expect_refused("kring_events", std::string{"groups="} + each.groups, EINVAL,
			       std::string{"kring_events: groups="} + each.groups + ": no group is called '" +
				       each.wrong + "'; give some of sched,irq,softirq,syscalls");
	expect_accepted("kring_events", "groups=irq,irq");
}

TEST_F(parameters, contexts)
{
	struct {
		const char *contexts, *wrong;
	} const cases[] = {{"", ""}, {"thread", "thread"}, {"task,", ""}, {"task,irqs", "irqs"}, {"TASK", "TASK"}};

	for (const auto &each : cases)
		expect_refused("kring_load", std::string{"contexts="} + each.contexts, EINVAL,
			       std::string{"kring_load: contexts="} + each.contexts + ": no context is called '" +
				       each.wrong + "'; give some of task,softirq,irq,nmi,dying");
	expect_accepted("kring_load", "contexts=dying,nmi,irq,softirq,task,task");
}

TEST_F(parameters, numbers_out_of_range)
{
	struct {
		const char *parameters, *said;
	} const cases[] = {
		{"min=65", "min=65 max=64: must be min <= max <= 65535 bytes"},
		{"min=2 max=1", "min=2 max=1: must be min <= max <= 65535 bytes"},
		{"max=65536", "min=0 max=65536: must be min <= max <= 65535 bytes"},
		{"max=4294967295", "min=0 max=4294967295: must be min <= max <= 65535 bytes"},
		{"hold=1001", "hold=1001: must be at most 1000 microseconds"},
		{"pause=1000001", "pause=1000001: must be at most 1000000 microseconds"},
		{"run=1 records=18446744073709551615",
		 "records=18446744073709551615: must be at most 9223372036854775807"},
		{"run=1 cpus=99999", "cpus=99999: no list of CPUs of which one is online; give such as 0,2-3"},
		{"run=1 cpus=1-0", "cpus=1-0: no list of CPUs of which one is online; give such as 0,2-3"},
		{"run=1 cpus=first", "cpus=first: no list of CPUs of which one is online; give such as 0,2-3"},
		{"run=1 cpus=-1", "cpus=-1: no list of CPUs of which one is online; give such as 0,2-3"},
	};

	for (const auto &each : cases) {
		kernel_log log;
		int error = load_module("kring_load", each.parameters);

		EXPECT_TRUE(error == EINVAL || error == ERANGE) << each.parameters << ": errno " << error;
		EXPECT_EQ(log.take(), lines{std::string{"3 kring_load: "} + each.said}) << each.parameters;
		EXPECT_FALSE(is_loaded("kring_load"));
		EXPECT_TRUE(no_channels()) << each.parameters;
	}
}

TEST_F(parameters, values_that_the_kernel_refuses)
{
	for (const std::string name : {"min", "max", "discard", "write", "burst", "pause", "hold", "delay", "seed"}) {
		expect_no_value("kring_load", name, "-1", EINVAL);
		expect_no_value("kring_load", name, "", EINVAL);
		expect_no_value("kring_load", name, "many", EINVAL);
		expect_no_value("kring_load", name, "4294967296", ERANGE);
	}
	expect_no_value("kring_load", "records", "-1", EINVAL);
	expect_no_value("kring_load", "records", "18446744073709551616", ERANGE);
	expect_no_value("kring_load", "run", "maybe", EINVAL);
	expect_no_value("kring_events", "order", "0x", EINVAL);
}

/* Linux warns of names that it does not know, and goes on. */
TEST_F(parameters, names_that_do_not_exist)
{
	for (const std::string module : {"kring_load", "kring_events", "kring_example"}) {
		kernel_log log;

		EXPECT_EQ(load_module(module, module == "kring_events" ? quiet_group + "colour=red" : "colour=red"), 0);
		EXPECT_EQ(log.take(), lines{"4 " + module + ": unknown parameter 'colour' ignored"});
		EXPECT_EQ(unload_module(module), 0);
	}
}

TEST_F(parameters, of_a_live_module)
{
	load load;
	kernel_log log;
	const std::string folder = "/sys/module/kring_load/parameters/";

	for (const std::string name : {"name", "size", "order", "mode", "clock", "perm", "contexts", "cpus", "max"})
		EXPECT_EQ(write_text(folder + name, "1"), EACCES) << name;
	EXPECT_EQ(write_text(folder + "records", "-5"), EINVAL);
	EXPECT_EQ(write_text(folder + "run", "maybe"), EINVAL);
	EXPECT_EQ(write_text(folder + "kick", "-1"), EINVAL);
	load.start(1000000000);
	EXPECT_EQ(write_text(folder + "run", "1"), EBUSY);
	EXPECT_EQ(load.kick(0), EBUSY);
	load.stop();
	EXPECT_EQ(log.take(), lines{});
	EXPECT_EQ(load.kick(8192), EINVAL);
	EXPECT_EQ(log.take(), lines{"3 kring_load: kick=8192: no such CPU is online"});
}

/* After all that was refused, kring itself is as new: it goes, and comes back. */
TEST_F(parameters, kring_has_none)
{
	kernel_log log;

	ASSERT_EQ(unload_module("kring"), 0);
	EXPECT_FALSE(exists("/sys/class/kring"));
	EXPECT_EQ(load_module("kring_load"), ENOENT);
	EXPECT_EQ(load_module("kring", "size=1M"), 0);
	EXPECT_EQ(log.take().back(), "4 kring: unknown parameter 'size' ignored");
	expect_accepted("kring_load", "");
}

} /* namespace */
} /* namespace kring::abi */
