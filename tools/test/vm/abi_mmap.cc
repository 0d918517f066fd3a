/* SPDX-License-Identifier: GPL-2.0-only */
/* mmap() and what may be done to a mapping: which kinds are refused, and what splits, moves and inherits one. */
#include <fcntl.h>
#include <limits.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "abi_test.hh"

namespace kring::abi
{
namespace
{

constexpr size_t page = 4096;

class mapping_calls : public clean_test {
protected:
	static int map_error(int fd, size_t size, number offset = 0, int protection = PROT_READ, int flags = MAP_SHARED)
	{
		void *at = mmap(nullptr, size, protection, flags, fd, static_cast<off_t>(offset));

		if (at == MAP_FAILED)
			return errno;
		munmap(at, size);
		return 0;
	}

	/* Does the page at this address begin as one of kring's? */
	static bool is_there(const void *at)
	{
		__u32 word = 0;

		return peek(at, &word, sizeof(word)) && word == KRING_MAGIC;
	}

	static void *address(const mapping &map, size_t offset = 0) { return const_cast<char *>(map.at(offset)); }
};

TEST_F(mapping_calls, writable_is_refused)
{
	load load;
	descriptor reads = open_channel(), writes = open_channel("load", O_RDWR);

	EXPECT_EQ(map_error(reads.fd(), page, 0, PROT_READ | PROT_WRITE), EACCES);
	EXPECT_EQ(map_error(reads.fd(), page, 0, PROT_WRITE), EACCES);
	EXPECT_EQ(map_error(writes.fd(), page, 0, PROT_READ | PROT_WRITE), EPERM);
	EXPECT_EQ(map_error(writes.fd(), page, 0, PROT_WRITE), EPERM);
	EXPECT_EQ(map_error(writes.fd(), page, 0, PROT_WRITE, MAP_SHARED_VALIDATE), EPERM);
	EXPECT_EQ(map_error(writes.fd(), page), 0) << "for reading, also a file that could be written";
}

TEST_F(mapping_calls, a_file_that_cannot_be_read)
{
	load load;
	descriptor file = open_channel("load", O_WRONLY);

	for (int protection : {PROT_READ, PROT_WRITE, PROT_NONE})
		EXPECT_EQ(map_error(file.fd(), page, 0, protection), EACCES);
}

TEST_F(mapping_calls, private_is_refused)
{
	load load;

	for (int mode : {O_RDONLY, O_RDWR}) {
		descriptor file = open_channel("load", mode);

		for (int protection : {PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE, PROT_WRITE})
			EXPECT_EQ(map_error(file.fd(), page, 0, protection, MAP_PRIVATE), EINVAL) << protection;
	}
}

TEST_F(mapping_calls, executable_is_refused)
{
	load load;

	for (int mode : {O_RDONLY, O_RDWR}) {
		descriptor file = open_channel("load", mode);

		EXPECT_EQ(map_error(file.fd(), page, 0, PROT_EXEC), EPERM);
		EXPECT_EQ(map_error(file.fd(), page, 0, PROT_READ | PROT_EXEC), EPERM);
	}
}

TEST_F(mapping_calls, out_of_range)
{
	load load;
	descriptor file = open_channel();
	size_t size = info_of(file.fd()).map_size;

	EXPECT_EQ(map_error(file.fd(), 0), EINVAL);
	EXPECT_EQ(map_error(file.fd(), size + 1), EINVAL);
	EXPECT_EQ(map_error(file.fd(), size + page), EINVAL);
	EXPECT_EQ(map_error(file.fd(), page, size), EINVAL);
	EXPECT_EQ(map_error(file.fd(), 2 * page, size - page), EINVAL);
	EXPECT_EQ(map_error(file.fd(), size, page), EINVAL);
	EXPECT_EQ(map_error(file.fd(), page, size + (1ULL << 32)), EINVAL);
	EXPECT_EQ(map_error(file.fd(), page, 1ULL << 44), EINVAL);
	EXPECT_EQ(map_error(file.fd(), page, LONG_MAX & ~(page - 1)), EINVAL);
	EXPECT_EQ(map_error(file.fd(), page, -number{2 * page}), EINVAL);
	EXPECT_EQ(map_error(file.fd(), page, 1), EINVAL) << "not at a page";
	EXPECT_NE(map_error(file.fd(), LONG_MAX), 0);
	/* The sum of offset and length is 0. */
	EXPECT_NE(map_error(file.fd(), page, -number{page}), 0);
	EXPECT_NE(map_error(file.fd(), size, -number{size}), 0);
}

TEST_F(mapping_calls, any_part)
{
	load load{"size=16K"};
	descriptor file = open_channel();
	size_t size = info_of(file.fd()).map_size;
	mapping whole{file.fd(), size};

	EXPECT_EQ(map_error(file.fd(), 1), 0) << "is a page";
	EXPECT_EQ(map_error(file.fd(), size - 1), 0);
	for (size_t offset = 0; offset < size; offset += page)
		for (size_t length : {page, 2 * page, size - offset}) {
			length = std::min(length, size - offset);
			mapping part{file.fd(), length, offset};

			ASSERT_EQ(memcmp(part.at(), whole.at(offset), length), 0) << offset << " " << length;
		}
}

/* Also populated or locked at once, at a wanted place. */
TEST_F(mapping_calls, flags)
{
	load load;
	descriptor file = open_channel();
	size_t size = info_of(file.fd()).map_size;

	for (int flags : {MAP_POPULATE, MAP_LOCKED, MAP_NORESERVE, MAP_POPULATE | MAP_NONBLOCK})
		EXPECT_EQ(map_error(file.fd(), size, 0, PROT_READ, MAP_SHARED | flags), 0) << flags;
	mapping old{file.fd(), size};
	void *over = mmap(address(old, page), page, PROT_READ, MAP_SHARED | MAP_FIXED, file.fd(), 0);

	ASSERT_EQ(over, address(old, page));
	EXPECT_TRUE(is_there(over)) << "the meta page";
	EXPECT_TRUE(is_there(old.at()));
}

TEST_F(mapping_calls, protection_cannot_be_raised)
{
	load load;

	for (int mode : {O_RDONLY, O_RDWR}) {
		descriptor file = open_channel("load", mode);
		mapping map{file.fd(), info_of(file.fd()).map_size};
		void *at = address(map);

		EXPECT_TRUE(is_there(at));
		for (int protection : {PROT_WRITE, PROT_EXEC, PROT_READ | PROT_WRITE, PROT_READ | PROT_EXEC,
				       PROT_READ | PROT_WRITE | PROT_EXEC})
			for (size_t size : {page, map.size()})
				EXPECT_EQ(error_of(mprotect(at, size, protection)), EACCES) << protection;
		EXPECT_EQ(mprotect(at, page, PROT_NONE), 0);
		EXPECT_FALSE(is_there(at));
		EXPECT_EQ(error_of(mprotect(at, page, PROT_WRITE)), EACCES);
		EXPECT_EQ(mprotect(at, page, PROT_READ), 0);
		EXPECT_TRUE(is_there(at));
	}
}

/* Two letters each, as in /proc/PID/smaps. */
TEST_F(mapping_calls, what_the_kernel_keeps_of_it)
{
	load load;
	descriptor file = open_channel("load", O_RDWR);
	mapping map{file.fd(), page};
	std::string smaps = read_text("/proc/self/smaps"), flags;

	flags = smaps.substr(smaps.find("VmFlags:", smaps.find("/dev/kring/load")));
	flags = flags.substr(0, flags.find('\n'));
	for (const char *has : {" rd", " mr", " ms", " de", " dd"})
		EXPECT_NE(flags.find(has), std::string::npos) << flags << " lack" << has;
	for (const char *lacks : {" wr", " ex", " mw", " me", " dc"})
		EXPECT_EQ(flags.find(lacks), std::string::npos) << flags << " have" << lacks;
}

TEST_F(mapping_calls, moved)
{
	load load{"cpus=0"};
	descriptor file = open_channel();
	size_t size = info_of(file.fd()).map_size;
	void *hole = mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	void *at = mmap(nullptr, size, PROT_READ, MAP_SHARED, file.fd(), 0);

	ASSERT_TRUE(is_there(at));
	ASSERT_EQ(mremap(at, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, hole), hole);
	EXPECT_TRUE(is_there(hole));
	EXPECT_FALSE(is_there(at));
	EXPECT_EQ(error_of(mprotect(hole, size, PROT_READ | PROT_WRITE)), EACCES);
	file.close();
	EXPECT_GT(users_of("kring"), 1) << "kring_load, and the mapping";
	EXPECT_EQ(munmap(hole, size), 0);
}

TEST_F(mapping_calls, shrunk)
{
	load load{"size=16K"};
	descriptor file = open_channel();
	mapping map{file.fd(), info_of(file.fd()).map_size};

	ASSERT_EQ(mremap(address(map), map.size(), 2 * page, 0), address(map));
	EXPECT_TRUE(is_there(map.at()));
	EXPECT_FALSE(is_there(map.at(2 * page)));
	EXPECT_EQ(error_of(mremap(address(map), 2 * page, 3 * page, 0)), EFAULT) << "not even back again";
}

/* To more than there is, and to what there is: a mapping is made at its size. */
TEST_F(mapping_calls, cannot_grow_or_be_doubled)
{
	load load{"size=16K"};
	descriptor file = open_channel();
	size_t size = info_of(file.fd()).map_size;

	for (size_t old_size : {page, size}) {
		mapping map{file.fd(), old_size};

		for (size_t new_size : {old_size + page, 2 * size})
			for (int flags : {0, MREMAP_MAYMOVE})
				EXPECT_EQ(error_of(mremap(address(map), old_size, new_size, flags)), EFAULT);
		EXPECT_EQ(error_of(mremap(address(map), 0, old_size, MREMAP_MAYMOVE)), EFAULT);
		EXPECT_EQ(error_of(mremap(address(map), old_size, old_size, MREMAP_MAYMOVE | MREMAP_DONTUNMAP)),
			  EINVAL);
		EXPECT_TRUE(is_there(map.at()));
	}
}

TEST_F(mapping_calls, partly_unmapped)
{
	load load{"size=16K"};
	descriptor file = open_channel();
	size_t size = info_of(file.fd()).map_size, count = size / page;
	void *at = mmap(nullptr, size, PROT_READ, MAP_SHARED, file.fd(), 0);
	char *first = static_cast<char *>(at);

	ASSERT_NE(at, MAP_FAILED);
	file.close();
	for (size_t number = 1; number < count; number += 2)
		EXPECT_EQ(munmap(first + number * page, page), 0);
	EXPECT_TRUE(is_there(first));
	EXPECT_FALSE(is_there(first + page));
	EXPECT_EQ(unload_module("kring"), EAGAIN);
	for (size_t number = 2; number < count; number += 2)
		EXPECT_EQ(munmap(first + number * page, page), 0);
	EXPECT_GT(users_of("kring"), 1) << "the last piece holds as the whole did";
	EXPECT_EQ(munmap(first, page), 0);
	EXPECT_TRUE(eventually([] { return users_of("kring") == 1; }));
}

/* A child has the mapping: it stays when the parent's goes. */
TEST_F(mapping_calls, a_child_has_it)
{
	load load{"cpus=0"};
	descriptor file = open_channel();
	mapping map{file.fd(), info_of(file.fd()).map_size};
	int ends[2];

	ASSERT_EQ(pipe(ends), 0);
	pid_t child = start_child([&] {
		char byte;

		if (!is_there(map.at()) || read(ends[0], &byte, 1) != 1)
			return 1;
		/* Written since, and first touched here. */
		const kring_page &written = map.page(0, KRING_POSITION_ID(map.ring(0).commit_page));

		return KRING_COMMIT_COUNT(written.commit) == 5 ? 0 : 2;
	});
	map.unmap();
	file.close();
	load.write(5);
	EXPECT_GT(users_of("kring"), 1);
	EXPECT_EQ(write(ends[1], "x", 1), 1);
	EXPECT_EQ(end_of(child), 0);
	close(ends[0]);
	close(ends[1]);
}

TEST_F(mapping_calls, a_child_may_be_kept_from_it)
{
	load load;
	descriptor file = open_channel();
	mapping map{file.fd(), info_of(file.fd()).map_size};
	auto child_has_it = [&] { return in_child([&] { return is_there(map.at()); }); };

	EXPECT_EQ(child_has_it(), 1);
	for (unsigned times = 0; times < 3; times++) {
		EXPECT_EQ(madvise(address(map), map.size(), MADV_DONTFORK), 0);
		EXPECT_EQ(child_has_it(), 0);
		EXPECT_EQ(madvise(address(map), map.size(), MADV_DOFORK), 0);
		EXPECT_EQ(child_has_it(), 1);
	}
	EXPECT_EQ(madvise(address(map, page), page, MADV_DONTFORK), 0) << "also of a piece";
	EXPECT_EQ(child_has_it(), 1);
}

struct advice {
	int advice;
	int error;
};

/* Whatever the advice, the mapping shows the same afterwards. */
TEST_F(mapping_calls, advice)
{
	const advice all[] = {{MADV_NORMAL, 0},		{MADV_RANDOM, 0},
			      {MADV_SEQUENTIAL, 0},	{MADV_DONTNEED, 0},
			      {MADV_COLD, 0},		{MADV_PAGEOUT, 0},
			      {MADV_POPULATE_READ, 0},	{MADV_DONTDUMP, 0},
			      {MADV_DODUMP, EINVAL},	{MADV_POPULATE_WRITE, EINVAL},
			      {MADV_FREE, EINVAL},	{MADV_REMOVE, EACCES},
			      {MADV_WIPEONFORK, EINVAL}};
	/* Without effect where the kernel has them. */
	const int optional[] = {MADV_WILLNEED,	MADV_HUGEPAGE,	  MADV_NOHUGEPAGE,
				MADV_MERGEABLE, MADV_UNMERGEABLE, 25 /* MADV_COLLAPSE */};

	for (const char *order : {"0", "3"}) {
		load load{std::string{"size=256K cpus=0 order="} + order};
		descriptor file = open_channel();
		mapping map{file.fd(), info_of(file.fd()).map_size};

		load.write(1000);
		std::string before(map.at(), map.size());

		for (auto [advice, error] : all) {
			EXPECT_EQ(error_of(madvise(address(map), map.size(), advice)), error) << advice;
			EXPECT_EQ(memcmp(map.at(), before.data(), map.size()), 0) << advice;
		}
		for (int advice : optional) {
			madvise(address(map), map.size(), advice);
			EXPECT_EQ(memcmp(map.at(), before.data(), map.size()), 0) << advice;
		}
		EXPECT_EQ(msync(address(map), map.size(), MS_ASYNC), 0);
		EXPECT_EQ(error_of(mprotect(address(map), page, PROT_READ | PROT_WRITE)), EACCES);
	}
}

TEST_F(mapping_calls, locked)
{
	load load;
	descriptor file = open_channel();
	mapping map{file.fd(), info_of(file.fd()).map_size};

	EXPECT_EQ(mlock(address(map), map.size()), 0);
	EXPECT_TRUE(is_there(map.at()));
	EXPECT_EQ(mlock2(address(map), page, MLOCK_ONFAULT), 0);
	EXPECT_EQ(munlock(address(map), map.size()), 0);
	EXPECT_EQ(mlockall(MCL_CURRENT), 0);
	EXPECT_EQ(munlockall(), 0);
	EXPECT_TRUE(is_there(map.at()));
}

} /* namespace */
} /* namespace kring::abi */
