/* SPDX-License-Identifier: GPL-2.0-only */
/* A process that makes random system calls on a channel, alike for the same seed as far as they are answered alike. */
#ifndef KRING_TEST_ABI_RANDOM_HH
#define KRING_TEST_ABI_RANDOM_HH

#include <array>
#include <initializer_list>
#include <string>
#include <vector>

#include <sys/types.h>

#include "abi_os.hh"

namespace kring::abi
{

class random_source {
public:
	explicit random_source(number seed) : state_{seed} {}

	number next();
	number below(number limit) { return next() % limit; }
	bool one_in(number times) { return below(times) == 0; }
	/* Any number of bits set. */
	number bits() { return next() >> below(64); }
	template <class T>
	T of(std::initializer_list<T> all)
	{
		return all.begin()[below(all.size())];
	}

private:
	number state_;
};

/* Memory to be named in calls: some that is there, some that is not, at the same places in every process. */
class random_memory {
public:
	random_memory();

	/* Where a call may read and write that many bytes. */
	char *good(random_source &dice, size_t bytes);
	/* Or constant, or cut off, or not there, or the kernel's, or the channel's. */
	void *any(random_source &dice, size_t bytes);
	/* The addresses for mappings of the channel; nothing else is ever there. */
	char *arena() const { return arena_; }

	static constexpr size_t page = 4096, arena_size = 1 << 20, size = 1 << 20;

private:
	char *good_, *constant_, *forbidden_, *arena_;
};

/* Counts that all processes share. */
struct random_counts {
	static constexpr size_t kinds_max = 48;

	number tried[kinds_max];
	number succeeded[kinds_max];
};

class random_caller {
public:
	random_caller(std::string path, random_memory &memory, random_counts &counts, number seed);

	/* Makes so many calls, those of its children included; then waits for these. */
	void run(number calls);

	/* What the calls need of the process. */
	random_source dice;
	random_memory &memory;
	const std::string path;
	std::array<int, 12> files; /* of the channel; some not open */
	int ends[2];		   /* of a pipe, which does not wait */
	int epoll;

	int any_file() { return files[dice.below(files.size())]; }
	/* Empties the pipe, if need be. */
	void drain();
	/* A child that makes some of this process's calls; a minus number if there are enough of them. */
	long fork_child();

private:
	void reap(bool all);

	random_counts &counts_;
	number left_ = 0;
	unsigned children_ = 0, generation_ = 0;
	pid_t doomed_ = 0; /* the child that is to be killed, when so many calls are left: */
	number dies_at_ = 0;
};

/* A call of one kind, whose result is that of the system call. */
struct random_call {
	const char *name;
	unsigned weight;
	long (*make)(random_caller &caller);
};

/* Of which there are at most random_counts::kinds_max: what reads and waits, and what maps. */
extern const std::vector<random_call> random_file_calls;
extern const std::vector<random_call> random_memory_calls;

} /* namespace kring::abi */

#endif
