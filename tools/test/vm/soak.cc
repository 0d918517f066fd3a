/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads what kring_load writes, as the owner through a mapping and as an
 * observer through read(), at once, while it is written. Verifies every byte
 * of every record, that nothing is missing without being counted, and in the
 * end holds kring's ledger against kring_load's own counts.
 *
 * Runs in the guest, with kring and kring_load loaded and no run started. Uses
 * the kernel's interface alone; the pages are parsed by the core's page_view.hh.
 */
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cinttypes>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "../../../src/core/page_view.hh"
#include "../../events/kring_load.h"

namespace
{

std::atomic<bool> stop{false};
std::atomic<int> failures{0};

[[gnu::format(printf, 1, 2)]] void fail(const char *format, ...)
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

[[noreturn]] void die(const char *what)
{
	fprintf(stderr, "soak: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* What one reader has seen of one CPU. */
struct lane {
	__u64 expected = 0; /* sequence number */
	__u64 received = 0;
	__u64 lost = 0;
	__u64 stamp = 0;
	__u64 number[KRING_LOAD_CONTEXTS] = {}; /* the least that may come next */
	__u64 of_context[KRING_LOAD_CONTEXTS] = {};
	unsigned depth = 0;
	bool started = false;
};

/* A reader's records, checked one by one. */
class verifier {
public:
	explicit verifier(const char *name) : name_{name} {}

	/* The next record to come of a CPU is number first: what is between was lost. */
	void begin(unsigned cpu, __u64 first)
	{
		lane &lane = lanes_[cpu];

		if (first < lane.expected)
			fail("%s: cpu %u: record %llu comes twice", name_, cpu, first);
		lane.lost += first - lane.expected;
		lane.expected = first;
	}

	/* Of a span or an image. */
	void records(unsigned cpu, kring::record_cursor cursor, __u32 count)
	{
		lane &lane = lanes_[cpu];
		kring::record_view record;
		__u32 seen = 0;

		while (cursor.next(record)) {
			if (record.discarded)
				continue;
			seen++;
			one(cpu, lane, record);
		}
		if (cursor.error() != kring::page_error::none)
			fail("%s: cpu %u: a page does not parse behind record %llu", name_, cpu, lane.expected);
		if (seen != count)
			fail("%s: cpu %u: %u records where %u were announced", name_, cpu, seen, count);
	}

	const std::map<unsigned, lane> &lanes() const { return lanes_; }
	const char *name() const { return name_; }

private:
	void one(unsigned cpu, lane &lane, const kring::record_view &record)
	{
		const auto *load = static_cast<const kring_load_record *>(record.payload);

		if (record.seq != lane.expected)
			fail("%s: cpu %u: record %llu where %llu was due", name_, cpu, record.seq, lane.expected);
		lane.expected++;
		lane.received++;
		if (!kring_load_intact(load, record.size) || load->cpu != cpu) {
			fail("%s: cpu %u: record %llu is torn or foreign", name_, cpu, record.seq);
			return;
		}
		if (load->number < lane.number[load->context])
			fail("%s: cpu %u: attempt %llu of context %u comes after a later one", name_, cpu, load->number,
			     load->context);
		lane.number[load->context] = load->number + 1;
		lane.of_context[load->context]++;
		if (load->depth > lane.depth)
			lane.depth = load->depth;
		if (record.stamp < lane.stamp)
			fail("%s: cpu %u: time goes back by %llu at record %llu", name_, cpu, lane.stamp - record.stamp,
			     record.seq);
		lane.stamp = record.stamp;
	}

	const char *name_;
	std::map<unsigned, lane> lanes_;
};

int open_channel(const std::string &channel)
{
	int fd = open(("/dev/kring/" + channel).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		die("open");
	return fd;
}

kring_meta info_of(int fd)
{
	kring_meta meta{};

	meta.size = sizeof(meta);
	if (ioctl(fd, KRING_IOC_INFO, &meta))
		die("KRING_IOC_INFO");
	return meta;
}

/* Consumes one span of a CPU, in place; false if there is none. */
bool own_one(int fd, const char *map, const kring_meta &meta, unsigned cpu, verifier &verifier)
{
	kring_acquire acquired{};

	acquired.size = sizeof(acquired);
	acquired.cpu = cpu;
	if (ioctl(fd, KRING_IOC_ACQUIRE, &acquired)) {
		if (errno != EAGAIN)
			die("KRING_IOC_ACQUIRE");
		return false;
	}

	const char *page =
		map + meta.rings + cpu * meta.ring_stride + meta.pages_offset + __u64{acquired.page} * meta.page_size;
	const auto &header = *reinterpret_cast<const kring_page *>(page);
	kring_release release{};

	verifier.begin(cpu, acquired.first);
	verifier.records(cpu, {header, acquired.start, acquired.end, acquired.first}, acquired.count);
	release.size = sizeof(release);
	release.cpu = cpu;
	if (ioctl(fd, KRING_IOC_RELEASE, &release))
		die("KRING_IOC_RELEASE");
	return true;
}

void wait_for_records(int fd)
{
	pollfd waiting = {.fd = fd, .events = POLLIN, .revents = 0};

	if (poll(&waiting, 1, 100) < 0 && errno != EINTR)
		die("poll");
}

/* Until the writers have stopped and nothing is left. */
void own(const std::string &channel, verifier &verifier)
{
	int fd = open_channel(channel);
	kring_meta meta = info_of(fd);
	void *map = mmap(nullptr, meta.map_size, PROT_READ, MAP_SHARED, fd, 0);

	if (map == MAP_FAILED)
		die("mmap");
	for (bool last = false, more = true; more || !last;) {
		last = stop;
		more = false;
		for (unsigned cpu = 0; cpu < meta.nr_cpus; cpu++)
			if (meta.cpus[cpu / 64] >> (cpu % 64) & 1)
				more |= own_one(fd, static_cast<const char *>(map), meta, cpu, verifier);
		if (!more && !last)
			wait_for_records(fd);
	}
	munmap(map, meta.map_size);
	close(fd);
}

void check_images(const char *at, const char *end, verifier &verifier)
{
	while (at < end) {
		const auto &page = *reinterpret_cast<const kring_page *>(at);

		if (kring::check_page(page, static_cast<__u64>(end - at)) != kring::page_error::none) {
			fail("%s: read() returned no page image", verifier.name());
			return;
		}
		verifier.begin(page.cpu, page.first);
		verifier.records(page.cpu, kring::record_cursor{page}, KRING_COMMIT_COUNT(page.commit));
		at += KRING_COMMIT_OFFSET(page.commit);
	}
}

void observe(const std::string &channel, verifier &verifier)
{
	int fd = open_channel(channel);
	std::vector<char> buffer(1 << 20);

	for (;;) {
		bool last = stop;
		ssize_t got = read(fd, buffer.data(), buffer.size());

		if (got > 0) {
			check_images(buffer.data(), buffer.data() + got, verifier);
			continue;
		}
		if (got < 0 && errno != EAGAIN)
			die("read");
		if (last)
			break;
		wait_for_records(fd);
	}
	close(fd);
}

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

void check_lane(const char *reader, unsigned cpu, const lane &lane, const kring_ledger &ledger)
{
	if (lane.expected != lane.received + lane.lost)
		fail("%s: cpu %u: received and lost do not add up", reader, cpu);
	if (lane.expected != ledger.committed)
		fail("%s: cpu %u: received %llu + lost %llu is not the %llu committed", reader, cpu, lane.received,
		     lane.lost, ledger.committed);
}

void check_ledger(const std::string &channel, const verifier &owner, const verifier &observer)
{
	kring_ledger all = ledger_of(channel, KRING_CPU_ALL);
	std::map<std::string, __u64> load = counts();
	__u64 received = 0;

	for (const auto &[cpu, lane] : owner.lanes()) {
		kring_ledger ledger = ledger_of(channel, cpu);

		check_lane("owner", cpu, lane, ledger);
		expect("owner: received, and read in the ledger", lane.received, ledger.read);
		expect("owner: lost, and overwritten in the ledger", lane.lost, ledger.overwritten);
		received += lane.received;
	}
	for (const auto &[cpu, lane] : observer.lanes())
		check_lane("observer", cpu, lane, ledger_of(channel, cpu));

	expect("ledger: committed, and read + overwritten + unread", all.committed,
	       all.read + all.overwritten + all.unread);
	expect("ledger: unread, when all was read", all.unread, 0);
	expect("owner: received, and read in the ledger", received, all.read);
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

void report(const verifier &verifier)
{
	static const char *const names[] = {"task", "softirq", "irq", "nmi", "dying"};
	__u64 of_context[KRING_LOAD_CONTEXTS] = {};
	__u64 received = 0, lost = 0;
	unsigned depth = 0;

	for (const auto &[cpu, lane] : verifier.lanes()) {
		received += lane.received;
		lost += lane.lost;
		depth = lane.depth > depth ? lane.depth : depth;
		for (unsigned context = 0; context < KRING_LOAD_CONTEXTS; context++)
			of_context[context] += lane.of_context[context];
	}
	printf("soak: %-8s received %llu, lost %llu, deepest inside %u others;", verifier.name(), received, lost,
	       depth);
	for (unsigned context = 0; context < KRING_LOAD_CONTEXTS; context++)
		printf(" %s %llu", names[context], of_context[context]);
	printf("\n");
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

} /* namespace */

int main(int argc, char **argv)
{
	if (argc < 2 || argv[1][0] == '-') {
		printf("Usage: soak CHANNEL [SECONDS]\n\nReads and verifies a run of kring_load; see the head of soak.cc.\n");
		return argc < 2 ? 2 : 0;
	}

	std::string channel = argv[1];
	verifier owner{"owner"};
	verifier observer{"observer"};
	std::thread owning{own, channel, std::ref(owner)};
	std::thread observing{observe, channel, std::ref(observer)};

	run_load(argc > 2 ? static_cast<unsigned>(atoi(argv[2])) : 600);
	stop = true;
	owning.join();
	observing.join();
	report(owner);
	report(observer);
	check_ledger(channel, owner, observer);
	printf("soak: %s\n", failures ? "FAILED" : "ledger exact");
	return failures ? 1 : 0;
}
