/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Channels that cannot be: what is said, and that nothing is left of them. That
 * each is refused is tested in kunit/api_kunit.c as well, for callers in C.
 */
#include <unistd.h>

#include "abi_log.hh"
#include "abi_refusal.hh"

namespace kring::abi
{
namespace
{

class creating : public clean_test {
protected:
	void TearDown() override
	{
		EXPECT_TRUE(no_channels());
		clean_test::TearDown();
	}
};

std::string not_created(const std::string &name, const std::string &why)
{
	return "kring: channel '" + name + "' not created: " + why;
}

TEST_F(creating, names)
{
	const std::string allowed = " of its name is none of [A-Za-z0-9_.-]";
	const std::string longest(KRING_NAME_MAX, 'x');

	expect_refused("kring_load", "name=", EINVAL, not_created("", "its name is empty"));
	expect_refused("kring_load", "name=/", EINVAL, not_created("?", "byte 1" + allowed));
	expect_refused("kring_load", "name=a/b", EINVAL, not_created("?", "byte 2" + allowed));
	expect_refused("kring_load", "name=../../../etc", EINVAL, not_created("?", "byte 3" + allowed));
	expect_refused("kring_load", "name=\"a b\"", EINVAL, not_created("?", "byte 2" + allowed));
	expect_refused("kring_load", "name=a\xc3\xa4", EINVAL, not_created("?", "byte 2" + allowed));
	expect_refused("kring_load", "name=a\x1b", EINVAL, not_created("?", "byte 2" + allowed));
	expect_refused("kring_load", "name=%s%n", EINVAL, not_created("?", "byte 1" + allowed));
	for (const std::string dots : {".", "..", ".hidden"})
		expect_refused("kring_load", "name=" + dots, EINVAL, not_created(dots, "its name begins with a dot"));
	for (size_t length : {KRING_NAME_MAX + 1, 255, 1000})
		expect_refused("kring_load", "name=" + std::string(length, 'x'), ENAMETOOLONG,
			       not_created(longest + "...", "its name is longer than 31 bytes"));
	for (const std::string &name : {std::string{"-"}, std::string{"_.-"}, std::string{"0"}, longest})
		expect_accepted("kring_load", "name=" + name);
}

TEST_F(creating, a_name_that_is_taken)
{
	load load;

	ASSERT_EQ(load_module("kring_example"), 0);
	expect_refused("kring_events", "name=load", EEXIST, not_created("load", "the name is taken"));
	expect_refused("kring_events", "name=example", EEXIST, not_created("example", "the name is taken"));
	EXPECT_TRUE(exists("/dev/kring/load"));
	EXPECT_TRUE(exists("/sys/class/kring/example/size"));
	EXPECT_EQ(unload_module("kring_example"), 0);
	expect_accepted("kring_events", "name=example groups=irq");
}

/* The name is free as soon as the channel is destroyed, also while that is open. */
TEST_F(creating, a_name_that_was_taken)
{
	load first;
	descriptor old = open_channel();

	EXPECT_EQ(first.unload(), 0);
	load second;
	descriptor file = open_channel();
	journal journal;

	second.write(10);
	EXPECT_EQ(read_all(old.fd(), journal), 0) << "the end of the old one";
	EXPECT_EQ(journal.records(), 0U);
	EXPECT_EQ(read_all(file.fd(), journal), -EAGAIN);
	EXPECT_EQ(journal.records(), 10U);
}

TEST_F(creating, orders)
{
	for (const std::string order : {"5", "31", "32", "64", "2147483648", "4294967295"})
		expect_refused("kring_load", "order=" + order, EINVAL,
			       not_created("load", "page order " + order + " is not 0 to 4"));
	expect_no_value("kring_load", "order", "4294967296", ERANGE);
	expect_no_value("kring_load", "order", "-1", EINVAL);
	expect_no_value("kring_load", "order", "two", EINVAL);
	expect_no_value("kring_load", "order", "", EINVAL);
}

TEST_F(creating, permissions)
{
	expect_refused("kring_load", "perm=0777", EINVAL,
		       not_created("load", "permission bits 0777 are more than 0666"));
	expect_refused("kring_load", "perm=04644", EINVAL,
		       not_created("load", "permission bits 04644 are more than 0666"));
	expect_no_value("kring_load", "perm", "65536", ERANGE);
	expect_no_value("kring_load", "perm", "rw", EINVAL);
}

/* Small sizes are rounded up to what a ring needs. */
TEST_F(creating, small_sizes)
{
	struct {
		const char *parameters;
		number size;
	} const cases[] = {
		{"size=1", 8192},	{"size=4096", 8192},	    {"size=8193", 12288},
		{"size=12K", 12288},	{"size=1 order=4", 131072}, {"size=131073 order=4", 196608},
		{"size=0x4000", 16384}, {"size=010000", 8192},	    {"size=1m", 1 << 20},
	};

	for (const auto &each : cases) {
		load load{each.parameters};
		descriptor file = open_channel();
		journal journal;

		EXPECT_EQ(read_number("/sys/class/kring/load/size"), each.size) << each.parameters;
		load.write(20);
		EXPECT_EQ(read_all(file.fd(), journal), -EAGAIN);
		EXPECT_EQ(journal.records(), 20U);
	}
}

TEST_F(creating, sizes_that_are_none)
{
	for (const std::string size :
	     {"0", "0K", "", "K", "-1", "12X", "1 M", "1.5M", "1MM", "M1", "big", "1T", "18446744073709551616",
	      "17179869184G", "0x", "1e6", "00000000000000000000000000001"})
		expect_refused("kring_load", "size=\"" + size + "\"", EINVAL,
			       "kring_load: size=" + size +
				       ": not a size; give bytes of each CPU's ring, such as 65536, 64K or 4M");
}

TEST_F(creating, more_pages_than_a_ring_can_have)
{
	struct {
		const char *parameters, *said;
	} const cases[] = {
		{"size=268427265", "268427265 bytes are 65535 pages of 4096 bytes"},
		{"size=1024G", "1099511627776 bytes are 268435456 pages of 4096 bytes"},
		{"size=0xffffffffffffffff", "18446744073709551615 bytes are 4503599627370496 pages of 4096 bytes"},
		{"size=0xffffffffffffffff order=4",
		 "18446744073709551615 bytes are 281474976710656 pages of 65536 bytes"},
		{"size=16G order=2", "17179869184 bytes are 1048576 pages of 16384 bytes"},
	};

	for (const auto &each : cases)
		expect_refused("kring_load", each.parameters, E2BIG,
			       not_created("load", std::string{each.said} +
							   ", a ring has at most 65534: use a larger page order or a "
							   "smaller size"));
}

number available_memory()
{
	const std::string key = "MemAvailable:";
	std::string text = read_text("/proc/meminfo");

	return strtoull(text.c_str() + text.find(key) + key.size(), nullptr, 10) << 10;
}

std::string no_memory(number size)
{
	return not_created("load", "error -12 while making rings of " + std::to_string(size) + " bytes for " +
					   std::to_string(sysconf(_SC_NPROCESSORS_ONLN)) + " CPUs");
}

TEST_F(creating, memory_that_is_not_there)
{
	constexpr number size = number{65534} << 16;

	ASSERT_LT(available_memory(), size);
	expect_refused("kring_load", "order=4 size=" + std::to_string(size), ENOMEM, no_memory(size));
}

/* Enough for the first ring, not for the second: the first is given back. */
TEST_F(creating, memory_for_some_rings_only)
{
	number before = available_memory();
	number size = before * 6 / 10 >> 16 << 16;

	ASSERT_GT(sysconf(_SC_NPROCESSORS_ONLN), 1);
	expect_refused("kring_load", "order=2 size=" + std::to_string(size), ENOMEM, no_memory(size));
	EXPECT_GT(available_memory(), before - before / 10);
	expect_accepted("kring_load", "size=1M");
}

} /* namespace */
} /* namespace kring::abi */
