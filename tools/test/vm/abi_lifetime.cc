/* SPDX-License-Identifier: GPL-2.0-only */
/* What is left of a channel that was destroyed while it was open, mapped or owned; and modules that are in use. */
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>

#include "abi_test.hh"

namespace kring::abi
{
namespace
{

constexpr int readable = POLLIN | POLLRDNORM;

/* kring_load destroys its channel when it is unloaded. */
class lifetime : public clean_test {};

TEST_F(lifetime, what_is_left_can_be_read)
{
	load load;
	descriptor file = open_channel("load", O_RDONLY), nonblocking = open_channel();
	journal journal, again;

	load.write(3000);
	EXPECT_EQ(load.unload(), 0);
	EXPECT_EQ(poll_now(file.fd()), readable | POLLHUP);
	EXPECT_EQ(read_all(file.fd(), journal), 0);
	EXPECT_EQ(journal.records(), 3000U);
	EXPECT_EQ(poll_now(file.fd()), POLLHUP);
	EXPECT_EQ(lseek(file.fd(), 0, SEEK_SET), 0);
	EXPECT_EQ(poll_now(file.fd()), readable | POLLHUP);
	EXPECT_EQ(lseek(file.fd(), 0, SEEK_END), 0);
	EXPECT_EQ(poll_now(file.fd()), POLLHUP);
	EXPECT_EQ(read_all(nonblocking.fd(), again), 0) << "the end, not EAGAIN";
	EXPECT_EQ(again.records(), 3000U);
}

TEST_F(lifetime, what_is_left_can_be_acquired)
{
	load load{"cpus=0"};
	descriptor file = open_channel();
	mapping map{file.fd(), info_of(file.fd()).map_size};
	kring_acquire acquired = acquire_of(0);
	journal journal;

	load.write(3000);
	ASSERT_EQ(acquire(file.fd(), acquired), 0);
	EXPECT_EQ(load.unload(), 0);
	EXPECT_EQ(acquire(file.fd(), 0U), EALREADY);
	journal.span(map.page(0, acquired.page), acquired);
	EXPECT_EQ(release(file.fd(), 0), 0);
	EXPECT_EQ(poll_now(file.fd()), readable | POLLHUP);
	own_all(file.fd(), map, 0, journal);
	EXPECT_EQ(journal.records(), 3000U);
	EXPECT_EQ(journal.lost(), 0U);
	EXPECT_EQ(acquire(file.fd(), 0U), ENODEV);
	EXPECT_EQ(release(file.fd(), 0), EINVAL);
	EXPECT_EQ(poll_now(file.fd()), POLLHUP);
	expect_sound(ledger_of(file.fd()));
}

/* The owner goes after the channel: another file may still take over. */
TEST_F(lifetime, the_owner_goes_later)
{
	load load{"cpus=0"};
	descriptor owner = open_channel(), next = open_channel();
	mapping map{next.fd(), info_of(next.fd()).map_size};
	journal journal;

	load.write(500);
	ASSERT_EQ(acquire(owner.fd(), 0U), 0);
	EXPECT_EQ(load.unload(), 0);
	EXPECT_EQ(acquire(next.fd(), 0U), EBUSY);
	owner.close();
	EXPECT_EQ(own_all(next.fd(), map, 0, journal), 500U);
}

TEST_F(lifetime, every_call_afterwards)
{
	load load{"cpus=0"};
	descriptor file = open_channel(), writable = open_channel("load", O_RDWR);
	kring_meta before = info_of(file.fd()), after;
	std::vector<number> buffer(before.page_size / sizeof(number));

	load.write(10);
	EXPECT_EQ(load.unload(), 0);

	after = info_of(file.fd());
	EXPECT_EQ(before.gone, 0U);
	before.gone = 1;
	EXPECT_EQ(memcmp(&before, &after, sizeof(before)), 0);
	EXPECT_EQ(ledger_of(file.fd()).committed, 10U);
	EXPECT_EQ(ledger_of(file.fd(), 0).unread, 10U);
	EXPECT_EQ(release(file.fd(), 0), EINVAL);
	EXPECT_EQ(acquire(file.fd(), nr_cpus()), ENXIO);
	EXPECT_EQ(error_of(ioctl(file.fd(), _IO('k', 0))), ENOTTY);
	EXPECT_EQ(error_of(lseek(file.fd(), 1, SEEK_SET)), EINVAL);
	EXPECT_EQ(error_of(read(file.fd(), buffer.data(), before.page_size - 1)), EINVAL);
	EXPECT_EQ(error_of(pread(file.fd(), buffer.data(), before.page_size, 0)), ESPIPE);
	EXPECT_EQ(error_of(write(writable.fd(), buffer.data(), 1)), ENODEV);
	EXPECT_EQ(mmap(nullptr, before.map_size, PROT_READ | PROT_WRITE, MAP_SHARED, writable.fd(), 0), MAP_FAILED);
	EXPECT_EQ(errno, EPERM);

	mapping map{file.fd(), before.map_size};
	journal journal;

	EXPECT_EQ(own_all(file.fd(), map, 0, journal), 10U) << "over a mapping that was made afterwards";
}

/* Pages that were touched before, and those that are touched for the first time. */
TEST_F(lifetime, mappings_stay)
{
	for (const char *order : {"0", "2"}) {
		load load{std::string{"size=256K order="} + order};
		descriptor file = open_channel();
		size_t size = info_of(file.fd()).map_size;
		mapping touched{file.fd(), size}, fresh{file.fd(), size};
		std::string before;

		load.write(3000);
		before.assign(touched.at(), size);
		file.close();
		EXPECT_EQ(load.unload(), 0);
		/* The one thing that the end of a channel changes. */
		reinterpret_cast<kring_meta *>(before.data())->gone = 1;
		EXPECT_EQ(memcmp(touched.at(), before.data(), size), 0);
		touched.unmap();
		EXPECT_GT(users_of("kring"), 0);
		EXPECT_EQ(memcmp(fresh.at(), before.data(), size), 0);
		EXPECT_EQ(in_child([&] { return memcmp(fresh.at(), before.data(), size) != 0; }), 0);
	}
}

TEST_F(lifetime, names_go_at_once)
{
	load load;
	descriptor file = open_channel();
	std::string again = "/proc/self/fd/" + std::to_string(file.fd());

	EXPECT_EQ(load.unload(), 0);
	EXPECT_FALSE(exists("/dev/kring/load"));
	EXPECT_FALSE(exists("/sys/class/kring/load"));
	EXPECT_FALSE(open_channel().is_open());
	EXPECT_EQ(errno, ENOENT);
	/* A way to the device without its name. */
	descriptor reopened{open(again.c_str(), O_RDONLY)};

	EXPECT_FALSE(reopened.is_open());
	EXPECT_EQ(errno, ENODEV);
}

TEST_F(lifetime, sysfs_files_that_are_open)
{
	load load;
	descriptor size{open("/sys/class/kring/load/size", O_RDONLY)};
	descriptor ledger{open("/sys/class/kring/load/cpu0/committed", O_RDONLY)};
	char text[16];

	ASSERT_TRUE(size.is_open() && ledger.is_open());
	EXPECT_GT(read(size.fd(), text, sizeof(text)), 0);
	EXPECT_EQ(load.unload(), 0);
	EXPECT_EQ(error_of(pread(size.fd(), text, sizeof(text), 0)), ENODEV);
	EXPECT_EQ(error_of(pread(ledger.fd(), text, sizeof(text), 0)), ENODEV);
}

/* Two channels, though both are called the same. */
TEST_F(lifetime, the_same_name_again)
{
	descriptor old_file;
	journal old_journal, owned, new_journal;
	struct stat old_status, new_status;

	{
		load load{"cpus=0"};

		old_file = open_channel();
		load.write(20);
		EXPECT_EQ(acquire(old_file.fd(), 0U), 0);
	}
	load load{"cpus=0 size=64K"};
	descriptor file = open_channel();
	mapping old_map{old_file.fd(), info_of(old_file.fd()).map_size};

	load.write(30);
	EXPECT_EQ(fstat(old_file.fd(), &old_status), 0);
	EXPECT_EQ(fstat(file.fd(), &new_status), 0);
	EXPECT_NE(old_status.st_rdev, new_status.st_rdev) << "a number is in use as long as its channel";
	EXPECT_EQ(read_all(old_file.fd(), old_journal), 0);
	EXPECT_EQ(old_journal.records(), 20U);
	EXPECT_EQ(read_all(file.fd(), new_journal), -EAGAIN);
	EXPECT_EQ(new_journal.records(), 30U);
	EXPECT_EQ(acquire(file.fd(), 0U), 0) << "the other's owner has nothing to do with it";
	EXPECT_EQ(release(old_file.fd(), 0), 0);
	EXPECT_EQ(acquire(old_file.fd(), 0U), ENODEV);
	EXPECT_EQ(poll_now(old_file.fd()), POLLHUP);
	EXPECT_EQ(ledger_of(old_file.fd()).committed, 20U);
	EXPECT_EQ(ledger_of(file.fd()).committed, 30U);
	EXPECT_EQ(info_of(old_file.fd()).map_size, old_map.size());
}

TEST_F(lifetime, kring_cannot_go_while_it_is_in_use)
{
	load load;
	descriptor file = open_channel();
	mapping map{file.fd(), info_of(file.fd()).map_size};

	EXPECT_EQ(unload_module("kring"), EAGAIN) << "there is a module that needs it";
	EXPECT_EQ(load.unload(), 0) << "whoever has the channel open";
	EXPECT_EQ(unload_module("kring"), EAGAIN) << "a file";
	file.close();
	EXPECT_EQ(unload_module("kring"), EAGAIN) << "a mapping";
	map.unmap();
	EXPECT_TRUE(eventually([] { return users_of("kring") == 0; }));
	EXPECT_EQ(unload_module("kring"), 0);
	EXPECT_FALSE(exists("/sys/class/kring"));
	EXPECT_FALSE(exists("/dev/kring"));
	ASSERT_EQ(load_module("kring"), 0);
	EXPECT_TRUE(exists("/sys/class/kring"));
}

/* In the middle of a run: its threads are stopped, nothing is written any more. */
TEST_F(lifetime, destroyed_while_records_come)
{
	for (const char *contexts : {"task", "task,softirq,irq,nmi"}) {
		load load{std::string{"size=64K contexts="} + contexts};
		descriptor file = open_channel(), owner = open_channel();
		mapping map{owner.fd(), info_of(owner.fd()).map_size};
		kring_acquire first = acquire_of(0);
		journal journal, owned;
		kring_ledger ledger;

		load.start(100000000);
		EXPECT_TRUE(eventually(
			[&] { return ledger_of(file.fd()).committed > 5000 && ledger_of(file.fd(), 0).committed; }));
		EXPECT_EQ(acquire(owner.fd(), first), 0);
		EXPECT_EQ(load.unload(), 0);
		ledger = ledger_of(file.fd());
		EXPECT_EQ(read_all(file.fd(), journal), 0);
		EXPECT_EQ(journal.records() + journal.lost(), ledger.committed);
		owned.span(map.page(0, first.page), first);
		EXPECT_EQ(release(owner.fd(), 0), 0);
		for (unsigned cpu = 0; cpu < nr_cpus(); cpu++)
			own_all(owner.fd(), map, cpu, owned);
		EXPECT_EQ(owned.records() + owned.lost(), ledger.committed);
		expect_sound(ledger_of(file.fd()));
		EXPECT_EQ(ledger_of(file.fd()).unread, 0U);
		EXPECT_EQ(ledger_of(file.fd()).committed, ledger.committed);
	}
}

} /* namespace */
} /* namespace kring::abi */
