/* SPDX-License-Identifier: GPL-2.0-only */
#include "abi_memory.hh"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <sstream>

namespace kring::abi
{

memory_meter::memory_meter() : slabs_{open("/proc/slabinfo", O_RDONLY | O_CLOEXEC)}
{
	const std::string folder = "/sys/kernel/slab/";

	for (const std::string &cache : entries_of(folder))
		shrinkers_.emplace_back(open((folder + cache + "/shrink").c_str(), O_WRONLY | O_CLOEXEC));
	EXPECT_FALSE(shrinkers_.empty()) << "objects cannot be counted exactly";
}

/*
 * CPUs keep slabs to themselves, whose free objects count as in use until they are given back. Who writes to a
 * file of sysfs has them take one: of a page and more, which is of few objects.
 */
void memory_meter::shrink_caches()
{
	const std::string order = "1" + std::string(4095, '\n');

	for (const descriptor &shrinker : shrinkers_)
		EXPECT_EQ(pwrite(shrinker.fd(), order.data(), order.size(), 0), static_cast<ssize_t>(order.size()));
}

/* From the open file: opening one takes objects as well. */
std::string memory_meter::read_slabs()
{
	std::string text(1 << 18, '\0');
	size_t used = 0;
	ssize_t got;

	EXPECT_EQ(lseek(slabs_.fd(), 0, SEEK_SET), 0);
	shrink_caches();
	while ((got = read(slabs_.fd(), text.data() + used, text.size() - used)) > 0)
		used += static_cast<size_t>(got);
	EXPECT_EQ(got, 0);
	EXPECT_LT(used, text.size());
	return text.substr(0, used);
}

memory_meter::amounts memory_meter::in_use()
{
	amounts amounts;
	std::string line, name, size, caller;
	number amount;

	/* Lines are: name, objects in use, ... */
	for (std::istringstream text{read_slabs()}; std::getline(text, line);)
		if (std::istringstream words{line}; words >> name >> amount)
			amounts["objects of " + name] = amount;
	/* Lines are: addresses, size, who allocated it, ... */
	for (std::istringstream text{read_text("/proc/vmallocinfo")}; std::getline(text, line);)
		if (std::istringstream words{line}; words >> name >> size >> caller)
			amounts["vmalloc areas of " + caller]++;
	/* Lines are: name, number, kB. */
	for (std::istringstream text{read_text("/proc/meminfo")}; std::getline(text, line);)
		if (std::istringstream words{line}; words >> name >> amount && name == "Percpu:")
			amounts["pages of per-CPU memory"] = amount / 4;
	return amounts;
}

void memory_meter::start()
{
	before_ = in_use();
}

/* Others allocate as well: what is forgotten is in use each time one looks, and not only now and then. */
std::string memory_meter::grown_by(number least)
{
	amounts fewest = in_use();
	std::string said;

	eventually([&] {
		said.clear();
		for (const auto &[name, amount] : in_use()) {
			number used = std::min(amount, fewest[name]);

			fewest[name] = used;
			if (used >= before_[name] + least)
				said += name + ": " + std::to_string(before_[name]) + " before, " +
					std::to_string(used) + " now\n";
		}
		return said.empty();
	});
	return said;
}

} /* namespace kring::abi */
