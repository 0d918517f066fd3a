/* SPDX-License-Identifier: GPL-2.0-only */
/* Waiting for records: read() that sleeps, select, poll and epoll, and who is woken when. */
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/syscall.h>

#include <memory>
#include <vector>

#include "abi_sleeper.hh"
#include "abi_test.hh"

namespace kring::abi
{
namespace
{

constexpr int readable = POLLIN | POLLRDNORM;
/* From a commit to a reader that runs again. */
constexpr double wakeup_bound = 2;

class waiting : public clean_test {};

TEST_F(waiting, a_commit_wakes_read)
{
	load load;
	descriptor file = open_channel("load", O_RDONLY);

	for (unsigned times = 0; times < 30 && !HasFailure(); times++) {
		sleeper reader{SYS_read, [&] { return read_once(file.fd()); }};
		double written = now();

		load.write(1);
		EXPECT_GT(reader.join(), 0);
		EXPECT_LT(reader.returned() - written, wakeup_bound);
	}
}

/* The reader falls asleep again and again while records come: none may come unseen between its look and its sleep. */
TEST_F(waiting, no_wakeup_is_lost)
{
	load load{"burst=1 pause=100"};
	descriptor file = open_channel("load", O_RDONLY);
	std::atomic<number> records{0};
	std::thread reader{[&] {
		std::vector<number> buffer(8192);
		journal journal;
		ssize_t got;

		while ((got = read(file.fd(), buffer.data(), 65536)) > 0) {
			journal.images(reinterpret_cast<char *>(buffer.data()), static_cast<size_t>(got));
			records = journal.records();
		}
		EXPECT_EQ(got, 0);
	}};

	load.write(3000);
	EXPECT_TRUE(eventually([&] { return records == 3000; })) << records;
	EXPECT_EQ(load.unload(), 0) << "this ends the reader";
	reader.join();
}

std::atomic<int> signals{0};

void count_signal(int)
{
	signals++;
}

void handle_signal(int flags)
{
	struct sigaction action{};

	action.sa_handler = count_signal;
	action.sa_flags = flags;
	sigaction(SIGUSR1, &action, nullptr);
	signals = 0;
}

TEST_F(waiting, a_signal_interrupts_read)
{
	load load;
	descriptor file = open_channel("load", O_RDONLY);

	handle_signal(0);
	sleeper reader{SYS_read, [&] { return read_once(file.fd()); }};
	pthread_kill(reader.handle(), SIGUSR1);
	EXPECT_EQ(reader.join(), -EINTR);
	EXPECT_EQ(signals, 1);
}

TEST_F(waiting, read_goes_on_after_a_signal_that_restarts)
{
	load load;
	descriptor file = open_channel("load", O_RDONLY);

	handle_signal(SA_RESTART);
	sleeper reader{SYS_read, [&] { return read_once(file.fd()); }};
	pthread_kill(reader.handle(), SIGUSR1);
	EXPECT_TRUE(eventually([] { return signals == 1; }));
	EXPECT_FALSE(reader.is_done());
	load.write(1);
	EXPECT_GT(reader.join(), 0);
}

TEST_F(waiting, a_reader_can_be_killed)
{
	load load;
	descriptor file = open_channel("load", O_RDONLY);
	pid_t child = start_child([&] { return read_once(file.fd()) > 0; });

	EXPECT_TRUE(eventually([&] { return asleep_in(child, SYS_read); }));
	kill(child, SIGKILL);
	EXPECT_EQ(end_of(child), -SIGKILL);
}

/* Nobody could end that sleep any more, and kring could not be unloaded. */
TEST_F(waiting, closed_by_another_thread)
{
	load load;
	descriptor file = open_channel("load", O_RDONLY);
	sleeper reader{SYS_read, [fd = file.fd()] { return read_once(fd); }};
	sleeper another{SYS_read, [fd = file.fd()] { return read_once(fd); }};

	file.close();
	EXPECT_EQ(reader.join(), -EBADF);
	EXPECT_EQ(another.join(), -EBADF);
	EXPECT_TRUE(eventually([] { return users_of("kring") == 1; })) << "but for kring_load";
}

/* Also of one that was closed in part before anybody slept on it. */
TEST_F(waiting, closed_but_for_another_descriptor)
{
	load load;
	descriptor file = open_channel("load", O_RDONLY), copy{dup(file.fd())}, last{dup(file.fd())};
	mapping map{file.fd(), 4096};

	copy.close();
	sleeper reader{SYS_read, [fd = file.fd()] { return read_once(fd); }};
	file.close();
	EXPECT_EQ(in_child([] { return 0; }), 0) << "whose copies are closed when it ends";
	usleep(50000);
	EXPECT_FALSE(reader.is_done());
	last.close();
	EXPECT_EQ(reader.join(), -EBADF) << "though it is mapped";
}

/* What a program closes, it closes for itself. */
TEST_F(waiting, closed_by_another_process)
{
	load load;
	descriptor file = open_channel("load", O_RDONLY);
	int ends[2];

	ASSERT_EQ(pipe(ends), 0);
	descriptor in{ends[0]}, out{ends[1]};
	pid_t child = start_child([&] {
		char byte;

		close(out.fd());
		return read(in.fd(), &byte, 1) == 0 && read_once(file.fd()) > 0;
	});
	file.close();
	out.close();
	EXPECT_TRUE(eventually([&] { return asleep_in(child, SYS_read); }));
	load.write(1);
	EXPECT_EQ(end_of(child), 1);
}

TEST_F(waiting, nonblock_can_be_switched)
{
	load load;
	descriptor file = open_channel();

	EXPECT_EQ(read_once(file.fd()), -EAGAIN);
	ASSERT_EQ(fcntl(file.fd(), F_SETFL, 0), 0);
	sleeper reader{SYS_read, [&] { return read_once(file.fd()); }};
	load.write(1);
	EXPECT_GT(reader.join(), 0);
}

TEST_F(waiting, poll_tells_exactly_what_is)
{
	load load;
	descriptor file = open_channel();

	EXPECT_EQ(poll_now(file.fd()), 0) << "before the first record";
	load.write(1);
	EXPECT_EQ(poll_now(file.fd()), readable);
	EXPECT_EQ(poll_now(file.fd(), POLLIN), POLLIN);
	EXPECT_EQ(poll_now(file.fd(), POLLRDNORM), POLLRDNORM);
	EXPECT_EQ(poll_now(file.fd(), POLLOUT | POLLPRI | POLLRDHUP), 0);
	EXPECT_GT(read_once(file.fd()), 0);
	EXPECT_EQ(poll_now(file.fd()), 0);
}

TEST_F(waiting, poll_before_the_first_record)
{
	load load;
	descriptor file = open_channel();

	for (int events : {POLLIN, POLLRDNORM}) {
		sleeper poller{SYS_poll, [&] { return poll_now(file.fd(), events, -1); }};
		double written = now();

		load.write(1);
		EXPECT_EQ(poller.join(), events);
		EXPECT_LT(poller.returned() - written, wakeup_bound);
		EXPECT_GT(read_once(file.fd()), 0);
	}
}

TEST_F(waiting, poll_times_out)
{
	load load;
	descriptor file = open_channel();
	double begin = now();

	EXPECT_EQ(poll_now(file.fd(), POLLIN, 50), 0);
	EXPECT_GE(now() - begin, 0.05);
}

TEST_F(waiting, select)
{
	load load;
	descriptor file = open_channel();
	auto ready = [&](timeval *timeout) {
		fd_set read_set, write_set, except_set;

		for (fd_set *set : {&read_set, &write_set, &except_set}) {
			FD_ZERO(set);
			FD_SET(file.fd(), set);
		}
		int count = ::select(file.fd() + 1, &read_set, &write_set, &except_set, timeout);

		EXPECT_FALSE(FD_ISSET(file.fd(), &write_set) || FD_ISSET(file.fd(), &except_set));
		EXPECT_EQ(!!FD_ISSET(file.fd(), &read_set), count == 1);
		return long{count};
	};
	timeval none{};

	EXPECT_EQ(ready(&none), 0);
	/* Which the C library's select() is. */
	sleeper selecting{SYS_pselect6, [&] { return ready(nullptr); }};
	load.write(1);
	EXPECT_EQ(selecting.join(), 1);
	EXPECT_EQ(ready(&none), 1);
}

class epolling : public clean_test {
protected:
	/* How many events there are, all of them readable, within the time. */
	int ready(int timeout = 0)
	{
		epoll_event events[4];
		int count = epoll_wait(epoll_.fd(), events, 4, timeout);

		for (int at = 0; at < count; at++)
			EXPECT_EQ(events[at].events, unsigned{EPOLLIN | EPOLLRDNORM});
		return count;
	}

