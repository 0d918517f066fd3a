/* SPDX-License-Identifier: GPL-2.0-only */
/* An open channel as the ABI tests see it: system calls that return errnos, and records that were checked. */
#ifndef KRING_TEST_ABI_CHANNEL_HH
#define KRING_TEST_ABI_CHANNEL_HH

#include <fcntl.h>
#include <sys/mman.h>

#include <map>
#include <string>
#include <vector>

#include "../../../src/core/page_view.hh"
#include "../../events/kring_load.h"
#include "abi_module.hh"

namespace kring::abi
{

/* Not open if that failed; errno tells. */
descriptor open_channel(const std::string &name = "load", int flags = O_RDONLY | O_NONBLOCK);

kring_meta info_of(int fd);
kring_ledger ledger_of(int fd, __u32 cpu = KRING_CPU_ALL);
number dropped(const kring_ledger &ledger);
/* committed = read + overwritten + unread, and no fault. */
void expect_sound(const kring_ledger &ledger);
bool has_ring(const kring_meta &meta, unsigned cpu);

/* All fields set as they must be. */
kring_acquire acquire_of(__u32 cpu);
/* Both return 0 or the errno. */
int acquire(int fd, kring_acquire &acquired);
int acquire(int fd, __u32 cpu);
int release(int fd, __u32 cpu);

/* POLL* now, or within that many milliseconds. */
int poll_now(int fd, int events = 0x3fff, int timeout = 0);

/*
 * The records that one reader has seen, each checked when it comes: in its
 * place in the sequence and, if it is of kring_load, intact.
 */
class journal {
public:
	struct lane {
		number next = 0;
		number records = 0;
		number lost = 0;
	};

	/* All images in [at, at + size). */
	void images(const char *at, size_t size);
	void span(const kring_page &page, const kring_acquire &span);

	const lane &of(unsigned cpu) { return lanes_[cpu]; }
	number records() const;
	number lost() const;
	unsigned images() const { return images_; }

private:
	void record(lane &lane, unsigned cpu, const record_view &record);
	void walk(unsigned cpu, number first, number count, record_cursor cursor);

	std::map<unsigned, lane> lanes_;
	unsigned images_ = 0;
};

/* Reads until there is nothing more, or the end of the file; what the last read() returned, negative errno. */
ssize_t read_all(int fd, journal &journal, size_t buffer = 1 << 20);

/* A mapping of a channel, or of a part. */
class mapping {
public:
	mapping(int fd, size_t size, size_t offset = 0);
	~mapping();
	mapping(const mapping &) = delete;

	const char *at(size_t offset = 0) const { return static_cast<const char *>(address_) + offset; }
	size_t size() const { return size_; }
	void unmap();

	/* Of the whole channel. */
	const kring_meta &meta() const { return *reinterpret_cast<const kring_meta *>(at()); }
	const kring_ring &ring(unsigned cpu) const;
	const kring_page &page(unsigned cpu, unsigned id) const;

private:
	void *address_;
	size_t size_;
};

/* Takes all that is there of a CPU; how many records. */
number own_all(int fd, const mapping &map, unsigned cpu, journal &journal);

/* That are possible. */
unsigned nr_cpus();

} /* namespace kring::abi */

#endif
