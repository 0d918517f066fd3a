/* SPDX-License-Identifier: GPL-2.0-only */
/* What a module may do to a channel that programs cannot: kring_odd does it. */
#include "abi_cpus.hh"
#include "abi_queue.hh"
#include "abi_sleeper.hh"

namespace kring::abi
{
namespace
{

class odd : public hotplug_test {
protected:
	void SetUp() override
	{
		hotplug_test::SetUp();
		ASSERT_EQ(load_module("kring_odd"), 0);
	}
	void TearDown() override
	{
		EXPECT_EQ(unload_module("kring_odd"), 0);
		EXPECT_TRUE(no_channels());
		hotplug_test::TearDown();
	}
};

/* It would be an end to who reads. */
TEST_F(odd, empty_records)
{
	descriptor out = open_channel("odd_records");

	EXPECT_EQ(read_value("/sys/module/kring_odd/parameters/empty"), std::to_string(-EINVAL));
	EXPECT_EQ(read_some(out.fd()), "x");
	EXPECT_EQ(read_some(out.fd()), "");
	EXPECT_EQ(errno, EAGAIN);
}

/* A mirror that overwrites copies under its lock, and gives up on a page that stays away; what was there stays. */
TEST_F(odd, a_page_that_never_comes)
{
	constexpr size_t page = 4096;
	made channel{creation_of("app", KRING_KIND_MIRROR, 2 * page)};
	descriptor file = channel.open(O_RDWR | O_NONBLOCK), odd{open("/dev/kring-odd", O_RDWR)};
	char *at = static_cast<char *>(
		mmap(nullptr, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	void *never = mmap(at + page, page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, odd.fd(), 0);

	ASSERT_EQ(never, at + page);
	EXPECT_EQ(error_of(read(file.fd(), never, 6)), EAGAIN);
	EXPECT_EQ(write_some(file.fd(), "abcdef"), 6);
	EXPECT_EQ(error_of(read(file.fd(), never, 6)), EFAULT);
	EXPECT_EQ(read(file.fd(), at + page - 2, 6), 2);
	EXPECT_EQ(std::string(at + page - 2, 2), "ab");
	EXPECT_EQ(read_some(file.fd()), "cdef");
	munmap(at, 2 * page);
}

/* As hotplug.last_words_wake_a_reader, of the other kinds. */
void expect_last_words(const std::string &name, long call, long (*function)(int))
{
	descriptor out = open_channel(name, O_RDONLY);

	lseek(out.fd(), 0, SEEK_END); /* a fifo has no other place */
	sleeper waiter{call, [&] { return function(out.fd()); }};

	EXPECT_EQ(set_online(false), 0);
	EXPECT_TRUE(eventually([&] { return waiter.is_done(); }, 2)) << name;
	EXPECT_GT(waiter.join(), 0) << name;
	EXPECT_EQ(set_online(true), 0);
}

TEST_F(odd, last_words_wake_readers)
{
	for (const std::string name : {"odd_bytes", "odd_all"}) {
		expect_last_words(name, SYS_read, read_once);
		expect_last_words(name, SYS_poll, [](int fd) { return long{poll_now(fd, POLLIN, -1)}; });
	}
}

} /* namespace */
} /* namespace kring::abi */
