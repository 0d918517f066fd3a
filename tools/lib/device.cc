/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The calls; see device.hh. */
#include "device.hh"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "channel.hh"

namespace kring
{

device::~device()
{
	if (map_)
		munmap(const_cast<char *>(map_), meta_.map_size);
}

int device::open(std::string_view channel)
{
	std::string path = device_folder + std::string{channel};

	file_ = file{::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
	if (!file_.is_open())
		return -errno;

	int error = read_meta(meta_);

	if (error) {
		why_ = "it does not answer as a kring channel does";
		return error == -ENOTTY ? -EPROTO : error;
	}

	const char *why = why_bad_meta(meta_);

	if (why)
		why_ = why;
	return why ? -EPROTO : 0;
}

int device::map()
{
	void *map = mmap(nullptr, meta_.map_size, PROT_READ, MAP_SHARED, fd(), 0);

	if (map == MAP_FAILED)
		return -errno;
	map_ = static_cast<const char *>(map);
	return 0;
}

int device::read_meta(kring_meta &meta)
{
	meta = {};
	meta.size = sizeof(meta);
	return ioctl(fd(), KRING_IOC_INFO, &meta) ? -errno : 0;
}

void device::refresh_cpus()
{
	kring_meta now;

	/* Only the bitmap may change while a channel lives. */
	if (map_)
		memcpy(meta_.cpus, reinterpret_cast<const kring_meta *>(map_)->cpus, bitmap_size(meta_));
	else if (!read_meta(now))
		memcpy(meta_.cpus, now.cpus, sizeof(meta_.cpus));
}

ssize_t device::read(void *buffer, size_t room)
{
	ssize_t got = ::read(fd(), buffer, room);

	return got < 0 ? -errno : got;
}

int device::seek_oldest()
{
	return lseek(fd(), 0, SEEK_SET) < 0 ? -errno : 0;
}

int device::seek_newest()
{
	return lseek(fd(), 0, SEEK_END) < 0 ? -errno : 0;
}

int device::acquire_next(__u32 cpu, kring_acquire &acquire)
{
	acquire = {};
	acquire.size = sizeof(acquire);
	acquire.cpu = cpu;
	acquire.flags = KRING_ACQUIRE_NEXT;
	return ioctl(fd(), KRING_IOC_ACQUIRE, &acquire) ? -errno : 0;
}

int device::ledger(__u32 cpu, kring_ledger &ledger)
{
	ledger = {};
	ledger.size = sizeof(ledger);
	ledger.cpu = cpu;
	return ioctl(fd(), KRING_IOC_LEDGER, &ledger) ? -errno : 0;
}

int device::set_wakeup(__u32 watermark, __u32 deadline_us)
{
	kring_wakeup wakeup{};

	wakeup.size = sizeof(wakeup);
	wakeup.watermark = watermark;
	wakeup.deadline_us = deadline_us;
	return ioctl(fd(), KRING_IOC_WAKEUP, &wakeup) ? -errno : 0;
}

bool device::is_gone() const
{
	return __atomic_load_n(&reinterpret_cast<const kring_meta *>(map_)->gone, __ATOMIC_ACQUIRE);
}

int device::rest()
{
	/* Before the last look at the rings. */
	bool gone = is_gone();
	int error = seek_newest();

	return error || !gone ? error : -ENODEV;
}

int device::horizon(__u64 &time)
{
	kring_horizon horizon{};

	horizon.size = sizeof(horizon);
	horizon.cpu = KRING_CPU_ALL;
	if (ioctl(fd(), KRING_IOC_HORIZON, &horizon))
		return -errno;
	time = horizon.time;
	return 0;
}

const kring_page *device::page(__u32 cpu, __u32 id) const
{
	if (!map_ || cpu >= meta_.nr_cpus || id >= meta_.pages)
		return nullptr;
	return &view(cpu).page(id);
}

view device::view(__u32 cpu) const
{
	return {meta_, ring(cpu)};
}

} /* namespace kring */
