/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every way to ask for a mapping: offset x length x protection x flags x how the
 * file is open. What comes of each is computed by a rule; then each page of what
 * was mapped is read and written, and no reference is left behind.
 */
#include <sys/mman.h>

#include <csignal>
#include <cstdio>
#include <set>
#include <tuple>

#include "abi_mmap_target.hh"
#include "abi_test.hh"
#include "abi_touch.hh"

namespace kring::abi
{
namespace
{

constexpr size_t page = 4096;
/* Addresses that a program can have, on x86-64. */
constexpr number address_space = 1ULL << 47;
/* More than the channel has, less than a guest's memory: nobody refuses it for its size alone. */
constexpr number large = 1ULL << 28;

struct request {
	number offset, length;
	int protection, flags, mode;

	auto key() const { return std::tuple{offset, length, protection, flags, mode}; }
};

std::ostream &operator<<(std::ostream &out, const request &asked)
{
	return out << std::hex << "offset 0x" << asked.offset << ", length 0x" << asked.length << ", protection 0x"
		   << asked.protection << ", flags 0x" << asked.flags << ", open mode 0x" << asked.mode << std::dec;
}

/* What of the request no file of any kind would be mapped with; 0 for nothing. */
int refused_for_all(const request &asked)
{
	number pages = asked.length / page + (asked.length % page != 0);

	if (asked.offset % page || asked.flags & MAP_HUGETLB || asked.length == 0)
		return EINVAL;
	if (pages >= address_space / page)
		return ENOMEM;
	if (asked.offset / page > (~0ULL - pages * page) / page)
		return EOVERFLOW;
	if ((asked.flags & MAP_TYPE) == 0)
		return EINVAL;
	if ((asked.flags & MAP_TYPE) == MAP_SHARED_VALIDATE && asked.flags & MAP_SYNC)
		return EOPNOTSUPP;
	if ((asked.flags & MAP_TYPE) != MAP_PRIVATE && asked.protection & PROT_WRITE && asked.mode == O_RDONLY)
		return EACCES;
	if (asked.mode == O_WRONLY)
		return EACCES;
	return asked.flags & MAP_GROWSDOWN ? EINVAL : 0;
}

/* The errno; 0: it is mapped. */
int rule(const request &asked, number map_size)
{
	if (int error = refused_for_all(asked))
		return error;
	if ((asked.flags & MAP_TYPE) == MAP_PRIVATE)
		return EINVAL;
	if (asked.protection & (PROT_WRITE | PROT_EXEC))
		return EPERM;
	return asked.offset <= map_size && asked.length <= map_size - asked.offset ? 0 : EINVAL;
}

class mmap_matrix : public clean_test {
protected:
	/* Each once, also where two of the numbers are the same. */
	static std::vector<request> all_requests(number size)
	{
		std::vector<request> all;
		std::set<decltype(request{}.key())> seen;

		for (number offset : {0ULL, number{page}, size - page, size, size + page, number{1}, size - page + 8,
				      1ULL << 32, 1ULL << 44, (~0ULL >> 1) & ~(page - 1), -number{page}, -size})
			for (number length : {0ULL, 1ULL, number{page}, size - page, size, size + 1, size + page, large,
					      address_space, address_space + page, -number{page}, ~0ULL})
				for (int protection = 0; protection < 8; protection++)
					for (int flags : all_flags)
						for (int mode : {O_RDONLY, O_WRONLY, O_RDWR}) {
							request asked{offset, length, protection, flags, mode};

							if (is_safe(asked) && seen.insert(asked.key()).second)
								all.push_back(asked);
						}
		return all;
	}

	static void *hint(const request &asked, void *arena) { return asked.flags & MAP_FIXED ? arena : nullptr; }

	/* MAP_FIXED takes what is there away before the file is asked: it must not be this program. */
	static bool is_safe(const request &asked) { return !(asked.flags & MAP_FIXED) || asked.length <= large; }

	static constexpr int all_flags[] = {0,
					    MAP_SHARED,
					    MAP_PRIVATE,
					    MAP_SHARED_VALIDATE,
					    MAP_SHARED | MAP_FIXED,
					    MAP_SHARED | MAP_POPULATE,
					    MAP_SHARED | MAP_LOCKED,
					    MAP_SHARED | MAP_NORESERVE | MAP_STACK,
					    MAP_SHARED | MAP_GROWSDOWN,
					    MAP_SHARED | MAP_HUGETLB,
					    MAP_SHARED_VALIDATE | MAP_SYNC,
					    MAP_PRIVATE | MAP_POPULATE | MAP_LOCKED};
};

/* As the request's protection promises, page by page. */
void expect_access(const mmap_target &channel, const request &asked, char *at)
{
	for (number part = 0; part < asked.length; part += page) {
		bool is_there = channel.has(asked.offset + part);
		int expected = !(asked.protection & PROT_READ) ? SIGSEGV : is_there ? 0 : SIGBUS;

		ASSERT_EQ(touch_to_read(at + part), expected) << asked << ", page " << part / page;
		ASSERT_EQ(touch_to_write(at + part), SIGSEGV) << asked << ", page " << part / page;
		ASSERT_TRUE(expected || channel.is_same(at + part, asked.offset + part)) << asked;
	}
}

TEST_F(mmap_matrix, every_request)
{
	mmap_target channel;
	fault_guard guard;
	size_t size = channel.size(), mapped = 0;
	std::vector<request> requests = all_requests(size);
	/* What MAP_FIXED may replace, also where it is then refused. */
	void *arena = mmap(nullptr, large, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	for (const request &asked : requests) {
		void *at = mmap(hint(asked, arena), asked.length, asked.protection, asked.flags,
				channel.file(asked.mode), static_cast<off_t>(asked.offset));

		ASSERT_EQ(error_of(at), rule(asked, size)) << asked;
		if (at == MAP_FAILED)
			continue;
		mapped++;
		expect_access(channel, asked, static_cast<char *>(at));
		munmap(at, asked.length);
		ASSERT_TRUE(channel.is_as_before()) << asked;
	}
	munmap(arena, large);
	EXPECT_TRUE(channel.is_as_before());
	EXPECT_GT(mapped, 100U);
	printf("matrix: %zu requests, of which %zu were mapped\n", requests.size(), mapped);
}

} /* namespace */
} /* namespace kring::abi */
