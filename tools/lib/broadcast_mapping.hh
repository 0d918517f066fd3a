/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The memory of a broadcast ring, mapped: what its header says is checked once, and believed from then on. */
#ifndef LIBKRING_BROADCAST_MAPPING_HH
#define LIBKRING_BROADCAST_MAPPING_HH

#include <cerrno>
#include <utility>

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../src/core/broadcast_slot.hh"

namespace kring
{

/* Can the slots be where this says, in so many bytes? */
inline bool is_sound(const kring_broadcast_header &header)
{
	const __u32 align = KRING_BROADCAST_SLOT_ALIGN;

	return header.magic == KRING_BROADCAST_MAGIC && header.version == KRING_BROADCAST_VERSION &&
	       header.slots >= KRING_BROADCAST_SLOTS_MIN && header.slots <= KRING_BROADCAST_SLOTS_MAX &&
	       (header.slots & (header.slots - 1)) == 0 && header.slot_size % align == 0 &&
	       header.slot_size <= KRING_BROADCAST_SLOT_MAX && header.slot_size > sizeof(kring_broadcast_slot) &&
	       header.payload <= header.slot_size - sizeof(kring_broadcast_slot) &&
	       header.first_slot >= sizeof(header) && header.first_slot % align == 0 &&
	       header.size == broadcast_size({header.slots, header.slot_size, header.first_slot, header.payload});
}

class broadcast_mapping {
public:
	broadcast_mapping() = default;
	broadcast_mapping(const broadcast_mapping &) = delete;
	broadcast_mapping &operator=(const broadcast_mapping &) = delete;
	~broadcast_mapping() { unmap(); }

	/* 0 or -errno. */
	int map(int fd)
	{
		/* How long it is stands in its first page. */
		int error = map(fd, sizeof(kring_broadcast_header));

		if (error)
			return error;
		if (!is_sound(header()))
			return -EPROTO;

		const kring_broadcast_header said = header();

		unmap();
		error = map(fd, said.size);
		if (error)
			return error;
		view_ = {&header(), {said.slots, said.slot_size, said.first_slot, said.payload}};
		return 0;
	}

	const broadcast_view &view() const { return view_; }
	const kring_broadcast_header &header() const { return *static_cast<const kring_broadcast_header *>(address_); }

	/* Will no record come any more? What is found after asking is all. */
	bool is_gone() const { return __atomic_load_n(&header().gone, __ATOMIC_ACQUIRE); }

private:
	int map(int fd, __u64 size)
	{
		struct stat stat;

		/* A file may be shorter than what it tells; a device has no size. */
		if (fstat(fd, &stat))
			return -errno;
		if (S_ISREG(stat.st_mode) && static_cast<__u64>(stat.st_size) < size)
			return -EPROTO;

		void *address = mmap(nullptr, size, PROT_READ, MAP_SHARED, fd, 0);

		if (address == MAP_FAILED)
			return errno == ENODEV || errno == EINVAL ? -EPROTO : -errno;
		address_ = address;
		size_ = size;
		return 0;
	}
	void unmap()
	{
		if (address_)
			munmap(std::exchange(address_, nullptr), size_);
	}

	void *address_ = nullptr;
	__u64 size_ = 0;
	broadcast_view view_{};
};

} /* namespace kring */

#endif
