/* SPDX-License-Identifier: GPL-2.0-only */
/* One call at a time through io_uring, without liburing. */
#ifndef KRING_TEST_ABI_URING_HH
#define KRING_TEST_ABI_URING_HH

#include <gtest/gtest.h>
#include <linux/io_uring.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "abi_os.hh"

namespace kring::abi
{

class uring {
public:
	uring()
	{
		ring_ = descriptor{static_cast<int>(syscall(SYS_io_uring_setup, 1, &parameters_))};
		EXPECT_TRUE(ring_.is_open()) << "io_uring_setup: errno " << errno;
		submissions_ = map(IORING_OFF_SQ_RING);
		completions_ = map(IORING_OFF_CQ_RING);
		entry_ = reinterpret_cast<io_uring_sqe *>(map(IORING_OFF_SQES));
	}
	~uring()
	{
		for (void *at : {static_cast<void *>(submissions_), static_cast<void *>(completions_),
				 static_cast<void *>(entry_)})
			munmap(at, room);
	}
	uring(const uring &) = delete;

	/* Waits for it; what read() returns, negative errno. */
	long read(int fd, void *to, unsigned size)
	{
		io_uring_sqe &entry = next_entry(IORING_OP_READ, fd);

		entry.addr = reinterpret_cast<__u64>(to);
		entry.len = size;
		entry.off = ~__u64{0};
		return submit(1) ?: take();
	}
	/* Begins to wait for events; 0 or negative errno. */
	long poll(int fd, unsigned events)
	{
		next_entry(IORING_OP_POLL_ADD, fd).poll32_events = events;
		return submit(0);
	}
	/* Is what was begun over? Then take() has its result. */
	bool is_done() const
	{
		/* The kernel gets to what it was woken for when this thread enters it. */
		syscall(SYS_io_uring_enter, ring_.fd(), 0, 0, IORING_ENTER_GETEVENTS, nullptr, 0);
		return *word(completions_, parameters_.cq_off.head) !=
		       __atomic_load_n(word(completions_, parameters_.cq_off.tail), __ATOMIC_ACQUIRE);
	}
	long take()
	{
		unsigned *head = word(completions_, parameters_.cq_off.head);
		auto *results = reinterpret_cast<io_uring_cqe *>(completions_ + parameters_.cq_off.cqes);
		long result = results[*head & *word(completions_, parameters_.cq_off.ring_mask)].res;

		__atomic_add_fetch(head, 1, __ATOMIC_RELEASE);
		return result;
	}

private:
	static constexpr size_t room = 4096;

	io_uring_sqe &next_entry(__u8 opcode, int fd)
	{
		*entry_ = {};
		entry_->opcode = opcode;
		entry_->fd = fd;
		return *entry_;
	}
	/* Returns when so many are over: 0, or negative errno. */
	long submit(unsigned over)
	{
		*word(submissions_, parameters_.sq_off.array) = 0;
		__atomic_add_fetch(word(submissions_, parameters_.sq_off.tail), 1, __ATOMIC_RELEASE);
		while (syscall(SYS_io_uring_enter, ring_.fd(), 1, over, IORING_ENTER_GETEVENTS, nullptr, 0) < 0)
			if (errno != EINTR)
				return -errno;
		return 0;
	}

	char *map(off_t what) const
	{
		return static_cast<char *>(
			mmap(nullptr, room, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring_.fd(), what));
	}
	static unsigned *word(char *ring, unsigned offset) { return reinterpret_cast<unsigned *>(ring + offset); }

	io_uring_params parameters_{};
	descriptor ring_;
	char *submissions_, *completions_;
	io_uring_sqe *entry_;
};

} /* namespace kring::abi */

#endif
