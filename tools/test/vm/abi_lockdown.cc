/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A kernel that is locked down for confidentiality shows no records. Lockdown
 * cannot be lifted: the test needs a guest of its own.
 */
#include <sys/ioctl.h>

#include "abi_test.hh"

namespace kring::abi
{
namespace
{

class lockdown : public clean_test {};

int lock_down(const std::string &level)
{
	return write_text("/sys/kernel/security/lockdown", level);
}

int map_error(const descriptor &file)
{
	void *at = mmap(nullptr, 4096, PROT_READ, MAP_SHARED, file.fd(), 0);

	return at == MAP_FAILED ? errno : munmap(at, 4096);
}

TEST_F(lockdown, open_and_mmap_are_refused)
{
	load load;
	descriptor file = open_channel();
	mapping map{file.fd(), info_of(file.fd()).map_size};

	load.write(100);
	ASSERT_EQ(lock_down("integrity"), 0);
	EXPECT_TRUE(open_channel().is_open()) << "integrity is not about reading";
	EXPECT_EQ(map_error(file), 0);

	ASSERT_EQ(lock_down("confidentiality"), 0);
	for (int flags : {O_RDONLY, O_RDWR}) {
		errno = 0;
		EXPECT_FALSE(open_channel("load", flags).is_open());
		EXPECT_EQ(errno, EPERM);
	}
	EXPECT_EQ(write(open_channel("load", O_WRONLY).fd(), "x", 1), 1) << "writing shows nothing";
	EXPECT_EQ(map_error(open_channel("load", O_WRONLY)), EACCES);
	EXPECT_EQ(map_error(file), EPERM) << "of a file that was open";

	/* What was opened and mapped before is not taken away; no other tracing does that either. */
	journal journal;

	EXPECT_EQ(read_all(file.fd(), journal), -EAGAIN);
	EXPECT_EQ(journal.records(), 101U);
	EXPECT_EQ(map.meta().magic, KRING_MAGIC);
	/* Numbers are no records. */
	EXPECT_EQ(read_text("/sys/class/kring/load/ledger/committed"), "101\n");
}

} /* namespace */
} /* namespace kring::abi */
