/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* An open /dev/kring/<channel>: what the kernel does for a reader, one function a call. */
#ifndef LIBKRING_DEVICE_HH
#define LIBKRING_DEVICE_HH

#include <string>
#include <string_view>

#include <sys/types.h>

#include "file.hh"
#include "meta.hh"

namespace kring
{

/* A mapped ring as an observer sees it. */
class view {
public:
	view(const kring_meta &meta, const char *ring) : meta_{meta}, ring_{ring} {}

	const kring_ring &ring() const { return *reinterpret_cast<const kring_ring *>(ring_); }
	const kring_page &page(__u32 id) const
	{
		return *reinterpret_cast<const kring_page *>(ring_ + meta_.pages_offset + __u64{id} * meta_.page_size);
	}
	__u32 pages() const { return meta_.pages; }

private:
	const kring_meta &meta_;
	const char *ring_;
};

class device {
public:
	device() = default;
	device(const device &) = delete;
	device &operator=(const device &) = delete;
	~device();

	/* Of a valid channel name. 0 or -errno; why() says more of an -EPROTO. */
	int open(std::string_view channel);
	/* Makes page() work. */
	int map();

	int fd() const { return file_.fd(); }
	const char *why() const { return why_; }
	const kring_meta &meta() const { return meta_; }
	/* Looks again for CPUs whose ring is new. */
	void refresh_cpus();

	/* As the system calls, but -errno. */
	ssize_t read(void *buffer, size_t room);
	int seek_oldest();
	int seek_newest();
	/* Of a mapped channel: nothing more will be written. What is found after asking is all. */
	bool is_gone() const;
	/* From now on poll() tells of what comes next; -ENODEV: nothing will. */
	int rest();
	/* Up to when all CPUs are complete: see struct kring_horizon. */
	int horizon(__u64 &time);
	/* What comes behind that which is acquired, and that is released. */
	int acquire_next(__u32 cpu, kring_acquire &acquire);
	int ledger(__u32 cpu, kring_ledger &ledger);
	int set_wakeup(__u32 watermark, __u32 deadline_us);

	/* A page of a mapped ring, by an id that the kernel gave; nullptr if there is no such page. */
	const kring_page *page(__u32 cpu, __u32 id) const;
	/* A mapped ring, of a CPU that has one. */
	class view view(__u32 cpu) const;

private:
	int read_meta(kring_meta &meta);
	const char *ring(__u32 cpu) const { return map_ + meta_.rings + cpu * meta_.ring_stride; }

	file file_;
	kring_meta meta_{};
	const char *map_ = nullptr;
	const char *why_ = "";
};

} /* namespace kring */

#endif
