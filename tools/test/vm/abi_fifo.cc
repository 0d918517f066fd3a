/* SPDX-License-Identifier: GPL-2.0-only */
/* Channels of the kind fifo of which programs hold both sides. */
#include <csignal>

#include "abi_queue.hh"

namespace kring::abi
{
namespace
{

class fifo : public clean_test {
protected:
	void TearDown() override
	{
		EXPECT_TRUE(no_channels());
		clean_test::TearDown();
	}
};

const std::string folder = "/sys/class/kring/app/";

kring_control_create bytes_of(__u64 size)
{
	return creation_of("app", KRING_KIND_FIFO, size);
}

kring_control_create elements_of(__u64 size, __u32 element)
{
	kring_control_create wanted = bytes_of(size);

	wanted.unit = element;
	return wanted;
}

kring_control_create records_of(__u64 size, __u32 length)
{
	kring_control_create wanted = bytes_of(size);

	wanted.length = length;
	return wanted;
}

/* Both sides, each a file of its own. */
struct ends {
	explicit ends(const made &channel, int flags = O_NONBLOCK)
		: in{channel.open(O_WRONLY | flags)}, out{channel.open(O_RDONLY | flags)}
	{
		EXPECT_TRUE(in.is_open() && out.is_open());
	}
	descriptor in, out;
};

TEST_F(fifo, bytes_go_through_in_order)
{
	made channel{bytes_of(16)};
	ends ends{channel};
	std::string sent, got;

	for (unsigned times = 0; times < 100; times++) {
		std::string text(times % 17, static_cast<char>('a' + times % 26));
		ssize_t written = write_some(ends.in.fd(), text);

		if (written > 0)
			sent += text.substr(0, static_cast<size_t>(written));
		got += read_some(ends.out.fd(), 1 + times % 7);
	}
	while (!read_some(ends.out.fd(), 3).empty())
		;
	EXPECT_EQ(errno, EAGAIN);
	EXPECT_EQ(got, sent.substr(0, got.size()));
	EXPECT_GT(got.size(), 200U);
}

TEST_F(fifo, counts_are_short)
{
	made channel{bytes_of(16)};
	ends ends{channel};

	EXPECT_EQ(write_some(ends.in.fd(), std::string(10, 'x')), 10);
	EXPECT_EQ(write_some(ends.in.fd(), std::string(10, 'y')), 6) << "what there is room for";
	EXPECT_EQ(write_some(ends.in.fd(), "z"), -EAGAIN);
	EXPECT_EQ(read_some(ends.out.fd(), 12), "xxxxxxxxxxyy") << "what was asked for";
	EXPECT_EQ(read_some(ends.out.fd(), 12), "yyyy") << "what is there";
	EXPECT_EQ(read_some(ends.out.fd()), "");
	EXPECT_EQ(errno, EAGAIN);
	EXPECT_EQ(write_some(ends.in.fd(), ""), 0);
	EXPECT_EQ(read(ends.out.fd(), &channel, 0), 0);
}

TEST_F(fifo, how_it_is_made)
{
	made channel{elements_of(1000 * 24, 24)};
	kring_meta meta = info_of(channel.open(O_ACCMODE).fd());

	EXPECT_EQ(meta.kind, KRING_KIND_FIFO);
	EXPECT_EQ(meta.capacity, 1024U * 24) << "rounded up to a power of two of elements";
	EXPECT_EQ(meta.unit, 24U);
	EXPECT_EQ(meta.gone, 0U);
	EXPECT_GT(meta.created, 0U);
	EXPECT_EQ(read_value(folder + "kind"), "fifo");
	EXPECT_EQ(read_value(folder + "owner"), "kring");
	EXPECT_EQ(read_value(folder + "held"), "none");
	EXPECT_EQ(read_number(folder + "size"), 1024U * 24);
	EXPECT_EQ(read_number(folder + "element"), 24U);
	EXPECT_EQ(read_number(folder + "length"), 0U);
	EXPECT_EQ(read_number(folder + "locked"), 0U);
	EXPECT_EQ(entries_of(folder), (std::set<std::string>{"kind", "owner", "held", "size", "used", "element",
							     "length", "locked", "dev", "uevent", "subsystem"}));
	EXPECT_EQ(write_some(channel.open(O_WRONLY | O_NONBLOCK).fd(), std::string(48, 'x')), 48);
	EXPECT_EQ(read_number(folder + "used"), 48U);
}

TEST_F(fifo, elements_are_whole)
{
	made channel{elements_of(4 * 24, 24)};
	ends ends{channel};

	for (size_t odd : {1, 23, 25, 47})
		EXPECT_EQ(write_some(ends.in.fd(), std::string(odd, 'x')), -EINVAL) << odd;
	EXPECT_EQ(write_some(ends.in.fd(), std::string(6 * 24, 'x')), 4 * 24) << "what there is room for";
	EXPECT_EQ(write_some(ends.in.fd(), std::string(24, 'x')), -EAGAIN);
	for (size_t odd : {1, 23, 25, 47}) {
		EXPECT_EQ(read_some(ends.out.fd(), odd), "");
		EXPECT_EQ(errno, EINVAL) << odd;
	}
	EXPECT_EQ(read_some(ends.out.fd(), 24).size(), 24U);
	EXPECT_EQ(read_some(ends.out.fd(), 240).size(), 72U);
}

TEST_F(fifo, records_are_whole)
{
	made channel{records_of(64, 1)};
	ends ends{channel};

	EXPECT_EQ(write_some(ends.in.fd(), "first"), 5);
	EXPECT_EQ(write_some(ends.in.fd(), "the second"), 10);
	EXPECT_EQ(write_some(ends.in.fd(), std::string(64, 'x')), -EMSGSIZE) << "with its length, more than all";
	EXPECT_EQ(write_some(ends.in.fd(), std::string(256, 'x')), -EMSGSIZE) << "more than its length can say";
	EXPECT_EQ(write_some(ends.in.fd(), std::string(50, 'x')), -EAGAIN) << "not now";
	EXPECT_EQ(read_some(ends.out.fd(), 4), "");
	EXPECT_EQ(errno, EMSGSIZE);
	EXPECT_EQ(read_some(ends.out.fd(), 5), "first") << "it stayed";
	EXPECT_EQ(read_some(ends.out.fd()), "the second");
	EXPECT_EQ(write_some(ends.in.fd(), std::string(63, 'x')), 63) << "all that fits";
	EXPECT_EQ(read_some(ends.out.fd(), 62), "");
	EXPECT_EQ(errno, EMSGSIZE);
	EXPECT_EQ(read_some(ends.out.fd(), 63).size(), 63U);
	EXPECT_EQ(write_some(ends.in.fd(), ""), 0) << "nothing is no record";
	EXPECT_EQ(read_some(ends.out.fd()), "");
	EXPECT_EQ(errno, EAGAIN);
}

TEST_F(fifo, one_program_a_side)
{
	made channel{bytes_of(4096)};
	descriptor reads = channel.open(O_RDONLY | O_NONBLOCK);

	EXPECT_TRUE(reads.is_open());
	EXPECT_FALSE(channel.open(O_RDONLY | O_NONBLOCK).is_open());
	EXPECT_EQ(errno, EBUSY);
	EXPECT_FALSE(channel.open(O_RDWR | O_NONBLOCK).is_open());
	EXPECT_EQ(errno, EBUSY);
	{
		descriptor writes = channel.open(O_WRONLY | O_NONBLOCK);

		EXPECT_TRUE(writes.is_open());
		EXPECT_FALSE(channel.open(O_WRONLY | O_NONBLOCK).is_open());
		EXPECT_EQ(errno, EBUSY);
		EXPECT_TRUE(channel.open(O_ACCMODE).is_open()) << "for ioctl() alone, which is no side";
	}
	EXPECT_TRUE(channel.open(O_WRONLY | O_NONBLOCK).is_open()) << "it was closed";
	EXPECT_FALSE(channel.open(O_RDWR | O_NONBLOCK).is_open()) << "half of it is not to be had";
	EXPECT_TRUE(channel.open(O_WRONLY | O_NONBLOCK).is_open()) << "and the other half was not taken";
	reads.close();
	descriptor both = channel.open(O_RDWR | O_NONBLOCK);

	EXPECT_EQ(write_some(both.fd(), "to itself"), 9);
	EXPECT_EQ(read_some(both.fd()), "to itself");
	EXPECT_FALSE(channel.open(O_RDONLY | O_NONBLOCK).is_open());
}

TEST_F(fifo, any_number_of_programs)
{
	kring_control_create wanted = elements_of(64, 8);
	std::atomic<number> sum{0};
	constexpr unsigned threads = 3;
	constexpr number each = 2000;

	wanted.flags = KRING_CREATE_LOCKED;
	made channel{wanted};
	EXPECT_EQ(read_number(folder + "locked"), 1U);
	{
		std::vector<std::thread> all;

		for (unsigned thread = 0; thread < threads; thread++) {
			all.emplace_back([&] {
				descriptor in = channel.open(O_WRONLY);

				for (number value = 1; value <= each; value++)
					EXPECT_EQ(write(in.fd(), &value, sizeof(value)),
						  static_cast<ssize_t>(sizeof(value)));
			});
			all.emplace_back([&] {
				descriptor out = channel.open(O_RDONLY);
				number value;

				for (number times = 0; times < each; times++) {
					EXPECT_EQ(read(out.fd(), &value, sizeof(value)),
						  static_cast<ssize_t>(sizeof(value)));
					sum += value;
				}
			});
		}
		for (std::thread &thread : all)
			thread.join();
	}
	EXPECT_EQ(sum, threads * each * (each + 1) / 2);
	EXPECT_EQ(read_number(folder + "used"), 0U);
}

TEST_F(fifo, modes_of_opening)
{
	made channel{bytes_of(4096)};
	ends ends{channel};
	char byte = 0;

	EXPECT_EQ(error_of(read(ends.in.fd(), &byte, 1)), EBADF);
	EXPECT_EQ(error_of(write(ends.out.fd(), &byte, 1)), EBADF);
	EXPECT_EQ(error_of(pread(ends.out.fd(), &byte, 1, 0)), ESPIPE);
	EXPECT_EQ(error_of(pwrite(ends.in.fd(), &byte, 1, 0)), ESPIPE);
	EXPECT_EQ(error_of(lseek(ends.out.fd(), 0, SEEK_SET)), ESPIPE);
	EXPECT_EQ(mmap(nullptr, 4096, PROT_READ, MAP_SHARED, ends.out.fd(), 0), MAP_FAILED);
	EXPECT_EQ(errno, ENODEV);
}

/* What could not be copied stays where it was, on both sides. */
TEST_F(fifo, faulting_buffers)
{
	made channel{bytes_of(4096)};
	ends ends{channel};
	half_memory memory;

	memcpy(memory.before_end(6), "abcdef", 6);
	EXPECT_EQ(error_of(write(ends.in.fd(), memory.before_end(0), 8)), EFAULT);
	EXPECT_EQ(write(ends.in.fd(), memory.before_end(6), 8), 6) << "those before the fault";
	EXPECT_EQ(error_of(read(ends.out.fd(), memory.before_end(0), 8)), EFAULT);
	EXPECT_EQ(error_of(read(ends.out.fd(), reinterpret_cast<void *>(-4096L), 8)), EFAULT);
	EXPECT_EQ(read(ends.out.fd(), memory.before_end(2), 6), 2);
	EXPECT_EQ(memcmp(memory.before_end(2), "ab", 2), 0);
	EXPECT_EQ(read_some(ends.out.fd()), "cdef");
}

TEST_F(fifo, faulting_buffers_and_what_is_whole)
{
	half_memory memory;

	{
		made channel{elements_of(32, 4)};
		ends ends{channel};

		memcpy(memory.before_end(6), "abcdef", 6);
		EXPECT_EQ(write(ends.in.fd(), memory.before_end(6), 8), 4) << "an element and a half";
		EXPECT_EQ(error_of(write(ends.in.fd(), memory.before_end(2), 4)), EFAULT);
		EXPECT_EQ(error_of(read(ends.out.fd(), memory.before_end(3), 4)), EFAULT);
		EXPECT_EQ(read_some(ends.out.fd(), 8), "abcd");
	}
	made channel{records_of(64, 2)};
	ends ends{channel};

	EXPECT_EQ(error_of(write(ends.in.fd(), memory.before_end(6), 8)), EFAULT);
	EXPECT_EQ(write_some(ends.in.fd(), "record"), 6);
	EXPECT_EQ(error_of(read(ends.out.fd(), memory.before_end(3), 6)), EFAULT);
	EXPECT_EQ(read_some(ends.out.fd()), "record");
}

TEST_F(fifo, who_reads_waits)
{
	made channel{bytes_of(16)};
	ends ends{channel, 0};
	std::string got;
	sleeper_in reader{SYS_read, [&] { got = read_some(ends.out.fd()); }};

	EXPECT_TRUE(reader.sleeps());
	EXPECT_EQ(write_some(ends.in.fd(), "a"), 1);
	EXPECT_TRUE(reader.ends());
	EXPECT_EQ(got, "a") << "any byte is enough";
}

/* As for a pipe: write() ends when all of it is written. */
TEST_F(fifo, who_writes_waits)
{
	made channel{bytes_of(16)};
	ends ends{channel, 0};
	ssize_t written = 0;
	sleeper_in writer{SYS_write, [&] { written = write_some(ends.in.fd(), std::string(40, 'x')); }};
	size_t got = 0;

	EXPECT_TRUE(writer.sleeps());
	while (got < 40)
		got += read_some(ends.out.fd(), 7).size();
	EXPECT_TRUE(writer.ends());
	EXPECT_EQ(written, 40);
}

TEST_F(fifo, who_writes_a_record_waits_for_all_its_room)
{
	made channel{records_of(16, 1)};
	ends ends{channel, 0};
	ssize_t written = 0;

	EXPECT_EQ(write_some(ends.in.fd(), "1234567"), 7);
	EXPECT_EQ(write_some(ends.in.fd(), "123"), 3);
	sleeper_in writer{SYS_write, [&] { written = write_some(ends.in.fd(), "1234567890"); }};

	EXPECT_TRUE(writer.sleeps()) << "there is room for some, not for this";
	EXPECT_EQ(read_some(ends.out.fd()), "1234567");
	EXPECT_TRUE(writer.ends());
	EXPECT_EQ(written, 10);
	EXPECT_EQ(read_some(ends.out.fd()), "123");
	EXPECT_EQ(read_some(ends.out.fd()), "1234567890");
}

void interrupted(int) {}

TEST_F(fifo, signals)
{
	struct sigaction action{}, before;
	made channel{bytes_of(16)};
	ends ends{channel, 0};
	int error = 0;
	ssize_t written = 0;

	action.sa_handler = interrupted;
	ASSERT_EQ(sigaction(SIGUSR1, &action, &before), 0);
	{
		sleeper_in reader{SYS_read, [&] {
					  char byte;

					  error = error_of(read(ends.out.fd(), &byte, 1));
				  }};

		EXPECT_TRUE(reader.sleeps());
		EXPECT_EQ(pthread_kill(reader.handle(), SIGUSR1), 0);
	}
	EXPECT_EQ(error, EINTR);
	{
		sleeper_in writer{SYS_write, [&] { written = write_some(ends.in.fd(), std::string(40, 'x')); }};

		EXPECT_TRUE(writer.sleeps());
		EXPECT_EQ(pthread_kill(writer.handle(), SIGUSR1), 0);
	}
	EXPECT_EQ(written, 16) << "what was written before the signal";
	sigaction(SIGUSR1, &before, nullptr);
}

TEST_F(fifo, poll)
{
	made channel{bytes_of(16)};
	ends ends{channel};
	constexpr int all = POLLIN | POLLRDNORM | POLLOUT | POLLWRNORM;

	EXPECT_EQ(poll_now(ends.out.fd(), all), 0);
	EXPECT_EQ(poll_now(ends.in.fd(), all), POLLOUT | POLLWRNORM);
	EXPECT_EQ(write_some(ends.in.fd(), std::string(16, 'x')), 16);
	EXPECT_EQ(poll_now(ends.out.fd(), all), POLLIN | POLLRDNORM);
	EXPECT_EQ(poll_now(ends.in.fd(), all), 0);
	sleeper_in waiter{SYS_poll, [&] { EXPECT_EQ(poll_now(ends.in.fd(), POLLOUT, 60000), POLLOUT); }};

	EXPECT_TRUE(waiter.sleeps());
	read_some(ends.out.fd(), 1);
	EXPECT_TRUE(waiter.ends());
}

/* What is there can be read to its end, and nothing more is written. */
TEST_F(fifo, destroyed_while_it_is_open)
{
	made channel{bytes_of(16)};
	ends ends{channel};

	EXPECT_EQ(write_some(ends.in.fd(), "rest"), 4);
	EXPECT_EQ(channel.destroy(), 0);
	EXPECT_EQ(poll_now(ends.out.fd(), POLLIN), POLLIN | POLLHUP);
	EXPECT_EQ(poll_now(ends.in.fd(), POLLOUT), POLLHUP);
	EXPECT_EQ(write_some(ends.in.fd(), "more"), -ENODEV);
	EXPECT_EQ(info_of(ends.out.fd()).gone, 1U);
	EXPECT_EQ(read_some(ends.out.fd()), "rest");
	EXPECT_EQ(read_some(ends.out.fd()), "");
	EXPECT_EQ(errno, 0) << "the end of the file";
	EXPECT_EQ(poll_now(ends.out.fd(), POLLIN), POLLHUP);
	EXPECT_EQ(unload_module("kring"), EAGAIN) << "files are open";
}

TEST_F(fifo, destroyed_while_programs_sleep)
{
	made first{bytes_of(16)};
	ends ends{first, 0};
	std::string got = "none";
	ssize_t written = 0;
	{
		sleeper_in reader{SYS_read, [&] { got = read_some(ends.out.fd()); }};

		EXPECT_TRUE(reader.sleeps());
		EXPECT_EQ(first.destroy(), 0);
	}
	EXPECT_EQ(got, "");

	made second{bytes_of(16)};
	descriptor in = second.open(O_WRONLY);
	{
		sleeper_in writer{SYS_write, [&] { written = write_some(in.fd(), std::string(40, 'x')); }};

		EXPECT_TRUE(writer.sleeps());
		EXPECT_EQ(second.destroy(), 0);
	}
	EXPECT_EQ(written, 16);
	EXPECT_EQ(write_some(in.fd(), "x"), -ENODEV);
}

TEST_F(fifo, channels_that_cannot_be)
{
	kring_control_create mode = bytes_of(64), both = records_of(64, 1), order = bytes_of(64), flags = bytes_of(64);

	mode.mode = KRING_MODE_DISCARD;
	both.unit = 8;
	order.order = 1;
	flags.flags = KRING_CREATE_DISABLED;
	expect_not_created(bytes_of(0), EINVAL, "its size is 0");
	expect_not_created(elements_of(64, 65), EINVAL, "an element of 65 bytes is larger than all of its 64");
	expect_not_created(elements_of(64, ~0U), EINVAL, "an element of 4294967295 bytes is larger than all of its 64");
	expect_not_created(elements_of(64, 24), EINVAL, "64 bytes are no multiple of an element's 24");
	expect_not_created(records_of(64, 3), EINVAL, "a record's length takes 1 or 2 bytes, not 3");
	expect_not_created(both, EINVAL, "a fifo has elements or records, not both");
	expect_not_created(mode, EINVAL, "a fifo has no mode: it never overwrites");
	expect_not_created(order, EINVAL, "pages and clocks are of traces alone");
	expect_not_created(flags, EINVAL, "flags 0x1 are not known");
	for (__u64 size : {(1ULL << 31) + 1, 1ULL << 32, 1ULL << 63, ~0ULL})
		expect_not_created(bytes_of(size), E2BIG, "its size is more than a ring can hold");
	expect_not_created(elements_of(~0ULL - 15, 16), E2BIG, "its size is more than a ring can hold");
	expect_not_created(records_of(1, 1), EINVAL, "its size is none for a ring");
}

} /* namespace */
} /* namespace kring::abi */
