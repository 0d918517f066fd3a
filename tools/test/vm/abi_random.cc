/* SPDX-License-Identifier: GPL-2.0-only */
#include "abi_random.hh"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <utility>

namespace kring::abi
{
namespace
{

constexpr unsigned children_max = 2, generations_max = 2;

char *map_memory(size_t size, int protection)
{
	return static_cast<char *>(mmap(nullptr, size, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
}

std::vector<random_call> all_calls()
{
	std::vector<random_call> all = random_file_calls;

	all.insert(all.end(), random_memory_calls.begin(), random_memory_calls.end());
	return all;
}

void do_nothing(int) {}

/* Ends each call that waits: with EINTR, some milliseconds later. */
void interrupt_often()
{
	struct sigaction action{};
	itimerval often = {.it_interval = {0, 50000}, .it_value = {0, 50000}};

	action.sa_handler = do_nothing;
	sigaction(SIGALRM, &action, nullptr);
	sigaction(SIGIO, &action, nullptr);
	signal(SIGPIPE, SIG_IGN);
	setitimer(ITIMER_REAL, &often, nullptr);
}

} /* namespace */

/* Splitmix64, by Sebastiano Vigna (public domain). */
number random_source::next()
{
	number mixed = state_ += 0x9e3779b97f4a7c15;

	mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
	mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
	return mixed ^ mixed >> 31;
}

random_memory::random_memory()
	: good_{map_memory(size, PROT_READ | PROT_WRITE)}, constant_{map_memory(size, PROT_READ)},
	  forbidden_{map_memory(size, PROT_NONE)}, arena_{map_memory(arena_size, PROT_NONE)}
{
	/* The good part ends at a hole. */
	munmap(good_ + size - page, page);
}

char *random_memory::good(random_source &dice, size_t bytes)
{
	return good_ + dice.below(size - page - bytes) / 8 * 8;
}

void *random_memory::any(random_source &dice, size_t bytes)
{
	switch (dice.below(12)) {
	case 0:
		return nullptr;
	case 1:
		return reinterpret_cast<void *>(dice.next());
	case 2:
		return reinterpret_cast<void *>(0xffff888000000000 | dice.bits() >> 20);
	case 3:
		return constant_ + dice.below(size);
	case 4:
		return forbidden_ + dice.below(size);
	case 5:
		return arena_ + dice.below(arena_size);
	case 6:
		return good_ + size - page - dice.below(bytes + 1);
	case 7:
		return good_ + dice.below(size);
	default:
		return good(dice, bytes < size / 2 ? bytes : size / 2);
	}
}

random_caller::random_caller(std::string path, random_memory &memory, random_counts &counts, number seed)
	: dice{seed}, memory{memory}, path{std::move(path)}, epoll{epoll_create1(0)}, counts_{counts}
{
	files.fill(-1);
	if (pipe2(ends, O_NONBLOCK))
		_exit(1);
	interrupt_often();
}

void random_caller::drain()
{
	char *to = memory.good(dice, 1 << 16);

	while (read(ends[0], to, 1 << 16) > 0)
		;
}

void random_caller::run(number calls)
{
	static const std::vector<random_call> all = all_calls();
	std::vector<size_t> lots;

	for (size_t kind = 0; kind < all.size(); kind++)
		lots.insert(lots.end(), all[kind].weight, kind);
	for (left_ += calls; left_; left_--) {
		size_t kind = lots[dice.below(lots.size())];
		long result = all[kind].make(*this);

		__atomic_fetch_add(&counts_.tried[kind], 1, __ATOMIC_RELAXED);
		__atomic_fetch_add(&counts_.succeeded[kind], result >= 0, __ATOMIC_RELAXED);
		if (doomed_ && left_ <= dies_at_)
			kill(std::exchange(doomed_, 0), SIGKILL);
		reap(false);
	}
	reap(true);
}

long random_caller::fork_child()
{
	number calls = 1 + dice.below(1000), seed = dice.next();
	bool is_to_die = !doomed_ && dice.one_in(3);

	if (children_ == children_max || generation_ == generations_max || calls >= left_)
		return -1;

	pid_t child = fork();

	if (child == 0) {
		generation_++;
		children_ = 0;
		doomed_ = 0;
		dice = random_source{seed};
		left_ = 0;
		interrupt_often();
		run(calls);
		_exit(0);
	}
	if (child < 0)
		return -1;
	children_++;
	/* Who is killed cannot be relied upon to make them. */
	if (!is_to_die) {
		left_ -= calls;
		return child;
	}
	doomed_ = child;
	dies_at_ = left_ - std::min<number>(left_, seed % 64);
	return child;
}

void random_caller::reap(bool all)
{
	while (children_) {
		pid_t ended = waitpid(-1, nullptr, all ? 0 : WNOHANG);

		if (ended <= 0 && (!all || errno != EINTR))
			return;
		children_ -= ended > 0;
		if (ended == doomed_)
			doomed_ = 0;
	}
}

} /* namespace kring::abi */
