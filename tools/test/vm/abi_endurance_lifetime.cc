/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Modules that come and go again and again: the producer in the middle of a
 * run, with files, mappings, sleepers and a forked child on its channel; then
 * kring itself, as soon as the last of them has let go. Nothing may be left.
 */
#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <memory>
#include <thread>

#include "abi_endurance.hh"
#include "abi_memory.hh"
#include "abi_test.hh"

namespace kring::abi
{
namespace
{

/* Sleeps in read() until the end of the channel; what came until then. */
class reading {
public:
	explicit reading(const std::string &channel)
		: file_{open_channel(channel, O_RDONLY)}, thread_{[this] { read(); }}
	{
	}
	~reading() { thread_.join(); }

private:
	void read()
	{
		std::vector<number> room(8192);
		ssize_t got;

		while ((got = ::read(file_.fd(), room.data(), room.size() * sizeof(number))) > 0)
			;
		EXPECT_EQ(got, 0);
	}

	descriptor file_;
	std::thread thread_;
};

/* Waits for the end of kring_load's channel, and for nothing else, as poll or through a set does. */
class hoping {
public:
	explicit hoping(bool through_a_set)
		: file_{open_channel()}, set_{epoll_create1(EPOLL_CLOEXEC)},
		  thread_{[this, through_a_set] { through_a_set ? epoll() : poll(); }}
	{
	}
	~hoping() { thread_.join(); }

private:
	void poll() { EXPECT_EQ(poll_now(file_.fd(), 0, -1), POLLHUP); }

	void epoll()
	{
		epoll_event event{};

		event.events = EPOLLET;
		EXPECT_EQ(epoll_ctl(set_.fd(), EPOLL_CTL_ADD, file_.fd(), &event), 0);
		EXPECT_EQ(epoll_wait(set_.fd(), &event, 1, -1), 1);
		EXPECT_EQ(event.events, unsigned{EPOLLHUP});
	}

	descriptor file_, set_;
	std::thread thread_;
};

/* Unloads kring at the first moment at which that is possible, and tries all the time. */
class unloading {
public:
	unloading() : thread_{[this] { unload(); }} {}
	~unloading() { thread_.join(); }

private:
	void unload()
	{
		int error;

		for (double end = now() + patience; (error = unload_module("kring")) && now() < end;)
			EXPECT_EQ(error, EAGAIN);
		EXPECT_EQ(error, 0) << "somebody uses kring for ever";
	}

	std::thread thread_;
};

class endurance_lifetime : public clean_test {
protected:
	/* All that can hold a channel, each in the midst of it. */
	struct holders {
		descriptor observer = open_channel(), owner = open_channel();
		size_t size = info_of(owner.fd()).map_size;
		mapping touched{owner.fd(), size}, fresh{owner.fd(), size};
		kring_acquire acquired = acquire_of(0);
		descriptor copy{dup(observer.fd())};
	};

	/* As long as the pipe is open at the other end, what a child inherited is open. */
	static pid_t inherit(const descriptor &pipe_end, const descriptor &other_end)
	{
		return start_child([&] {
			char byte;

			close(other_end.fd());
			return static_cast<int>(read(pipe_end.fd(), &byte, 1));
		});
	}

	static void take_hold(holders &holders)
	{
		EXPECT_TRUE(eventually([&] {
			kring_ledger ledger = ledger_of(holders.observer.fd(), 0);

			return ledger.committed > 2000 && ledger_of(holders.observer.fd()).committed > ledger.committed;
		}));
		EXPECT_EQ(acquire(holders.owner.fd(), holders.acquired), 0);
		EXPECT_EQ(holders.touched.meta().magic, KRING_MAGIC);
		for (size_t at = 0; at < holders.size; at += 4096)
			(void)*static_cast<const volatile char *>(holders.touched.at(at));
	}

	/* All is as it was at the channel's end, and accounted for. */
	static void expect_remains(holders &holders)
	{
		journal observed, owned;
		kring_ledger ledger = ledger_of(holders.copy.fd());

		EXPECT_EQ(read_all(holders.observer.fd(), observed), 0);
		EXPECT_EQ(observed.records() + observed.lost(), ledger.committed);
		owned.span(holders.fresh.page(0, holders.acquired.page), holders.acquired);
		EXPECT_EQ(release(holders.owner.fd(), 0), 0);
		for (unsigned cpu = 0; cpu < nr_cpus(); cpu++)
			own_all(holders.owner.fd(), holders.fresh, cpu, owned);
		EXPECT_EQ(owned.records() + owned.lost(), ledger.committed);
		expect_sound(ledger_of(holders.copy.fd()));
	}

	/* In a new order each time; the last one takes the channel with it. */
	static void let_go(holders &holders, number time, descriptor &others, pid_t child)
	{
		for (number step = 0; step < 4; step++)
			switch ((step + time) % 4) {
			case 0:
				holders.owner.close();
				holders.observer.close();
				break;
			case 1:
				holders.copy.close();
				break;
			case 2:
				holders.touched.unmap();
				holders.fresh.unmap();
				break;
			case 3:
				others.close();
				EXPECT_EQ(end_of(child), 0);
				break;
			}
	}

	static void come_and_go(number time)
	{
		int ends[2];

		ASSERT_EQ(pipe2(ends, 0), 0);
		descriptor mine{ends[1]}, theirs{ends[0]};
		std::unique_ptr<holders> all;
		pid_t child;

		{
			load load{"size=64K contexts=task,softirq,irq,nmi discard=20"};

			ASSERT_EQ(load_module("kring_example"), 0);
			all = std::make_unique<holders>();
			child = inherit(theirs, mine);
			reading of_load{"load"}, of_example{"example"};
			hoping by_poll{false}, by_epoll{true};

			load.start(1000000000);
			take_hold(*all);
			EXPECT_EQ(unload_module("kring"), EAGAIN) << "two modules need it";
			EXPECT_EQ(load.unload(), 0) << "in the middle of its run";
			EXPECT_EQ(unload_module("kring_example"), 0) << "while its channel is read";
		}
		expect_remains(*all);
		EXPECT_EQ(unload_module("kring"), EAGAIN) << "files and mappings are left";
		{
			unloading at_once;

			let_go(*all, time, mine, child);
		}
		ASSERT_EQ(load_module("kring"), 0);
	}
};

TEST_F(endurance_lifetime, modules_come_and_go)
{
	const number times = times_or(30);
	memory_meter meter;

	/* What is allocated once and kept for good is there after some turns. */
	for (number time = 0; time < 4 && !HasFailure(); time++)
		come_and_go(time);
	meter.start();
	for (number time = 0; time < times && !HasFailure(); time++)
		come_and_go(time);
	EXPECT_EQ(meter.grown_by(times / 2), "");
}

} /* namespace */
} /* namespace kring::abi */
