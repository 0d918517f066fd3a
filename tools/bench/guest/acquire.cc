/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What acquiring a page costs, for the channels named: instructions of the system
 * call, on a machine whose counter counts them. Prints as kring_bench does,
 * "acquire.RECORDS_ON_A_PAGE INSTRUCTIONS 1", the median of all full pages.
 */
#include <fcntl.h>
#include <linux/kring.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <x86intrin.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

namespace
{

/* What one page had, and what it took to acquire it. */
struct acquired {
	__u32 records;
	__u64 instructions;
};

bool acquire(int fd, acquired &page)
{
	kring_acquire acquire{};
	kring_release release{};

	acquire.size = sizeof(acquire);
	release.size = sizeof(release);

	__u64 begin = __rdtsc();
	int failed = ioctl(fd, KRING_IOC_ACQUIRE, &acquire);

	page = {acquire.count, __rdtsc() - begin};
	return !failed && !ioctl(fd, KRING_IOC_RELEASE, &release);
}

bool measure(const char *channel)
{
	int fd = open((std::string{"/dev/kring/"} + channel).c_str(), O_RDONLY | O_NONBLOCK);
	std::vector<acquired> pages;
	acquired page;

	while (fd >= 0 && acquire(fd, page))
		pages.push_back(page);
	if (fd < 0 || errno != EAGAIN || pages.size() < 4) {
		fprintf(stderr, "acquire: %s: only %zu pages acquired: %s\n", channel, pages.size(), strerror(errno));
		return false;
	}
	close(fd);

	/* The first makes its file the owner, the last may not be full. */
	pages.erase(pages.begin());
	pages.pop_back();
	std::nth_element(pages.begin(), pages.begin() + pages.size() / 2, pages.end(),
			 [](const acquired &a, const acquired &b) { return a.instructions < b.instructions; });
	page = pages[pages.size() / 2];
	printf("acquire.%u %llu 1\n", page.records, static_cast<unsigned long long>(page.instructions));
	return true;
}

} /* namespace */

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (!measure(argv[i]))
			return 1;
	return 0;
}
