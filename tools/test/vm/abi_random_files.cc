/* SPDX-License-Identifier: GPL-2.0-only */
/* Random calls that open, read, wait for and control a channel's files. */
#include <fcntl.h>
#include <linux/kring.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "abi_random.hh"

namespace kring::abi
{
namespace
{

constexpr size_t room = 128 << 10;

size_t any_size(random_source &dice)
{
	return dice.of<size_t>({0, 1, 127, 4095, 4096, 4097, 8192, room, room, room, dice.bits()});
}

loff_t any_offset(random_source &dice)
{
	return static_cast<loff_t>(dice.one_in(2) ? 0 : dice.bits());
}

/* Where a new file goes; what was there is closed. */
int &free_place(random_caller &caller)
{
	int &place = caller.files[caller.dice.below(caller.files.size())];

	if (place >= 0)
		close(place);
	return place = -1;
}

long call_open(random_caller &caller)
{
	random_source &dice = caller.dice;
	int flags = dice.of({O_RDONLY, O_RDONLY, O_RDONLY, O_RDONLY, O_RDWR, O_RDWR, O_WRONLY, O_ACCMODE}) |
		    dice.of({O_NONBLOCK, O_NONBLOCK, 0});

	if (dice.one_in(10))
		flags |= static_cast<int>(dice.bits()) & 0x7fffff;
	return free_place(caller) = open(caller.path.c_str(), flags, 0600);
}

long call_close(random_caller &caller)
{
	int &file = caller.files[caller.dice.below(caller.files.size())];
	long result = close(file);

	file = -1;
	return result;
}

long call_dup(random_caller &caller)
{
	int from = caller.any_file();

	return free_place(caller) = dup(from);
}

long call_read(random_caller &caller)
{
	size_t size = any_size(caller.dice);

	return read(caller.any_file(), caller.memory.any(caller.dice, size), size);
}

/* As a program does it that wants to get on. */
long call_read_well(random_caller &caller)
{
	return read(caller.any_file(), caller.memory.good(caller.dice, room), room);
}

long call_readv(random_caller &caller)
{
	random_source &dice = caller.dice;
	iovec parts[4];

	for (iovec &part : parts) {
		part.iov_len = any_size(dice);
		part.iov_base = caller.memory.any(dice, part.iov_len);
	}
	int count = dice.of({1, 2, 3, 4, 0, -1});
	int file = caller.any_file();

	return dice.one_in(2) ? readv(file, parts, count) :
				preadv2(file, parts, count, dice.one_in(2) ? -1 : any_offset(dice),
					static_cast<int>(dice.one_in(2) ? RWF_NOWAIT : dice.bits()));
}

long call_pread(random_caller &caller)
{
	return pread(caller.any_file(), caller.memory.any(caller.dice, room), room, any_offset(caller.dice));
}

long call_write(random_caller &caller)
{
	size_t size = any_size(caller.dice);
	const void *from = caller.memory.any(caller.dice, size);

	return caller.dice.one_in(2) ? write(caller.any_file(), from, size) :
				       pwrite(caller.any_file(), from, size, any_offset(caller.dice));
}

long call_lseek(random_caller &caller)
{
	random_source &dice = caller.dice;

	return lseek(caller.any_file(), any_offset(dice), dice.of({SEEK_SET, SEEK_END, SEEK_CUR, SEEK_DATA, 5}));
}

long call_poll(random_caller &caller)
{
	pollfd waiting[3];

	for (pollfd &each : waiting)
		each = {.fd = caller.any_file(), .events = static_cast<short>(caller.dice.next()), .revents = 0};
	return poll(waiting, caller.dice.below(4), static_cast<int>(caller.dice.below(3)));
}

long call_select(random_caller &caller)
{
	timeval no_longer = {0, static_cast<suseconds_t>(caller.dice.below(2000))};
	fd_set sets[3];
	int highest = 0;

	for (fd_set &set : sets) {
		int file = caller.any_file();

		FD_ZERO(&set);
		if (file < 0)
			continue;
		FD_SET(file, &set);
		highest = std::max(highest, file);
	}
	return select(highest + 1, &sets[0], &sets[1], &sets[2], &no_longer);
}

long call_epoll_ctl(random_caller &caller)
{
	epoll_event event = {.events = static_cast<__u32>(caller.dice.next()), .data = {}};

	return epoll_ctl(caller.epoll, caller.dice.of({EPOLL_CTL_ADD, EPOLL_CTL_MOD, EPOLL_CTL_DEL, 0}),
			 caller.any_file(), &event);
}

long call_epoll_wait(random_caller &caller)
{
	epoll_event events[4];

	return epoll_wait(caller.epoll, events, 4, static_cast<int>(caller.dice.below(3)));
}

/* An argument as it should be, but now and then for a word. */
void *fill_argument(random_caller &caller, unsigned long number)
{
	random_source &dice = caller.dice;
	auto *words = reinterpret_cast<__u32 *>(caller.memory.good(dice, sizeof(kring_meta)));

	memset(words, 0, sizeof(kring_meta));
	words[number == KRING_IOC_INFO ? offsetof(kring_meta, size) / sizeof(__u32) : 0] = _IOC_SIZE(number);
	if (number != KRING_IOC_INFO)
		words[1] = dice.of<__u32>({0, 0, 0, 1, 1, 1, 2, KRING_CPU_ALL, static_cast<__u32>(dice.bits())});
	/* Shorter than what waits for it. */
	if (number == KRING_IOC_WAKEUP)
		words[2] = dice.of<__u32>({0, KRING_DEADLINE_MIN - 1, KRING_DEADLINE_MIN, 20000});
	else if (dice.one_in(6))
		words[dice.below(_IOC_SIZE(number) / sizeof(__u32) + 1)] = static_cast<__u32>(dice.bits());
	return words;
}

long call_ioctl(random_caller &caller)
{
	random_source &dice = caller.dice;
	unsigned long number =
		dice.of<unsigned long>({KRING_IOC_INFO, KRING_IOC_ACQUIRE, KRING_IOC_ACQUIRE, KRING_IOC_RELEASE,
					KRING_IOC_RELEASE, KRING_IOC_LEDGER, KRING_IOC_WAKEUP});
	void *argument = fill_argument(caller, number);

	if (dice.one_in(8))
		number ^= dice.one_in(2) ? 1UL << dice.below(32) : dice.bits();
	if (dice.one_in(8))
		argument = caller.memory.any(dice, sizeof(kring_meta));
	return ioctl(caller.any_file(), number, argument);
}

long call_fcntl(random_caller &caller)
{
	random_source &dice = caller.dice;
	int command = dice.of({F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_SETFL, F_GETLK, F_SETLK, F_SETLKW, F_SETLEASE,
			       F_NOTIFY, F_SETPIPE_SZ, F_ADD_SEALS, F_GET_RW_HINT, F_SETSIG, F_GETOWN});
	auto argument = command == F_SETFL ?
				dice.of({O_NONBLOCK, 0}) | (dice.bits() & (O_APPEND | O_DIRECT | O_ASYNC)) :
				reinterpret_cast<number>(caller.memory.any(dice, sizeof(struct flock)));

	return fcntl(caller.any_file(), command, argument);
}

long call_stat(random_caller &caller)
{
	struct stat status;

	return caller.dice.one_in(2) ? fstat(caller.any_file(), &status) :
				       syscall(SYS_statx, caller.any_file(), "", AT_EMPTY_PATH, caller.dice.bits(),
					       caller.memory.any(caller.dice, 256));
}

/* What files have that hold bytes. */
long call_resize(random_caller &caller)
{
	random_source &dice = caller.dice;
	int file = caller.any_file();

	switch (dice.below(5)) {
	case 0:
		return ftruncate(file, any_offset(dice));
	case 1:
		return fallocate(file, static_cast<int>(dice.below(128)), any_offset(dice), any_offset(dice));
	case 2:
		return fsync(file);
	case 3:
		return posix_fadvise(file, any_offset(dice), any_offset(dice), static_cast<int>(dice.below(8))) ? -1 :
														  0;
	default:
		return readahead(file, any_offset(dice), any_size(dice));
	}
}

/* Between the channel and the pipe, in both directions. */
long call_splice(random_caller &caller)
{
	random_source &dice = caller.dice;
	loff_t offset = any_offset(dice);
	loff_t *from = dice.one_in(2) ? &offset : nullptr;
	int file = caller.any_file();
	auto flags = static_cast<unsigned>(dice.below(16)) | SPLICE_F_NONBLOCK;

	switch (dice.below(4)) {
	case 0:
		return splice(file, from, caller.ends[1], nullptr, room, flags);
	case 1:
		caller.drain();
		(void)!write(caller.ends[1], caller.memory.good(dice, 4096), 4096);
		return splice(caller.ends[0], nullptr, file, from, room, flags);
	case 2:
		return sendfile(caller.ends[1], file, from, room);
	default:
		return copy_file_range(file, from, caller.any_file(), nullptr, room, 0);
	}
}

long call_flock(random_caller &caller)
{
	return flock(caller.any_file(), caller.dice.of({LOCK_SH, LOCK_EX, LOCK_UN, LOCK_UN}) | LOCK_NB);
}

long call_fork(random_caller &caller)
{
	return caller.fork_child();
}

} /* namespace */

const std::vector<random_call> random_file_calls = {
	{"open", 60, call_open},
	{"close", 10, call_close},
	{"dup", 20, call_dup},
	{"read, anything", 60, call_read},
	{"read, properly", 60, call_read_well},
	{"readv, preadv2", 40, call_readv},
	{"pread", 10, call_pread},
	{"write, pwrite", 10, call_write},
	{"lseek", 40, call_lseek},
	{"poll", 20, call_poll},
	{"select", 10, call_select},
	{"epoll_ctl", 30, call_epoll_ctl},
	{"epoll_wait", 10, call_epoll_wait},
	{"ioctl", 300, call_ioctl},
	{"fcntl", 30, call_fcntl},
	{"fstat, statx", 10, call_stat},
	{"ftruncate, ...", 10, call_resize},
	{"splice, sendfile", 10, call_splice},
	{"flock", 10, call_flock},
	{"fork", 1, call_fork},
};

} /* namespace kring::abi */
