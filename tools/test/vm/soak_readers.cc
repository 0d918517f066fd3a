/* SPDX-License-Identifier: GPL-2.0-only */
/* The three ways to read a channel, each for a thread of the soak. */
#include "soak_readers.hh"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "../../../src/core/page_observer.hh"
#include "../platform_native.hh"

namespace kring::soak
{

namespace
{

/* An open channel, and what it says of itself. */
class device {
public:
	explicit device(const std::string &channel) : fd_{open_channel(channel)}
	{
		meta_.size = sizeof(meta_);
		if (ioctl(fd_, KRING_IOC_INFO, &meta_))
			die("KRING_IOC_INFO");
	}
	~device() { close(fd_); }
	device(const device &) = delete;

	int fd() const { return fd_; }
	const kring_meta &meta() const { return meta_; }
	bool has_ring(unsigned cpu) const { return meta_.cpus[cpu / 64] >> (cpu % 64) & 1; }
	void wait_for_records() const
	{
		pollfd waiting = {.fd = fd_, .events = POLLIN, .revents = 0};

		if (poll(&waiting, 1, 100) < 0 && errno != EINTR)
			die("poll");
	}

private:
	int fd_;
	kring_meta meta_{};
};

/* Its pages. */
class mapping {
public:
	explicit mapping(const device &device)
		: meta_{device.meta()}, start_{mmap(nullptr, meta_.map_size, PROT_READ, MAP_SHARED, device.fd(), 0)}
	{
		if (start_ == MAP_FAILED)
			die("mmap");
	}
	~mapping() { munmap(start_, meta_.map_size); }
	mapping(const mapping &) = delete;

	const char *ring(unsigned cpu) const
	{
		return static_cast<const char *>(start_) + meta_.rings + cpu * meta_.ring_stride;
	}
	const char *page(unsigned cpu, __u32 id) const
	{
		return ring(cpu) + meta_.pages_offset + __u64{id} * meta_.page_size;
	}
	const kring_meta &meta() const { return meta_; }

private:
	kring_meta meta_;
	void *start_;
};

/* Takes what pass() finds until it finds nothing after the writers have stopped; idle() waits for more. */
template <class Pass, class Idle> void read_to_the_end(signals &signals, Pass pass, Idle idle)
{
	bool more = pass();

	signals.ready.count_down();
	for (bool last = false; more || !last;) {
		last = signals.writers_stopped;
		more = pass();
		if (!more && !last)
			idle();
	}
}

/* Consumes one span of a CPU, in place; false if there is none. */
bool own_one(const device &device, const mapping &map, unsigned cpu, verifier &verifier)
{
	kring_acquire acquired{};
	kring_release release{};

	acquired.size = sizeof(acquired);
	acquired.cpu = cpu;
	if (ioctl(device.fd(), KRING_IOC_ACQUIRE, &acquired)) {
		if (errno != EAGAIN)
			die("KRING_IOC_ACQUIRE");
		return false;
	}

	const auto &page = *reinterpret_cast<const kring_page *>(map.page(cpu, acquired.page));

	verifier.begin(cpu, acquired.first);
	verifier.records(cpu, {page, acquired.start, acquired.end, acquired.first}, acquired.count);
	release.size = sizeof(release);
	release.cpu = cpu;
	if (ioctl(device.fd(), KRING_IOC_RELEASE, &release))
		die("KRING_IOC_RELEASE");
	return true;
}

void check_images(const char *at, const char *end, verifier &verifier)
{
	while (at < end) {
		const auto &page = *reinterpret_cast<const kring_page *>(at);

		if (check_page(page, static_cast<__u64>(end - at)) != page_error::none) {
			fail("%s: read() returned no page image", verifier.name());
			return;
		}
		verifier.begin(page.cpu, page.first);
		verifier.records(page.cpu, record_cursor{page}, KRING_COMMIT_COUNT(page.commit));
		at += KRING_COMMIT_OFFSET(page.commit);
	}
}

/* The ring of one CPU, as the core's observer wants to see it. */
class mapped_ring {
public:
	mapped_ring(const mapping &map, unsigned cpu) : map_{map}, cpu_{cpu} {}

	const kring_ring &ring() const { return *reinterpret_cast<const kring_ring *>(map_.ring(cpu_)); }
	const kring_page &page(u32 id) const { return *reinterpret_cast<const kring_page *>(map_.page(cpu_, id)); }
	u32 pages() const { return map_.meta().pages; }

private:
	const mapping &map_;
	unsigned cpu_;
};

static_assert(ring_view<mapped_ring>);

/* The records of one CPU, through a copy, since they may be overwritten at any time. */
class page_copier {
public:
	page_copier(const mapping &map, unsigned cpu) : ring_{map, cpu}, cpu_{cpu}, copy_(map.meta().page_size) {}

	/* False if there is nothing. */
	bool observe_one(verifier &verifier)
	{
		page_span span{};
		status found = observer_.look(ring_, span);

		if (found != status::ok)
			return found == status::busy;

		const kring_page &page = ring_.page(span.page);

		std::memcpy(copy_.data(), &page, sizeof(page));
		std::memcpy(copy_.data() + span.start, reinterpret_cast<const char *>(&page) + span.start,
			    span.end - span.start);
		if (observer_.confirm(ring_, span)) {
			const auto &copy = *reinterpret_cast<const kring_page *>(copy_.data());

			verifier.begin(cpu_, span.first);
			verifier.records(cpu_, {copy, span.start, span.end, span.first}, span.count);
		}
		return true;
	}

private:
	mapped_ring ring_;
	unsigned cpu_;
	page_observer<test::platform_native> observer_{};
	std::vector<char> copy_;
};

} /* namespace */

int open_channel(const std::string &channel)
{
	int fd = open(("/dev/kring/" + channel).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		die("open");
	return fd;
}

void own(const std::string &channel, verifier &verifier, signals &signals)
{
	device device{channel};
	mapping map{device};

	auto pass = [&] {
		bool more = false;

		for (unsigned cpu = 0; cpu < device.meta().nr_cpus; cpu++)
			if (device.has_ring(cpu))
				more |= own_one(device, map, cpu, verifier);
		return more;
	};

	read_to_the_end(signals, pass, [&] { device.wait_for_records(); });
}

void observe_images(const std::string &channel, verifier &verifier, signals &signals)
{
	device device{channel};
	std::vector<char> buffer(1 << 20);

	auto pass = [&] {
		ssize_t got = read(device.fd(), buffer.data(), buffer.size());

		if (got < 0 && errno != EAGAIN)
			die("read");
		if (got > 0)
			check_images(buffer.data(), buffer.data() + got, verifier);
		return got > 0;
	};

	read_to_the_end(signals, pass, [&] { device.wait_for_records(); });
}

void observe_pages(const std::string &channel, verifier &verifier, signals &signals)
{
	device device{channel};
	mapping map{device};
	std::vector<page_copier> rings;

	for (unsigned cpu = 0; cpu < device.meta().nr_cpus; cpu++)
		if (device.has_ring(cpu))
			rings.emplace_back(map, cpu);

	auto pass = [&] {
		bool more = false;

		for (page_copier &ring : rings)
			more |= ring.observe_one(verifier);
		return more;
	};
	/* poll() goes by the file's position, which stands behind all that the last look has seen or will see. */
	auto idle = [&] {
		if (lseek(device.fd(), 0, SEEK_END) < 0)
			die("lseek");
		if (!pass())
			device.wait_for_records();
	};

	read_to_the_end(signals, pass, idle);
}

} /* namespace kring::soak */
