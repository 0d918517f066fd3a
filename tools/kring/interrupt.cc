/* SPDX-License-Identifier: GPL-2.0-only */
/* Signals and waiting; see interrupt.hh. */
#include "interrupt.hh"

#include <csignal>
#include <ctime>

#include <poll.h>

static volatile sig_atomic_t interrupted;
static sigset_t while_waiting;

void catch_interrupts()
{
	struct sigaction action{};
	sigset_t blocked;

	action.sa_handler = [](int) { interrupted = 1; };
	sigaction(SIGINT, &action, nullptr);
	sigaction(SIGTERM, &action, nullptr);

	/* Blocked otherwise, so that none comes between a look at the flag and the wait. */
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGINT);
	sigaddset(&blocked, SIGTERM);
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
