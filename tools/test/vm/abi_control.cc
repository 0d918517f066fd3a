/* SPDX-License-Identifier: GPL-2.0-only */
/* /dev/kring-control: who may make and end channels with it, which ones cannot be, and how long they live. */
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "abi_control.hh"
#include "abi_log.hh"
#include "abi_refusal.hh"

namespace kring::abi
{
namespace
{

class control : public clean_test {
protected:
	void TearDown() override
	{
		EXPECT_TRUE(no_channels());
		clean_test::TearDown();
	}
};

using lines = std::vector<std::string>;

kring_control_create trace(const std::string &name = "app", __u64 capacity = 65536)
{
	return creation_of(name, KRING_KIND_TRACE, capacity);
}

/* This error, this one line in the log, and nothing is left. */
void expect_not_created(const kring_control_create &wanted, int error, const std::string &line)
{
	kernel_log log;

	EXPECT_EQ(create(wanted), error) << line;
	EXPECT_EQ(log.take(), (lines{"3 kring: channel '" + std::string{wanted.name, strnlen(wanted.name, 31)} +
				     "' not created: " + line}));
	EXPECT_TRUE(no_channels()) << line;
}

TEST_F(control, a_channel_from_its_making_to_its_end)
{
	kring_control_create wanted = trace();
	const std::string folder = "/sys/class/kring/app/";
	struct stat status{};

	wanted.order = 1;
	wanted.mode = KRING_MODE_DISCARD;
	wanted.clock = KRING_CLOCK_MONO;
	wanted.perm = 0640;
	EXPECT_EQ(create(wanted), 0);
	EXPECT_EQ(users_of("kring"), 0) << "a channel alone keeps nothing";
	EXPECT_EQ(stat("/dev/kring/app", &status), 0);
	EXPECT_EQ(status.st_mode & 07777, 0640U);
	EXPECT_EQ(read_value(folder + "kind"), "trace");
	EXPECT_EQ(read_value(folder + "owner"), "kring");
	EXPECT_EQ(read_value(folder + "mode"), "discard");
	EXPECT_EQ(read_value(folder + "clock"), "mono");
	EXPECT_EQ(read_number(folder + "size"), 65536U);
	EXPECT_EQ(read_number(folder + "order"), 1U);
	EXPECT_EQ(read_number(folder + "enabled"), 1U);
	EXPECT_EQ(info_of(open_channel("app").fd()).kind, KRING_KIND_TRACE);
	EXPECT_EQ(destroy("app"), 0);
	EXPECT_EQ(destroy("app"), ENOENT);
}

TEST_F(control, what_is_left_out_has_its_default)
{
	made channel{trace("app", 0)};
	struct stat status{};

	EXPECT_EQ(read_number("/sys/class/kring/app/size"), 1U << 20);
	EXPECT_EQ(stat("/dev/kring/app", &status), 0);
	EXPECT_EQ(status.st_mode & 07777, 0600U);
}

TEST_F(control, a_channel_that_begins_disabled)
{
	kring_control_create wanted = trace();

	wanted.flags = KRING_CREATE_DISABLED;
	made channel{wanted};
	descriptor file = channel.open(O_RDWR | O_NONBLOCK);

	EXPECT_EQ(error_of(write(file.fd(), "x", 1)), ESHUTDOWN);
	EXPECT_EQ(ledger_of(file.fd()).dropped[KRING_DROP_DISABLED], 1U);
	EXPECT_EQ(write_text("/sys/class/kring/app/enabled", "1"), 0);
	EXPECT_EQ(write(file.fd(), "x", 1), 1);
}

TEST_F(control, names_that_cannot_be)
{
	kring_control_create longest = trace(std::string(KRING_NAME_MAX + 1, 'x'));

	expect_not_created(trace(""), EINVAL, "its name is empty");
	for (const std::string dots : {".", "..", ".hidden"})
		expect_not_created(trace(dots), EINVAL, "its name begins with a dot");
	for (const std::string name : {"/", "a/b", "../x", "a b", "%s"}) {
		kernel_log log;

		EXPECT_EQ(create(trace(name)), EINVAL) << name;
		EXPECT_EQ(log.take().size(), 1U) << name;
	}
	kernel_log log;

	EXPECT_EQ(create(longest), ENAMETOOLONG);
	EXPECT_EQ(log.take(), (lines{"3 kring: channel '" + std::string(KRING_NAME_MAX, 'x') +
				     "...' not created: its name is longer than 31 bytes"}));
	made fits{trace(std::string(KRING_NAME_MAX, 'x'))};
}

/* Whatever else is wrong: no line of the log is of a program's making. */
TEST_F(control, names_that_are_not_to_be_printed)
{
	const std::string name = "a\nkring: b";
	void (*const changes[])(kring_control_create &) = {
		[](auto &of) { of.kind = 9; },
		[](auto &of) { of.perm = 0777; },
		[](auto &of) { of.perm = 0x10000; },
		[](auto &of) { of.unit = 8; },
		[](auto &of) { of.kind = KRING_KIND_FIFO, of.order = 1; },
		[](auto &of) { of.kind = KRING_KIND_BROADCAST, of.mode = KRING_MODE_DISCARD; },
		[](auto &of) { of.kind = KRING_KIND_BROADCAST, of.unit = 7; },
	};

	for (const auto change : changes) {
		kring_control_create wanted = trace(name);
		kernel_log log;

		change(wanted);
		EXPECT_EQ(create(wanted), EINVAL);
		EXPECT_EQ(log.take(), lines{"3 kring: channel '?' not created: byte 2 of its name is none of "
					    "[A-Za-z0-9_.-]"});
	}
}

TEST_F(control, names_that_are_taken)
{
	kernel_log log;
	load load;

	EXPECT_EQ(create(trace("load")), EEXIST);
	EXPECT_EQ(log.take(), lines{"3 kring: channel 'load' not created: the name is taken"});
	{
		made channel{trace()};

		EXPECT_EQ(create(trace()), EEXIST);
		EXPECT_EQ(load_module("kring_events", "name=app"), EEXIST);
		EXPECT_EQ(log.take(), lines(2, "3 kring: channel 'app' not created: the name is taken"));
		EXPECT_TRUE(exists("/dev/kring/app"));
	}
	EXPECT_EQ(load_module("kring_events", "name=app groups=irq"), 0) << "the name is free";
	EXPECT_EQ(unload_module("kring_events"), 0);
}

TEST_F(control, fields_that_cannot_be)
{
	struct {
		void (*change)(kring_control_create &);
		int error;
		const char *line;
	} const cases[] = {
		{[](auto &of) { of.kind = 4; }, EINVAL, "kind 4 is not known"},
		{[](auto &of) { of.kind = ~0U; }, EINVAL, "kind 4294967295 is not known"},
		{[](auto &of) { of.order = 5; }, EINVAL, "page order 5 is not 0 to 4"},
		{[](auto &of) { of.mode = 2; }, EINVAL, "mode 2 is neither overwrite (0) nor discard (1)"},
		{[](auto &of) { of.clock = 4; }, EINVAL, "clock 4 is not 0 to 3: local, mono, boot, counter"},
		{[](auto &of) { of.perm = 0777; }, EINVAL, "permission bits 0777 are more than 0666"},
		{[](auto &of) { of.perm = 0x10000; }, EINVAL, "permission bits 0200000 are more than 0666"},
		{[](auto &of) { of.flags = 0x80; }, EINVAL, "flags 0x80 are not known"},
		{[](auto &of) { of.unit = 8; }, EINVAL, "a trace has neither elements nor slots"},
		{[](auto &of) { of.length = 1; }, EINVAL, "a trace has neither elements nor slots"},
		{[](auto &of) { of.capacity = ~0ULL; }, E2BIG,
		 "18446744073709551615 bytes are 4503599627370496 pages of 4096 bytes, a ring has at most 65534: "
		 "use a larger page order or a smaller size"},
	};

	for (const auto &each : cases) {
		kring_control_create wanted = trace();

		each.change(wanted);
		expect_not_created(wanted, each.error, each.line);
	}
}

/* Of these there is nothing to be told that a program's author would look for in the log. */
TEST_F(control, calls_that_cannot_be)
{
	descriptor file{open("/dev/kring-control", O_RDWR)};
	kring_control_create wanted = trace();
	kring_control_destroy doomed{};
	kernel_log log;

	for (const void *at : {static_cast<const void *>(nullptr), reinterpret_cast<const void *>(-4096L)}) {
		EXPECT_EQ(error_of(ioctl(file.fd(), KRING_IOC_CREATE, at)), EFAULT);
		EXPECT_EQ(error_of(ioctl(file.fd(), KRING_IOC_DESTROY, at)), EFAULT);
	}
	for (__u32 size : {0U, 4U, unsigned{sizeof(wanted)} - 4, unsigned{sizeof(wanted)} + 4, ~0U}) {
		wanted.size = size;
		EXPECT_EQ(create(wanted), EINVAL);
	}
	for (__u32 &word : (wanted = trace()).reserved) {
		word = 1;
		EXPECT_EQ(create(wanted), EINVAL);
		word = 0;
	}
	EXPECT_EQ(error_of(ioctl(file.fd(), KRING_IOC_DESTROY, &doomed)), EINVAL) << "its size";
	doomed.size = sizeof(doomed);
	doomed.flags = 1;
	EXPECT_EQ(error_of(ioctl(file.fd(), KRING_IOC_DESTROY, &doomed)), EINVAL) << "flags";
	EXPECT_EQ(destroy(std::string(KRING_NAME_MAX + 1, 'x')), EINVAL) << "a name without an end";
	for (const std::string name : {"", "none", "../kring"})
		EXPECT_EQ(destroy(name), ENOENT) << name;
	for (unsigned long request :
	     std::initializer_list<unsigned long>{_IO('k', 0xc8), _IO('k', 0), KRING_IOC_LEDGER})
		EXPECT_EQ(error_of(ioctl(file.fd(), request, &wanted)), ENOTTY);
	EXPECT_EQ(log.take(), lines{});
}

TEST_F(control, who_may)
{
	descriptor file{open("/dev/kring-control", O_RDWR)};
	kring_control_create wanted = trace();
	struct stat status{};

	EXPECT_EQ(stat("/dev/kring-control", &status), 0);
	EXPECT_EQ(status.st_mode & 07777, 0600U);
	EXPECT_EQ(status.st_uid, 0U);
	EXPECT_EQ(in_child([&] {
			  if (setuid(65534))
				  return 255;
			  if (open("/dev/kring-control", O_RDWR) >= 0 || errno != EACCES)
				  return 1;
			  /* That root has opened it is not enough. */
			  if (!ioctl(file.fd(), KRING_IOC_CREATE, &wanted) || errno != EPERM)
				  return 2;
			  return !ioctl(file.fd(), KRING_IOC_DESTROY, &wanted) || errno != EPERM ? 3 : 0;
		  }),
		  0);
}

TEST_F(control, what_a_module_made)
{
	kernel_log log;
	load load;

	EXPECT_EQ(destroy("load"), EPERM);
	EXPECT_EQ(log.take(), lines{"3 kring: channel 'load' not destroyed: module 'kring_load' made it, and ends it "
				    "when it is unloaded"});
	load.write(10);
	EXPECT_EQ(ledger_of(open_channel().fd()).committed, 10U);
}

/* As when a module ends it: what was written can be read, then comes the end. */
TEST_F(control, destroyed_while_it_is_open)
{
	made channel{trace()};
	descriptor file = channel.open(O_RDWR | O_NONBLOCK);
	mapping map{file.fd(), info_of(file.fd()).map_size};
	journal journal;

	EXPECT_EQ(write(file.fd(), "last", 4), 4);
	EXPECT_EQ(channel.destroy(), 0);
	EXPECT_FALSE(exists("/dev/kring/app"));
	EXPECT_EQ(map.meta().gone, 1U);
	EXPECT_EQ(poll_now(file.fd(), POLLIN), POLLIN | POLLHUP);
	EXPECT_EQ(read_all(file.fd(), journal), 0);
	EXPECT_EQ(journal.records(), 1U);
	EXPECT_EQ(error_of(write(file.fd(), "x", 1)), ENODEV);

	made again{trace()};

	EXPECT_EQ(read_all(file.fd(), journal), 0) << "another one of the same name";
	EXPECT_EQ(poll_now(again.open(O_RDONLY | O_NONBLOCK).fd(), POLLIN), 0);
}

TEST_F(control, rmmod)
{
	descriptor file;

	EXPECT_EQ(create(trace()), 0);
	EXPECT_EQ(create(trace("other")), 0);
	file = open_channel("app");
	EXPECT_EQ(unload_module("kring"), EAGAIN) << "one is open";
	EXPECT_EQ(ledger_of(file.fd()).committed, 0U) << "and stays as it is";
	file.close();
	descriptor control{open("/dev/kring-control", O_RDWR)};

	EXPECT_EQ(unload_module("kring"), EAGAIN);
	control.close();
	EXPECT_EQ(unload_module("kring"), 0) << "with those that nobody uses";
	EXPECT_FALSE(exists("/dev/kring-control"));
	ASSERT_EQ(load_module("kring"), 0);
}

} /* namespace */
} /* namespace kring::abi */
