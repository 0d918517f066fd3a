/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads what kring_load writes, by an owner and two observers at once, while it
 * is written. They verify every byte of every record, and that nothing is
 * missing without being counted; in the end kring's ledger is held against
 * what they have seen and against kring_load's own counts.
 *
 * Runs in the guest, with kring and kring_load loaded and no run started. Uses
 * the kernel's interface alone; pages are parsed, and observed through the
 * mapping, by the core's page_view.hh and page_observer.hh.
 */
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>

#include "soak_readers.hh"

namespace kring::soak
{

namespace
{

std::atomic<int> failures{0};

} /* namespace */

void fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fprintf(stderr, "soak: FAILED: ");
	vfprintf(stderr, format, args);
	fprintf(stderr, "\n");
	va_end(args);
	if (++failures > 20)
		exit(1);
}

bool has_failed()
{
	return failures;
}

void die(const char *what)
{
	fprintf(stderr, "soak: %s: %s\n", what, strerror(errno));
	exit(1);
}

namespace
{

kring_ledger ledger_of(const std::string &channel, __u32 cpu)
{
	int fd = open_channel(channel);
	kring_ledger ledger{};

	ledger.size = sizeof(ledger);
	ledger.cpu = cpu;
	if (ioctl(fd, KRING_IOC_LEDGER, &ledger))
		die("KRING_IOC_LEDGER");
	close(fd);
	return ledger;
}

/* kring_load's counts, by name. */
std::map<std::string, __u64> counts()
{
	std::ifstream file{"/sys/kernel/debug/kring_load/counts"};
	std::map<std::string, __u64> counts;
	std::string name;
	__u64 value;

	while (file >> name >> value)
		counts[name] = value;
	if (!counts.count("attempted"))
		die("/sys/kernel/debug/kring_load/counts");
	return counts;
}

__u64 dropped(const kring_ledger &ledger)
{
	__u64 sum = 0;

	for (__u64 cause : ledger.dropped)
		sum += cause;
	return sum;
}

void expect(const char *what, __u64 left, __u64 right)
{
	if (left != right)
		fail("%s: %llu is not %llu", what, left, right);
}

/* What each reader received and lost is what was committed, on every CPU. */
void check_reader(const std::string &channel, const verifier &reader, unsigned cpus)
{
	for (unsigned cpu = 0; cpu < cpus; cpu++) {
		lane lane = reader.of(cpu);
		__u64 committed = ledger_of(channel, cpu).committed;

		if (lane.received + lane.lost != committed)
			fail("%s: cpu %u: received %llu + lost %llu is not the %llu committed", reader.name(), cpu,
			     lane.received, lane.lost, committed);
	}
}

void check_owner(const std::string &channel, const verifier &owner, unsigned cpus)
{
	for (unsigned cpu = 0; cpu < cpus; cpu++) {
		kring_ledger ledger = ledger_of(channel, cpu);

		expect("owner: received, and read in the ledger", owner.of(cpu).received, ledger.read);
		expect("owner: lost, and overwritten in the ledger", owner.of(cpu).lost, ledger.overwritten);
	}
	expect("owner: received, and read in the ledger of all CPUs", owner.sums().received,
	       ledger_of(channel, KRING_CPU_ALL).read);
}

void check_ledger(const std::string &channel)
{
	kring_ledger all = ledger_of(channel, KRING_CPU_ALL);
	std::map<std::string, __u64> load = counts();

	expect("ledger: committed, and read + overwritten + unread", all.committed,
	       all.read + all.overwritten + all.unread);
	expect("ledger: unread, when all was read", all.unread, 0);
	expect("kring_load: committed, and the ledger's", load["committed"], all.committed);
	expect("kring_load: discarded, and the ledger's", load["discarded"], all.discarded);
	expect("kring_load: dropped, and the ledger's", load["dropped"], dropped(all));
	expect("kring_load: attempted, and the ledger's sum", load["attempted"],
	       all.committed + all.discarded + dropped(all));
	expect("fault", all.fault, 0);

	printf("soak: %llu attempted, %llu committed, %llu read, %llu overwritten, %llu dropped, %llu discarded, "
	       "%llu nested\n",
	       load["attempted"], all.committed, all.read, all.overwritten, dropped(all), all.discarded,
	       load["nested"]);
}

/* Every CPU has written in every context that was asked for. */
void check_contexts(unsigned cpus)
{
	std::ifstream file{"/sys/module/kring_load/parameters/contexts"};
	std::map<std::string, __u64> load = counts();
	std::string line, context;

	std::getline(file, line);
	for (std::istringstream contexts{line}; std::getline(contexts, context, ',');)
		for (unsigned cpu = 0; cpu < cpus; cpu++)
			if (!load["cpu" + std::to_string(cpu) + '.' + context + ".committed"])
				fail("cpu %u: no record was committed in context %s", cpu, context.c_str());
}

void report(const verifier &reader)
{
	static const char *const names[] = {"task", "softirq", "irq", "nmi", "dying"};
	totals sums = reader.sums();

	printf("soak: %-14s received %llu, lost %llu;", reader.name(), sums.received, sums.lost);
	for (unsigned context = 0; context < KRING_LOAD_CONTEXTS; context++)
		printf(" %s %llu", names[context], sums.of_context[context]);
	printf("\n");
}

/* How deep the records were nested that the owner received, and whether that is enough. */
void check_nesting(const verifier &owner, __u64 least, unsigned least_depth)
{
	totals sums = owner.sums();

	printf("nested:");
	for (unsigned depth = 0; depth < depths; depth++)
		printf(" D%u %llu", depth + 1, sums.at_depth[depth]);
	printf("\n");
	if (sums.nested() < least)
		fail("%llu nested records were read, not %llu", sums.nested(), least);
	if (sums.deepest() < least_depth)
		fail("the deepest record read is at depth %u, not %u", sums.deepest(), least_depth);
}

/* Starts a run, and returns when it has ended. */
void run_load(unsigned seconds)
{
	const char *path = "/sys/module/kring_load/parameters/run";

	if (!(std::ofstream{path} << "1" << std::flush))
		die(path);
	for (unsigned tenths = 0; tenths < seconds * 10; tenths++) {
		int running = 0;

		usleep(100000);
		std::ifstream{path} >> running;
		if (!running)
			return;
		if (tenths % 100 == 99)
			fprintf(stderr, "soak: %llu attempted\n", counts()["attempted"]);
	}
	fail("kring_load has not ended its run after %u s", seconds);
}

void soak(const std::string &channel, unsigned seconds, __u64 least_nested, unsigned least_depth)
{
	unsigned cpus = static_cast<unsigned>(sysconf(_SC_NPROCESSORS_ONLN));
	verifier owner{"owner"};
	verifier images{"observer: read"};
	verifier pages{"observer: mmap"};
	signals signals{std::latch{3}, false};
	std::thread threads[] = {
		std::thread{own, channel, std::ref(owner), std::ref(signals)},
		std::thread{observe_images, channel, std::ref(images), std::ref(signals)},
		std::thread{observe_pages, channel, std::ref(pages), std::ref(signals)},
	};

	signals.ready.wait();
	run_load(seconds);
	signals.writers_stopped = true;
	for (std::thread &thread : threads)
		thread.join();
	for (const verifier *reader : {&owner, &images, &pages}) {
		report(*reader);
		check_reader(channel, *reader, cpus);
	}
	check_owner(channel, owner, cpus);
	check_ledger(channel);
	check_contexts(cpus);
	check_nesting(owner, least_nested, least_depth);
	printf("soak: %s\n", has_failed() ? "FAILED" : "ledger exact");
}

unsigned number(int argc, char **argv, int at, unsigned otherwise)
{
	return at < argc ? static_cast<unsigned>(strtoul(argv[at], nullptr, 10)) : otherwise;
}

} /* namespace */

} /* namespace kring::soak */

int main(int argc, char **argv)
{
	using namespace kring::soak;

	if (argc < 2 || argv[1][0] == '-') {
		printf("Usage: soak CHANNEL [SECONDS [NESTED [DEPTH]]]\n\n"
		       "Reads and verifies a run of kring_load; see the head of soak.cc. Fails if the run takes longer\n"
		       "than SECONDS (600), or if the owner received fewer than NESTED records (0) that were nested in\n"
		       "others, or none at DEPTH (1: in none, to 4).\n");
		return argc < 2 ? 2 : 0;
	}
	soak(argv[1], number(argc, argv, 2, 600), number(argc, argv, 3, 0), number(argc, argv, 4, 0));
	return has_failed() ? 1 : 0;
}
