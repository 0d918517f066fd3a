/* SPDX-License-Identifier: GPL-2.0-only */
/* The program kring on live channels: what it prints, and how it fails. */
#include <unistd.h>

#include "abi_program.hh"
#include "abi_test.hh"

namespace kring::abi
{
namespace
{

class cli : public clean_test {
protected:
	static void SetUpTestSuite()
	{
		EXPECT_TRUE(is_json(R"({"a":[1,-2.5e3,"\u00e4\n",true,null,{}],"b":[]})"));
		for (const std::string wrong :
		     {"", "{", "{a:1}", "[1,]", "01", "1 2", "\"\n\"", "{\"a\":1,}", "nul", "-"})
			EXPECT_FALSE(is_json(wrong)) << wrong;
	}
};

bool contains(const std::string &text, const std::string &part)
{
	return text.find(part) != std::string::npos;
}

/* Exactly one line on standard error, this one, and nothing else is printed. */
void expect_failure(const std::string &words, int status, const std::string &line)
{
	result result = run(words);

	EXPECT_EQ(result.status, status) << words;
	EXPECT_EQ(result.out, "") << words;
	EXPECT_EQ(result.err, "kring: " + line + "\n") << words;
}

void expect_json_lines(const std::string &text)
{
	EXPECT_FALSE(text.empty());
	for (const std::string &line : lines_of(text))
		EXPECT_TRUE(is_json(line)) << line;
}

TEST_F(cli, without_channels)
{
	for (const std::string words : {"kring ls", "kring stat"}) {
		result result = run(words);

		EXPECT_EQ(result.status, 0);
		EXPECT_LE(lines_of(result.out).size(), 1U) << "no more than a head";
		EXPECT_EQ(result.err,
			  "kring: no channels: load a module that makes one, or see `kring create --help`\n");
	}
}

TEST_F(cli, ls)
{
	load load{"size=64K mode=discard clock=boot"};
	std::vector<std::string> lines = lines_of(run("kring ls").out);

	ASSERT_EQ(lines.size(), 2U);
	EXPECT_EQ(lines[0].rfind("CHANNEL ", 0), 0U);
	EXPECT_EQ(lines[1].rfind("load                 trace     discard   boot         65536     16   4096    ", 0),
		  0U)
		<< lines[1];
	EXPECT_TRUE(contains(lines[1], " on  kring_load"));
	EXPECT_TRUE(contains(run("kring ls load").out, "struct kring_load_record"));
	expect_json_lines(run("kring ls --json").out);
}

TEST_F(cli, stat)
{
	load load;

	load.write(1000);
	result result = run("kring stat 0.2 2 -c");
	std::vector<std::string> lines = lines_of(result.out);

	EXPECT_EQ(result.status, 0);
	EXPECT_EQ(result.err, "");
	ASSERT_EQ(lines.size(), 2 * (2 + nr_cpus())) << "of each report: head, channel, CPUs";
	EXPECT_TRUE(contains(lines[0], " written "));
	EXPECT_TRUE(contains(lines[1], "load                  all         1000            0            0")) << lines[1];
	EXPECT_TRUE(contains(lines[1], "  exact, nothing lost")) << lines[1];
	EXPECT_TRUE(contains(lines[2 + nr_cpus()], " written/s "));
	EXPECT_EQ(run("kring stat --check").status, 0);
	expect_json_lines(run("kring stat 0.2 2 -c --json").out);
}

/* How much, for which causes, and what helps against the first of them. */
TEST_F(cli, stat_says_what_was_lost_and_why)
{
	load load{"cpus=0 size=8K max=5000"};

	load.write(1000);
	EXPECT_TRUE(contains(run("kring stat load").out, "% (")) << run("kring stat load").out;
	EXPECT_TRUE(contains(run("kring stat load").out, " overwritten, "));
	EXPECT_TRUE(contains(run("kring stat load").out, " too_big): nobody consumes the records"));

	result result = run("kring stat load 0.2 2 --json");

	EXPECT_TRUE(contains(result.out, R"("verdict":"lost )"));
	EXPECT_TRUE(contains(result.out, R"("lost_percent":0.000000,"verdict":"nothing lost"})")) << result.out;
	expect_json_lines(result.out);
}

TEST_F(cli, read_some)
{
	load load{"cpus=0"};

	load.write(100);
	result result = run("kring read load -n 5");
	std::vector<std::string> lines = lines_of(result.out);

	EXPECT_EQ(result.status, 0);
	EXPECT_EQ(result.err, "kring: 5 records read, 0 lost (0 overwritten, 0 dropped); 0 before this began\n");
	ASSERT_EQ(lines.size(), 5U);
	for (unsigned number = 0; number < 5; number++)
		EXPECT_TRUE(contains(lines[number],
				     "] 0   kring_load_record  number=" + std::to_string(number) + " checksum="))
			<< lines[number];
	EXPECT_EQ(lines_of(run("kring read load --drain -q").out).size(), 100U) << "nothing was consumed";
	expect_json_lines(run("kring read load --drain --json").out);
}

TEST_F(cli, read_losses)
{
	load load{"cpus=0 size=8K max=5000"};

	load.write(1000);
	for (const std::string option : {"", " --json"}) {
		result result = run("kring read load --drain" + option);

		EXPECT_EQ(result.status, 0);
		EXPECT_TRUE(contains(result.out, option.empty() ? "--- cpu 0: lost " : R"({"lost":)")) << result.out;
		EXPECT_TRUE(contains(result.out, "dropped_too_big"));
		if (!option.empty())
			expect_json_lines(result.out);
	}
}

TEST_F(cli, own)
{
	load load;

	load.write(100);
	EXPECT_EQ(lines_of(run("kring read load --own --drain").out).size(), 100U);
	EXPECT_EQ(run("kring read load --own --drain").out, "");
	EXPECT_EQ(ledger_of(open_channel().fd()).read, 100U);
}

TEST_F(cli, ends_when_it_is_interrupted)
{
	load load;
	program reader{{"kring", "read", "load"}};

	load.write(10);
	EXPECT_TRUE(eventually([&] { return lines_of(reader.out()).size() == 10; }));
	reader.interrupt();
	EXPECT_EQ(reader.wait(), 0);
	EXPECT_TRUE(contains(reader.err(), "10 records read, 0 lost"));
}

TEST_F(cli, ends_with_the_channel)
{
	load load;
	program reader{{"kring", "read", "load"}};

	load.write(10);
	EXPECT_TRUE(eventually([&] { return lines_of(reader.out()).size() == 10; }));
	EXPECT_EQ(load.unload(), 0);
	EXPECT_EQ(reader.wait(), 0);
	EXPECT_TRUE(contains(reader.err(), "kring: channel 'load' is gone\n"));
}

/* Every type that a module registers can be decoded, so is in its BTF. */
TEST_F(cli, every_type_is_decoded)
{
	const char *json = R"(","fields":{")";
	std::string text;

	ASSERT_EQ(load_module("kring_events", "groups=sched,irq,softirq,syscalls size=4M"), 0);
	ASSERT_EQ(load_module("kring_example"), 0);
	/* This line makes the serial port interrupt. */
	EXPECT_EQ(write_text("/dev/ttyS0", "abi: a record of each type\n"), 0);
	usleep(200000);
	/* Reading makes records all the time: draining ends nevertheless. */
	for (const std::string channel : {"events", "example"}) {
		result result = run("kring read --drain --json " + channel);

		EXPECT_EQ(result.status, 0);
		EXPECT_FALSE(contains(result.err, "hex")) << result.err;
		text += result.out;
	}
	for (const std::string type :
	     {"sched_switch", "sched_wakeup", "irq_handler_entry", "irq_handler_exit", "softirq_raise", "softirq_entry",
	      "softirq_exit", "sys_enter", "sys_exit", "example_tick"})
		EXPECT_TRUE(contains(text, R"("type":")" + type + json)) << type;
	expect_json_lines(text);
	EXPECT_EQ(unload_module("kring_example"), 0);
	EXPECT_EQ(unload_module("kring_events"), 0);
}

/* As after a reader has died: where it was, and what has gone since. */
TEST_F(cli, from_a_record_on)
{
	load load{"cpus=0 size=16M"};

	load.write(100);
	EXPECT_EQ(lines_of(run("kring read load --drain -q --from 0:90").out).size(), 10U);
	EXPECT_EQ(run("kring read load --drain --from 0:100").out, "");
	EXPECT_NE(run("kring read load --drain --json -n 1 --from 0:42").out.find("\"seq\":42,"), std::string::npos);
	expect_failure("kring read load --drain --from 0:101", 1,
		       "channel 'load': it has no such place as --from names: was it made anew? See `kring ls`");
	expect_failure("kring read load --drain --from 8191:0", 1,
		       "channel 'load': a CPU that --from names has no ring: see `kring ls`");
}

/* What a filter leaves out is left out; losses are told as without it. */
TEST_F(cli, filter)
{
	load load{"cpus=0 size=8K max=5000"};
	const std::string read = "kring read load --drain ";
	std::vector<std::string> expected;

	load.write(1000);
	for (const std::string &line : lines_of(run(read).out)) {
		size_t number = line.find(" number=99");

		if (line.rfind("---", 0) == 0 || (number != line.npos && line.compare(number + 10, 2, "5 ") != 0))
			expected.push_back(line);
	}
	ASSERT_GT(expected.size(), 2U);

	result result = run(read + "-f number>=990&&number!=0x3e3");

	EXPECT_EQ(result.status, 0);
	EXPECT_EQ(lines_of(result.out), expected);
	EXPECT_TRUE(contains(result.err, " shown, ")) << result.err;
	EXPECT_EQ(run(read + "-q -n 1 -f type==kring_load_record&&number>0").out.find("number=0 "), std::string::npos);
	expect_failure(read + "-f number=3", 2,
		       "--filter: column 7: '=' is no operator: equal is '=='; see `kring read --help`");
	result = run(read + "-f nonsense==3");
	EXPECT_EQ(result.status, 2);
	EXPECT_TRUE(contains(result.err, "column 1: no record type has a field 'nonsense'; there are: number, "))
		<< result.err;
}

/* A recording tells what the channel tells, also when its module has gone. */
TEST_F(cli, record)
{
	const std::string file = "/tmp/recording";
	load load{"size=64K max=5000"};

	load.write(1000);

	std::string live = run("kring read load --drain -q").out;
	std::string json = run("kring read load --drain -q --json -C 0 --filter number>900").out;
	result result = run("kring record load " + file + " --drain");

	EXPECT_EQ(result.status, 0);
	EXPECT_TRUE(contains(result.err, " bytes of pages recorded: see `kring read --input /tmp/recording`\n"));
	EXPECT_EQ(result.out, "");
	EXPECT_EQ(run("kring read -q --input " + file).out, live);

	program recorder{{"kring", "record", "load", "/tmp/second"}};

	/* All but its end. */
	size_t size = read_text(file).size();

	EXPECT_TRUE(eventually([=] { return read_text("/tmp/second").size() + 2000 > size; }));
	EXPECT_EQ(load.unload(), 0);
	EXPECT_EQ(recorder.wait(), 0);
	EXPECT_TRUE(contains(recorder.err(), "channel 'load' is gone")) << recorder.err();
	for (const std::string each : {file.c_str(), "/tmp/second"}) {
		EXPECT_EQ(run("kring read -q --input " + each).out, live);
		EXPECT_EQ(run("kring read -q --json -C 0 --filter number>900 --input " + each).out, json);
	}
	EXPECT_GT(lines_of(json).size(), 2U);
	EXPECT_EQ(truncate(file.c_str(), static_cast<off_t>(size - 8)), 0);
	result = run("kring read -q -i " + file);
	EXPECT_EQ(result.status, 1);
	EXPECT_EQ(
		result.err,
		"kring: '/tmp/recording' has no end: it was cut off, or its recorder was killed; what is there was read\n");
	expect_failure("kring read -i /bin/abi", 1,
		       "'/bin/abi' is no recording that this kring can read: `kring record` makes them, on machines of "
		       "this byte order");
	expect_failure("kring read -i " + file + " --from newest", 2,
		       "--from newest: nothing comes behind the end of a recording; see `kring read --help`");
	expect_failure("kring record none " + file, 1,
		       "no channel 'none': see `kring ls`; is the module that makes it loaded?");
	unlink(file.c_str());
	unlink("/tmp/second");
}

TEST_F(cli, unordered)
{
	load load{"size=16M"};

	load.write(100);
	EXPECT_EQ(lines_of(run("kring read load --drain -q --unordered").out).size(), 100U);
}

TEST_F(cli, words_that_are_wrong)
{
	load load;

	expect_failure("kring", 2, "A subcommand is required; see `kring --help`");
	expect_failure("kring list", 2, "there is no sub-command 'list'; see `kring --help`");
	expect_failure("kring read", 2, "CHANNEL is required; see `kring read --help`");
	for (const std::string count : {"0", "-1", "some", "1.5", "99999999999999999999999"})
		expect_failure("kring read load -n " + count, 2,
			       "--count: '" + count + "' is no count: a number, 1 or more; see `kring read --help`");
	expect_failure(
		"kring read load --own --from newest", 2,
		"--own takes the oldest records: it cannot be combined with --from newest; see `kring read --help`");
	expect_failure("kring read load -C 9-1", 2,
		       "--cpus: '9-1' is no range of CPUs: write the lower first; see `kring read --help`");
	expect_failure("kring stat 1e400", 2,
		       "interval 1e400 cannot be: 0.01 to 86400 seconds; see `kring stat --help`");
	expect_failure("kring stat 0", 2, "interval 0 cannot be: 0.01 to 86400 seconds; see `kring stat --help`");
	expect_failure("kring stat 1 2 3", 2, "'3' is one word too many; see `kring stat --help`");
	for (const std::string words :
	     {"kring --nonsense", "kring ls --nonsense", "kring read load --from yesterday",
	      "kring read load --drain --follow", "kring read load extra", "kring stat 1 x"}) {
		result result = run(words);

		EXPECT_EQ(result.status, 2) << words;
		EXPECT_EQ(result.out, "") << words;
		EXPECT_EQ(lines_of(result.err).size(), 1U) << words << ": " << result.err;
	}
}

TEST_F(cli, channels_that_do_not_exist)
{
	load load;
	const std::string none = "no channel 'none': see `kring ls`; is the module that makes it loaded?";

	for (const std::string command : {"read", "ls", "stat"}) {
		expect_failure("kring " + command + " none", 1, none);
		expect_failure("kring " + command + " ../load", 1,
			       "'../load' cannot be a channel's name: 1 to 31 of A-Z a-z 0-9 _ . -");
	}
}

TEST_F(cli, a_ring_that_another_program_owns)
{
	load load;
	descriptor owner = open_channel();

	EXPECT_EQ(acquire(owner.fd(), 0U), EAGAIN);
	expect_failure("kring read load --own --drain", 1,
		       "another program owns channel 'load': stop it, or read without --own");
}

} /* namespace */
} /* namespace kring::abi */
