/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A record at each moment of a reader's way to sleep, as an interrupt between
 * two of its instructions: the reader itself has a timer write it soon, a little
 * later each time, and then looks for it, waits for it, and must get it. For a
 * guest whose time is its instructions, with one CPU.
 */
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "abi_sleeper.hh"
#include "abi_test.hh"
#include "abi_wakeup.hh"

namespace kring::abi
{
namespace
{

/* Nanoseconds, which here are instructions. By then all are asleep. */
constexpr unsigned asleep = 20000;
constexpr unsigned step = 25;
constexpr unsigned watchdog = 10; /* seconds, which pass at once when nothing runs */

/* One way to wait for records, as an observer. */
class reader_of_one {
public:
	explicit reader_of_one(int flags) : file_{open_channel("load", O_RDONLY | flags)} {}
	virtual ~reader_of_one() = default;

	/* Until there are so many in all, by taking what there is and waiting otherwise. */
	void get(number records)
	{
		take_all();
		while (journal_.records() < records && wait())
			take_all();
	}

	/* In a single call. False: there is nothing. */
	virtual bool take()
	{
		ssize_t got = read(file_.fd(), room_, sizeof(room_));

		if (got > 0)
			journal_.images(reinterpret_cast<char *>(room_), static_cast<size_t>(got));
		return got > 0;
	}

	number records() const { return journal_.records(); }

protected:
	virtual void take_all()
	{
		while (take())
			;
	}
	/* False: the watchdog has ended it. */
	virtual bool wait() = 0;

	descriptor file_;
	journal journal_;

private:
	number room_[1024];
};

class by_read : public reader_of_one {
public:
	by_read() : reader_of_one{0} {}

protected:
	void take_all() override {}
	bool wait() override { return take(); }
};

class by_poll : public reader_of_one {
public:
	by_poll() : reader_of_one{O_NONBLOCK} {}

protected:
	bool wait() override { return poll_now(file_.fd(), POLLIN, -1) > 0; }
};

template <unsigned how>
class by_epoll : public reader_of_one {
public:
	by_epoll() : reader_of_one{O_NONBLOCK}
	{
		epoll_event event{};

		event.events = EPOLLIN | how;
		EXPECT_EQ(epoll_ctl(set_.fd(), EPOLL_CTL_ADD, file_.fd(), &event), 0);
	}

protected:
	bool wait() override
	{
		epoll_event event;

		return epoll_wait(set_.fd(), &event, 1, -1) > 0;
	}

private:
	descriptor set_{epoll_create1(EPOLL_CLOEXEC)};
};

/* The same as the owner. */
template <typename Base>
class owning : public Base {
public:
	owning() : map_{this->file_.fd(), info_of(this->file_.fd()).map_size} { take(); }

	bool take() override
	{
		kring_acquire acquired = acquire_of(0);

		if (acquire(this->file_.fd(), acquired))
			return false;
		this->journal_.span(map_.page(0, acquired.page), acquired);
		EXPECT_EQ(release(this->file_.fd(), 0), 0);
		return true;
	}

private:
	mapping map_;
};

/* Less than is there: the next record is enough. Or more than ever: it is read when it is late. */
constexpr __u32 two_records = 2 * record_bytes;
constexpr __u32 too_many = 1 << 16;

template <typename Base, __u32 watermark, __u32 deadline_us>
class patient : public Base {
public:
	patient() { EXPECT_EQ(set_wakeup(this->file_.fd(), watermark, deadline_us), 0); }
};

class exact_sleep : public clean_test {
protected:
	void SetUp() override
	{
		struct sigaction action{};

		clean_test::SetUp();
		action.sa_handler = [](int) {};
		sigaction(SIGALRM, &action, nullptr);
	}

	static void kick(const load &load, unsigned records)
	{
		load.set_delay(0);
		while (records--)
			EXPECT_EQ(load.kick(0), 0);
	}

	/* A record that is there when it is looked for leaves nothing behind: no wakeup is asked for or on its way. */
	static void settle(const load &load, reader_of_one &reader, unsigned records)
	{
		kick(load, records);
		usleep(100);
		EXPECT_TRUE(reader.take());
		usleep(3000);
	}

	/* Enough: how many have to be there. */
	template <typename Reader>
	static void records_at_each_moment(unsigned enough = 1)
	{
		for (const char *context : {"softirq", "irq", "nmi"}) {
			load load{std::string{"contexts="} + context};
			Reader reader;

			for (unsigned delay = step; delay < asleep && !HasFailure(); delay += step) {
				number written = reader.records() + 2 * enough;
				double begin;

				settle(load, reader, enough);
				kick(load, enough - 1);
				alarm(watchdog);
				load.set_delay(delay);
				begin = now();
				EXPECT_EQ(load.kick(0), 0);
				reader.get(written);
				EXPECT_LT(now() - begin, watchdog / 2) << "sleeps on after a record from " << context
								       << ' ' << delay << " instructions later";
				EXPECT_EQ(reader.records(), written);
			}
		}
		alarm(0);
	}
};

TEST_F(exact_sleep, read)
{
	records_at_each_moment<by_read>();
}

TEST_F(exact_sleep, poll)
{
	records_at_each_moment<by_poll>();
}

TEST_F(exact_sleep, epoll)
{
	records_at_each_moment<by_epoll<0>>();
}

TEST_F(exact_sleep, epoll_edge)
{
	records_at_each_moment<by_epoll<EPOLLET>>();
}

TEST_F(exact_sleep, owner_poll)
{
	records_at_each_moment<owning<by_poll>>();
}

TEST_F(exact_sleep, owner_epoll_edge)
{
	records_at_each_moment<owning<by_epoll<EPOLLET>>>();
}

TEST_F(exact_sleep, read_to_the_watermark)
{
	records_at_each_moment<patient<by_read, two_records, ~0U>>(2);
}

TEST_F(exact_sleep, read_to_the_deadline)
{
	records_at_each_moment<patient<by_read, too_many, KRING_DEADLINE_MIN>>();
}

TEST_F(exact_sleep, epoll_edge_to_the_deadline)
{
	records_at_each_moment<patient<by_epoll<EPOLLET>, too_many, KRING_DEADLINE_MIN>>();
}

TEST_F(exact_sleep, owner_epoll_edge_to_the_deadline)
{
	records_at_each_moment<patient<owning<by_epoll<EPOLLET>>, too_many, KRING_DEADLINE_MIN>>();
}

} /* namespace */
} /* namespace kring::abi */
