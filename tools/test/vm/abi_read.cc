/* SPDX-License-Identifier: GPL-2.0-only */
/* read() and lseek(): what images hold, whose position moves, and which buffers will not do. */
#include <limits.h>
#include <poll.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cstring>

#include "abi_test.hh"

namespace kring::abi
{
namespace
{

constexpr size_t page = 4096;
constexpr size_t room = 1 << 20;

class reading : public clean_test {
protected:
	/* A buffer that only the first pages of are there. */
	static char *cut_off_after(size_t pages)
	{
		char *at = static_cast<char *>(
			mmap(nullptr, (pages + 64) * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

		munmap(at + pages * page, 64 * page);
		return at;
	}
};

TEST_F(reading, images_hold_all_records)
{
	load load;
	descriptor file = open_channel();
	journal journal;

	load.write(10000);
	EXPECT_EQ(read_all(file.fd(), journal), -EAGAIN);
	EXPECT_EQ(journal.records(), 10000U);
	EXPECT_EQ(journal.lost(), 0U);
	EXPECT_EQ(ledger_of(file.fd()).committed, 10000U);
	EXPECT_EQ(ledger_of(file.fd()).unread, 10000U) << "an observer takes nothing";
	EXPECT_EQ(load.count("committed"), 10000U);
}

/* All orders and clocks, discarded and varied records: page_view.hh finds each in its place. */
TEST_F(reading, images_of_every_kind)
{
	for (const char *parameters :
	     {"order=0 clock=mono min=0 max=3000", "order=1 clock=boot max=300 discard=3", "order=2 min=1 max=7",
	      "order=3 clock=counter max=900 write=2", "order=4 max=9000 discard=2"}) {
		load load{parameters + std::string{" size=4M"}};
		descriptor file = open_channel();
		kring_meta meta = info_of(file.fd());
		journal journal;

		SCOPED_TRACE(parameters);
		load.write(1000);
		EXPECT_EQ(read_all(file.fd(), journal, meta.page_size * 8), -EAGAIN);
		EXPECT_EQ(journal.records(), load.count("committed"));
		EXPECT_EQ(journal.lost(), 0U);
	}
}

TEST_F(reading, loss_is_told_exactly)
{
	load load{"size=16K"};
	descriptor file = open_channel();
	journal journal;

	load.write(20000);
	EXPECT_EQ(read_all(file.fd(), journal), -EAGAIN);
	EXPECT_EQ(journal.records() + journal.lost(), 20000U);
	EXPECT_GT(journal.lost(), 10000U);
	load.write(20000);
	EXPECT_EQ(read_all(file.fd(), journal), -EAGAIN);
	EXPECT_EQ(journal.records() + journal.lost(), 40000U);
}

TEST_F(reading, each_open_file_has_its_position)
{
	load load;
	descriptor one = open_channel(), other = open_channel();
	journal first, second;

	load.write(2000);
	EXPECT_EQ(read_all(one.fd(), first), -EAGAIN);
	load.write(1000);
	EXPECT_EQ(read_all(other.fd(), second), -EAGAIN);
	EXPECT_EQ(read_all(one.fd(), first), -EAGAIN);
	EXPECT_EQ(first.records(), 3000U);
	EXPECT_EQ(second.records(), 3000U);
	EXPECT_EQ(first.lost() + second.lost(), 0U);
}

TEST_F(reading, dup_and_fork_share_a_position)
{
	load load;
	descriptor file = open_channel();
	descriptor copy{dup(file.fd())};
	journal journal;

	load.write(1000);
	EXPECT_EQ(in_child([&] {
			  std::vector<char> buffer(room);

			  while (read(file.fd(), buffer.data(), room) > 0)
				  ;
			  return errno;
		  }),
		  EAGAIN);
	EXPECT_EQ(read_all(copy.fd(), journal), -EAGAIN);
	EXPECT_EQ(read_all(file.fd(), journal), -EAGAIN);
	EXPECT_EQ(journal.records(), 0U) << "the child has read them all";
	load.write(10);
	EXPECT_EQ(lseek(copy.fd(), 0, SEEK_SET), 0);
	EXPECT_EQ(read_all(file.fd(), journal), -EAGAIN);
	EXPECT_EQ(journal.records(), 1010U);
}

TEST_F(reading, empty_channel)
{
	load load;
	descriptor file = open_channel();
	char buffer[page];

	EXPECT_EQ(error_of(read(file.fd(), buffer, page)), EAGAIN);
	EXPECT_EQ(poll_now(file.fd()), 0);
}

TEST_F(reading, buffer_smaller_than_a_page)
{
	for (const char *order : {"0", "2"}) {
		load load{std::string{"order="} + order};
		descriptor file = open_channel();
		size_t size = info_of(file.fd()).page_size;
		std::vector<number> buffer(size / sizeof(number));
		journal journal;

		load.write(10);
		for (size_t small : {size_t{0}, size_t{1}, sizeof(kring_page), size / 2, size - 1})
			EXPECT_EQ(error_of(read(file.fd(), buffer.data(), small)), EINVAL) << small;
		EXPECT_EQ(read_all(file.fd(), journal, size), -EAGAIN);
		EXPECT_EQ(journal.records(), 10U) << "and nothing was lost";
	}
}

TEST_F(reading, buffer_of_any_size)
{
	load load{"cpus=0 max=900 min=0"};
	descriptor file = open_channel();

	load.write(1000);
	for (size_t size : {page, page + 8, 2 * page - 8, 3 * page, 50 * page}) {
		journal journal;

		ASSERT_EQ(lseek(file.fd(), 0, SEEK_SET), 0);
		EXPECT_EQ(read_all(file.fd(), journal, size), -EAGAIN);
		EXPECT_EQ(journal.records(), 1000U) << size;
		EXPECT_EQ(journal.lost(), 0U) << size;
	}
}

TEST_F(reading, a_large_buffer_takes_many_images_at_once)
{
	load load;
	descriptor file = open_channel();
	std::vector<number> buffer(room / sizeof(number));
	journal journal;
	ssize_t got;

	load.write(3000);
	got = read(file.fd(), buffer.data(), room);
	ASSERT_GT(got, 0);
	journal.images(reinterpret_cast<char *>(buffer.data()), static_cast<size_t>(got));
	EXPECT_EQ(journal.records(), 3000U);
	EXPECT_GT(journal.images(), 10U);
}

TEST_F(reading, several_buffers)
{
	load load{"cpus=0"};
	descriptor file = open_channel();
	std::vector<number> buffer(3 * page / sizeof(number));
	char *at = reinterpret_cast<char *>(buffer.data());
	iovec pieces[] = {{at, 100}, {at + 100, 0}, {at + 100, page}, {at + 100 + page, 2 * page - 100}};
	journal journal;
	ssize_t got;

	load.write(100);
	got = readv(file.fd(), pieces, 4);
	ASSERT_GT(got, 0);
	journal.images(at, static_cast<size_t>(got));
	EXPECT_EQ(journal.records(), 100U);
	EXPECT_EQ(error_of(readv(file.fd(), pieces, 2)), EINVAL);
}

TEST_F(reading, a_buffer_that_is_not_there)
{
	load load{"cpus=0"};
	descriptor file = open_channel();
	char *none = cut_off_after(0);
	char *volatile null = nullptr; /* the compiler would refuse it */
	void *constant = mmap(nullptr, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	journal journal;

	load.write(1000);
	EXPECT_EQ(error_of(read(file.fd(), null, page)), EFAULT);
	EXPECT_EQ(error_of(read(file.fd(), none, page)), EFAULT);
	EXPECT_EQ(error_of(read(file.fd(), constant, page)), EFAULT);
	EXPECT_EQ(error_of(read(file.fd(), reinterpret_cast<void *>(0xffff888000000000), page)), EFAULT);
	EXPECT_EQ(read_all(file.fd(), journal), -EAGAIN);
	EXPECT_EQ(journal.records(), 1000U);
	EXPECT_EQ(journal.lost(), 0U);
	munmap(constant, page);
}

/* Whole images that fitted are given; what did not stays to be read. */
TEST_F(reading, a_buffer_that_ends_early)
{
	load load{"cpus=0"};
	descriptor file = open_channel();
	journal journal;

	load.write(1000);
	for (size_t pages : {1, 2, 3}) {
		char *buffer = cut_off_after(pages);
		ssize_t got = read(file.fd(), buffer, 16 * page);

		ASSERT_GT(got, 0);
		ASSERT_LE(got, static_cast<ssize_t>(pages * page));
		journal.images(buffer, static_cast<size_t>(got));
		EXPECT_EQ(error_of(read(file.fd(), buffer + pages * page - 200, page)), EFAULT);
		munmap(buffer, pages * page);
	}
	EXPECT_EQ(read_all(file.fd(), journal), -EAGAIN);
	EXPECT_EQ(journal.records(), 1000U);
	EXPECT_EQ(journal.lost(), 0U);
}

TEST_F(reading, seek_to_the_oldest)
{
	load load;
	descriptor file = open_channel();

	load.write(1000);
	for (unsigned times = 0; times < 3; times++) {
		journal journal;

		EXPECT_EQ(lseek(file.fd(), 0, SEEK_SET), 0);
		EXPECT_EQ(poll_now(file.fd()), POLLIN | POLLRDNORM);
		EXPECT_EQ(read_all(file.fd(), journal), -EAGAIN);
		EXPECT_EQ(journal.records(), 1000U);
		EXPECT_EQ(journal.lost(), 0U);
		EXPECT_EQ(poll_now(file.fd()), 0);
	}
}

/* What was passed over looks like what was lost: it lies between two images. */
TEST_F(reading, seek_to_the_newest)
{
	load load{"cpus=0"};
	descriptor file = open_channel(), other = open_channel();
	journal journal, all;

	load.write(100);
	EXPECT_EQ(read_all(file.fd(), journal), -EAGAIN);
	load.write(1000);
	EXPECT_EQ(lseek(file.fd(), 0, SEEK_END), 0);
	EXPECT_EQ(poll_now(file.fd()), 0);
	EXPECT_EQ(read_all(file.fd(), journal), -EAGAIN);
	EXPECT_EQ(journal.records(), 100U);
	load.write(77);
	EXPECT_EQ(read_all(file.fd(), journal), -EAGAIN);
	EXPECT_EQ(journal.records(), 177U);
	EXPECT_EQ(journal.lost(), 1000U);
	EXPECT_EQ(read_all(other.fd(), all), -EAGAIN);
	EXPECT_EQ(all.records(), 1177U) << "it has a position of its own";
	EXPECT_EQ(all.lost(), 0U);
}

/* And what is overwritten behind the new place is lost, and told. */
TEST_F(reading, loss_after_a_seek)
{
	load load{"cpus=0 size=16K"};
	descriptor file = open_channel();
	journal journal;

	load.write(50);
	EXPECT_EQ(lseek(file.fd(), 0, SEEK_END), 0);
	load.write(20000);
	EXPECT_EQ(read_all(file.fd(), journal), -EAGAIN);
	EXPECT_EQ(journal.records() + journal.lost(), 20050U);
	EXPECT_GT(journal.lost(), 10000U);
}

/* Wherever among a writer's steps the seek comes, what follows it is whole. */
TEST_F(reading, seek_while_records_come)
{
	load load{"cpus=0 burst=20 pause=100"};
	descriptor file = open_channel();
	journal journal;
	number passed;

	load.start(5000);
	while (load.is_running()) {
		EXPECT_EQ(lseek(file.fd(), 0, SEEK_END), 0);
		EXPECT_EQ(read_all(file.fd(), journal), -EAGAIN);
	}
	EXPECT_EQ(lseek(file.fd(), 0, SEEK_END), 0);
	passed = 5000 - journal.of(0).next;
	load.write(1000);
	EXPECT_EQ(read_all(file.fd(), journal), -EAGAIN);
	EXPECT_EQ(journal.of(0).next, 6000U);
	EXPECT_EQ(journal.records() + journal.lost(), 6000U);
	EXPECT_GE(journal.lost(), passed);
	EXPECT_GE(journal.records(), 1000U);
}

TEST_F(reading, seek_elsewhere)
{
	load load{"cpus=0"};
	descriptor file = open_channel();
	journal journal;

	load.write(100);
	for (int whence : {SEEK_SET, SEEK_END})
		for (off_t offset : {off_t{1}, off_t{-1}, off_t{4096}, off_t{LONG_MAX}, off_t{LONG_MIN}})
			EXPECT_EQ(error_of(lseek(file.fd(), offset, whence)), EINVAL) << whence << " " << offset;
	for (int whence : {SEEK_CUR, SEEK_DATA, SEEK_HOLE, 5, -1})
		EXPECT_EQ(error_of(lseek(file.fd(), 0, whence)), EINVAL) << whence;
	EXPECT_EQ(read_all(file.fd(), journal), -EAGAIN);
	EXPECT_EQ(journal.records(), 100U) << "the position stayed";
}

TEST_F(reading, no_place_to_read_from)
{
	load load{"cpus=0"};
	descriptor file = open_channel();
	std::vector<char> buffer(room);
	iovec piece = {buffer.data(), room};
	journal journal;
	ssize_t got;

	load.write(100);
	EXPECT_EQ(error_of(pread(file.fd(), buffer.data(), room, 0)), ESPIPE);
	EXPECT_EQ(error_of(preadv(file.fd(), &piece, 1, 0)), ESPIPE);
	EXPECT_EQ(error_of(preadv2(file.fd(), &piece, 1, 4096, 0)), ESPIPE);

	got = preadv2(file.fd(), &piece, 1, -1, 0);
	ASSERT_GT(got, 0) << "that is readv()";
	journal.images(buffer.data(), static_cast<size_t>(got));
	EXPECT_EQ(journal.records(), 100U);
}

TEST_F(reading, a_file_for_reading_writes_nothing)
{
	load load;
	descriptor file = open_channel();
	char byte = 0;
	iovec piece = {&byte, 1};

	EXPECT_EQ(error_of(write(file.fd(), &byte, 1)), EBADF);
	EXPECT_EQ(error_of(writev(file.fd(), &piece, 1)), EBADF);
	EXPECT_EQ(error_of(pwrite(file.fd(), &byte, 1, 0)), ESPIPE);
	EXPECT_EQ(error_of(ftruncate(file.fd(), 0)), EINVAL);
	EXPECT_EQ(ledger_of(file.fd()).committed, 0U);
}

TEST_F(reading, what_is_not_supported_says_so)
{
	load load;
	descriptor file = open_channel();
	int ends[2];

	load.write(10);
	ASSERT_EQ(pipe(ends), 0);
	EXPECT_EQ(error_of(splice(file.fd(), nullptr, ends[1], nullptr, page, 0)), EINVAL);
	EXPECT_EQ(error_of(sendfile(ends[1], file.fd(), nullptr, page)), EINVAL);
	EXPECT_EQ(error_of(fsync(file.fd())), EINVAL);
	close(ends[0]);
	close(ends[1]);
}

} /* namespace */
} /* namespace kring::abi */
