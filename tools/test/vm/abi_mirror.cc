/* SPDX-License-Identifier: GPL-2.0-only */
/* Channels of the kind mirror of which programs hold both sides: any size, and overwriting. */
#include "abi_queue.hh"

namespace kring::abi
{
namespace
{

class mirror : public clean_test {
protected:
	void TearDown() override
	{
		EXPECT_TRUE(no_channels());
		clean_test::TearDown();
	}
};

const std::string folder = "/sys/class/kring/app/";

kring_control_create bytes_of(__u64 size, kring_mode mode)
{
	kring_control_create wanted = creation_of("app", KRING_KIND_MIRROR, size);

	wanted.mode = mode;
	return wanted;
}

TEST_F(mirror, all_of_any_size_is_used)
{
	for (unsigned size : {1U, 2U, 3U, 7U, 100U, 4095U, 4096U, 4097U, 100000U})
		for (kring_mode mode : {KRING_MODE_OVERWRITE, KRING_MODE_DISCARD}) {
			made channel{bytes_of(size, mode)};
			descriptor file = channel.open(O_RDWR | O_NONBLOCK);
			std::string text;

			for (unsigned at = 0; at < size; at++)
				text += static_cast<char>('a' + at % 26);
			/* From every place once in the small ones. */
			for (unsigned times = 0; times < std::min(size, 8U); times++) {
				EXPECT_EQ(write_some(file.fd(), text), static_cast<ssize_t>(size));
				EXPECT_EQ(read_number(folder + "used"), size);
				EXPECT_EQ(read_some(file.fd(), 1), text.substr(0, 1));
				EXPECT_EQ(read_some(file.fd(), 200000), text.substr(1));
				EXPECT_EQ(write_some(file.fd(), "x"), 1);
				EXPECT_EQ(read_some(file.fd()), "x");
			}
			EXPECT_EQ(read_number(folder + "size"), size);
			EXPECT_EQ(info_of(file.fd()).capacity, size);
			EXPECT_EQ(info_of(file.fd()).kind, KRING_KIND_MIRROR);
		}
}

TEST_F(mirror, overwrites_the_oldest)
{
	made channel{bytes_of(10, KRING_MODE_OVERWRITE)};
	descriptor file = channel.open(O_RDWR | O_NONBLOCK);

	EXPECT_EQ(read_value(folder + "mode"), "overwrite");
	EXPECT_EQ(write_some(file.fd(), "0123456789"), 10);
	EXPECT_EQ(poll_now(file.fd(), POLLIN | POLLOUT), POLLIN | POLLOUT) << "there is always room";
	EXPECT_EQ(write_some(file.fd(), "abc"), 3);
	EXPECT_EQ(read_number(folder + "overwritten"), 3U);
	EXPECT_EQ(read_some(file.fd(), 8), "3456789a");
	EXPECT_EQ(write_some(file.fd(), "ABCDEFGHIJKLMNOPQRSTUVWXYZ"), 26) << "more than it holds";
	EXPECT_EQ(read_number(folder + "overwritten"), 3U + 2 + 16);
	EXPECT_EQ(read_some(file.fd()), "QRSTUVWXYZ");
}

TEST_F(mirror, or_is_full)
{
	made channel{bytes_of(10, KRING_MODE_DISCARD)};
	descriptor file = channel.open(O_RDWR | O_NONBLOCK);

	EXPECT_EQ(read_value(folder + "mode"), "discard");
	EXPECT_EQ(write_some(file.fd(), "0123456789abc"), 10);
	EXPECT_EQ(write_some(file.fd(), "d"), -EAGAIN);
	EXPECT_EQ(poll_now(file.fd(), POLLIN | POLLOUT), POLLIN);
	EXPECT_EQ(read_some(file.fd()), "0123456789");
	EXPECT_EQ(poll_now(file.fd(), POLLIN | POLLOUT), POLLOUT);
	EXPECT_EQ(read_number(folder + "overwritten"), 0U);
}

TEST_F(mirror, who_writes_waits_or_overwrites)
{
	ssize_t written = 0;
	{
		made channel{bytes_of(10, KRING_MODE_OVERWRITE)};

		EXPECT_EQ(write_some(channel.open(O_WRONLY).fd(), std::string(1000, 'x')), 1000);
		EXPECT_EQ(read_number(folder + "overwritten"), 990U);
	}
	made channel{bytes_of(10, KRING_MODE_DISCARD)};
	descriptor in = channel.open(O_WRONLY), out = channel.open(O_RDONLY);
	sleeper_in writer{SYS_write, [&] { written = write_some(in.fd(), std::string(15, 'x')); }};

	EXPECT_TRUE(writer.sleeps());
	EXPECT_EQ(read_some(out.fd()).size(), 10U);
	EXPECT_TRUE(writer.ends());
	EXPECT_EQ(written, 15);
	EXPECT_EQ(read_some(out.fd()).size(), 5U);
}

TEST_F(mirror, who_reads_waits)
{
	for (kring_mode mode : {KRING_MODE_OVERWRITE, KRING_MODE_DISCARD}) {
		made channel{bytes_of(10, mode)};
		descriptor in = channel.open(O_WRONLY), out = channel.open(O_RDONLY);
		std::string got;
		sleeper_in reader{SYS_read, [&] { got = read_some(out.fd()); }};

		EXPECT_TRUE(reader.sleeps());
		EXPECT_EQ(write_some(in.fd(), "x"), 1);
		EXPECT_TRUE(reader.ends());
		EXPECT_EQ(got, "x");
	}
}

TEST_F(mirror, faulting_buffers)
{
	for (kring_mode mode : {KRING_MODE_OVERWRITE, KRING_MODE_DISCARD}) {
		made channel{bytes_of(100, mode)};
		descriptor file = channel.open(O_RDWR | O_NONBLOCK);
		half_memory memory;

		memcpy(memory.before_end(6), "abcdef", 6);
		EXPECT_EQ(error_of(write(file.fd(), memory.before_end(0), 8)), EFAULT);
		EXPECT_EQ(write(file.fd(), memory.before_end(6), 8), 6) << "those before the fault";
		EXPECT_EQ(error_of(read(file.fd(), memory.before_end(0), 8)), EFAULT);
		EXPECT_EQ(error_of(read(file.fd(), reinterpret_cast<void *>(-4096L), 8)), EFAULT);
		EXPECT_EQ(read(file.fd(), memory.before_end(2), 6), 2);
		EXPECT_EQ(read_some(file.fd()), "cdef") << "what could not be copied stayed";
	}
}

TEST_F(mirror, what_is_not_read_leaves_the_buffer_alone)
{
	for (kring_mode mode : {KRING_MODE_OVERWRITE, KRING_MODE_DISCARD}) {
		made channel{bytes_of(100, mode)};
		descriptor file = channel.open(O_RDWR | O_NONBLOCK);
		char buffer[4] = {'k', 'e', 'p', 't'};

		EXPECT_EQ(error_of(read(file.fd(), buffer, sizeof(buffer))), EAGAIN);
		EXPECT_EQ(std::string(buffer, 4), "kept");
		EXPECT_EQ(write_some(file.fd(), "l"), 1);
		EXPECT_EQ(read(file.fd(), buffer, sizeof(buffer)), 1);
		EXPECT_EQ(std::string(buffer, 4), "lept");
	}
}

/* Of what is overwritten while it is read, a reader gets whole pieces, in order. */
TEST_F(mirror, read_while_it_is_overwritten)
{
	made channel{bytes_of(64 * sizeof(number), KRING_MODE_OVERWRITE)};
	descriptor in = channel.open(O_WRONLY), out = channel.open(O_RDONLY | O_NONBLOCK);
	std::atomic<bool> over{false};
	std::thread writer{[&] {
		for (number value = 1; value <= 50000; value++)
			EXPECT_EQ(write(in.fd(), &value, sizeof(value)), static_cast<ssize_t>(sizeof(value)));
		over = true;
	}};
	number last = 0, values[16];

	for (bool end = false; !end;) {
		end = over;
		for (ssize_t got; (got = read(out.fd(), values, sizeof(values))) > 0;)
			for (unsigned at = 0; at < static_cast<size_t>(got) / sizeof(number); at++) {
				EXPECT_GT(values[at], last);
				last = values[at];
			}
	}
	writer.join();
	EXPECT_EQ(last, 50000U);
}

TEST_F(mirror, one_program_a_side)
{
	made channel{bytes_of(10, KRING_MODE_OVERWRITE)};
	descriptor reads = channel.open(O_RDONLY), writes = channel.open(O_WRONLY);

	EXPECT_FALSE(channel.open(O_RDONLY).is_open());
	EXPECT_EQ(errno, EBUSY);
	EXPECT_FALSE(channel.open(O_WRONLY).is_open());
	EXPECT_EQ(errno, EBUSY);
}

TEST_F(mirror, destroyed_while_it_is_open)
{
	made channel{bytes_of(10, KRING_MODE_OVERWRITE)};
	descriptor file = channel.open(O_RDWR | O_NONBLOCK);

	EXPECT_EQ(write_some(file.fd(), "rest"), 4);
	EXPECT_EQ(channel.destroy(), 0);
	EXPECT_EQ(poll_now(file.fd(), POLLIN | POLLOUT), POLLIN | POLLHUP);
	EXPECT_EQ(write_some(file.fd(), "more"), -ENODEV);
	EXPECT_EQ(read_some(file.fd()), "rest");
	EXPECT_EQ(read_some(file.fd()), "");
	EXPECT_EQ(errno, 0) << "the end of the file";
}

TEST_F(mirror, channels_that_cannot_be)
{
	kring_control_create element = bytes_of(64, KRING_MODE_OVERWRITE), length = element, clock = element,
			     mode = element;

	element.unit = 8;
	length.length = 1;
	clock.clock = KRING_CLOCK_MONO;
	mode.mode = 2;
	expect_not_created(bytes_of(0, KRING_MODE_OVERWRITE), EINVAL, "its size is 0");
	expect_not_created(element, EINVAL, "a mirror has neither elements nor records");
	expect_not_created(length, EINVAL, "a mirror has neither elements nor records");
	expect_not_created(clock, EINVAL, "pages and clocks are of traces alone");
	expect_not_created(mode, EINVAL, "mode 2 is neither overwrite (0) nor discard (1)");
	for (__u64 size : {1ULL << 31, 1ULL << 32, ~0ULL})
		expect_not_created(bytes_of(size, KRING_MODE_OVERWRITE), E2BIG,
				   "its size is more than a ring can hold");
}

} /* namespace */
} /* namespace kring::abi */
