/* SPDX-License-Identifier: GPL-2.0-only */
/* What kring_events and kring_example record: each group its own events, with true fields. */
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstring>
#include <sstream>

#include "../../events/kring_events.h"
#include "abi_test.hh"

namespace kring::abi
{
namespace
{

using names = std::set<std::string>;

struct record {
	unsigned cpu;
	number stamp;
	std::string type; /* without "struct " */
	std::string payload;

	template <typename T>
	const T &as() const
	{
		EXPECT_EQ(payload.size(), sizeof(T)) << type;
		return *reinterpret_cast<const T *>(payload.data());
	}
};

/* From sysfs: by id, without "struct ". */
std::map<unsigned, std::string> types_of(const std::string &channel)
{
	std::istringstream text{read_text("/sys/class/kring/" + channel + "/types")};
	std::string id, size, module, inode, keyword, name;
	std::map<unsigned, std::string> types;

	while (text >> id >> size >> module >> inode >> keyword >> name)
		types[static_cast<unsigned>(std::stoul(id))] = name;
	return types;
}

/* All that has come since the last call, in each CPU's order. */
class reader {
public:
	explicit reader(const std::string &channel)
		: types_{types_of(channel)}, file_{open_channel(channel)}, buffer_(room / sizeof(number))
	{
	}

	/* In one system call: the next may find what this one has made. */
	std::vector<record> read_all()
	{
		std::vector<record> records;
		const char *at = reinterpret_cast<const char *>(buffer_.data());
		ssize_t got = read(file_.fd(), buffer_.data(), room);

		EXPECT_LT(got, static_cast<ssize_t>(room / 2)) << "that may not be all";
		for (ssize_t done = 0; done < got;)
			done += take(*reinterpret_cast<const kring_page *>(at + done), records);
		return records;
	}

	names type_names() const
	{
		names all;

		for (const auto &[id, name] : types_)
			all.insert(name);
		return all;
	}

private:
	ssize_t take(const kring_page &page, std::vector<record> &records)
	{
		record_cursor cursor{page};
		record_view view;

		while (cursor.next(view))
			records.push_back({page.cpu,
					   view.stamp,
					   types_[view.type],
					   {static_cast<const char *>(view.payload), view.size}});
		EXPECT_EQ(cursor.error(), page_error::none);
		return KRING_COMMIT_OFFSET(page.commit);
	}

	static constexpr size_t room = 16 << 20;

	std::map<unsigned, std::string> types_;
	descriptor file_;
	std::vector<number> buffer_;
};

/* kring_events, as long as this lives. */
class events {
public:
	explicit events(const std::string &groups) { EXPECT_EQ(load_module("kring_events", "groups=" + groups), 0); }
	~events() { EXPECT_EQ(unload_module("kring_events"), 0); }
};

constexpr const char *child_name = "abi-child";
constexpr int marked_fd = 0x7abc1234;

/* Something for each group to record; the id of a child that was named, slept and ended. */
pid_t make_events()
{
	pid_t child = start_child([] {
		prctl(PR_SET_NAME, child_name);
		usleep(2000);
		return 0;
	});

	EXPECT_EQ(end_of(child), 0);
	EXPECT_EQ(write_text("/dev/ttyS0", "abi: a line for the serial port to interrupt\n"), 0);
	EXPECT_EQ(error_of(syscall(SYS_close, marked_fd)), EBADF);
	return child;
}

class recording : public clean_test {};

const std::map<std::string, names> types_of_group = {
	{"sched", {"sched_switch", "sched_wakeup"}},
	{"irq", {"irq_handler_entry", "irq_handler_exit"}},
	{"softirq", {"softirq_raise", "softirq_entry", "softirq_exit"}},
	{"syscalls", {"sys_enter", "sys_exit"}},
};

void expect_these_and_no_others(const std::string &groups, const names &expected)
{
	events events{groups};
	reader reader{"events"};
	names seen;

	EXPECT_EQ(reader.type_names(), expected) << groups;
	EXPECT_TRUE(eventually([&] {
		make_events();
		for (const record &record : reader.read_all())
			seen.insert(record.type);
		return seen.size() >= expected.size();
	}));
	EXPECT_EQ(seen, expected) << groups;
	expect_sound(ledger_of(open_channel("events").fd()));
}

TEST_F(recording, each_group)
{
	for (const auto &[group, types] : types_of_group)
		expect_these_and_no_others(group, types);
}

TEST_F(recording, groups_together)
{
	names expected = types_of_group.at("irq");

	expected.insert(types_of_group.at("syscalls").begin(), types_of_group.at("syscalls").end());
	expect_these_and_no_others("syscalls,irq", expected);
}

TEST_F(recording, default_groups)
{
	ASSERT_EQ(load_module("kring_events"), 0);
	names types = reader{"events"}.type_names();

	EXPECT_EQ(types.size(), 7U);
	EXPECT_FALSE(types.count("sys_enter"));
	EXPECT_EQ(unload_module("kring_events"), 0);
}

/* What was recorded of one child. */
struct life {
	unsigned came = 0, left = 0, slept = 0, ended = 0, begun = 0, woken = 0;

	void add(pid_t child, const sched_switch &it)
	{
		bool leaves = it.prev_pid == child && !strcmp(it.prev_comm, child_name);

		came += it.next_pid == child;
		left += it.prev_pid == child;
		slept += leaves && it.prev_state == 1;
		ended += leaves && it.prev_state & 0x30;
	}

