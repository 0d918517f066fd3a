/* SPDX-License-Identifier: GPL-2.0-only */
/* write() on trace channels: one record a call, whole or not at all, beside those of the kernel. */
#include <poll.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "abi_control.hh"
#include "abi_cpus.hh"
#include "abi_test.hh"

namespace kring::abi
{
namespace
{

class writing : public clean_test {};

constexpr size_t page = 4096, longest = page - 144;

kring_control_create app(kring_mode mode = KRING_MODE_OVERWRITE, __u64 size = 65536)
{
	kring_control_create wanted = creation_of("app", KRING_KIND_TRACE, size);

	wanted.mode = mode;
	return wanted;
}

/* The payloads that are there, of all CPUs, and none of a type. */
std::vector<std::string> texts_of(int fd)
{
	std::vector<std::string> texts;
	std::vector<number> words(1 << 17);
	ssize_t got;

	while ((got = read(fd, words.data(), words.size() * sizeof(number))) > 0)
		for (const char *at = reinterpret_cast<char *>(words.data()), *end = at + got; at < end;) {
			const kring_page &image = *reinterpret_cast<const kring_page *>(at);
			record_cursor cursor{image};
			record_view view;

			while (cursor.next(view)) {
				EXPECT_EQ(view.type, 0U);
				texts.emplace_back(static_cast<const char *>(view.payload), view.size);
			}
			EXPECT_EQ(cursor.error(), page_error::none);
			at += KRING_COMMIT_OFFSET(image.commit);
		}
	EXPECT_EQ(error_of(got), EAGAIN);
	return texts;
}

using texts = std::vector<std::string>;

TEST_F(writing, one_record_a_call)
{
	made channel{app()};
	descriptor file = channel.open(O_RDWR | O_NONBLOCK);
	pinned here{0};
	iovec parts[] = {{const_cast<char *>("of "), 3}, {nullptr, 0}, {const_cast<char *>("pieces"), 6}};

	EXPECT_EQ(write(file.fd(), "first", 5), 5);
	EXPECT_EQ(writev(file.fd(), parts, 3), 9);
	EXPECT_EQ(write(file.fd(), "", 1), 1) << "a NUL";
	EXPECT_EQ(write(file.fd(), "", 0), 0) << "nothing is no record";
	EXPECT_EQ(writev(file.fd(), parts + 1, 1), 0);
	EXPECT_EQ(texts_of(file.fd()), (texts{"first", "of pieces", std::string(1, '\0')}));
	EXPECT_EQ(ledger_of(file.fd()).committed, 3U);
}

TEST_F(writing, sizes)
{
	made channel{app()};
	descriptor file = channel.open(O_RDWR | O_NONBLOCK);
	std::string text(1 << 20, 'x');
	pinned here{0};

	for (size_t size : {size_t{1}, size_t{255}, size_t{256}, size_t{257}, longest - 1, longest}) {
		EXPECT_EQ(write(file.fd(), text.data(), size), static_cast<ssize_t>(size));
		EXPECT_EQ(texts_of(file.fd()), texts{text.substr(0, size)});
	}
	kring_ledger before = ledger_of(file.fd()), after;

	for (size_t size : {longest + 1, page, size_t{65536}, text.size()})
		EXPECT_EQ(error_of(write(file.fd(), text.data(), size)), EMSGSIZE);
	/* More than any buffer: the size alone decides, at an address so low that the kernel lets kring do that. */
	EXPECT_EQ(error_of(syscall(SYS_write, file.fd(), "x", 1UL << 40)), EMSGSIZE);
	after = ledger_of(file.fd());
	EXPECT_EQ(memcmp(&before, &after, sizeof(before)), 0);
}

TEST_F(writing, large_pages)
{
	kring_control_create wanted = app();
	std::string text(65536 - 144, 'x');

	wanted.order = 4;
	made channel{wanted};
	descriptor file = channel.open(O_RDWR | O_NONBLOCK);

	EXPECT_EQ(write(file.fd(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
	EXPECT_EQ(texts_of(file.fd()), texts{text});
}

/* Nothing of a buffer that ends too early, and the next record stands where it would have. */
TEST_F(writing, faulting_buffers)
{
	made channel{app()};
	descriptor file = channel.open(O_RDWR | O_NONBLOCK);
	char *at = static_cast<char *>(
		mmap(nullptr, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	iovec parts[] = {{at, 100}, {nullptr, 100}};

	ASSERT_NE(at, MAP_FAILED);
	ASSERT_EQ(mprotect(at + page, page, PROT_NONE), 0);
	for (size_t size : {2, 200, 300, 3000})
		EXPECT_EQ(error_of(write(file.fd(), at + page - size / 2, size)), EFAULT) << size;
	EXPECT_EQ(error_of(write(file.fd(), reinterpret_cast<void *>(-4096L), 8)), EFAULT);
	EXPECT_EQ(error_of(writev(file.fd(), parts, 2)), EFAULT);
	EXPECT_EQ(ledger_of(file.fd()).committed, 0U);
	EXPECT_EQ(ledger_of(file.fd()).discarded, 0U);
	EXPECT_EQ(write(file.fd(), "whole", 5), 5);
	EXPECT_EQ(texts_of(file.fd()), texts{"whole"});
	munmap(at, 2 * page);
}

TEST_F(writing, a_ring_that_is_full)
{
	made channel{app(KRING_MODE_DISCARD, 8192)};
	descriptor file = channel.open(O_RDWR | O_NONBLOCK);
	pinned here{0};
	number written = 0;

	while (write(file.fd(), "twelve bytes", 12) == 12 && written < 1000)
		written++;
	EXPECT_EQ(errno, ENOSPC);
	EXPECT_GT(written, 200U);
	EXPECT_EQ(ledger_of(file.fd()).committed, written);
	EXPECT_EQ(ledger_of(file.fd()).dropped[KRING_DROP_FULL], 1U);

	mapping map{file.fd(), info_of(file.fd()).map_size};
	kring_acquire oldest = acquire_of(0);

	EXPECT_EQ(acquire(file.fd(), oldest), 0);
	EXPECT_EQ(release(file.fd(), 0), 0);
	EXPECT_EQ(write(file.fd(), "twelve bytes", 12), 12) << "there is room again";
}

TEST_F(writing, a_ring_that_overwrites)
{
	made channel{app(KRING_MODE_OVERWRITE, 8192)};
	descriptor file = channel.open(O_RDWR | O_NONBLOCK);
	pinned here{0};

	for (unsigned each = 0; each < 10000; each++)
		ASSERT_EQ(write(file.fd(), &each, sizeof(each)), static_cast<ssize_t>(sizeof(each)));
	EXPECT_GT(ledger_of(file.fd()).overwritten, 1000U);
	expect_sound(ledger_of(file.fd()));
}

TEST_F(writing, a_channel_that_is_disabled)
{
	load load;
	descriptor file = open_channel("load", O_RDWR | O_NONBLOCK);

	EXPECT_EQ(write_text("/sys/class/kring/load/enabled", "0"), 0);
	EXPECT_EQ(error_of(write(file.fd(), "x", 1)), ESHUTDOWN);
	EXPECT_EQ(ledger_of(file.fd()).dropped[KRING_DROP_DISABLED], 1U);
	EXPECT_EQ(write_text("/sys/class/kring/load/enabled", "1"), 0);
	EXPECT_EQ(write(file.fd(), "x", 1), 1);
}

/* One timeline: what a program writes stands between what the kernel wrote before and after. */
TEST_F(writing, beside_the_kernel)
{
	load load{"cpus=0"};
	descriptor file = open_channel("load", O_RDWR | O_NONBLOCK);
	pinned here{0};
	std::vector<number> words(1 << 14);
	std::vector<unsigned> types;

	load.write(2);
	EXPECT_EQ(write(file.fd(), "between", 7), 7);
	load.write(1);
	ssize_t got = read(file.fd(), words.data(), words.size() * sizeof(number));
	const kring_page &image = *reinterpret_cast<const kring_page *>(words.data());

	ASSERT_EQ(got, KRING_COMMIT_OFFSET(image.commit));
	record_cursor cursor{image};
	number before = 0;

	for (record_view view; cursor.next(view);) {
		types.push_back(view.type);
		EXPECT_GT(view.stamp, before);
		before = view.stamp;
	}
	EXPECT_EQ(types, (std::vector<unsigned>{1, 1, 0, 1}));
}

TEST_F(writing, wakes_who_waits)
{
	made channel{app()};
	descriptor writes = channel.open(O_WRONLY), reads = channel.open(O_RDONLY);
	std::vector<number> words(page / sizeof(number));
	std::atomic<ssize_t> got{0};
	std::atomic<pid_t> reader{0};
	std::thread thread{[&] {
		reader = static_cast<pid_t>(syscall(SYS_gettid));
		got = read(reads.fd(), words.data(), page);
	}};

	EXPECT_TRUE(eventually([&] { return reader && asleep_in(reader, SYS_read); }));
	EXPECT_EQ(write(writes.fd(), "x", 1), 1);
	EXPECT_TRUE(eventually([&] { return got > 0; }));
	thread.join();
}

TEST_F(writing, poll)
{
	made channel{app()};
	descriptor both = channel.open(O_RDWR), writes = channel.open(O_WRONLY), reads = channel.open(O_RDONLY);

	EXPECT_EQ(poll_now(both.fd(), POLLIN | POLLOUT), POLLOUT);
	EXPECT_EQ(poll_now(writes.fd(), POLLOUT | POLLWRNORM), POLLOUT | POLLWRNORM);
	EXPECT_EQ(poll_now(reads.fd(), POLLIN | POLLOUT), 0);
	EXPECT_EQ(write(writes.fd(), "x", 1), 1);
	EXPECT_EQ(poll_now(both.fd(), POLLIN | POLLOUT), POLLIN | POLLOUT);
}

/* Those that see the end are told; what the others wrote is all there. */
TEST_F(writing, while_the_channel_is_destroyed)
{
	for (unsigned times = 0; times < 20; times++) {
		made channel{app(KRING_MODE_DISCARD, 1 << 20)};
		descriptor file = channel.open(O_RDWR | O_NONBLOCK);
		std::atomic<number> written{0};
		std::atomic<int> error{0};
		auto write_on = [&] {
			while (write(file.fd(), "record", 6) == 6)
				written++;
			error = errno;
		};
		std::thread first{write_on}, second{write_on};

		EXPECT_TRUE(eventually([&] { return written > 50; }));
		EXPECT_EQ(channel.destroy(), 0);
		first.join();
		second.join();
		EXPECT_TRUE(error == ENODEV || error == ESHUTDOWN || error == ENOSPC) << error;
		EXPECT_EQ(ledger_of(file.fd()).committed, written);
		EXPECT_EQ(ledger_of(file.fd()).unread, written);
	}
}

} /* namespace */
} /* namespace kring::abi */
