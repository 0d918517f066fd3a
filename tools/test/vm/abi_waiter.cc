/* SPDX-License-Identifier: GPL-2.0-only */
#include "abi_waiter.hh"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "abi_wakeup.hh"

namespace kring::abi
{

const char *name_of(way way)
{
	switch (way) {
	case way::read:
		return "read";
	case way::poll:
		return "poll";
	case way::epoll:
		return "epoll";
	case way::epoll_edge:
		return "epoll, edge-triggered";
	case way::owner_poll:
		return "poll of an owner";
	case way::owner_edge:
		return "epoll of an owner, edge-triggered";
	case way::read_to_deadline:
		return "read with a watermark";
	case way::edge_to_deadline:
		return "epoll with a watermark, edge-triggered";
	}
	return "?";
}

waiter::waiter(way way)
	: way_{way}, file_{open_channel("load", is_blocking(way) ? O_RDONLY : O_RDONLY | O_NONBLOCK)},
	  set_{epoll_create1(EPOLL_CLOEXEC)}, map_{file_.fd(), info_of(file_.fd()).map_size}, thread_{[this] { run(); }}
{
}

void waiter::join()
{
	if (thread_.joinable())
		thread_.join();
}

bool waiter::has(number records, double until)
{
	std::unique_lock lock{lock_};
	std::chrono::duration<double> patience{until - now()};

	return told_.wait_for(lock, patience, [&] { return records_ >= records; });
}

void waiter::tell()
{
	std::lock_guard lock{lock_};

	records_ = journal_.records();
	told_.notify_one();
}

void waiter::run()
{
	bool has_watermark = way_ == way::read_to_deadline || way_ == way::edge_to_deadline;
	epoll_event event{};
	rusage usage{};

	EXPECT_EQ(set_wakeup(file_.fd(), has_watermark ? 1 << 16 : 0, KRING_DEADLINE_MIN), 0);

	event.events = EPOLLIN | (way_ == way::epoll ? 0 : unsigned{EPOLLET});
	EXPECT_EQ(epoll_ctl(set_.fd(), EPOLL_CTL_ADD, file_.fd(), &event), 0);
	while (take())
		wait();
	getrusage(RUSAGE_THREAD, &usage);
	sleeps_ = static_cast<number>(usage.ru_nvcsw);
}

void waiter::wait()
{
	epoll_event event;

	switch (way_) {
	case way::read:
	case way::read_to_deadline:
		break;
	case way::poll:
	case way::owner_poll:
		EXPECT_GT(poll_now(file_.fd(), POLLIN, -1), 0);
		break;
	default:
		EXPECT_EQ(epoll_wait(set_.fd(), &event, 1, -1), 1);
	}
}

bool waiter::take_owned()
{
	number before = journal_.records();

	for (unsigned cpu = 0; cpu < nr_cpus(); cpu++)
		own_all(file_.fd(), map_, cpu, journal_);
	tell();
	return journal_.records() > before || !(poll_now(file_.fd(), 0) & POLLHUP);
}

bool waiter::take()
{
	static thread_local number room[8192];
	ssize_t got;

	if (owns())
		return take_owned();
	do {
		got = read(file_.fd(), room, sizeof(room));
		if (got > 0)
			journal_.images(reinterpret_cast<char *>(room), static_cast<size_t>(got));
	} while (got > 0 && !is_blocking(way_));
	tell();
	EXPECT_TRUE(got >= 0 || errno == EAGAIN);
	return got != 0;
}

} /* namespace kring::abi */
