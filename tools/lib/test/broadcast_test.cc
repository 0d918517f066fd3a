/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Consumers of broadcast channels over a mapping, of a ring that the core makes
 * in a file of this process: what the kernel would show.
 */
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <kring/broadcast.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../../src/core/broadcast_ring.hh"
#include "../../test/journal.hh"
#include "../../test/platform_native.hh"

namespace kring::test
{
namespace
{

/* The ring that a channel's module would have. */
class channel {
public:
	explicit channel(u32 slots, u32 payload = 48)
		: geometry_{slots, broadcast_slot_size(payload), 4096, payload}, size_{broadcast_size(geometry_)},
		  fd_{memfd_create("broadcast", MFD_CLOEXEC)}
	{
		EXPECT_EQ(ftruncate(fd_, static_cast<off_t>(size_)), 0);
		memory_ = mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED, fd_, 0);
		EXPECT_NE(memory_, MAP_FAILED);
		ring.init(&header(), geometry_);
	}
	~channel()
	{
		munmap(memory_, size_);
		close(fd_);
	}
	channel(const channel &) = delete;

	/* Its payload is filled as its number wants it. */
	void write(u32 size)
	{
		broadcast_reserved record = ring.reserve(size);

		ASSERT_NE(record.payload, nullptr);
		fill(record.payload, size, written++);
		EXPECT_EQ(ring.commit(record.payload), broadcast_status::ok);
	}
	void write_many(u32 count)
	{
		while (count--)
			write(16);
	}
	void shorten(u64 size) { EXPECT_EQ(ftruncate(fd_, static_cast<off_t>(size)), 0); }

	kring_broadcast_header &header() { return *static_cast<kring_broadcast_header *>(memory_); }
	int fd() const { return fd_; }
	u64 size() const { return size_; }