	void add(pid_t child, const sched_wakeup &it)
	{
		begun += it.pid == child && it.first;
		woken += it.pid == child && !it.first;
	}
};

void expect_sane(const sched_switch &it)
{
	EXPECT_NE(it.prev_pid, it.next_pid);
	EXPECT_EQ(it.next_pid == 0, !strncmp(it.next_comm, "swapper/", 8)) << it.next_comm;
	EXPECT_GE(it.prev_prio, -1); /* deadline tasks, such as that which stops a CPU */
	EXPECT_LE(it.prev_prio, 139);
}

TEST_F(recording, sched)
{
	events events{"sched"};
	reader reader{"events"};
	pid_t child = make_events();
	life life;

	/* The parent goes on before the child has left its CPU for good. */
	EXPECT_TRUE(eventually([&] {
		for (const record &record : reader.read_all()) {
			if (record.type == "sched_switch") {
				expect_sane(record.as<sched_switch>());
				life.add(child, record.as<sched_switch>());
			} else {
				EXPECT_LT(static_cast<unsigned>(record.as<sched_wakeup>().target_cpu), nr_cpus());
				life.add(child, record.as<sched_wakeup>());
			}
		}
		return life.ended == 1;
	}));
	EXPECT_EQ(life.begun, 1U);
	EXPECT_GE(life.slept, 1U) << "in usleep()";
	EXPECT_GE(life.woken, 1U);
	EXPECT_GE(life.came, 2U);
	EXPECT_EQ(life.came, life.left);
}

/* On a CPU, handlers begin and end in turn; a device's handlers share a number. */
TEST_F(recording, irq)
{
	events events{"irq"};
	reader reader{"events"};
	std::map<unsigned, int> running;
	std::vector<record> records;

	EXPECT_TRUE(eventually([&] {
		make_events();
		for (const record &record : reader.read_all())
			records.push_back(record);
		return records.size() > 10;
	}));
	for (const record &record : records) {
		if (record.type == "irq_handler_entry") {
			running[record.cpu] = record.as<irq_handler_entry>().irq;
			EXPECT_NE(read_text("/proc/interrupts").find(record.as<irq_handler_entry>().name),
				  std::string::npos);
		} else if (running.count(record.cpu)) {
			EXPECT_EQ(record.as<irq_handler_exit>().irq, running[record.cpu]);
			EXPECT_LE(record.as<irq_handler_exit>().ret, 3U);
		}
	}
}

TEST_F(recording, softirq)
{
	const std::vector<std::string> actions = {"HI",	      "TIMER",	 "NET_TX", "NET_RX",  "BLOCK",
						  "IRQ_POLL", "TASKLET", "SCHED",  "HRTIMER", "RCU"};
	events events{"softirq"};
	reader reader{"events"};
	std::map<unsigned, int> running;
	size_t before = reader.read_all().size(); /* some of when not all callbacks were in place */

	EXPECT_TRUE(eventually([=] { return read_number("/sys/class/kring/events/ledger/committed") > before + 100; }));
	for (const record &record : reader.read_all()) {
		const auto &it = record.as<softirq_entry>();
		auto [at, is_first] = running.try_emplace(record.cpu, -1);

		ASSERT_LT(it.vec, actions.size());
		EXPECT_EQ(std::string{it.action}, actions[it.vec]);
		if (record.type == "softirq_raise")
			continue;
		EXPECT_TRUE(is_first || (at->second < 0) == (record.type == "softirq_entry"));
		if (record.type == "softirq_exit" && !is_first) {
			EXPECT_EQ(static_cast<int>(it.vec), at->second);
		}
		at->second = record.type == "softirq_entry" ? static_cast<int>(it.vec) : -1;
	}
}

TEST_F(recording, syscalls)
{
	events events{"syscalls"};
	reader reader{"events"};
	pid_t self = gettid();
	bool is_inside = false;
	unsigned calls = 0;

	make_events();
	for (const record &record : reader.read_all()) {
		if (record.type == "sys_enter") {
			const auto &it = record.as<sys_enter>();

			is_inside = it.pid == self && it.nr == SYS_close && it.args[0] == marked_fd;
		} else if (is_inside && record.as<sys_exit>().pid == self) {
			EXPECT_EQ(record.as<sys_exit>().nr, SYS_close);
			EXPECT_EQ(record.as<sys_exit>().ret, -EBADF);
			is_inside = false;
			calls++;
		}
	}
	EXPECT_EQ(calls, 1U);
}

/* The lines in README.md, live: a record every 10 ms. */
TEST_F(recording, example)
{
	struct {
		__u32 number;
		__s32 worker;
	} tick;
	std::map<__u32, __s32> ticks;

	ASSERT_EQ(load_module("kring_example"), 0);
	reader reader{"example"};

	EXPECT_EQ(reader.type_names(), names{"example_tick"});
	EXPECT_TRUE(eventually([&] {
		for (const record &record : reader.read_all()) {
			EXPECT_EQ(record.payload.size(), sizeof(tick));
			memcpy(&tick, record.payload.data(), sizeof(tick));
			EXPECT_TRUE(ticks.emplace(tick.number, tick.worker).second) << tick.number << " came twice";
			EXPECT_TRUE(exists("/proc/" + std::to_string(tick.worker))) << tick.worker;
		}
		return ticks.size() >= 20;
	}));
	EXPECT_EQ(ticks.begin()->first, 0U);
	EXPECT_EQ(ticks.rbegin()->first, ticks.size() - 1) << "some are missing";
	EXPECT_EQ(unload_module("kring_example"), 0);
}

} /* namespace */
} /* namespace kring::abi */
