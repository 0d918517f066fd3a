/* SPDX-License-Identifier: GPL-2.0-only */
/* What the ABI tests need of the system: descriptors, children, conditions that come true, small files. */
#ifndef KRING_TEST_ABI_OS_HH
#define KRING_TEST_ABI_OS_HH

#include <cerrno>
#include <functional>
#include <set>
#include <string>

#include <sys/types.h>

namespace kring::abi
{

/* How long what needs some milliseconds may take in an emulated guest on a busy host. */
constexpr double patience = 10;

/* An open file, or none. */
class descriptor {
public:
	descriptor() = default;
	explicit descriptor(int fd) : fd_{fd} {}
	descriptor(descriptor &&other) noexcept : fd_{other.fd_} { other.fd_ = -1; }
	descriptor &operator=(descriptor &&other) noexcept;
	~descriptor() { close(); }

	int fd() const { return fd_; }
	bool is_open() const { return fd_ >= 0; }
	void close();

private:
	int fd_ = -1;
};

/* 0, or the errno of a system call that returned result. */
template <typename T>
int error_of(T result)
{
	return result == (T)-1 ? errno : 0; /* of a number or a pointer */
}

/* Looks every millisecond, until the condition is true (then that) or the time has run out. */
bool eventually(const std::function<bool()> &condition, double seconds = patience);

double now();

/* Copies what a program would see there; false where it would be killed. */
bool peek(const void *at, void *to, size_t size);

/* Does the thread of this process, or the only one of a child, sleep in the system call? */
bool asleep_in(pid_t thread, long call);

/*
 * What the function returned in a child process, 0 to 255, or minus the signal
 * that ended it. The child ends without running destructors; it must not use
 * googletest's assertions.
 */
int in_child(const std::function<int()> &function);

/* A child that runs until it has returned; see in_child(). */
pid_t start_child(const std::function<int()> &function);
int end_of(pid_t child);

/* All of a file; an empty string if it cannot be read. */
std::string read_text(const std::string &path);
/* As read_text(), less the end of line. */
std::string read_value(const std::string &path);
__extension__ typedef unsigned long long number;
number read_number(const std::string &path);
/* 0 or the errno. */
int write_text(const std::string &path, const std::string &text);
bool exists(const std::string &path);
/* The names in a folder; none if there is no such folder. */
std::set<std::string> entries_of(const std::string &path);

} /* namespace kring::abi */

#endif
