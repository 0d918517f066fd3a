/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel has allocated, counted so closely that one object forgotten at each turn of a loop shows. */
#ifndef KRING_TEST_ABI_MEMORY_HH
#define KRING_TEST_ABI_MEMORY_HH

#include <map>
#include <string>
#include <vector>

#include "abi_os.hh"

namespace kring::abi
{

class memory_meter {
public:
	memory_meter();

	/* From here on. */
	void start();
	/* What has grown since by at least so much, a line each; waits for what is freed later. Empty: nothing. */
	std::string grown_by(number least);

private:
	/* By what is counted: objects of each slab cache, vmalloc areas of each caller (a thread's stack is one), pages. */
	using amounts = std::map<std::string, number>;

	amounts in_use();
	void shrink_caches();
	std::string read_slabs();

	/* Open all the time: opening allocates, too. */
	descriptor slabs_;
	std::vector<descriptor> shrinkers_;
	amounts before_;
};

} /* namespace kring::abi */

#endif
