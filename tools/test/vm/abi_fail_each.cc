/* SPDX-License-Identifier: GPL-2.0-only */
#include "abi_fail_each.hh"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace kring::abi
{

namespace
{

constexpr unsigned most = 5000;
/* kmemleak looks at what is older than 5 s alone. */
constexpr unsigned leak_age = 6;

const std::string debugfs = "/sys/kernel/debug/";

} /* namespace */

void prepare_faults()
{
	for (const std::string kind : {"failslab/", "fail_page_alloc/"}) {
		ASSERT_EQ(write_text(debugfs + kind + "verbose", "0"), 0) << "is this kernel one with fault injection?";
		ASSERT_EQ(write_text(debugfs + kind + "ignore-gfp-wait", "N"), 0);
	}
	ASSERT_EQ(write_text(debugfs + "fail_page_alloc/ignore-gfp-highmem", "N"), 0);
	ASSERT_EQ(write_text(debugfs + "fail_page_alloc/min-order", "0"), 0);
}

unsigned fail_each(const std::function<int()> &function, const std::function<void(int, bool)> &check)
{
	descriptor control{open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC)};

	for (unsigned nth = 1; nth <= most; nth++) {
		SCOPED_TRACE("allocation " + std::to_string(nth));
		std::string text = std::to_string(nth);
		char left = 0;

		/* The first byte read is '0' when the allocation was met, for the count went down to it. */
		EXPECT_EQ(pwrite(control.fd(), text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
		int error = function();
		EXPECT_EQ(pread(control.fd(), &left, 1, 0), 1);
		EXPECT_EQ(pwrite(control.fd(), "0", 1, 0), 1);
		check(error, left == '0');
		if (left != '0')
			return nth - 1;
		if (testing::Test::HasFailure())
			return 0;
	}
	ADD_FAILURE() << "it has not come through with " << most << " allocations";
	return 0;
}

std::string leaked()
{
	const std::string kmemleak = debugfs + "kmemleak";

	sleep(leak_age);
	for (unsigned scan = 0; scan < 2; scan++)
		EXPECT_EQ(write_text(kmemleak, "scan"), 0);
	return read_text(kmemleak);
}

number pages_held()
{
	std::ifstream file{debugfs + "page_owner"};
	std::string line, paragraph;
	number pages = 0;

	/* A paragraph tells of an allocation, and the stack that asked for it. A slab's page stays when it is empty. */
	EXPECT_TRUE(file.is_open()) << "is page_owner=on on the kernel's command line?";
	while (std::getline(file, line)) {
		paragraph += line;
		if (!line.empty())
			continue;
		unsigned order = 0;
		bool direct = paragraph.find("[kring]") != std::string::npos &&
			      paragraph.find(" allocate_slab+") == std::string::npos;

		if (direct && sscanf(paragraph.c_str(), "Page allocated via order %u,", &order) == 1)
			pages += number{1} << order;
		paragraph.clear();
	}
	return pages;
}

} /* namespace kring::abi */
