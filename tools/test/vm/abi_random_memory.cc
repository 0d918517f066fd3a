/* SPDX-License-Identifier: GPL-2.0-only */
/* Random calls that map a channel, and what may be done to mappings. */
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

#include "abi_random.hh"
#include "abi_touch.hh"

namespace kring::abi
{
namespace
{

constexpr size_t page = random_memory::page, arena_pages = random_memory::arena_size / page;
/* The channel has less. */
constexpr size_t pages_max = 64;

/* Pages in the arena, no more than there are behind them. */
struct range {
	explicit range(random_caller &caller)
		: first{caller.dice.below(caller.dice.one_in(4) ? arena_pages : pages_max / 2)},
		  count{std::min<size_t>(1 + caller.dice.below(caller.dice.one_in(4) ? pages_max : 4),
					 arena_pages - first)},
		  at{caller.memory.arena() + first * page}
	{
	}
	size_t size() const { return count * page; }

	size_t first, count;
	char *at;
};

off_t any_offset(random_source &dice)
{
	return static_cast<off_t>(
		dice.of<number>({0, 0, dice.below(pages_max / 2) * page, dice.below(pages_max / 2) * page, dice.bits(),
				 dice.bits() & ~number{page - 1}}));
}

long call_mmap(random_caller &caller)
{
	random_source &dice = caller.dice;
	range at{caller};
	int protection = dice.of<int>({PROT_READ, PROT_READ, PROT_READ, PROT_NONE, static_cast<int>(dice.below(8))});
	int flags = dice.of({MAP_SHARED, MAP_SHARED, MAP_SHARED, MAP_SHARED_VALIDATE, MAP_PRIVATE}) | MAP_FIXED |
		    dice.of({0, 0, MAP_POPULATE, MAP_LOCKED, MAP_NORESERVE});

	if (mmap(at.at, at.size(), protection, flags, caller.any_file(), any_offset(dice)) == MAP_FAILED)
		return -1;
	touch_to_read(at.at + dice.below(at.size()));
	touch_to_write(at.at + dice.below(at.size()));
	return 0;
}

/* Anywhere, of any length. */
long call_mmap_wild(random_caller &caller)
{
	constexpr number never = MAP_FIXED | MAP_ANONYMOUS; /* takes this program's place, or all memory */
	random_source &dice = caller.dice;
	number length = dice.bits();
	void *at = mmap(nullptr, length, static_cast<int>(dice.bits() & 0x0300000f),
			static_cast<int>(dice.bits() & ~never), caller.any_file(), any_offset(dice));

	if (at == MAP_FAILED)
		return -1;
	return munmap(at, length);
}

long call_munmap(random_caller &caller)
{
	range at{caller};

	return munmap(at.at, at.size());
}

long call_mprotect(random_caller &caller)
{
	range at{caller};

	return mprotect(at.at, at.size(), static_cast<int>(caller.dice.below(8)));
}

long call_madvise(random_caller &caller)
{
	range at{caller};
	/* Those below 100 are about memory; 100 and 101 would take pages for broken. */
	auto advice = static_cast<int>(caller.dice.below(28));

	return madvise(at.at, at.size(), advice);
}

long call_mremap(random_caller &caller)
{
	random_source &dice = caller.dice;
	range from{caller}, to{caller};
	int flags = dice.of({0, MREMAP_MAYMOVE | MREMAP_FIXED, MREMAP_MAYMOVE | MREMAP_FIXED,
			     MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP});
	size_t old_size = dice.one_in(8) ? 0 : from.size();
	size_t new_size = dice.one_in(2) ? to.size() : std::min(from.size(), to.size());

	/* In place it must stay in the arena. */
	if (!flags)
		new_size = std::min(new_size, (arena_pages - from.first) * page);
	return mremap(from.at, old_size, new_size, flags, to.at) == MAP_FAILED ? -1 : 0;
}

long call_remap(random_caller &caller)
{
	range at{caller};

	return remap_file_pages(at.at, at.size(), 0, caller.dice.below(pages_max), 0);
}

long call_sync(random_caller &caller)
{
	range at{caller};
	unsigned char resident[pages_max];

	switch (caller.dice.below(5)) {
	case 0:
		return msync(at.at, at.size(), static_cast<int>(caller.dice.below(8)));
	case 1:
		return mlock(at.at, at.size());
	case 2:
		return mlock2(at.at, at.size(), MLOCK_ONFAULT);
	case 3:
		return munlock(at.at, at.size());
	default:
		return mincore(at.at, at.size(), resident);
	}
}

/* The pages themselves go into the pipe, and stay there while the mapping goes. */
long call_vmsplice(random_caller &caller)
{
	range at{caller};
	iovec piece = {at.at, at.size()};

	if (caller.dice.one_in(2))
		caller.drain();
	return vmsplice(caller.ends[1], &piece, 1, static_cast<unsigned>(caller.dice.below(16)) | SPLICE_F_NONBLOCK);
}

long call_copy(random_caller &caller)
{
	range at{caller};
	iovec there = {at.at, at.size()}, here = {caller.memory.good(caller.dice, at.size()), at.size()};

	switch (caller.dice.below(3)) {
	case 0:
		return process_vm_readv(getpid(), &here, 1, &there, 1, 0);
	case 1:
		return process_vm_writev(getpid(), &here, 1, &there, 1, 0);
	default:
		caller.drain();
		return write(caller.ends[1], at.at, at.size());
	}
}

} /* namespace */

const std::vector<random_call> random_memory_calls = {
	{"mmap", 60, call_mmap},
	{"mmap, anything", 10, call_mmap_wild},
	{"munmap", 5, call_munmap},
	{"mprotect", 40, call_mprotect},
	{"madvise", 40, call_madvise},
	{"mremap", 30, call_mremap},
	{"remap_file_pages", 5, call_remap},
	{"msync, mlock, ...", 20, call_sync},
	{"vmsplice", 10, call_vmsplice},
	{"vm_readv, write", 20, call_copy},
};

} /* namespace kring::abi */
