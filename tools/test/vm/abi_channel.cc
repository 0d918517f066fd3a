/* SPDX-License-Identifier: GPL-2.0-only */
#include "abi_channel.hh"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace kring::abi
{

descriptor open_channel(const std::string &name, int flags)
{
	return descriptor{open(("/dev/kring/" + name).c_str(), flags | O_CLOEXEC)};
}

kring_meta info_of(int fd)
{
	kring_meta meta{};

	meta.size = sizeof(meta);
	EXPECT_EQ(error_of(ioctl(fd, KRING_IOC_INFO, &meta)), 0);
	return meta;
}

kring_ledger ledger_of(int fd, __u32 cpu)
{
	kring_ledger ledger{};

	ledger.size = sizeof(ledger);
	ledger.cpu = cpu;
	EXPECT_EQ(error_of(ioctl(fd, KRING_IOC_LEDGER, &ledger)), 0);
	return ledger;
}

number dropped(const kring_ledger &ledger)
{
	number sum = 0;

	for (number cause : ledger.dropped)
		sum += cause;
	return sum;
}

void expect_sound(const kring_ledger &ledger)
{
	EXPECT_EQ(ledger.committed, ledger.read + ledger.overwritten + ledger.unread);
	EXPECT_EQ(ledger.fault, 0U);
}

bool has_ring(const kring_meta &meta, unsigned cpu)
{
	return cpu < meta.nr_cpus && meta.cpus[cpu / 64] >> (cpu % 64) & 1;
}

unsigned nr_cpus()
{
	return static_cast<unsigned>(sysconf(_SC_NPROCESSORS_CONF));
}

kring_acquire acquire_of(__u32 cpu)
{
	kring_acquire acquired{};

	acquired.size = sizeof(acquired);
	acquired.cpu = cpu;
	return acquired;
}

int acquire(int fd, kring_acquire &acquired)
{
	return error_of(ioctl(fd, KRING_IOC_ACQUIRE, &acquired));
}

int acquire(int fd, __u32 cpu)
{
	kring_acquire acquired = acquire_of(cpu);

	return acquire(fd, acquired);
}

int release(int fd, __u32 cpu)
{
	kring_release released{};

	released.size = sizeof(released);
	released.cpu = cpu;
	return error_of(ioctl(fd, KRING_IOC_RELEASE, &released));
}

int poll_now(int fd, int events, int timeout)
{
	pollfd waiting = {.fd = fd, .events = static_cast<short>(events), .revents = 0};

	if (poll(&waiting, 1, timeout) < 0)
		return -errno;
	return waiting.revents;
}

void journal::record(lane &lane, unsigned cpu, const record_view &record)
{
	const auto *load = static_cast<const kring_load_record *>(record.payload);

	ASSERT_EQ(record.seq, lane.next);
	/* Untyped ones are written by programs. */
	if (record.type) {
		ASSERT_EQ(record.type, 1U);
		ASSERT_TRUE(kring_load_intact(load, record.size));
		ASSERT_EQ(load->cpu, cpu);
	}
	lane.next++;
	lane.records++;
}

void journal::walk(unsigned cpu, number first, number count, record_cursor cursor)
{
	lane &lane = lanes_[cpu];
	number before = lane.records;
	record_view view;

	EXPECT_GE(first, lane.next) << "records come twice";
	lane.lost += first - lane.next;
	lane.next = first;
	while (cursor.next(view) && !testing::Test::HasFatalFailure())
		if (!view.discarded)
			record(lane, cpu, view);
	EXPECT_EQ(cursor.error(), page_error::none);
	EXPECT_EQ(lane.records - before, count);
}

void journal::images(const char *at, size_t size)
{
	while (size) {
		const auto &page = *reinterpret_cast<const kring_page *>(at);

		ASSERT_EQ(check_page(page, size), page_error::none);
		ASSERT_FALSE(page.commit & KRING_COMMIT_FINAL);
		ASSERT_EQ(page.reserved[0] | page.reserved[1], 0U);
		ASSERT_NE(page.seq, KRING_SEQ_INVALID);
		ASSERT_GT(KRING_COMMIT_OFFSET(page.commit), page_header_size);
		walk(page.cpu, page.first, KRING_COMMIT_COUNT(page.commit), record_cursor{page});
		at += KRING_COMMIT_OFFSET(page.commit);
		size -= KRING_COMMIT_OFFSET(page.commit);
		images_++;
	}
}

void journal::span(const kring_page &page, const kring_acquire &span)
{
	ASSERT_EQ(check_page(page, page.size), page_error::none);
	ASSERT_EQ(page.id, span.page);
	ASSERT_EQ(page.cpu, span.cpu);
	ASSERT_LT(span.start, span.end);
	ASSERT_LE(span.end, KRING_COMMIT_OFFSET(page.commit));
	walk(span.cpu, span.first, span.count, record_cursor{page, span.start, span.end, span.first});
}

number journal::records() const
{
	number sum = 0;

	for (const auto &[cpu, lane] : lanes_)
		sum += lane.records;
	return sum;
}

number journal::lost() const
{
	number sum = 0;

	for (const auto &[cpu, lane] : lanes_)
		sum += lane.lost;
	return sum;
}

ssize_t read_all(int fd, journal &journal, size_t buffer)
{
	/* Images are 8-byte aligned, as their records are. */
	std::vector<number> room(buffer / sizeof(number));

	for (;;) {
		ssize_t got = read(fd, room.data(), buffer);

		if (got <= 0)
			return got < 0 ? -errno : 0;
		journal.images(reinterpret_cast<const char *>(room.data()), static_cast<size_t>(got));
		if (testing::Test::HasFatalFailure())
			return -EBADMSG;
	}
}

mapping::mapping(int fd, size_t size, size_t offset)
	: address_{mmap(nullptr, size, PROT_READ, MAP_SHARED, fd, static_cast<off_t>(offset))}, size_{size}
{
	EXPECT_NE(address_, MAP_FAILED) << "errno " << errno;
}

mapping::~mapping()
{
	unmap();
}

void mapping::unmap()
{
	if (address_ != MAP_FAILED)
		munmap(address_, size_);
	address_ = MAP_FAILED;
}

const kring_ring &mapping::ring(unsigned cpu) const
{
	return *reinterpret_cast<const kring_ring *>(at(meta().rings + cpu * meta().ring_stride));
}

const kring_page &mapping::page(unsigned cpu, unsigned id) const
{
	return *reinterpret_cast<const kring_page *>(
		at(meta().rings + cpu * meta().ring_stride + meta().pages_offset + number{id} * meta().page_size));
}

number own_all(int fd, const mapping &map, unsigned cpu, journal &journal)
{
	number before = journal.of(cpu).records;

	for (;;) {
		kring_acquire acquired = acquire_of(cpu);
		int error = acquire(fd, acquired);

		if (error) {
			EXPECT_TRUE(error == EAGAIN || error == ENODEV) << "errno " << error;
			return journal.of(cpu).records - before;
		}
		journal.span(map.page(cpu, acquired.page), acquired);
		EXPECT_EQ(release(fd, cpu), 0);
		if (testing::Test::HasFailure())
			return 0;
	}
}

} /* namespace kring::abi */
