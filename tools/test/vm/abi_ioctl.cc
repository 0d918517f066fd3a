/* SPDX-License-Identifier: GPL-2.0-only */
/* The ioctls' arguments: what is refused, with which errno, and that a refused call has no effect. */
#include <sys/ioctl.h>
#include <termios.h>

#include <climits>
#include <cstring>

#include "abi_test.hh"

namespace kring::abi
{
namespace
{

constexpr size_t page = 4096;

class ioctls : public clean_test {};

/* A command with its argument as bytes, so that all can be tried with the same mistakes. */
struct command {
	const char *name;
	unsigned long number;
	size_t size;
	size_t size_field;
	size_t cpu_field;		  /* 0: it has none */
	std::vector<size_t> must_be_zero; /* offsets of 32-bit words */
	bool writes;
};

const std::vector<command> commands = {
	{"info",
	 KRING_IOC_INFO,
	 sizeof(kring_meta),
	 offsetof(kring_meta, size),
	 0,
	 {offsetof(kring_meta, reserved), offsetof(kring_meta, reserved) + 4},
	 true},
	{"acquire",
	 KRING_IOC_ACQUIRE,
	 sizeof(kring_acquire),
	 offsetof(kring_acquire, size),
	 offsetof(kring_acquire, cpu),
	 {offsetof(kring_acquire, flags), offsetof(kring_acquire, reserved0), offsetof(kring_acquire, reserved),
	  offsetof(kring_acquire, reserved) + 4, offsetof(kring_acquire, reserved) + 8,
	  offsetof(kring_acquire, reserved) + 12},
	 true},
	{"release",
	 KRING_IOC_RELEASE,
	 sizeof(kring_release),
	 offsetof(kring_release, size),
	 offsetof(kring_release, cpu),
	 {offsetof(kring_release, flags), offsetof(kring_release, reserved)},
	 false},
	{"ledger",
	 KRING_IOC_LEDGER,
	 sizeof(kring_ledger),
	 offsetof(kring_ledger, size),
	 offsetof(kring_ledger, cpu),
	 {offsetof(kring_ledger, flags), offsetof(kring_ledger, reserved), offsetof(kring_ledger, reserved) + 4,
	  offsetof(kring_ledger, reserved) + 8, offsetof(kring_ledger, reserved) + 12},
	 true},
	{"wakeup",
	 KRING_IOC_WAKEUP,
	 sizeof(kring_wakeup),
	 offsetof(kring_wakeup, size),
	 0,
	 {offsetof(kring_wakeup, flags)},
	 false},
	{"horizon",
	 KRING_IOC_HORIZON,
	 sizeof(kring_horizon),
	 offsetof(kring_horizon, size),
	 offsetof(kring_horizon, cpu),
	 {offsetof(kring_horizon, flags), offsetof(kring_horizon, reserved0), offsetof(kring_horizon, reserved),
	  offsetof(kring_horizon, reserved) + 4, offsetof(kring_horizon, reserved) + 8,
	  offsetof(kring_horizon, reserved) + 12},
	 true},
};

class argument {
public:
	explicit argument(const command &command) : bytes_(command.size)
	{
		set(command.size_field, static_cast<__u32>(command.size));
	}

	argument &set(size_t field, __u32 value)
	{
		memcpy(&bytes_[field], &value, sizeof(value));
		return *this;
	}
	void *at() { return bytes_.data(); }

private:
	std::vector<char> bytes_;
};

int call(int fd, unsigned long number, void *argument)
{
	return error_of(ioctl(fd, number, argument));
}

/* Two pages, of which the second is not there. */
class cut_off {
public:
	explicit cut_off(int protection)
		: at_{static_cast<char *>(
			  mmap(nullptr, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))},
		  protection_{protection}
	{
		munmap(at_ + page, page);
	}
	~cut_off() { munmap(at_, page); }

