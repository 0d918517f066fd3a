/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Processes make random system calls on a channel while it is written and an
 * honest observer reads it: then its ledger is exact, the observer has missed
 * nothing untold, and an owner gets all that is left.
 *
 * $KRING_CALLS in all (1000000), from the random numbers of $KRING_SEED, which
 * is printed, and by default is another one each time.
 */
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <numeric>
#include <thread>

#include "abi_log.hh"
#include "abi_random.hh"
#include "abi_test.hh"
#include "abi_touch.hh"

namespace kring::abi
{
namespace
{

constexpr unsigned processes = 4;

number from_environment(const char *name, number otherwise)
{
	const char *text = getenv(name);

	return text && *text ? strtoull(text, nullptr, 0) : otherwise;
}

class random_calls : public clean_test {
protected:
	number tried() const { return std::accumulate(std::begin(counts.tried), std::end(counts.tried), number{0}); }
	number tried(const std::string &name) const
	{
		auto found = std::ranges::find(random_file_calls, name, &random_call::name);

		return counts.tried[found - random_file_calls.begin()];
	}

	/* Shared with the processes. */
	random_counts &counts = *static_cast<random_counts *>(
		mmap(nullptr, sizeof(random_counts), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
};

/* Reads until it is told that no more is written, and then to the end. */
void observe(journal &journal, const std::atomic<bool> &over)
{
	descriptor file = open_channel();

	for (bool last = false; !last;) {
		last = over;
		EXPECT_EQ(read_all(file.fd(), journal), -EAGAIN);
		poll_now(file.fd(), POLLIN, last ? 0 : 20);
	}
}

/* What it does now. */
std::string where(pid_t process)
{
	return "process " + std::to_string(process) + " in system call " +
	       read_value("/proc/" + std::to_string(process) + "/syscall");
}

/* Of calls; says every few seconds how many there are. Ends the processes if there are no more and no more. */
class watch {
public:
	explicit watch(const std::vector<pid_t> &callers) : callers_{callers} {}

	void look(number calls)
	{
		constexpr double stuck = 60, often = 5;

		if (calls != before_)
			moved_ = now();
		before_ = calls;
		if (now() > told_ + often) {
			printf("random: %llu calls\n", calls);
			fflush(stdout);
			told_ = now();
		}
		if (now() > moved_ + stuck)
			end_all();
	}

private:
	void end_all()
	{
		for (pid_t caller : callers_) {
			ADD_FAILURE() << where(caller);
			kill(-caller, SIGKILL);
		}
		moved_ = now();
	}

	const std::vector<pid_t> &callers_;
	double told_ = now(), moved_ = told_;
	number before_ = 0;
};

/* Until there is no child left, not even one of a child's that was killed. */
void wait_for(const std::vector<pid_t> &callers, const std::function<number()> &tried)
{
	watch watch{callers};
	int status;

	for (pid_t ended; (ended = waitpid(-1, &status, WNOHANG)) >= 0;) {
		if (std::ranges::find(callers, ended) != callers.end()) {
			EXPECT_EQ(status, 0) << "as waitpid() gives it";
		}
		if (ended)
			continue;
		watch.look(tried());
		usleep(10000);
	}
}

/* That they are not all refused can be seen. */
void show(const random_counts &counts)
{
	size_t kind = 0;

	for (const auto *calls : {&random_file_calls, &random_memory_calls})
		for (const random_call &call : *calls) {
			printf("random: %-18s %8llu, of which %8llu succeeded\n", call.name, counts.tried[kind],
			       counts.succeeded[kind]);
			EXPECT_GT(counts.tried[kind], 0U) << call.name;
			kind++;
		}
}

TEST_F(random_calls, do_no_harm)
{
	number calls = from_environment("KRING_CALLS", 1000000);
	number seed = from_environment("KRING_SEED", static_cast<number>(time(nullptr)));
	load load{"size=64K max=300 contexts=task,softirq,irq,nmi discard=20 write=5 burst=20 pause=5000"};
	random_memory memory;
	fault_guard guard;
	std::vector<pid_t> callers;
	std::atomic<bool> over{false};
	journal observed, owned;
	kernel_log log;

	printf("random: %llu calls from seed %llu\n", calls, seed);
	fflush(stdout);
	/* Children whose parent was killed become ours. */
	ASSERT_EQ(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	for (unsigned each = 0; each < processes; each++)
		callers.push_back(start_child([&] {
			/* With its children, to be ended together. */
			setpgid(0, 0);
			random_caller caller{"/dev/kring/load", memory, counts, seed + each};

			caller.run(calls / processes);
			return 0;
		}));
	load.start(1ULL << 40);
	std::thread observer{[&] { observe(observed, over); }};

	wait_for(callers, [&] { return tried(); });
	EXPECT_TRUE(load.is_running());
	load.stop();
	over = true;
	observer.join();
	show(counts);
	EXPECT_GE(tried(), calls / processes * processes);

	descriptor file = open_channel();
	kring_ledger ledger = ledger_of(file.fd());
	mapping map{file.fd(), info_of(file.fd()).map_size};
	number unread = 0;

	expect_sound(ledger);
	/* The calls write, too; a process may be killed between a record and its count. */
	number extra = ledger.committed + dropped(ledger) - load.count("committed") - load.count("dropped");

	EXPECT_GT(extra, 0U);
	EXPECT_LE(extra, tried("write, pwrite"));
	EXPECT_EQ(ledger.discarded, load.count("discarded"));
	EXPECT_EQ(load.count("attempted") + extra, ledger.committed + ledger.discarded + dropped(ledger));
	EXPECT_EQ(observed.records() + observed.lost(), ledger.committed);
	EXPECT_GT(ledger.read, 0U) << "some of the processes were owners";
	for (unsigned cpu = 0; cpu < nr_cpus(); cpu++)
		unread += own_all(file.fd(), map, cpu, owned);
	EXPECT_EQ(unread, ledger.unread);
	EXPECT_EQ(ledger_of(file.fd()).unread, 0U);
	expect_sound(ledger_of(file.fd()));
	EXPECT_EQ(log.take(), std::vector<std::string>{});
	printf("random: %llu calls; %llu records, %llu read by them\n", tried(), ledger.committed, ledger.read);
}

} /* namespace */
} /* namespace kring::abi */