	void add(int fd, unsigned how)
	{
		epoll_event event{};

		event.events = EPOLLIN | EPOLLRDNORM | EPOLLOUT | how;
		ASSERT_EQ(epoll_ctl(epoll_.fd(), EPOLL_CTL_ADD, fd, &event), 0);
	}

	descriptor epoll_{epoll_create1(EPOLL_CLOEXEC)};
};

constexpr int soon = static_cast<int>(patience * 1000);

TEST_F(epolling, level)
{
	load load;
	descriptor file = open_channel();

	add(file.fd(), 0);
	for (unsigned times = 0; times < 3; times++) {
		EXPECT_EQ(ready(), 0);
		load.write(10);
		EXPECT_EQ(ready(soon), 1);
		EXPECT_EQ(ready(), 1) << "as long as there is something";
		while (read_once(file.fd()) > 0)
			;
	}
}

TEST_F(epolling, edge)
{
	load load;
	descriptor file = open_channel();

	add(file.fd(), EPOLLET);
	EXPECT_EQ(ready(), 0);
	for (unsigned times = 0; times < 20 && !HasFailure(); times++) {
		load.write(1);
		EXPECT_EQ(ready(soon), 1) << times;
		while (read_once(file.fd()) > 0)
			;
		EXPECT_EQ(ready(), 0) << "told once";
	}
}

TEST_F(epolling, edge_of_an_owner)
{
	load load{"cpus=0"};
	descriptor file = open_channel();
	mapping map{file.fd(), info_of(file.fd()).map_size};
	journal journal;

	add(file.fd(), EPOLLET);
	EXPECT_EQ(own_all(file.fd(), map, 0, journal), 0U);
	EXPECT_EQ(ready(), 0);
	for (unsigned times = 0; times < 20 && !HasFailure(); times++) {
		load.write(1);
		EXPECT_EQ(ready(soon), 1) << times;
		EXPECT_EQ(own_all(file.fd(), map, 0, journal), 1U);
	}
}

TEST_F(epolling, one_shot)
{
	load load;
	descriptor file = open_channel();
	epoll_event event{};

	add(file.fd(), EPOLLONESHOT);
	load.write(1);
	EXPECT_EQ(ready(soon), 1);
	load.write(1);
	EXPECT_EQ(ready(), 0);
	event.events = EPOLLIN | EPOLLRDNORM | EPOLLONESHOT;
	ASSERT_EQ(epoll_ctl(epoll_.fd(), EPOLL_CTL_MOD, file.fd(), &event), 0);
	EXPECT_EQ(ready(soon), 1);
}

/* An exclusive waiter must not keep a wakeup from others: each has its own position. */
TEST_F(epolling, exclusive)
{
	load load;
	descriptor file = open_channel(), other = open_channel();
	descriptor second{epoll_create1(EPOLL_CLOEXEC)};
	epoll_event event{};

	event.events = EPOLLIN | EPOLLEXCLUSIVE;
	for (int set : {epoll_.fd(), second.fd()})
		ASSERT_EQ(epoll_ctl(set, EPOLL_CTL_ADD, file.fd(), &event), 0);
	sleeper waiter{SYS_poll, [&] { return poll_now(other.fd(), POLLIN, -1); }};
	load.write(1);
	EXPECT_EQ(waiter.join(), POLLIN);
	EXPECT_EQ(epoll_wait(epoll_.fd(), &event, 1, soon), 1);
	EXPECT_EQ(epoll_wait(second.fd(), &event, 1, soon), 1);
}

TEST_F(waiting, poll_of_an_owner_is_about_its_rings)
{
	load load{"cpus=0"};
	descriptor owner = open_channel(), owner_of_other = open_channel();
	unsigned other = nr_cpus() - 1;

	EXPECT_EQ(acquire(owner.fd(), 0U), EAGAIN);
	EXPECT_EQ(acquire(owner_of_other.fd(), other), other ? EAGAIN : EBUSY);
	sleeper poller{SYS_poll, [&] { return poll_now(owner.fd(), POLLIN, -1); }};
	load.write(10);
	EXPECT_EQ(poller.join(), POLLIN);
	EXPECT_EQ(poll_now(owner_of_other.fd()), 0) << "the records are in a ring that it does not own";

	ASSERT_EQ(acquire(owner.fd(), 0U), 0);
	ASSERT_EQ(release(owner.fd(), 0), 0);
	EXPECT_EQ(poll_now(owner.fd()), 0);
}

TEST_F(waiting, a_hundred_pollers)
{
	load load;
	std::vector<descriptor> files;
	std::vector<std::unique_ptr<sleeper>> pollers;

	for (unsigned count = 0; count < 100; count++)
		files.push_back(open_channel());
	for (const descriptor &file : files)
		pollers.push_back(
			std::make_unique<sleeper>(SYS_poll, [fd = file.fd()] { return poll_now(fd, readable, -1); }));
	load.write(1);
	for (auto &poller : pollers)
		EXPECT_EQ(poller->join(), readable);
}

} /* namespace */
} /* namespace kring::abi */
