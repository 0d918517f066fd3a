/* SPDX-License-Identifier: GPL-2.0-only */
#include "abi_os.hh"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace kring::abi
{

descriptor &descriptor::operator=(descriptor &&other) noexcept
{
	std::swap(fd_, other.fd_);
	return *this;
}

void descriptor::close()
{
	if (fd_ >= 0)
		::close(fd_);
	fd_ = -1;
}

double now()
{
	return std::chrono::duration<double>{std::chrono::steady_clock::now().time_since_epoch()}.count();
}

bool eventually(const std::function<bool()> &condition, double seconds)
{
	double end = now() + seconds;

	for (;;) {
		bool late = now() > end;

		if (condition())
			return true;
		if (late)
			return false;
		usleep(1000);
	}
}

bool peek(const void *at, void *to, size_t size)
{
	iovec from = {const_cast<void *>(at), size}, into = {to, size};

	return process_vm_readv(getpid(), &into, 1, &from, 1, 0) == static_cast<ssize_t>(size);
}

bool asleep_in(pid_t thread, long call)
{
	std::string said = read_text("/proc/" + std::to_string(thread) + "/syscall");

	/* "running", or the call's number and what was passed */
	return !said.empty() && said[0] >= '0' && said[0] <= '9' && atol(said.c_str()) == call;
}

pid_t start_child(const std::function<int()> &function)
{
	pid_t child = fork();

	if (child == 0)
		_exit(function());
	return child;
}

int end_of(pid_t child)
{
	int status;

	if (waitpid(child, &status, 0) != child)
		return -1000;
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

int in_child(const std::function<int()> &function)
{
	return end_of(start_child(function));
}

std::string read_text(const std::string &path)
{
	std::ifstream file{path};
	std::ostringstream text;

	text << file.rdbuf();
	return text.str();
}

std::string read_value(const std::string &path)
{
	std::string text = read_text(path);

	if (!text.empty() && text.back() == '\n')
		text.pop_back();
	return text;
}

number read_number(const std::string &path)
{
	return strtoull(read_text(path).c_str(), nullptr, 10);
}

int write_text(const std::string &path, const std::string &text)
{
	descriptor file{open(path.c_str(), O_WRONLY | O_CLOEXEC)};

	if (!file.is_open())
		return errno;
	return error_of(write(file.fd(), text.data(), text.size()));
}

bool exists(const std::string &path)
{
	struct stat status;

	return !lstat(path.c_str(), &status);
}

std::set<std::string> entries_of(const std::string &path)
{
	std::set<std::string> names;
	std::error_code error;

	for (const auto &entry : std::filesystem::directory_iterator{path, error})
		names.insert(entry.path().filename());
	return names;
}

} /* namespace kring::abi */
