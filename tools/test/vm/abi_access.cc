/* SPDX-License-Identifier: GPL-2.0-only */
/* Who may open a channel: its mode as the creator chose it, for users that are not root. */
#include <grp.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "abi_test.hh"

namespace kring::abi
{
namespace
{

constexpr uid_t nobody = 65534;

class access : public clean_test {};

/* What a child that has become this user and group gets of it, as an errno. */
int as_user(gid_t group, const std::function<int()> &function)
{
	return in_child([&] {
		if (setgroups(0, nullptr) || setgid(group) || setuid(nobody))
			return 255;
		return function();
	});
}

int try_open(int flags)
{
	return descriptor{open("/dev/kring/load", flags)}.is_open() ? 0 : errno;
}

unsigned mode_of_device()
{
	struct stat status{};

	EXPECT_EQ(error_of(stat("/dev/kring/load", &status)), 0);
	EXPECT_EQ(status.st_uid, 0U);
	EXPECT_EQ(status.st_gid, 0U);
	return status.st_mode & 07777;
}

TEST_F(access, modes)
{
	struct {
		const char *parameter;
		unsigned mode;
		int others_read, others_write, group_read;
	} const cases[] = {
		{"", 0600, EACCES, EACCES, EACCES},	     {"perm=0", 0600, EACCES, EACCES, EACCES},
		{"perm=0400", 0400, EACCES, EACCES, EACCES}, {"perm=0640", 0640, EACCES, EACCES, 0},
		{"perm=0440", 0440, EACCES, EACCES, 0},	     {"perm=0644", 0644, 0, EACCES, 0},
		{"perm=0444", 0444, 0, EACCES, 0},	     {"perm=0666", 0666, 0, 0, 0},
		{"perm=0622", 0622, EACCES, 0, EACCES},
	};

	for (const auto &each : cases) {
		load load{each.parameter};

		EXPECT_EQ(mode_of_device(), each.mode) << each.parameter;
		EXPECT_EQ(as_user(nobody, [] { return try_open(O_RDONLY); }), each.others_read) << each.parameter;
		EXPECT_EQ(as_user(nobody, [] { return try_open(O_WRONLY); }), each.others_write) << each.parameter;
		EXPECT_EQ(as_user(0, [] { return try_open(O_RDONLY); }), each.group_read) << each.parameter;
		EXPECT_EQ(try_open(O_RDWR), 0) << "root may";
	}
}

/* Reading and owning ask for nothing beyond the open file. */
TEST_F(access, a_user_that_may_open_may_do_all)
{
	load load{"cpus=0 perm=0444"};

	load.write(40); /* on one page, or two where the clock's high half changed: each has a long stamp then */
	EXPECT_EQ(as_user(nobody,
			  [] {
				  descriptor file = open_channel();
				  number buffer[1024];
				  kring_meta meta{};
				  kring_acquire acquired = acquire_of(0);

				  meta.size = sizeof(meta);
				  if (read(file.fd(), buffer, sizeof(buffer)) <= 0)
					  return 1;
				  if (ioctl(file.fd(), KRING_IOC_INFO, &meta))
					  return 2;
				  if (mmap(nullptr, meta.map_size, PROT_READ, MAP_SHARED, file.fd(), 0) == MAP_FAILED)
					  return 3;
				  while (!acquire(file.fd(), acquired)) {
					  if (release(file.fd(), 0))
						  return 4;
					  acquired = acquire_of(0);
				  }
				  return 0;
			  }),
		  0);
	kring_ledger ledger = ledger_of(open_channel().fd());

	EXPECT_EQ(ledger.committed, 40U) << "attempted: " << load.counts()["attempted"];
	EXPECT_EQ(ledger.read, 40U) << ledger.unread << " unread";
}

/* The ledger is everybody's to see, switching the channel off is not. */
TEST_F(access, sysfs)
{
	load load;
	const std::string folder = "/sys/class/kring/load/";

	load.write(10);
	EXPECT_EQ(as_user(nobody, [&] { return read_number(folder + "ledger/committed") != 10; }), 0);
	EXPECT_EQ(as_user(nobody, [&] { return write_text(folder + "enabled", "0"); }), EACCES);
	EXPECT_EQ(read_text(folder + "enabled"), "1\n");
}

} /* namespace */
} /* namespace kring::abi */
