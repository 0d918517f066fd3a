/* SPDX-License-Identifier: GPL-2.0-only */
/* Signals and waiting; see interrupt.hh. */
#include "interrupt.hh"

#include <cerrno>
#include <csignal>
#include <ctime>

#include <poll.h>
#include <unistd.h>

static volatile sig_atomic_t interrupted;
static sigset_t while_waiting;

static sigset_t both()
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	return signals;
}

void catch_interrupts()
{
	struct sigaction action{};
	sigset_t blocked = both();

	action.sa_handler = [](int) { interrupted = 1; };
	sigaction(SIGINT, &action, nullptr);
	sigaction(SIGTERM, &action, nullptr);

	/* Blocked otherwise, so that none comes between a look at the flag and the wait. */
	sigprocmask(SIG_BLOCK, &blocked, &while_waiting);
	sigdelset(&while_waiting, SIGINT);
	sigdelset(&while_waiting, SIGTERM);
}

bool is_interrupted()
{
	sigset_t pending;

	/* A program that never waits has to see it too. */
	if (!interrupted && !sigpending(&pending) && (sigismember(&pending, SIGINT) || sigismember(&pending, SIGTERM)))
		interrupted = 1;
	return interrupted;
}

bool wait_for(int fd, double seconds)
{
	timespec time;
	pollfd file{fd, POLLIN, 0};

	time.tv_sec = static_cast<time_t>(seconds);
	time.tv_nsec = static_cast<long>((seconds - static_cast<double>(time.tv_sec)) * 1e9);
	return ppoll(&file, 1, &time, &while_waiting) > 0;
}

ssize_t write_interruptibly(int fd, const char *text, size_t size)
{
	sigset_t signals = both();
	sigset_t before;

	sigprocmask(SIG_UNBLOCK, &signals, &before);

	ssize_t written = write(fd, text, size);
	int error = errno;

	sigprocmask(SIG_SETMASK, &before, nullptr);
	errno = error;
	return written;
}