	/* A copy of the first bytes, that ends where the memory ends. */
	void *hold(const void *from, size_t bytes)
	{
		mprotect(at_, page, PROT_READ | PROT_WRITE);
		memcpy(at_ + page - bytes, from, bytes);
		mprotect(at_, page, protection_);
		return at_ + page - bytes;
	}

private:
	char *at_;
	int protection_;
};

TEST_F(ioctls, sizes)
{
	load load{"cpus=0"};
	descriptor file = open_channel();

	load.write(10);
	for (const command &command : commands)
		for (size_t size : {size_t{0}, size_t{1}, command.size - 8, command.size - 1, command.size + 1,
				    command.size + 8, size_t{INT_MAX}, size_t{UINT_MAX}}) {
			argument wrong{command};

			wrong.set(command.size_field, static_cast<__u32>(size));
			EXPECT_EQ(call(file.fd(), command.number, wrong.at()), EINVAL) << command.name << " " << size;
		}
	EXPECT_EQ(acquire(file.fd(), 0U), 0) << "nothing has happened";
}

TEST_F(ioctls, what_must_be_zero)
{
	load load{"cpus=0"};
	descriptor file = open_channel();

	load.write(10);
	for (const command &command : commands)
		for (size_t field : command.must_be_zero)
			/* 1 is a flag of one of them. */
			for (__u32 value : {2U, 0x80000000U, ~0U}) {
				argument wrong{command};

				EXPECT_EQ(call(file.fd(), command.number, wrong.set(field, value).at()), EINVAL)
					<< command.name << ", offset " << field;
			}
	EXPECT_EQ(acquire(file.fd(), 0U), 0);
}

/* With something acquired, only the wrong field is left to complain of. */
TEST_F(ioctls, a_wrong_release_releases_nothing)
{
	load load{"cpus=0"};
	descriptor file = open_channel();
	const command &command = commands[2];

	load.write(10);
	ASSERT_EQ(acquire(file.fd(), 0U), 0);
	for (size_t field : command.must_be_zero)
		EXPECT_EQ(call(file.fd(), command.number, argument{command}.set(field, 1).at()), EINVAL);
	EXPECT_EQ(call(file.fd(), command.number, argument{command}.set(command.size_field, 12).at()), EINVAL);
	EXPECT_EQ(acquire(file.fd(), 0U), EALREADY);
	EXPECT_EQ(ledger_of(file.fd()).read, 0U);
	EXPECT_EQ(release(file.fd(), 0), 0);
}

TEST_F(ioctls, cpus_that_do_not_exist)
{
	load load;
	descriptor file = open_channel();

	for (const command &command : commands) {
		if (!command.cpu_field)
			continue;
		for (__u32 cpu : {nr_cpus(), nr_cpus() + 1, 63U, 64U, 8191U, 8192U, 0x7fffffffU, 0x80000000U, ~0U - 1})
			EXPECT_EQ(call(file.fd(), command.number, argument{command}.set(command.cpu_field, cpu).at()),
				  ENXIO)
				<< command.name << " " << cpu;
		EXPECT_EQ(call(file.fd(), command.number, argument{command}.set(command.cpu_field, ~0U).at()),
			  command.number == KRING_IOC_LEDGER || command.number == KRING_IOC_HORIZON ? 0 : ENXIO)
			<< command.name;
	}
}

TEST_F(ioctls, unknown_commands)
{
	load load;
	descriptor file = open_channel();
	std::vector<char> argument(64 * 1024);

	for (unsigned number = 0; number < 256; number++)
		if (number < 0xc0 || number > 0xc5) {
			EXPECT_EQ(call(file.fd(), _IOWR('k', number, kring_ledger), argument.data()), ENOTTY) << number;
		}
	for (const command &command : commands)
		for (unsigned bit : {8U, 16U, 20U, 29U, 30U, 31U})
			EXPECT_EQ(call(file.fd(), command.number ^ 1UL << bit, argument.data()), ENOTTY)
				<< command.name << ", bit " << bit;
	for (unsigned long number :
	     {0UL, ~0UL, 0xffffffffUL, static_cast<unsigned long>(TCGETS), static_cast<unsigned long>(FIONREAD)})
		EXPECT_EQ(call(file.fd(), number, argument.data()), ENOTTY) << number;
}

TEST_F(ioctls, arguments_that_are_not_there)
{
	load load{"cpus=0"};
	descriptor file = open_channel();
	cut_off memory{PROT_READ | PROT_WRITE};

	load.write(10);
	for (const command &command : commands) {
		argument right{command};
		auto last_page = reinterpret_cast<void *>(~0UL - command.size / 2);

		EXPECT_EQ(call(file.fd(), command.number, nullptr), EFAULT) << command.name;
		EXPECT_EQ(call(file.fd(), command.number, reinterpret_cast<void *>(8)), EFAULT) << command.name;
		EXPECT_EQ(call(file.fd(), command.number, reinterpret_cast<void *>(0xffff888000000000)), EFAULT)
			<< command.name;
		EXPECT_EQ(call(file.fd(), command.number, last_page), EFAULT) << command.name;
		for (size_t bytes : {command.size - 1, command.size / 2, size_t{4}})
			EXPECT_EQ(call(file.fd(), command.number, memory.hold(right.at(), bytes)), EFAULT)
				<< command.name << ", " << bytes << " bytes";
	}
	EXPECT_EQ(acquire(file.fd(), 0U), 0) << "nothing was acquired";
}

TEST_F(ioctls, arguments_at_the_very_end_of_memory)
{
	load load{"cpus=0"};
	descriptor file = open_channel();
	cut_off memory{PROT_READ | PROT_WRITE};

	load.write(10);
	for (const command &command : commands)
		EXPECT_EQ(call(file.fd(), command.number, memory.hold(argument{command}.at(), command.size)), 0)
			<< command.name;
}

TEST_F(ioctls, constant_arguments)
{
	load load{"cpus=0"};
	descriptor file = open_channel();
	cut_off memory{PROT_READ};
	kring_acquire acquired = acquire_of(0);

	load.write(10);
	for (const command &command : commands)
		if (command.writes) {
			EXPECT_EQ(call(file.fd(), command.number, memory.hold(argument{command}.at(), command.size)),
				  EFAULT)
				<< command.name;
		}

	ASSERT_EQ(acquire(file.fd(), acquired), 0) << "the one that could not be told of acquired nothing";
	EXPECT_EQ(acquired.first, 0U);
	EXPECT_EQ(acquired.count, 10U);
	EXPECT_EQ(call(file.fd(), KRING_IOC_RELEASE, memory.hold(argument{commands[2]}.at(), commands[2].size)), 0)
		<< "release writes nothing";
}

/* The program's fields come back as they were, the others have values. */
TEST_F(ioctls, results)
{
	load load{"cpus=0 size=64K mode=discard clock=mono order=1"};
	descriptor file = open_channel();
	kring_meta meta = info_of(file.fd());
	kring_acquire acquired = acquire_of(0);
	kring_ledger ledger;

	load.write(20);
	ledger = ledger_of(file.fd(), 0);
	EXPECT_EQ(ledger.size, sizeof(ledger));
	EXPECT_EQ(ledger.cpu, 0U);
	EXPECT_EQ(ledger.flags, 0U);
	EXPECT_EQ(ledger.pages, 8U);
	EXPECT_EQ(ledger.pages_unread, 1U);
	EXPECT_EQ(ledger.reserved[0] | ledger.reserved[1], 0U);
	EXPECT_EQ(ledger_of(file.fd()).cpu, KRING_CPU_ALL);

	ASSERT_EQ(acquire(file.fd(), acquired), 0);
	EXPECT_EQ(acquired.size, sizeof(acquired));
	EXPECT_EQ(acquired.cpu, 0U);
	EXPECT_EQ(acquired.flags | acquired.reserved0 | acquired.reserved[0] | acquired.reserved[1], 0U);
	EXPECT_LT(acquired.page, meta.pages);
	EXPECT_EQ(acquired.start, sizeof(kring_page));
	EXPECT_EQ(acquired.count, 20U);
	EXPECT_EQ(acquired.overwritten, 0U);

	EXPECT_EQ(meta.magic, KRING_MAGIC);
	EXPECT_EQ(meta.version, unsigned{KRING_ABI_VERSION});
	EXPECT_EQ(meta.size, sizeof(meta));
	EXPECT_EQ(meta.mode, unsigned{KRING_MODE_DISCARD});
	EXPECT_EQ(meta.clock, unsigned{KRING_CLOCK_MONO});
	EXPECT_EQ(meta.page_size, 8192U);
	EXPECT_EQ(meta.pages, 9U);
	EXPECT_EQ(meta.nr_cpus, nr_cpus());
	EXPECT_EQ(meta.time_mult, 1U);
	EXPECT_EQ(meta.time_shift, 0U);
	EXPECT_EQ(meta.time_ns, meta.time_ticks);
	EXPECT_EQ(meta.ring_stride, meta.pages_offset + number{meta.pages} * meta.page_size);
	EXPECT_EQ(meta.map_size, meta.rings + meta.nr_cpus * meta.ring_stride);
	for (unsigned cpu = 0; cpu < KRING_CPUS_MAX; cpu++)
		ASSERT_EQ(static_cast<bool>(meta.cpus[cpu / 64] >> (cpu % 64) & 1), cpu < nr_cpus());
}

} /* namespace */
} /* namespace kring::abi */
