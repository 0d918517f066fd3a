/* SPDX-License-Identifier: GPL-2.0-only */
/* The program kring where it makes channels, ends them and writes to them: what it prints, and how it fails. */
#include <unistd.h>

#include <fstream>

#include "abi_control.hh"
#include "abi_cpus.hh"
#include "abi_program.hh"
#include "abi_refusal.hh"

namespace kring::abi
{
namespace
{

class cli_control : public clean_test {
protected:
	void TearDown() override
	{
		EXPECT_TRUE(no_channels());
		clean_test::TearDown();
	}
};

bool contains(const std::string &text, const std::string &part)
{
	return text.find(part) != std::string::npos;
}

void expect_success(const std::string &words)
{
	result result = run(words);

	EXPECT_EQ(result.status, 0) << words;
	EXPECT_EQ(result.out, "") << words;
	EXPECT_EQ(result.err, "") << words;
}

void expect_failure(const std::string &words, int status, const std::string &line)
{
	result result = run(words);

	EXPECT_EQ(result.status, status) << words;
	EXPECT_EQ(result.out, "") << words;
	EXPECT_EQ(result.err, "kring: " + line + "\n") << words;
}

TEST_F(cli_control, a_channel_from_its_making_to_its_end)
{
	expect_success("kring create app --size 64K --mode discard --clock mono --order 1 --perm 0622");
	EXPECT_TRUE(contains(run("kring ls app").out, "app                  trace     discard   mono         65536"));
	EXPECT_TRUE(contains(run("kring ls app").out, " on  kring\n"));
	expect_success("kring write app deployment begins");
	expect_success("kring write app -- --now");
	result read = run("kring read app --drain -q");

	EXPECT_EQ(lines_of(read.out).size(), 2U) << read.out;
	EXPECT_TRUE(contains(read.out, "untyped")) << read.out;
	expect_success("kring destroy app");
}

TEST_F(cli_control, json)
{
	result created = run("kring create app --size 64K --json"), written, destroyed;

	EXPECT_TRUE(is_json(lines_of(created.out).at(0))) << created.out;
	EXPECT_TRUE(contains(created.out, R"("channel":"app","kind":"trace","mode":"overwrite")"));
	EXPECT_EQ(created.out, run("kring ls app --json").out);
	written = run("kring write app --json one two");
	EXPECT_EQ(written.out, "{\"channel\":\"app\",\"records\":1,\"bytes\":7}\n");
	destroyed = run("kring destroy app --json");
	EXPECT_EQ(destroyed.out, "{\"channel\":\"app\",\"destroyed\":true}\n");
}

TEST_F(cli_control, a_record_for_each_line)
{
	made channel{creation_of("app", KRING_KIND_TRACE, 65536)};

	std::ofstream{"/tmp/write"} << "printf 'first line\\n\\nsecond line\\nno end' | kring write app --json";
	EXPECT_EQ(run("sh /tmp/write").out, "{\"channel\":\"app\",\"records\":3,\"bytes\":27}\n");
	EXPECT_EQ(unlink("/tmp/write"), 0);
}

TEST_F(cli_control, fifos)
{
	expect_success("kring create app --kind fifo --size 1000");
	EXPECT_TRUE(contains(run("kring ls app").out, "app                  fifo      -         -             1024"));
	expect_success("kring write app two words");
	expect_success("kring write app line");
	EXPECT_EQ(run("kring stat app").out, "app                   fifo  size 1024  used 15\n");
	EXPECT_EQ(run("kring read app --drain -q").out, "two words\nline\n");
	expect_success("kring destroy app");

	expect_success("kring create app --kind fifo --size 64 --element 4");
	expect_failure("kring write app five5", 1, "channel 'app' has elements of 4 bytes: 5 are no multiple");
	expect_success("kring write app fourFIVEsix!");
	EXPECT_EQ(run("kring read app -n 2 -q").out, "four\nFIVE\n");
	EXPECT_EQ(run("kring read app --drain -q --json").out, "{\"size\":4,\"text\":\"six!\"}\n");
	expect_success("kring destroy app");

	result made = run("kring create app --kind fifo --size 64 --length 1 --json");

	EXPECT_EQ(made.out, "{\"channel\":\"app\",\"kind\":\"fifo\",\"size\":64,\"element\":1,\"length\":1,"
			    "\"owner\":\"kring\"}\n");
	expect_success("kring write app one record");
	expect_success("kring write app another");
	result read = run("kring read app --drain");

	EXPECT_EQ(read.out, "one record\nanother\n");
	EXPECT_EQ(read.err, "kring: 2 records read, 0 lost\n");
	expect_failure("kring write app " + std::string(100, 'x'), 1,
		       "channel 'app': a record of 100 bytes is larger than one can be there: see `kring ls`");
	expect_failure("kring read app --own", 2,
		       "--own is for traces, and channel 'app' is a fifo; see `kring read --help`");
	descriptor busy = open_channel("app");

	expect_failure("kring read app", 1,
		       "another program, or the kernel, reads channel 'app': see `held` and `locked` in "
		       "/sys/class/kring/app");
	busy.close();
	expect_success("kring destroy app");
}

TEST_F(cli_control, mirrors)
{
	expect_success("kring create app --kind mirror --size 10");
	EXPECT_TRUE(contains(run("kring ls app").out, "app                  mirror    overwrite -               10"));
	expect_success("kring write app 0123456789ab");
	EXPECT_EQ(run("kring stat app --json").out,
		  "{\"channel\":\"app\",\"kind\":\"mirror\",\"size\":10,\"used\":10,\"overwritten\":3}\n");
	EXPECT_EQ(run("kring read app --drain -q").out, "3456789ab\n");
	expect_success("kring destroy app");
}

TEST_F(cli_control, broadcasts)
{
	expect_success("kring create app --kind broadcast --size 64 --slot 16");
	EXPECT_TRUE(contains(run("kring ls app").out, "app                  broadcast -         -               64"));
	for (const char *text : {"one", "two", "three", "four", "five", "six"})
		expect_success("kring write app " + std::string{text});
	result read = run("kring read app --drain");

	EXPECT_EQ(read.out, "[2] three\n[3] four\n[4] five\n[5] six\n");
	EXPECT_EQ(read.err, "kring: 4 records read, 0 lost\n");
	EXPECT_EQ(run("kring read app -n 1 -q --json").out, "{\"seq\":2,\"size\":5,\"text\":\"three\"}\n")
		<< "nothing was taken away";
	EXPECT_EQ(run("kring stat app").out, "app                   broadcast  size 64  published 6  discarded 0  "
					     "dropped_too_big 0  dropped_held 0  dropped_lapped 0  "
					     "dropped_overtaken 0\n");

	program follows{{"kring", "read", "app"}};

	EXPECT_TRUE(eventually([&] { return follows.out() == read.out; }));
	for (unsigned each = 0; each < 1000; each++)
		EXPECT_EQ(write(open_channel("app", O_WRONLY).fd(), "x", 1), 1);
	expect_success("kring destroy app");
	EXPECT_EQ(follows.wait(), 0);
	EXPECT_TRUE(contains(follows.err(), "channel 'app' is gone")) << follows.err();
	EXPECT_TRUE(contains(follows.out(), "\n[1005] x\n"));
}

TEST_F(cli_control, what_cannot_be_created)
{
	made channel{creation_of("app", KRING_KIND_TRACE, 65536)};

	expect_failure("kring create app", 1, "there is a channel 'app' already: see `kring ls`");
	expect_failure("kring create a/b", 1, "'a/b' cannot be a channel's name: 1 to 31 of A-Z a-z 0-9 _ . -");
	expect_failure("kring create huge --size 1024G", 1,
		       "channel 'huge' cannot be: see the last line in the kernel's log (dmesg)");
	for (const std::string size : {"0", "-1", "K", "12X", "1.5M", "18446744073709551616", "17179869184G", "1MM"})
		expect_failure(
			"kring create new --size " + size, 2,
			"--size: '" + size +
				"' is no size: bytes, 1 or more, such as 65536, 64K or 4M; see `kring create --help`");
	expect_failure("kring create new --kind pipe", 2,
		       "--kind: there is no 'pipe', only trace, fifo, mirror, broadcast; see `kring create --help`");
	expect_failure("kring create new --mode keep", 2,
		       "--mode: there is no 'keep', only overwrite, discard; see `kring create --help`");
	expect_failure("kring create new --perm 777", 2,
		       "--perm: '777' is none of the octal modes up to 666, such as 0640; see `kring create --help`");
	expect_failure("kring create new --element 8", 2,
		       "--element is not for channels of kind trace; see `kring create --help`");
	expect_failure("kring create new --kind fifo", 2,
		       "--size is needed for a channel of kind fifo; see `kring create --help`");
	expect_failure("kring create new --kind fifo --size 64K --clock mono", 2,
		       "--clock is not for channels of kind fifo; see `kring create --help`");
	expect_failure("kring create", 2, "CHANNEL is required; see `kring create --help`");
}

TEST_F(cli_control, what_cannot_be_destroyed)
{
	load load;

	expect_failure("kring destroy load", 1,
		       "channel 'load' was made by a module, which ends it: see OWNER in `kring ls`");
	expect_failure("kring destroy none", 1,
		       "no channel 'none': see `kring ls`; is the module that makes it loaded?");
	EXPECT_EQ(create(creation_of("app", KRING_KIND_TRACE)), 0);
	EXPECT_EQ(run("kring destroy none app").status, 1);
	EXPECT_FALSE(exists("/dev/kring/app")) << "the others are";
}

TEST_F(cli_control, what_cannot_be_written)
{
	kring_control_create wanted = creation_of("app", KRING_KIND_TRACE, 8192);

	wanted.mode = KRING_MODE_DISCARD;
	made channel{wanted};

	expect_failure("kring write app " + std::string(4000, 'x'), 1,
		       "channel 'app': a record of 4000 bytes is larger than one can be there: see `kring ls`");
	EXPECT_EQ(write_text("/sys/class/kring/app/enabled", "0"), 0);
	expect_failure("kring write app x", 1, "channel 'app' is disabled: write 1 to /sys/class/kring/app/enabled");
	EXPECT_EQ(write_text("/sys/class/kring/app/enabled", "1"), 0);
	expect_failure("kring write none x", 1,
		       "no channel 'none': see `kring ls`; is the module that makes it loaded?");
	pinned here{0};

	for (unsigned each = 0; each < 2; each++)
		expect_success("kring write app " + std::string(3900, 'x'));
	expect_failure("kring write app " + std::string(3900, 'x'), 1,
		       "channel 'app' is full: see that it is read with --own");
}

} /* namespace */
} /* namespace kring::abi */
