/* SPDX-License-Identifier: GPL-2.0-only */
/* Calls that sleep on a file which another thread closes, of channels that programs hold all of. */
#include <poll.h>
#include <sys/epoll.h>

#include "abi_queue.hh"
#include "abi_sleeper.hh"
#include "abi_uring.hh"

namespace kring::abi
{
namespace
{

class closed : public clean_test {};

kring_control_create bytes_of(__u32 kind, kring_mode mode = KRING_MODE_OVERWRITE)
{
	kring_control_create wanted = creation_of("app", kind, 16);

	wanted.mode = mode;
	return wanted;
}

kring_control_create broadcast()
{
	kring_control_create wanted = creation_of("app", KRING_KIND_BROADCAST, 64);

	wanted.unit = 16;
	return wanted;
}

std::vector<kring_control_create> all_kinds()
{
	return {creation_of("app", KRING_KIND_TRACE), bytes_of(KRING_KIND_FIFO), bytes_of(KRING_KIND_MIRROR),
		bytes_of(KRING_KIND_MIRROR, KRING_MODE_DISCARD), broadcast()};
}

TEST_F(closed, while_somebody_reads)
{
	for (const kring_control_create &kind : all_kinds()) {
		made channel{kind};
		descriptor file = channel.open(O_RDONLY);
		sleeper reader{SYS_read, [fd = file.fd()] { return read_once(fd); }};

		file.close();
		EXPECT_EQ(reader.join(), -EBADF) << "kind " << kind.kind;
		EXPECT_TRUE(channel.open(O_RDONLY).is_open()) << "nobody holds it any more";
	}
}

TEST_F(closed, while_somebody_writes)
{
	for (const kring_control_create &kind :
	     {bytes_of(KRING_KIND_FIFO), bytes_of(KRING_KIND_MIRROR, KRING_MODE_DISCARD)}) {
		made channel{kind};
		descriptor file = channel.open(O_WRONLY);
		auto write_all = [fd = file.fd()] { return write_some(fd, std::string(40, 'x')); };
		descriptor copy{dup(file.fd())};
		sleeper first{SYS_write, write_all};

		file.close();
		copy.close();
		EXPECT_EQ(first.join(), 16) << "what found room, kind " << kind.kind;
		file = channel.open(O_WRONLY);
		sleeper second{SYS_write, [fd = file.fd()] { return write_some(fd, "x"); }};

		file.close();
		EXPECT_EQ(second.join(), -EBADF) << "kind " << kind.kind;
	}
}

TEST_F(closed, but_for_another_descriptor)
{
	for (const kring_control_create &kind : all_kinds()) {
		made channel{kind};
		descriptor file = channel.open(O_RDONLY), last{dup(file.fd())};
		sleeper reader{SYS_read, [fd = file.fd()] { return read_once(fd); }};

		file.close();
		EXPECT_EQ(in_child([] { return 0; }), 0) << "whose copies are closed when it ends";
		usleep(50000);
		EXPECT_FALSE(reader.is_done()) << "kind " << kind.kind;
		EXPECT_EQ(write_some(channel.open(O_WRONLY).fd(), "x"), 1);
		EXPECT_GT(reader.join(), 0) << "kind " << kind.kind;
	}
}

/* Who sleeps on another file sleeps on, and no epoll set is told of what it was told of before. */
TEST_F(closed, by_its_own_readers_alone)
{
	made channel{broadcast()};
	descriptor in = channel.open(O_WRONLY), file = channel.open(O_RDONLY), other = channel.open(O_RDONLY),
		   told = channel.open(O_RDONLY), set{epoll_create1(0)};
	epoll_event event{};

	event.events = EPOLLIN | EPOLLET;
	ASSERT_EQ(epoll_ctl(set.fd(), EPOLL_CTL_ADD, told.fd(), &event), 0);
	EXPECT_EQ(write_some(in.fd(), "x"), 1);
	EXPECT_EQ(epoll_wait(set.fd(), &event, 1, 10000), 1);
	for (const descriptor *each : {&file, &other})
		EXPECT_GT(read_once(each->fd()), 0);
	sleeper reader{SYS_read, [fd = file.fd()] { return read_once(fd); }};
	sleeper sleeps{SYS_read, [fd = other.fd()] { return read_once(fd); }};

	file.close();
	EXPECT_EQ(reader.join(), -EBADF);
	usleep(50000);
	EXPECT_FALSE(sleeps.is_done());
	EXPECT_EQ(epoll_wait(set.fd(), &event, 1, 0), 0);
	EXPECT_EQ(write_some(in.fd(), "x"), 1);
	EXPECT_GT(sleeps.join(), 0);
}

/* io_uring always asks for what poll() may not ask for, and ends with what it was woken by. */
TEST_F(closed, with_a_poll_of_io_uring_on_another_file)
{
	for (const kring_control_create &kind : {creation_of("app", KRING_KIND_TRACE), broadcast()}) {
		made channel{kind};
		descriptor in = channel.open(O_WRONLY), waits = channel.open(O_RDONLY);
		uring ring;

		ASSERT_EQ(ring.poll(waits.fd(), POLLIN), 0);
		EXPECT_EQ(in_child([] { return 0; }), 0) << "whose copies are closed when it ends";
		channel.open(O_RDONLY).close();
		usleep(50000);
		EXPECT_FALSE(ring.is_done()) << "kind " << kind.kind;
		EXPECT_EQ(write_some(in.fd(), "x"), 1);
		EXPECT_TRUE(eventually([&] { return ring.is_done(); }));
		EXPECT_EQ(ring.take() & POLLIN, POLLIN) << "kind " << kind.kind;
	}
}

} /* namespace */
} /* namespace kring::abi */
