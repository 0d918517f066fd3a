/* SPDX-License-Identifier: GPL-2.0-only */
/* What a mapping holds, and its pages in the hands of other system calls. */
#include <linux/futex.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cstring>
#include <sstream>

#include "abi_test.hh"

namespace kring::abi
{
namespace
{

constexpr size_t page = 4096;

class mapped : public clean_test {
protected:
	static std::string attribute(const std::string &name) { return read_value("/sys/class/kring/load/" + name); }

	static const kring_page &commit_page(const mapping &map, unsigned cpu)
	{
		number position = __atomic_load_n(&map.ring(cpu).commit_page, __ATOMIC_ACQUIRE);

		return map.page(cpu, KRING_POSITION_ID(position));
	}

	/* Of the numbers behind a word. */
	static number sum_of(const char *file, const char *word)
	{
		std::istringstream text{read_text(file)};
		std::string read;
		number sum = 0, value;

		while (text >> read)
			if (read == word && text >> value)
				sum += value;
		return sum;
	}

	/* kB; CPUs keep some free pages to themselves. */
	static number free_memory()
	{
		return sum_of("/proc/meminfo", "MemAvailable:") + sum_of("/proc/zoneinfo", "count:") * (page / 1024);
	}
};

TEST_F(mapped, meta_is_what_ioctl_and_sysfs_say)
{
	for (const char *parameters :
	     {"size=64K", "size=128K order=2 mode=discard clock=mono", "size=1M clock=counter"}) {
		load load{parameters};
		descriptor file = open_channel();
		kring_meta info = info_of(file.fd());
		mapping map{file.fd(), info.map_size};

		EXPECT_EQ(memcmp(&map.meta(), &info, sizeof(info)), 0);
		for (size_t at = sizeof(info); at < page; at++)
			ASSERT_EQ(map.at()[at], 0) << at;
		EXPECT_EQ(attribute("page_size"), std::to_string(info.page_size));
		EXPECT_EQ(attribute("pages"), std::to_string(info.pages - 1));
		EXPECT_EQ(attribute("size"), std::to_string((info.pages - 1) * info.page_size));
		EXPECT_EQ(attribute("order"), std::to_string(__builtin_ctz(info.page_size / page)));
		EXPECT_EQ(attribute("mode"), info.mode == KRING_MODE_DISCARD ? "discard" : "overwrite");
		EXPECT_EQ(attribute("clock") == "mono", info.clock == KRING_CLOCK_MONO);
		EXPECT_EQ(attribute("clock") == "counter", info.clock == KRING_CLOCK_COUNTER);
		for (unsigned cpu = 0; cpu < info.nr_cpus; cpu++)
			EXPECT_EQ(exists("/sys/class/kring/load/cpu" + std::to_string(cpu)), has_ring(info, cpu));
	}
}

/* Every page says which one it is, and behind its header holds nothing yet: no byte of the kernel's. */
TEST_F(mapped, every_page_of_every_cpu)
{
	for (unsigned order = 0; order <= KRING_ORDER_MAX; order++) {
		load load{"size=256K order=" + std::to_string(order)};
		descriptor file = open_channel();
		kring_meta meta = info_of(file.fd());
		mapping map{file.fd(), meta.map_size};

		for (unsigned cpu = 0; cpu < meta.nr_cpus; cpu++) {
			ASSERT_TRUE(has_ring(meta, cpu));
			EXPECT_EQ(map.ring(cpu).cpu, cpu);
			EXPECT_GE(map.ring(cpu).directory_mask + 1, meta.pages - 1);
			for (unsigned id = 0; id < meta.pages; id++) {
				const kring_page &at = map.page(cpu, id);
				const std::string rest(reinterpret_cast<const char *>(&at + 1),
						       meta.page_size - sizeof(at));

				ASSERT_EQ(at.magic, KRING_MAGIC);
				ASSERT_EQ(at.id, id);
				ASSERT_EQ(at.cpu, cpu);
				ASSERT_EQ(at.size, meta.page_size);
				ASSERT_EQ(rest.find_first_not_of('\0'), std::string::npos) << cpu << " " << id;
			}
		}
	}
}

TEST_F(mapped, records_appear_as_they_are_written)
{
	load load{"cpus=0"};
	descriptor file = open_channel();
	mapping map{file.fd(), info_of(file.fd()).map_size};

	for (unsigned written = 1; written < 20; written++) {
		load.write(1);
		const kring_page &at = commit_page(map, 0);

		ASSERT_EQ(check_page(at, at.size), page_error::none);
		EXPECT_EQ(at.first + KRING_COMMIT_COUNT(at.commit), written);
	}
}

/* All of what an observer finds over a mapping is what the owner then takes. */
TEST_F(mapped, all_orders_hold_whole_records)
{
	for (unsigned order = 0; order <= KRING_ORDER_MAX; order++) {
		load load{"cpus=0 size=1M min=0 max=3000 order=" + std::to_string(order)};
		descriptor file = open_channel();
		mapping map{file.fd(), info_of(file.fd()).map_size};
		journal journal;

		load.write(500);
		EXPECT_EQ(own_all(file.fd(), map, 0, journal), 500U);
	}
}

/* What other system calls find there when they are given an address in the mapping. */
TEST_F(mapped, read_through_the_kernel)
{
	load load{"cpus=0 size=64K order=2"};
	descriptor file = open_channel(), memory{open("/proc/self/mem", O_RDWR)};
	descriptor copy{open("/tmp", O_TMPFILE | O_RDWR, 0600)};
	mapping map{file.fd(), info_of(file.fd()).map_size};

	load.write(500);
	std::string expected(map.at(), map.size()), got(map.size(), 'x');
	char *at = const_cast<char *>(map.at());
	iovec from = {at, map.size()}, to = {got.data(), got.size()};

	EXPECT_EQ(pread(memory.fd(), got.data(), got.size(), reinterpret_cast<off_t>(at)),
		  static_cast<ssize_t>(map.size()));
	EXPECT_TRUE(got == expected);
	got.assign(map.size(), 'x');
	EXPECT_EQ(process_vm_readv(getpid(), &to, 1, &from, 1, 0), static_cast<ssize_t>(map.size()));
	EXPECT_TRUE(got == expected);
	got.assign(map.size(), 'x');
	EXPECT_EQ(write(copy.fd(), map.at(), map.size()), static_cast<ssize_t>(map.size()));
	EXPECT_EQ(pread(copy.fd(), got.data(), got.size(), 0), static_cast<ssize_t>(map.size()));
	EXPECT_TRUE(got == expected);

	/* And from another process. */
	got.assign(map.size(), 'x');
	EXPECT_EQ(in_child([&] {
			  return process_vm_readv(getppid(), &to, 1, &from, 1, 0) == static_cast<ssize_t>(map.size()) &&
				 got == expected;
		  }),
		  1);
}

/* Nor does the kernel write there for a program. */
TEST_F(mapped, written_through_the_kernel)
{
	load load{"cpus=0 size=64K"};
	descriptor file = open_channel("load", O_RDWR), memory{open("/proc/self/mem", O_RDWR)};
	mapping map{file.fd(), info_of(file.fd()).map_size};
	std::string before(map.at(), map.size());
	number word = 0;
	int ends[2];

	ASSERT_EQ(pipe(ends), 0);
	for (size_t offset : {size_t{0}, page, map.size() - page}) {
		char *at = const_cast<char *>(map.at(offset));
		iovec local = {&word, sizeof(word)}, remote = {at, sizeof(word)};

		EXPECT_EQ(error_of(pwrite(memory.fd(), &word, sizeof(word), reinterpret_cast<off_t>(at))), EIO);
		EXPECT_EQ(error_of(process_vm_writev(getpid(), &local, 1, &remote, 1, 0)), EFAULT);
		ASSERT_EQ(write(ends[1], &word, sizeof(word)), static_cast<ssize_t>(sizeof(word)));
		EXPECT_EQ(error_of(read(ends[0], at, sizeof(word))), EFAULT);
		close(ends[0]);
		close(ends[1]);
		ASSERT_EQ(pipe(ends), 0);
		EXPECT_EQ(error_of(getrandom(at, sizeof(word), 0)), EFAULT);
	}
	close(ends[0]);
	close(ends[1]);
	EXPECT_EQ(memcmp(map.at(), before.data(), map.size()), 0);
}

/* Pages that a pipe holds by reference outlive mapping, file, channel and module. */
TEST_F(mapped, pages_in_a_pipe_outlive_all)
{
	for (const char *order : {"0", "2"})
		for (unsigned flags : {0U, unsigned{SPLICE_F_GIFT}}) {
			load load{std::string{"cpus=0 size=64K order="} + order};
			descriptor file = open_channel();
			kring_meta meta = info_of(file.fd());
			mapping map{file.fd(), meta.map_size};
			/* The meta page, the shared area, and the page with the records. */
			size_t from[] = {0, meta.rings, 0};
			std::string expected, got(3 * page, 'x');
			int ends[2];

			load.write(500);
			from[2] = static_cast<size_t>(reinterpret_cast<const char *>(&commit_page(map, 0)) - map.at());
			from[2] += meta.page_size - page;
			ASSERT_EQ(pipe(ends), 0);
			for (size_t offset : from) {
				iovec piece = {const_cast<char *>(map.at(offset)), page};

				expected.append(map.at(offset), page);
				ASSERT_EQ(vmsplice(ends[1], &piece, 1, flags), static_cast<ssize_t>(page));
			}
			map.unmap();
			file.close();
			EXPECT_EQ(load.unload(), 0);
			EXPECT_EQ(users_of("kring"), 0);
			{
				/* Would take the pages, were they free. */
				std::string other(32 << 20, 'y');

				EXPECT_EQ(read(ends[0], got.data(), got.size()), static_cast<ssize_t>(got.size()));
			}
			/* The one thing that the end of a channel changes. */
			reinterpret_cast<kring_meta *>(expected.data())->gone = 1;
			EXPECT_TRUE(got == expected);
			close(ends[0]);
			close(ends[1]);
		}
}

/* Those that want more of a page than its bytes: its file, its place in memory. */
TEST_F(mapped, pages_are_no_file_s_and_cannot_move)
{
	load load{"cpus=0 size=64K order=1"};
	descriptor file = open_channel();
	kring_meta meta = info_of(file.fd());
	mapping map{file.fd(), meta.map_size};
	std::string before(map.at(), map.size());

	for (number offset : {number{0}, meta.rings, meta.rings + meta.pages_offset, meta.map_size - page}) {
		void *at = const_cast<char *>(map.at(offset));
		int node = 0, status = 0;
		unsigned char resident = 0;
		unsigned long nodes = 1;

		EXPECT_EQ(error_of(syscall(SYS_futex, at, FUTEX_WAKE, 1, nullptr, nullptr, 0)), EFAULT);
		EXPECT_EQ(error_of(syscall(SYS_futex, at, FUTEX_LOCK_PI, 0, nullptr, nullptr, 0)), EFAULT);
		/* To node 0, by force. */
		syscall(SYS_move_pages, 0, 1UL, &at, &node, &status, 2);
		syscall(SYS_mbind, at, page, 2, &nodes, 64UL, 3U);
		EXPECT_EQ(mincore(at, page, &resident), 0);
	}
	EXPECT_EQ(memcmp(map.at(), before.data(), map.size()), 0);

	journal journal;

	load.write(500);
	EXPECT_EQ(own_all(file.fd(), map, 0, journal), 500U) << "and writers still write to what is mapped";
}

TEST_F(mapped, nothing_leaks)
{
	{
		load once{"size=8M order=1"};
	}
	number before = free_memory();
	{
		load load{"cpus=0 size=8M order=1"};
		number slab = sum_of("/proc/meminfo", "Slab:");
		size_t size = info_of(open_channel().fd()).map_size;

		for (unsigned times = 0; times < 4000 && !HasFailure(); times++) {
			descriptor file = open_channel();
			mapping map{file.fd(), 16 * page, times * 16 * page % (size - 16 * page)};

			file.close();
			for (size_t at = 0; at < map.size(); at += page)
				(void)*static_cast<const volatile char *>(map.at(at));
			if (times % 2)
				munmap(const_cast<char *>(map.at(page)), page);
		}
		EXPECT_TRUE(eventually([&] { return sum_of("/proc/meminfo", "Slab:") < slab + 512; }))
			<< sum_of("/proc/meminfo", "Slab:") << " kB, before " << slab;
	}
	/* A page that is held by something forgotten would keep its place. */
	EXPECT_TRUE(eventually([&] { return free_memory() + 4096 > before; }))
		<< free_memory() << " kB, before " << before;
}

} /* namespace */
} /* namespace kring::abi */
