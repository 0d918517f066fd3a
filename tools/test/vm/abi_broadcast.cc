/* SPDX-License-Identifier: GPL-2.0-only */
/* Channels of the kind broadcast that programs write to: each open file gets every record, or is told what it lost. */
#include <linux/kring_broadcast.h>
#include <sys/epoll.h>
#include <sys/uio.h>

#include "abi_queue.hh"

namespace kring::abi
{
namespace
{

class broadcast : public clean_test {
protected:
	void TearDown() override
	{
		EXPECT_TRUE(no_channels());
		clean_test::TearDown();
	}
};

const std::string folder = "/sys/class/kring/app/";

kring_control_create slots_of(__u64 slots, __u32 payload)
{
	kring_control_create wanted = creation_of("app", KRING_KIND_BROADCAST, slots * payload);

	wanted.unit = payload;
	return wanted;
}

struct record {
	number seq, lost;
	std::string text;

	bool operator==(const record &) const = default;
};

using records = std::vector<record>;

void PrintTo(const record &record, std::ostream *to)
{
	*to << record.seq << " after " << record.lost << ": " << record.text;
}

/* What one read() gives; errno is set if that is nothing. */
records read_records(int fd, size_t room = 1 << 16)
{
	std::string bytes = read_some(fd, room);
	records found;

	for (size_t at = 0; at < bytes.size();) {
		kring_broadcast_image image;

		memcpy(&image, bytes.data() + at, sizeof(image));
		EXPECT_EQ(image.reserved, 0U);
		EXPECT_LE(KRING_BROADCAST_SPACE(image.size), bytes.size() - at);
		found.push_back({image.seq, image.lost, bytes.substr(at + sizeof(image), image.size)});
		for (size_t pad = sizeof(image) + image.size; pad < KRING_BROADCAST_SPACE(image.size); pad++)
			EXPECT_EQ(bytes[at + pad], 0);
		at += KRING_BROADCAST_SPACE(image.size);
	}
	return found;
}

TEST_F(broadcast, everybody_gets_every_record)
{
	made channel{slots_of(8, 100)};
	descriptor first = channel.open(O_RDONLY | O_NONBLOCK), second = channel.open(O_RDWR | O_NONBLOCK);
	iovec parts[] = {{const_cast<char *>("of "), 3}, {const_cast<char *>("pieces"), 6}};
	const records all{{0, 0, "one"}, {1, 0, "of pieces"}, {2, 0, std::string(100, 'x')}};

	EXPECT_EQ(write_some(second.fd(), "one"), 3);
	EXPECT_EQ(writev(second.fd(), parts, 2), 9);
	EXPECT_EQ(write_some(second.fd(), std::string(100, 'x')), 100);
	EXPECT_EQ(write_some(second.fd(), ""), 0) << "nothing is no record";
	EXPECT_EQ(read_records(first.fd()), all);
	EXPECT_EQ(read_records(first.fd()), records{});
	EXPECT_EQ(errno, EAGAIN);
	EXPECT_EQ(read_records(second.fd()), all);
	EXPECT_EQ(read_records(channel.open(O_RDONLY | O_NONBLOCK).fd()), all) << "who comes late";
	EXPECT_EQ(lseek(first.fd(), 0, SEEK_SET), 0);
	EXPECT_EQ(read_records(first.fd()), all) << "again";
	EXPECT_EQ(lseek(second.fd(), 0, SEEK_SET), 0);
	EXPECT_EQ(lseek(second.fd(), 0, SEEK_END), 3);
	EXPECT_EQ(read_records(second.fd()), records{});
}

TEST_F(broadcast, places)
{
	made channel{slots_of(4, 16)};
	descriptor file = channel.open(O_RDWR | O_NONBLOCK);
	records after;

	EXPECT_EQ(lseek(file.fd(), 0, SEEK_END), 0) << "of nothing";
	for (unsigned each = 0; each < 10; each++)
		EXPECT_EQ(write_some(file.fd(), std::to_string(each)), 1);
	EXPECT_EQ(lseek(file.fd(), 8, SEEK_SET), 8);
	EXPECT_EQ(read_records(file.fd()), (records{{8, 0, "8"}, {9, 0, "9"}}));
	EXPECT_EQ(lseek(file.fd(), 0, SEEK_CUR), 10);
	EXPECT_EQ(lseek(file.fd(), 10, SEEK_SET), 10) << "the next to come";
	EXPECT_EQ(read_records(file.fd()), records{});
	EXPECT_EQ(lseek(file.fd(), 3, SEEK_SET), 3);
	after = read_records(file.fd());
	ASSERT_FALSE(after.empty());
	EXPECT_EQ(after[0].lost, after[0].seq - 3) << "from the place on";
	EXPECT_EQ(after.back().seq, 9U);
	EXPECT_EQ(lseek(file.fd(), 0, SEEK_SET), static_cast<off_t>(after[0].seq));
	EXPECT_EQ(read_records(file.fd())[0].lost, 0U) << "nothing is lost to who begins";
	for (auto [offset, whence] : {std::pair{11, SEEK_SET}, {-1, SEEK_SET}, {1, SEEK_CUR}, {-1, SEEK_END}, {0, 5}})
		EXPECT_EQ(error_of(lseek(file.fd(), offset, whence)), EINVAL) << offset;
}

TEST_F(broadcast, how_it_is_made)
{
	made channel{slots_of(8, 100)};
	kring_meta meta = info_of(channel.open(O_RDONLY).fd());

	EXPECT_EQ(meta.kind, KRING_KIND_BROADCAST);
	EXPECT_EQ(meta.capacity, 800U);
	EXPECT_EQ(meta.unit, 100U);
	EXPECT_EQ(read_value(folder + "kind"), "broadcast");
	EXPECT_EQ(read_value(folder + "owner"), "kring");
	EXPECT_EQ(read_number(folder + "slots"), 8U);
	EXPECT_EQ(read_number(folder + "slot"), 100U);
	EXPECT_EQ(entries_of(folder), (std::set<std::string>{"kind", "owner", "size", "slots", "slot", "ledger", "dev",
							     "uevent", "subsystem"}));
	EXPECT_EQ(entries_of(folder + "ledger"),
		  (std::set<std::string>{"claimed", "published", "discarded", "dropped_too_big", "dropped_held",
					 "dropped_lapped", "dropped_overtaken"}));
}

TEST_F(broadcast, who_is_lapped_is_told)
{
	made channel{slots_of(4, 16)};
	descriptor in = channel.open(O_WRONLY), out = channel.open(O_RDONLY | O_NONBLOCK);
	records last;

	for (unsigned each = 0; each < 11; each++)
		EXPECT_EQ(write_some(in.fd(), std::to_string(each)), each < 10 ? 1 : 2);
	last = read_records(out.fd());
	ASSERT_FALSE(last.empty());
	EXPECT_EQ(last[0].lost, last[0].seq) << "all before";
	EXPECT_EQ(last[0].lost + last.size(), 11U);
	EXPECT_EQ(last.back(), (record{10, 0, "10"}));
	for (const record &each : last)
		EXPECT_EQ(each.text, std::to_string(each.seq));
	EXPECT_EQ(write_some(in.fd(), "11"), 2);
	EXPECT_EQ(read_records(out.fd()), (records{{11, 0, "11"}})) << "told once";
	EXPECT_EQ(read_number(folder + "ledger/published"), 12U);
}

/* The record stays for who comes with more room. */
TEST_F(broadcast, buffers_that_are_too_small)
{
	made channel{slots_of(4, 100)};
	descriptor file = channel.open(O_RDWR | O_NONBLOCK);
	constexpr size_t both = KRING_BROADCAST_SPACE(10) + KRING_BROADCAST_SPACE(20);

	EXPECT_EQ(write_some(file.fd(), std::string(10, 'a')), 10);
	EXPECT_EQ(write_some(file.fd(), std::string(20, 'b')), 20);
	for (size_t room : {size_t{1}, sizeof(kring_broadcast_image), size_t{KRING_BROADCAST_SPACE(10)} - 1}) {
		EXPECT_EQ(read_records(file.fd(), room), records{});
		EXPECT_EQ(errno, EMSGSIZE) << room;
	}
	EXPECT_EQ(read(file.fd(), &file, 0), 0);
	EXPECT_EQ(read_records(file.fd(), both - 1), (records{{0, 0, std::string(10, 'a')}}));
	EXPECT_EQ(read_records(file.fd(), both - 1), (records{{1, 0, std::string(20, 'b')}}));
	EXPECT_EQ(lseek(file.fd(), 0, SEEK_SET), 0);
	EXPECT_EQ(read_records(file.fd(), both).size(), 2U);
}

TEST_F(broadcast, records_that_are_too_large)
{
	made channel{slots_of(4, 100)};
	descriptor in = channel.open(O_WRONLY);
	std::string text(1 << 20, 'x');

	for (size_t size : {size_t{101}, size_t{4096}, text.size()})
		EXPECT_EQ(error_of(write(in.fd(), text.data(), size)), EMSGSIZE);
	/* More than any buffer: the size alone decides, at an address so low that the kernel lets kring do that. */
	EXPECT_EQ(error_of(syscall(SYS_write, in.fd(), "x", 1UL << 40)), EMSGSIZE);
	EXPECT_EQ(read_number(folder + "ledger/claimed"), 0U);
}

TEST_F(broadcast, faulting_buffers)
{
	made channel{slots_of(4, 1000)};
	descriptor file = channel.open(O_RDWR | O_NONBLOCK);
	half_memory memory;

	for (size_t size : {2, 300, 1000})
		EXPECT_EQ(error_of(write(file.fd(), memory.before_end(size / 2), size)), EFAULT) << size;
	EXPECT_EQ(read_number(folder + "ledger/claimed"), 0U);
	EXPECT_EQ(write_some(file.fd(), "whole"), 5);
	EXPECT_EQ(write_some(file.fd(), "second"), 6);
	for (size_t good : {0, 8, 24, 28})
		EXPECT_EQ(error_of(read(file.fd(), memory.before_end(good), 100)), EFAULT) << good;
	EXPECT_EQ(read(file.fd(), memory.before_end(40), 100), 32) << "one whole record";
	EXPECT_EQ(read_records(file.fd()), (records{{1, 0, "second"}}));
}

TEST_F(broadcast, who_reads_waits)
{
	made channel{slots_of(4, 16)};
	descriptor in = channel.open(O_WRONLY), out = channel.open(O_RDONLY), other = channel.open(O_RDONLY);
	records got, others;
	sleeper_in first{SYS_read, [&] { got = read_records(out.fd()); }};
	sleeper_in second{SYS_read, [&] { others = read_records(other.fd()); }};

	EXPECT_TRUE(first.sleeps());
	EXPECT_TRUE(second.sleeps());
	EXPECT_EQ(write_some(in.fd(), "x"), 1);
	EXPECT_TRUE(first.ends());
	EXPECT_TRUE(second.ends());
	EXPECT_EQ(got, (records{{0, 0, "x"}}));
	EXPECT_EQ(others, got);
}

TEST_F(broadcast, poll)
{
	made channel{slots_of(4, 16)};
	descriptor both = channel.open(O_RDWR), in = channel.open(O_WRONLY);
	constexpr int all = POLLIN | POLLRDNORM | POLLOUT | POLLWRNORM;

	EXPECT_EQ(poll_now(both.fd(), all), POLLOUT | POLLWRNORM);
	sleeper_in waiter{SYS_poll, [&] { EXPECT_EQ(poll_now(both.fd(), POLLIN, 60000), POLLIN); }};

	EXPECT_TRUE(waiter.sleeps());
	EXPECT_EQ(write_some(in.fd(), "x"), 1);
	EXPECT_TRUE(waiter.ends());
	EXPECT_EQ(poll_now(both.fd(), all), all);
	EXPECT_EQ(poll_now(in.fd(), all), POLLOUT | POLLWRNORM);
}

TEST_F(broadcast, edge_triggered_epoll)
{
	made channel{slots_of(4, 16)};
	descriptor in = channel.open(O_WRONLY), out = channel.open(O_RDONLY | O_NONBLOCK), set{epoll_create1(0)};
	epoll_event event{};

	event.events = EPOLLIN | EPOLLET;
	ASSERT_EQ(epoll_ctl(set.fd(), EPOLL_CTL_ADD, out.fd(), &event), 0);
	for (unsigned times = 0; times < 100; times++) {
		EXPECT_EQ(epoll_wait(set.fd(), &event, 1, 0), 0);
		EXPECT_EQ(write_some(in.fd(), "x"), 1);
		ASSERT_EQ(epoll_wait(set.fd(), &event, 1, 10000), 1) << times;
		EXPECT_EQ(read_records(out.fd()).size(), 1U);
		EXPECT_EQ(read_records(out.fd()), records{});
	}
}

TEST_F(broadcast, destroyed_while_it_is_open)
{
	made channel{slots_of(4, 16)};
	descriptor file = channel.open(O_RDWR | O_NONBLOCK), sleeps = channel.open(O_RDONLY);
	mapping map{file.fd(), 4096};
	std::string got = "none";

	EXPECT_EQ(lseek(sleeps.fd(), 0, SEEK_END), 0);
	{
		sleeper_in reader{SYS_read, [&] { got = read_some(sleeps.fd()); }};

		EXPECT_TRUE(reader.sleeps());
		EXPECT_EQ(write_some(file.fd(), "rest"), 4);
		EXPECT_TRUE(reader.ends());
	}
	EXPECT_EQ(got.size(), KRING_BROADCAST_SPACE(4));
	{
		sleeper_in reader{SYS_read, [&] { got = read_some(sleeps.fd()); }};

		EXPECT_TRUE(reader.sleeps());
		EXPECT_EQ(channel.destroy(), 0);
	}
	EXPECT_EQ(got, "");
	EXPECT_EQ(poll_now(file.fd(), POLLIN | POLLOUT), POLLIN | POLLHUP);
	EXPECT_EQ(write_some(file.fd(), "more"), -ENODEV);
	EXPECT_EQ(read_records(file.fd()), (records{{0, 0, "rest"}}));
	EXPECT_EQ(read_some(file.fd()), "");
	EXPECT_EQ(errno, 0) << "the end of the file";
	EXPECT_EQ(poll_now(file.fd(), POLLIN), POLLHUP);
	EXPECT_NE(reinterpret_cast<const kring_broadcast_header *>(map.at())->gone, 0U);
}

TEST_F(broadcast, mapping_for_reading_alone)
{
	made channel{slots_of(4, 16)};
	descriptor file = channel.open(O_RDWR);

	EXPECT_EQ(mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file.fd(), 0), MAP_FAILED);
	EXPECT_EQ(errno, EPERM);
	EXPECT_EQ(mmap(nullptr, 4096, PROT_READ, MAP_PRIVATE, file.fd(), 0), MAP_FAILED);
	EXPECT_EQ(errno, EINVAL);
	EXPECT_EQ(mmap(nullptr, 1 << 20, PROT_READ, MAP_SHARED, file.fd(), 0), MAP_FAILED);
	EXPECT_EQ(errno, EINVAL);
	mapping map{file.fd(), 8192};
	const auto &header = *reinterpret_cast<const kring_broadcast_header *>(map.at());

