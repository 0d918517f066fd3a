/* SPDX-License-Identifier: GPL-2.0-only */
#include "abi_log.hh"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

namespace kring::abi
{

namespace
{

constexpr int level_mask = 7; /* the rest of the number is the facility */

} /* namespace */

kernel_log::kernel_log() : file_{open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC)}
{
	EXPECT_EQ(error_of(lseek(file_.fd(), 0, SEEK_END)), 0);
}

/* Each read() gives one message: "number,sequence,time,flags;text", and lines that belong to it. */
std::vector<std::string> kernel_log::take()
{
	std::vector<std::string> lines;
	char buffer[8192];
	ssize_t got;

	while ((got = read(file_.fd(), buffer, sizeof(buffer))) > 0) {
		std::string message{buffer, static_cast<size_t>(got)};
		size_t begin = message.find(';') + 1;
		std::string text = message.substr(begin, message.find('\n') - begin);

		if (text.rfind("kring", 0) == 0)
			lines.push_back(std::to_string(atoi(buffer) & level_mask) + " " + text);
	}
	EXPECT_EQ(errno, EAGAIN) << "the log was written faster than it was read";
	return lines;
}

} /* namespace kring::abi */
