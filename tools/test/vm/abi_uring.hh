/* SPDX-License-Identifier: GPL-2.0-only */
/* One read() at a time through io_uring, without liburing. */
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
		unsigned *head = word(completions_, parameters_.cq_off.head);
		auto *results = reinterpret_cast<io_uring_cqe *>(completions_ + parameters_.cq_off.cqes);

		*entry_ = {};
		entry_->opcode = IORING_OP_READ;
		entry_->fd = fd;
		entry_->addr = reinterpret_cast<__u64>(to);
		entry_->len = size;
		entry_->off = ~__u64{0};
		*word(submissions_, parameters_.sq_off.array) = 0;
		__atomic_add_fetch(word(submissions_, parameters_.sq_off.tail), 1, __ATOMIC_RELEASE);
		while (syscall(SYS_io_uring_enter, ring_.fd(), 1, 1, IORING_ENTER_GETEVENTS, nullptr, 0) < 0)
			if (errno != EINTR)
				return -errno;

		long result = results[*head & *word(completions_, parameters_.cq_off.ring_mask)].res;

		__atomic_add_fetch(head, 1, __ATOMIC_RELEASE);
		return result;
	}

private:
	static constexpr size_t room = 4096;

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