	EXPECT_EQ(write_some(file.fd(), "mapped"), 6);
	EXPECT_EQ(header.magic, KRING_BROADCAST_MAGIC);
	EXPECT_EQ(header.claimed, 1U);
	const auto *slot = reinterpret_cast<const kring_broadcast_slot *>(map.at(header.first_slot));

	EXPECT_EQ(slot->state, KRING_BROADCAST_READY(0));
	EXPECT_EQ(std::string(reinterpret_cast<const char *>(slot + 1), slot->size), "mapped");
	EXPECT_EQ(mprotect(const_cast<char *>(map.at()), 4096, PROT_READ | PROT_WRITE), -1);
	EXPECT_EQ(errno, EACCES);
}

/* Several writers and readers at once: each reader's sum is that of the ledger. */
TEST_F(broadcast, nobody_misses_a_record_unknowingly)
{
	made channel{slots_of(64, 16)};
	constexpr unsigned writers = 2, readers = 3, each = 5000;
	std::vector<std::thread> threads, reading;
	std::atomic<number> published{0};

	for (unsigned reader = 0; reader < readers; reader++)
		reading.emplace_back([&, file = channel.open(O_RDONLY)]() mutable {
			number next = 0, lost = 0, got = 0;

			for (records some; !(some = read_records(file.fd(), 4096)).empty();)
				for (const record &record : some) {
					EXPECT_EQ(record.seq, next + record.lost);
					EXPECT_EQ(record.text.size(), 16U);
					next = record.seq + 1;
					lost += record.lost;
					got++;
				}
			EXPECT_EQ(got + lost, next);
			EXPECT_GT(got, 0U);
		});
	for (unsigned writer = 0; writer < writers; writer++)
		threads.emplace_back([&] {
			descriptor file = channel.open(O_WRONLY);

			for (unsigned times = 0; times < each; times++)
				published += write_some(file.fd(), std::string(16, 'x')) == 16;
		});
	for (std::thread &thread : threads)
		thread.join();
	EXPECT_EQ(read_number(folder + "ledger/published"), published);
	EXPECT_EQ(channel.destroy(), 0);
	for (std::thread &thread : reading)
		thread.join();
}

TEST_F(broadcast, channels_that_cannot_be)
{
	kring_control_create mode = slots_of(4, 16), length = mode, flags = mode, odd = mode, order = mode, none = mode;

	mode.mode = KRING_MODE_DISCARD;
	length.length = 1;
	flags.flags = KRING_CREATE_LOCKED;
	odd.capacity++;
	order.order = 1;
	none.unit = 0;
	for (const auto &each : {mode, length, flags})
		expect_not_created(each, EINVAL, "lengths, modes and flags are not of broadcasts");
	expect_not_created(order, EINVAL, "pages and clocks are of traces alone");
	expect_not_created(odd, EINVAL, "65 bytes are no multiple of a slot's 16");
	expect_not_created(none, EINVAL, "its slots have no bytes");
	for (unsigned slots : {0, 1, 3, 6, 1000})
		expect_not_created(slots_of(slots, 16), EINVAL,
				   std::to_string(slots) + " slots are no power of two, from 2 on");
	expect_not_created(slots_of(2, 65521), E2BIG, "a slot has at most 65520 bytes, not 65521");
	expect_not_created(slots_of(1 << 21, 16), E2BIG, "it has at most 1048576 slots, not 2097152");
	expect_not_created(creation_of("app", KRING_KIND_BROADCAST, 64), EINVAL, "its slots have no bytes");
}

} /* namespace */
} /* namespace kring::abi */
