/* SPDX-License-Identifier: GPL-2.0-only */
/* Calls that meet: on one file from several threads, with the end of the channel, with the end of the process. */
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "abi_test.hh"

namespace kring::abi
{
namespace
{

class race : public clean_test {};

constexpr size_t room = 1 << 16;

/* Calls of all kinds in turn, of which none may do harm; not even while the channel goes. */
void use(int fd)
{
	static thread_local number buffer[room / sizeof(number)];
	kring_meta meta{};
	kring_ledger ledger{};
	kring_acquire acquired = acquire_of(0);
	char byte;

	meta.size = sizeof(meta);
	ledger.size = sizeof(ledger);
	ledger.cpu = KRING_CPU_ALL;
	poll_now(fd);
	if (read(fd, buffer, sizeof(buffer)) < 0)
		poll_now(fd, POLLIN, 1);
	lseek(fd, 0, buffer[0] % 2 ? SEEK_SET : SEEK_END);
	if (!acquire(fd, acquired))
		release(fd, 0);
	ioctl(fd, KRING_IOC_LEDGER, &ledger);
	if (ioctl(fd, KRING_IOC_INFO, &meta))
		return;
	void *at = mmap(nullptr, meta.map_size, PROT_READ, MAP_SHARED, fd, 0);

	if (at == MAP_FAILED)
		return;
	for (size_t offset = 0; offset < meta.map_size; offset += meta.page_size)
		peek(static_cast<char *>(at) + offset, &byte, 1);
	munmap(at, meta.map_size);
}

TEST_F(race, open_while_channels_come_and_go)
{
	std::atomic<bool> over{false};
	std::atomic<unsigned> opened{0}, refused{0};
	std::vector<std::thread> users;
	double end = now() + 3;

	for (unsigned count = 0; count < 2; count++)
		users.emplace_back([&] {
			while (!over) {
				descriptor file = open_channel();

				if (file.is_open()) {
					opened++;
					use(file.fd());
				} else {
					refused++;
					EXPECT_TRUE(errno == ENOENT || errno == ENXIO || errno == ENODEV) << errno;
				}
			}
		});
	while (now() < end && !HasFailure()) {
		load load{"size=16K"};

		load.write(50);
	}
	over = true;
	for (std::thread &user : users)
		user.join();
	EXPECT_GT(opened, 10U);
	EXPECT_GT(refused, 10U);
}

TEST_F(race, one_file_while_its_channel_goes)
{
	for (double end = now() + 2; now() < end && !HasFailure();) {
		load load{"size=16K"};
		descriptor file = open_channel();
		std::atomic<bool> over{false};
		std::vector<std::thread> users;

		load.start(1000000);
		for (unsigned count = 0; count < 3; count++)
			users.emplace_back([&] {
				while (!over)
					use(file.fd());
			});
		usleep(20000);
		EXPECT_EQ(load.unload(), 0);
		usleep(5000);
		over = true;
		for (std::thread &user : users)
			user.join();
	}
}

/* A file has one owner's state, whichever thread asks: what one acquires, any releases, and only once. */
TEST_F(race, acquire_and_release)
{
	load load{"cpus=0 size=16K"};
	descriptor file = open_channel();
	std::atomic<number> acquired{0}, released{0}, records{0};
	std::vector<std::thread> threads;

	load.start(100000000);
	for (unsigned count = 0; count < 2; count++)
		threads.emplace_back([&] {
			for (double end = now() + 1; now() < end;) {
				kring_acquire taken = acquire_of(0);
				int error = acquire(file.fd(), taken);

				EXPECT_TRUE(!error || error == EAGAIN || error == EALREADY) << error;
				acquired += !error;
				records += error ? 0 : taken.count;
				error = release(file.fd(), 0);
				EXPECT_TRUE(!error || error == EINVAL) << error;
				released += !error;
			}
		});
	for (std::thread &thread : threads)
		thread.join();
	load.stop();
	EXPECT_GT(acquired, 10U);
	EXPECT_EQ(acquired, released);
	EXPECT_EQ(ledger_of(file.fd()).read, records);
	expect_sound(ledger_of(file.fd()));
}

/* Threads that read one file share its position: each record comes to one of them. */
TEST_F(race, reads_of_one_file)
{
	load load{"cpus=0"};
	descriptor file = open_channel();
	std::atomic<number> records{0};
	std::vector<std::thread> threads;
	std::atomic<bool> over{false};

	for (unsigned count = 0; count < 3; count++)
		threads.emplace_back([&] {
			std::vector<number> buffer(room / sizeof(number));

			for (bool last = false; !last;) {
				last = over;
				for (ssize_t got; (got = read(file.fd(), buffer.data(), room)) > 0;) {
					journal journal;

					journal.images(reinterpret_cast<char *>(buffer.data()),
						       static_cast<size_t>(got));
					records += journal.records();
				}
			}
		});
	load.write(8000);
	over = true;
	for (std::thread &thread : threads)
		thread.join();
	EXPECT_EQ(records, 8000U);
}

/* Two files want one ring: it is never both's. */
TEST_F(race, two_owners)
{
	load load{"cpus=0 size=16K"};
	std::atomic<int> owners{0};
	std::atomic<number> times_owned{0};
	std::vector<std::thread> threads;

	load.start(100000000);
	for (unsigned count = 0; count < 3; count++)
		threads.emplace_back([&] {
			for (double end = now() + 1; now() < end;) {
				descriptor file = open_channel();
				int error = acquire(file.fd(), 0U);

				EXPECT_TRUE(!error || error == EAGAIN || error == EBUSY) << error;
				if (error == EBUSY)
					continue;
				EXPECT_EQ(++owners, 1);
				times_owned++;
				owners--;
			}
		});
	for (std::thread &thread : threads)
		thread.join();
	load.stop();
	EXPECT_GT(times_owned, 10U);
}

struct state {
	const char *name;
	/* Does not return; writes a byte when it is where it is to be killed, at the latest. */
	std::function<void(int file, int ready)> enter;
};

void say_ready(int fd)
{
	if (write(fd, "x", 1) != 1)
		_exit(1);
}

[[noreturn]] void use_for_ever(int fd)
{
	for (;;)
		use(fd);
}

/* Killed wherever it is: nothing stays behind, and the channel does not notice. */
TEST_F(race, killed)
{
	const std::vector<state> states = {
		{"reading, asleep",
		 [](int file, int ready) {
			 char buffer[room];

			 fcntl(file, F_SETFL, 0);
			 say_ready(ready);
			 while (read(file, buffer, room) > 0)
				 ;
		 }},
		{"polling, asleep",
		 [](int file, int ready) {
			 lseek(file, 0, SEEK_END);
			 say_ready(ready);
			 poll_now(file, POLLIN, -1);
			 pause();
		 }},
		{"as an owner, with records acquired",
		 [](int file, int ready) {
			 while (acquire(file, 0U))
				 ;
			 say_ready(ready);
			 pause();
		 }},
		{"with a mapping",
		 [](int file, int ready) {
			 mapping map{file, info_of(file).map_size};

			 say_ready(ready);
			 for (size_t at = 0;; at = (at + 4096) % map.size())
				 (void)*static_cast<const volatile char *>(map.at(at));
		 }},
		{"in the middle of calls",
		 [](int file, int ready) {
			 say_ready(ready);
			 use_for_ever(file);
		 }},
		{"with threads in the middle of calls",
		 [](int file, int ready) {
			 std::thread{[=] { use_for_ever(file); }}.detach();
			 say_ready(ready);
			 use_for_ever(file);
		 }},
	};

	for (bool writing : {false, true})
		for (const state &state : states)
			for (useconds_t later : {0U, 3000U, 30000U}) {
				load load{"cpus=0 size=16K"};
				int ends[2];
				char byte;

				SCOPED_TRACE(state.name);
				ASSERT_EQ(pipe(ends), 0);
				load.write(50);
				if (writing)
					load.start(100000000);
				pid_t child = start_child([&] {
					descriptor file = open_channel();

					state.enter(file.fd(), ends[1]);
					return 1;
				});
				close(ends[1]);
				EXPECT_EQ(read(ends[0], &byte, 1), 1);
				usleep(later);
				EXPECT_EQ(kill(child, SIGKILL), 0);
				EXPECT_EQ(end_of(child), -SIGKILL);
				close(ends[0]);
				EXPECT_TRUE(eventually([] { return users_of("kring") == 1; }));
				if (writing)
					load.stop();

				descriptor file = open_channel();
				int error = acquire(file.fd(), 0U);

				EXPECT_TRUE(!error || error == EAGAIN) << error;
				expect_sound(ledger_of(file.fd()));
			}
}

} /* namespace */
} /* namespace kring::abi */
