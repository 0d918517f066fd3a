/* SPDX-License-Identifier: GPL-2.0-only */
/* Owning a ring: acquire and release, by whom and how often, and what an owner that goes leaves behind. */
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstring>

#include "abi_test.hh"

namespace kring::abi
{
namespace
{

class owning : public clean_test {};

TEST_F(owning, everything_once)
{
	load load;
	descriptor file = open_channel();
	mapping map{file.fd(), info_of(file.fd()).map_size};
	journal journal;
	number owned = 0;

	for (unsigned times = 0; times < 5; times++) {
		load.write(3000);
		for (unsigned cpu = 0; cpu < nr_cpus(); cpu++)
			owned += own_all(file.fd(), map, cpu, journal);
		EXPECT_EQ(ledger_of(file.fd()).read, owned);
		EXPECT_EQ(ledger_of(file.fd()).unread, 0U);
	}
	EXPECT_EQ(owned, 15000U);
	EXPECT_EQ(journal.lost(), 0U);
	expect_sound(ledger_of(file.fd()));
}

TEST_F(owning, overwritten_is_what_is_missing)
{
	load load{"cpus=0 size=16K"};
	descriptor file = open_channel();
	mapping map{file.fd(), info_of(file.fd()).map_size};
	journal journal;

	for (unsigned times = 1; times <= 5; times++) {
		kring_acquire acquired = acquire_of(0);
		number next = journal.of(0).next, lost = journal.lost();

		load.write(5000);
		ASSERT_EQ(acquire(file.fd(), acquired), 0);
		journal.span(map.page(0, acquired.page), acquired);
		EXPECT_EQ(acquired.overwritten, journal.lost());
		/* The page that it had not read to its end was still its own. */
		EXPECT_TRUE(times == 1 || acquired.first == next || journal.lost() > lost);
		ASSERT_EQ(release(file.fd(), 0), 0);
		own_all(file.fd(), map, 0, journal);
		EXPECT_EQ(journal.records() + journal.lost(), times * 5000);
	}
	EXPECT_EQ(ledger_of(file.fd()).overwritten, journal.lost());
	EXPECT_EQ(ledger_of(file.fd()).read, journal.records());
	EXPECT_GT(journal.lost(), 10000U);
}

TEST_F(owning, acquire_twice)
{
	load load{"cpus=0"};
	descriptor file = open_channel();
	kring_acquire first = acquire_of(0), second = acquire_of(0);

	load.write(10);
	ASSERT_EQ(acquire(file.fd(), first), 0);
	EXPECT_EQ(acquire(file.fd(), second), EALREADY);
	load.write(10);
	EXPECT_EQ(acquire(file.fd(), second), EALREADY);
	EXPECT_EQ(release(file.fd(), 0), 0);
	ASSERT_EQ(acquire(file.fd(), second), 0);
	EXPECT_EQ(second.first, first.first + first.count);
	EXPECT_EQ(second.page, first.page);
	EXPECT_EQ(second.start, first.end);
	EXPECT_EQ(second.count, 10U);
}

/* With one call for each page: the one before is consumed, also if there is none behind it. */
TEST_F(owning, acquire_next)
{
	load load{"cpus=0"};
	descriptor file = open_channel(), other = open_channel();
	kring_acquire first = acquire_of(0), next = acquire_of(0);

	first.flags = next.flags = KRING_ACQUIRE_NEXT;
	load.write(10);
	ASSERT_EQ(acquire(file.fd(), first), 0);
	EXPECT_EQ(first.count, 10U);
	EXPECT_EQ(acquire(other.fd(), next), EBUSY) << "what others have acquired is not released";
	load.write(5);
	ASSERT_EQ(acquire(file.fd(), next), 0);
	EXPECT_EQ(next.first, 10U);
	EXPECT_EQ(next.count, 5U);
	EXPECT_EQ(ledger_of(file.fd()).read, 10U);
	EXPECT_EQ(acquire(file.fd(), next), EAGAIN);
	EXPECT_EQ(ledger_of(file.fd()).read, 15U);
	EXPECT_EQ(release(file.fd(), 0), EINVAL);

	kring_acquire wrong = acquire_of(0);

	wrong.flags = KRING_ACQUIRE_NEXT << 1;
	EXPECT_EQ(acquire(file.fd(), wrong), EINVAL);
}

TEST_F(owning, release_of_nothing)
{
	load load{"cpus=0"};
	descriptor file = open_channel();

	EXPECT_EQ(release(file.fd(), 0), EINVAL);
	load.write(10);
	EXPECT_EQ(release(file.fd(), 0), EINVAL);
	ASSERT_EQ(acquire(file.fd(), 0U), 0);
	EXPECT_EQ(release(file.fd(), 0), 0);
	EXPECT_EQ(release(file.fd(), 0), EINVAL);
	EXPECT_EQ(acquire(file.fd(), 0U), EAGAIN);
	EXPECT_EQ(release(file.fd(), 0), EINVAL);
	EXPECT_EQ(ledger_of(file.fd()).read, 10U);
}

TEST_F(owning, one_owner_at_a_time)
{
	load load{"cpus=0"};
	descriptor owner = open_channel(), other = open_channel();

	load.write(10);
	ASSERT_EQ(acquire(owner.fd(), 0U), 0);
	EXPECT_EQ(acquire(other.fd(), 0U), EBUSY);
	EXPECT_EQ(release(other.fd(), 0), EINVAL) << "it has acquired nothing";
	ASSERT_EQ(release(owner.fd(), 0), 0);
	EXPECT_EQ(acquire(other.fd(), 0U), EBUSY) << "until the file is closed";
	owner.close();
	EXPECT_EQ(acquire(other.fd(), 0U), EAGAIN) << "the records were consumed";
}

TEST_F(owning, an_empty_acquire_owns)
{
	load load{"cpus=0"};
	descriptor owner = open_channel(), other = open_channel();

	EXPECT_EQ(acquire(owner.fd(), 0U), EAGAIN);
	EXPECT_EQ(acquire(other.fd(), 0U), EBUSY);
	load.write(1);
	EXPECT_EQ(acquire(owner.fd(), 0U), 0);
}

TEST_F(owning, a_refused_acquire_does_not_own)
{
	load load{"cpus=0"};
	descriptor file = open_channel(), other = open_channel();
	kring_acquire wrong = acquire_of(0);

	wrong.flags = 2;
	EXPECT_EQ(acquire(file.fd(), wrong), EINVAL);
	EXPECT_EQ(acquire(other.fd(), 0U), EAGAIN);
	EXPECT_EQ(acquire(file.fd(), 0U), EBUSY);
	EXPECT_EQ(poll_now(file.fd()), 0);
	load.write(1);
	EXPECT_NE(poll_now(file.fd()), 0) << "it is an observer still";
}

TEST_F(owning, each_ring_has_its_owner)
{
	load load;
	std::vector<descriptor> files;

	for (unsigned cpu = 0; cpu < nr_cpus(); cpu++) {
		files.push_back(open_channel());
		EXPECT_EQ(acquire(files.back().fd(), cpu), EAGAIN);
	}
	for (unsigned cpu = 0; cpu < nr_cpus(); cpu++)
		for (unsigned other = 0; other < nr_cpus(); other++)
			EXPECT_EQ(acquire(files[other].fd(), cpu), cpu == other ? EAGAIN : EBUSY);
}

TEST_F(owning, the_next_owner_gets_what_was_not_released)
{
	load load{"cpus=0"};
	kring_acquire first = acquire_of(0), second = acquire_of(0);
	descriptor next = open_channel();

	load.write(500);
	{
		descriptor owner = open_channel();

		ASSERT_EQ(acquire(owner.fd(), first), 0);
		ASSERT_EQ(release(owner.fd(), 0), 0);
		ASSERT_EQ(acquire(owner.fd(), first), 0);
	}
	EXPECT_EQ(ledger_of(next.fd()).read, first.first);
	ASSERT_EQ(acquire(next.fd(), second), 0);
	EXPECT_EQ(memcmp(&first, &second, sizeof(first)), 0);
}

TEST_F(owning, dup_keeps_it)
{
	load load{"cpus=0"};
	descriptor owner = open_channel(), other = open_channel();
	descriptor copy{dup(owner.fd())};

	load.write(10);
	ASSERT_EQ(acquire(owner.fd(), 0U), 0);
	owner.close();
	EXPECT_EQ(acquire(other.fd(), 0U), EBUSY);
	EXPECT_EQ(acquire(copy.fd(), 0U), EALREADY);
	EXPECT_EQ(release(copy.fd(), 0), 0);
	copy.close();
	EXPECT_EQ(acquire(other.fd(), 0U), EAGAIN);
	EXPECT_EQ(ledger_of(other.fd()).read, 10U);
}

TEST_F(owning, a_mapping_keeps_it)
{
	load load{"cpus=0"};
	descriptor owner = open_channel(), other = open_channel();
	mapping map{owner.fd(), info_of(owner.fd()).map_size};

	EXPECT_EQ(acquire(owner.fd(), 0U), EAGAIN);
	owner.close();
	EXPECT_EQ(acquire(other.fd(), 0U), EBUSY);
	map.unmap();
	EXPECT_EQ(acquire(other.fd(), 0U), EAGAIN);
}

/* Killed between acquire and release: nothing is consumed. */
TEST_F(owning, an_owner_is_killed)
{
	load load{"cpus=0"};
	descriptor next = open_channel();
	mapping map{next.fd(), info_of(next.fd()).map_size};
	journal journal;
	int ends[2];
	char byte;

	load.write(500);
	for (unsigned times = 0; times < 3; times++) {
		ASSERT_EQ(pipe(ends), 0);
		pid_t owner = start_child([&] {
			descriptor file = open_channel();

			if (acquire(file.fd(), 0U) || write(ends[1], "x", 1) != 1)
				return 1;
			pause();
			return 2;
		});
		close(ends[1]);
		EXPECT_EQ(read(ends[0], &byte, 1), 1) << "it could not acquire";
		EXPECT_EQ(acquire(next.fd(), 0U), EBUSY);
		kill(owner, SIGKILL);
		EXPECT_EQ(end_of(owner), -SIGKILL);
		close(ends[0]);
	}
	EXPECT_EQ(ledger_of(next.fd()).read, 0U);
	EXPECT_EQ(own_all(next.fd(), map, 0, journal), 500U);
	EXPECT_EQ(journal.lost(), 0U);
}

/* Writers lap the ring many times, and meanwhile no byte of it changes. */
TEST_F(owning, what_is_acquired_stays)
{
	load load{"cpus=0 size=16K"};
	descriptor file = open_channel();
	mapping map{file.fd(), info_of(file.fd()).map_size};
	kring_acquire acquired = acquire_of(0);
	std::string before;
	journal journal;

	load.write(1000);
	ASSERT_EQ(acquire(file.fd(), acquired), 0);
	const kring_page &page = map.page(0, acquired.page);
	before.assign(reinterpret_cast<const char *>(&page), page.size);
	load.write(20000);
	EXPECT_EQ(memcmp(&page, before.data(), page.size), 0);
	journal.span(page, acquired);
	EXPECT_EQ(release(file.fd(), 0), 0);
}

TEST_F(owning, discard_mode_refuses_until_the_owner_has_freed_pages)
{
	load load{"cpus=0 size=16K mode=discard"};
	descriptor file = open_channel();
	mapping map{file.fd(), info_of(file.fd()).map_size};
	journal journal;
	number attempted = 0;

	for (unsigned times = 0; times < 5; times++) {
		kring_ledger ledger;

		load.write(5000);
		attempted += 5000;
		ledger = ledger_of(file.fd());
		EXPECT_EQ(ledger.committed + ledger.dropped[KRING_DROP_FULL], attempted);
		EXPECT_EQ(dropped(ledger), ledger.dropped[KRING_DROP_FULL]);
		EXPECT_EQ(ledger.overwritten, 0U);
		EXPECT_GT(own_all(file.fd(), map, 0, journal), 100U);
		EXPECT_EQ(journal.records(), ledger.committed);
	}
	EXPECT_EQ(journal.lost(), 0U);
	EXPECT_EQ(load.count("dropped"), ledger_of(file.fd()).dropped[KRING_DROP_FULL]);
}

TEST_F(owning, an_observer_beside_it_misses_nothing)
{
	load load;
	descriptor owner = open_channel(), observer = open_channel();
	mapping map{owner.fd(), info_of(owner.fd()).map_size};
	journal owned, observed;

	for (unsigned times = 0; times < 5; times++) {
		load.write(2000);
		for (unsigned cpu = 0; cpu < nr_cpus(); cpu++)
			own_all(owner.fd(), map, cpu, owned);
		EXPECT_EQ(read_all(observer.fd(), observed), -EAGAIN);
	}
	EXPECT_EQ(owned.records(), 10000U);
	EXPECT_EQ(observed.records(), 10000U);
	EXPECT_EQ(observed.lost(), 0U);
}

/* The owner's own position as an observer is another thing. */
TEST_F(owning, an_owner_can_read_too)
{
	load load{"cpus=0"};
	descriptor file = open_channel();
	mapping map{file.fd(), info_of(file.fd()).map_size};
	journal owned, observed;

	load.write(100);
	EXPECT_EQ(own_all(file.fd(), map, 0, owned), 100U);
	EXPECT_EQ(read_all(file.fd(), observed), -EAGAIN);
	EXPECT_EQ(observed.records(), 100U);
	EXPECT_EQ(poll_now(file.fd()), 0);
}

} /* namespace */
} /* namespace kring::abi */
