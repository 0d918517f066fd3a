/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A file descriptor that is closed once. */
#ifndef LIBKRING_FILE_HH
#define LIBKRING_FILE_HH

#include <utility>

#include <unistd.h>

namespace kring
{

class file {
public:
	file() = default;
	explicit file(int fd) : fd_{fd} {}
	file(file &&other) noexcept : fd_{std::exchange(other.fd_, -1)} {}
	file &operator=(file &&other) noexcept
	{
		std::swap(fd_, other.fd_);
		return *this;
	}
	~file()
	{
		if (fd_ >= 0)
			close(fd_);
	}

	int fd() const { return fd_; }
	bool is_open() const { return fd_ >= 0; }

private:
	int fd_ = -1;
};

} /* namespace kring */

#endif
