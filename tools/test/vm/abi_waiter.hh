/* SPDX-License-Identifier: GPL-2.0-only */
/* A thread that waits for one record after the other of kring_load, in one of all the ways there are, and counts them. */
#ifndef KRING_TEST_ABI_WAITER_HH
#define KRING_TEST_ABI_WAITER_HH

#include <condition_variable>
#include <mutex>
#include <thread>

#include "abi_channel.hh"

namespace kring::abi
{

/* To the deadline: the watermark is never reached. */
enum class way { read, poll, epoll, epoll_edge, owner_poll, owner_edge, read_to_deadline, edge_to_deadline };

const char *name_of(way way);

/* From when it is made until the channel ends, which has to be before this does. */
class waiter {
public:
	explicit waiter(way way);
	~waiter() { join(); }

	void join();
	way how() const { return way_; }
	/* Returns as soon as it has taken so many in all. False: it has not, until then; see now(). */
	bool has(number records, double until);
	/* When it has ended: all records, and how often its thread slept, for whatever reason. */
	number records() const { return journal_.records(); }
	number sleeps() const { return sleeps_; }

private:
	static bool is_blocking(way way) { return way == way::read || way == way::read_to_deadline; }
	bool owns() const { return way_ == way::owner_poll || way_ == way::owner_edge; }
	void run();
	/* Returns when there may be something. */
	void wait();
	/* All that is there. False: the channel has ended, and all was taken. */
	bool take();
	bool take_owned();
	void tell();

	way way_;
	descriptor file_, set_;
	mapping map_;
	journal journal_;
	std::mutex lock_;
	std::condition_variable told_;
	number records_ = 0;
	number sleeps_ = 0;
	std::thread thread_;
};

} /* namespace kring::abi */

#endif