	broadcast_ring<platform_native> ring{};
	u64 written = 0;

private:
	broadcast_geometry geometry_;
	u64 size_;
	int fd_;
	void *memory_;
};

using consumer = std::unique_ptr<kring_broadcast, void (*)(kring_broadcast *)>;

consumer open(const channel &channel, u32 flags = 0, u64 ticket = 0)
{
	kring_broadcast_opts opts{sizeof(opts), flags, 0, ticket};

	return {kring_broadcast__open_fd(channel.fd(), &opts), kring_broadcast__free};
}

/* The next record is that of this ticket, with so many lost before it. */
void expect(const consumer &consumer, u64 ticket, u64 lost)
{
	const kring_broadcast_item *item = nullptr;

	ASSERT_EQ(kring_broadcast__next(consumer.get(), &item), 1);
	EXPECT_EQ(item->ticket, ticket);
	EXPECT_EQ(item->lost, lost);
	EXPECT_EQ(item->size, 16U);
	EXPECT_TRUE(is_filled(item->payload, item->size, ticket));
	EXPECT_EQ(kring_broadcast__ticket(consumer.get()), ticket + 1);
}

void expect_nothing(const consumer &consumer, int result = 0)
{
	const kring_broadcast_item *item = nullptr;

	EXPECT_EQ(kring_broadcast__next(consumer.get(), &item), result);
}

TEST(broadcast, each_consumer_gets_all)
{
	channel channel{4};
	consumer one = open(channel), other = open(channel);

	ASSERT_TRUE(one && other);
	expect_nothing(one);
	for (u64 ticket = 0; ticket < 10; ticket++) {
		channel.write_many(1);
		EXPECT_EQ(kring_broadcast__behind(one.get()), 1U);
		expect(one, ticket, 0);
		expect(other, ticket, 0);
		expect_nothing(one);
	}
	EXPECT_EQ(kring_broadcast__lost(one.get()), 0U);
	EXPECT_EQ(kring_broadcast__payload_max(one.get()), 48U);
}

TEST(broadcast, sizes_and_payloads)
{
	channel channel{2, 100};
	consumer consumer = open(channel);

	for (u32 size = 0; size <= 100; size++) {
		const kring_broadcast_item *item = nullptr;

		channel.write(size);
		ASSERT_EQ(kring_broadcast__next(consumer.get(), &item), 1);
		EXPECT_EQ(item->size, size);
		EXPECT_EQ(reinterpret_cast<u64>(item->payload) % 8, 0U);
		EXPECT_TRUE(is_filled(item->payload, size, size));
	}
}

TEST(broadcast, lost_is_told_with_the_next_record)
{
	channel channel{4};
	consumer consumer = open(channel);

	channel.write_many(1);
	expect(consumer, 0, 0);
	channel.write_many(8);
	expect(consumer, 5, 4);
	expect(consumer, 6, 0);
	channel.write_many(2); /* 7 to 10 are there */
	expect(consumer, 7, 0);
	channel.write_many(3);
	expect(consumer, 10, 2);
	EXPECT_EQ(kring_broadcast__lost(consumer.get()), 6U);
}

TEST(broadcast, open_and_given_up_records)
{
	channel channel{4};
	consumer consumer = open(channel);
	const kring_broadcast_item *item = nullptr;
	broadcast_reserved stopped = channel.ring.reserve(16);

	channel.written = 1;
	channel.write_many(3);
	expect_nothing(consumer);
	EXPECT_EQ(kring_broadcast__behind(consumer.get()), 4U);
	EXPECT_EQ(channel.ring.reserve(16).status, broadcast_status::held);
	channel.written = 5;
	expect(consumer, 1, 1);
	expect(consumer, 2, 0);
	expect(consumer, 3, 0);
	EXPECT_EQ(kring_broadcast__next(consumer.get(), &item), 0); /* 4 is lost, and told with 5 */
	EXPECT_EQ(kring_broadcast__lost(consumer.get()), 2U);
	EXPECT_EQ(channel.ring.commit(stopped.payload), broadcast_status::overtaken);
	channel.write_many(1);
	expect(consumer, 5, 1);
}

TEST(broadcast, what_was_copied_stays)
{
	channel channel{2};
	consumer consumer = open(channel);
	const kring_broadcast_item *item = nullptr;

	channel.write_many(1);
	ASSERT_EQ(kring_broadcast__next(consumer.get(), &item), 1);
	channel.write_many(4);
	EXPECT_TRUE(is_filled(item->payload, item->size, 0));
}

TEST(broadcast, starts)
{
	channel channel{4};

	channel.write_many(9);
	expect(open(channel), 5, 0);
	expect(open(channel, KRING_BROADCAST_FROM_TICKET, 7), 7, 0);
	expect(open(channel, KRING_BROADCAST_FROM_TICKET, 2), 5, 3);
	expect_nothing(open(channel, KRING_BROADCAST_FROM_TICKET, 9));
	EXPECT_FALSE(open(channel, KRING_BROADCAST_FROM_TICKET, 10));
	EXPECT_EQ(errno, ESTALE);

	consumer newest = open(channel, KRING_BROADCAST_FROM_NEWEST);

	expect_nothing(newest);
	channel.write_many(1);
	expect(newest, 9, 0);
}

TEST(broadcast, in_place)
{
	channel channel{2};
	consumer consumer = open(channel);
	const kring_broadcast_item *item = nullptr;

	channel.write_many(2);
	EXPECT_FALSE(kring_broadcast__confirm(consumer.get())); /* of nothing */
	ASSERT_EQ(kring_broadcast__look(consumer.get(), &item), 1);
	EXPECT_TRUE(is_filled(item->payload, item->size, 0));
	EXPECT_TRUE(kring_broadcast__confirm(consumer.get()));
	EXPECT_FALSE(kring_broadcast__confirm(consumer.get())); /* twice */

	ASSERT_EQ(kring_broadcast__look(consumer.get(), &item), 1);
	channel.write_many(2);
	EXPECT_FALSE(kring_broadcast__confirm(consumer.get()));
	ASSERT_EQ(kring_broadcast__look(consumer.get(), &item), 1);
	EXPECT_EQ(item->ticket, 2U);
	EXPECT_EQ(item->lost, 1U);
	EXPECT_TRUE(kring_broadcast__confirm(consumer.get()));
	expect(consumer, 3, 0);
}

TEST(broadcast, gone_when_all_is_read)
{
	channel channel{4};
	consumer consumer = open(channel);

	channel.write_many(2);
	channel.header().gone = 1;
	EXPECT_EQ(kring_broadcast__wait(consumer.get(), 0), 1);
	expect(consumer, 0, 0);
	expect(consumer, 1, 0);
	expect_nothing(consumer, -ENODEV);
	EXPECT_EQ(kring_broadcast__wait(consumer.get(), -1), 1);
	EXPECT_EQ(kring_broadcast__arm(consumer.get()), -ENODEV);
}

/* The kernel's consumer of the file is put where this one is. */
TEST(broadcast, arms_at_its_ticket)
{
	channel channel{4};
	consumer consumer = open(channel);

	channel.write_many(3);
	expect(consumer, 0, 0);
	EXPECT_EQ(kring_broadcast__wait(consumer.get(), -1), 1); /* without asking the kernel */
	EXPECT_EQ(lseek(channel.fd(), 0, SEEK_CUR), 0);
	EXPECT_EQ(kring_broadcast__arm(consumer.get()), 0);
	EXPECT_EQ(kring_broadcast__fd(consumer.get()), channel.fd());
	EXPECT_EQ(lseek(channel.fd(), 0, SEEK_CUR), 1);
}

TEST(broadcast, headers_that_cannot_be)
{
	using change = std::function<void(kring_broadcast_header &)>;
	const change changes[] = {
		[](auto &header) { header.magic++; },
		[](auto &header) { header.version++; },
		[](auto &header) { header.size--; },
		[](auto &header) { header.size += 64; },
		[](auto &header) { header.slots = 0; },
		[](auto &header) { header.slots = 1; },
		[](auto &header) { header.slots = 3; },
		[](auto &header) { header.slots = 1U << 31; },
		[](auto &header) { header.slot_size = 0; },
		[](auto &header) { header.slot_size = 63; },
		[](auto &header) { header.slot_size = 1U << 31; },
		[](auto &header) { header.payload = 49; },
		[](auto &header) { header.payload = ~0U; },
		[](auto &header) { header.first_slot = 64; },
		[](auto &header) { header.first_slot = 4000; },
		[](auto &header) { header.first_slot = ~63U; },
	};

	/* Each as it is, and with a size that goes with it. */
	for (size_t number = 0; number < 2 * std::size(changes); number++) {
		channel channel{4};
		kring_broadcast_header &header = channel.header();
		u64 size = header.size;

		changes[number / 2](header);
		if (number % 2 && header.size == size)
			header.size = header.first_slot + u64{header.slots} * header.slot_size;
		errno = 0;
		EXPECT_FALSE(open(channel)) << "change " << number / 2;
		EXPECT_EQ(errno, EPROTO) << "change " << number / 2;
	}
}

TEST(broadcast, files_that_are_none)
{
	channel channel{4};

	channel.shorten(channel.size() - 1);
	EXPECT_FALSE(open(channel));
	EXPECT_EQ(errno, EPROTO);
	channel.shorten(100);
	EXPECT_FALSE(open(channel));
	EXPECT_EQ(errno, EPROTO);
	EXPECT_FALSE(kring_broadcast__open_fd(-1, nullptr));
	EXPECT_EQ(errno, EBADF);

	int ends[2];

	ASSERT_EQ(pipe(ends), 0);
	EXPECT_FALSE(kring_broadcast__open_fd(ends[0], nullptr));
	EXPECT_EQ(errno, EPROTO);
	close(ends[0]);
	close(ends[1]);
}

TEST(broadcast, options_and_names)
{
	channel channel{4};
	kring_broadcast_opts opts{sizeof(opts), 4, 0, 0};

	EXPECT_FALSE(kring_broadcast__open_fd(channel.fd(), &opts));
	EXPECT_EQ(errno, EINVAL);
	opts.flags = KRING_BROADCAST_FROM_NEWEST | KRING_BROADCAST_FROM_TICKET;
	EXPECT_FALSE(kring_broadcast__open_fd(channel.fd(), &opts));
	EXPECT_EQ(errno, EINVAL);
	opts = {1, 0, 0, 0};
	EXPECT_FALSE(kring_broadcast__open_fd(channel.fd(), &opts));
	EXPECT_EQ(errno, EINVAL);
	for (const char *name : {"", "../null", "a/b", ".hidden"}) {
		EXPECT_FALSE(kring_broadcast__open(name, nullptr));
		EXPECT_EQ(errno, EINVAL);
	}
	EXPECT_FALSE(kring_broadcast__open(nullptr, nullptr));
	EXPECT_EQ(errno, EINVAL);
	EXPECT_FALSE(kring_broadcast__open("no_such_channel", nullptr));
	EXPECT_EQ(errno, ENOENT);
	kring_broadcast__free(nullptr);
}

/* Documentation/examples/broadcast.c, compiled and run. */
TEST(broadcast, example)
{
	const char *program = std::getenv("KRING_TEST_EXAMPLE");
	channel channel{2};
	std::string output;
	char part[256];

	ASSERT_NE(program, nullptr) << "is where make check has put the example";
	for (u32 size = 1; size <= 3; size++)
		channel.write(size);
	channel.header().gone = 1;

	std::string command = std::string{program} + " /proc/" + std::to_string(getpid()) + "/fd/" +
			      std::to_string(channel.fd()) + " 2>&1";
	FILE *pipe = popen(command.c_str(), "r");

	ASSERT_NE(pipe, nullptr);
	while (fgets(part, sizeof(part), pipe))
		output += part;
	EXPECT_EQ(pclose(pipe), 0);
	EXPECT_EQ(output, "1: 01 00\n2: 02 00 00\nreceived 2, lost 0\n");
}

/* Beside producers that do not wait for it. */
TEST(broadcast, live)
{
	constexpr u32 records = 50000;
	channel channel{64};
	consumer consumer = open(channel);
	std::vector<std::thread> producers;
	const kring_broadcast_item *item = nullptr;
	u64 received = 0, lost = 0;
	int found;

	for (u32 number = 0; number < 2; number++)
		producers.emplace_back([&channel, number] {
			for (u64 record = number; record < 2 * records; record += 2) {
				broadcast_reserved reserved = channel.ring.reserve(24);

				if (!reserved.payload)
					continue;
				fill(reserved.payload, 24, record);
				(void)channel.ring.commit(reserved.payload);
			}
		});
	std::thread end{[&] {
		for (std::thread &producer : producers)
			producer.join();
		__atomic_store_n(&channel.header().gone, 1, __ATOMIC_RELEASE);
	}};

	while ((found = kring_broadcast__next(consumer.get(), &item)) != -ENODEV) {
		if (found != 1)
			continue;
		received++;
		lost += item->lost;
		ASSERT_TRUE(is_filled(item->payload, 24, *static_cast<const u64 *>(item->payload)));
		ASSERT_EQ(received + lost, item->ticket + 1);
	}
	end.join();
	EXPECT_EQ(received + kring_broadcast__lost(consumer.get()), u64{2 * records});
	EXPECT_EQ(kring_broadcast__behind(consumer.get()), 0U);
}

} /* namespace */
} /* namespace kring::test */
