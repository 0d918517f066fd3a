/* SPDX-License-Identifier: GPL-2.0-only */
/* Images made by hand, and a device whose read() returns them. */
#ifndef LIBKRING_TEST_IMAGE_HH
#define LIBKRING_TEST_IMAGE_HH

#include <cerrno>
#include <cstring>
#include <deque>
#include <string>
#include <vector>

#include "../stream.hh"

namespace kring::test
{

inline kring_meta make_meta(__u32 nr_cpus)
{
	kring_meta meta{};

	meta.magic = KRING_MAGIC;
	meta.version = KRING_ABI_VERSION;
	meta.size = sizeof(meta);
	meta.page_size = 4096;
	meta.pages = 9;
	meta.nr_cpus = nr_cpus;
	meta.rings = 4096;
	meta.pages_offset = 4096;
	meta.ring_stride = 10 * 4096;
	meta.map_size = meta.rings + nr_cpus * meta.ring_stride;
	meta.time_mult = 1;
	for (__u32 cpu = 0; cpu < nr_cpus; cpu++)
		meta.cpus[cpu / 64] |= 1ULL << cpu % 64;
	return meta;
}

class image {
public:
	image(__u32 cpu, __u64 first)
	{
		header.seq = 1;
		header.first = first;
		header.commit = sizeof(header);
		header.magic = KRING_MAGIC;
		header.version = KRING_ABI_VERSION;
		header.header = sizeof(header);
		header.cpu = cpu;
		header.size = 4096;
	}

	image &add(__u64 stamp, std::string_view payload = "payload", __u16 flags = 0)
	{
		kring_record record{static_cast<__u32>(stamp), static_cast<__u16>(payload.size()),
				    static_cast<__u16>(flags | 5)};
		size_t space = KRING_RECORD_SPACE(payload.size());
		std::string bytes(space, 0);

		memcpy(bytes.data(), &record, sizeof(record));
		memcpy(bytes.data() + sizeof(record), payload.data(), payload.size());
		if (flags & KRING_RECORD_LONG_TIME)
			bytes.append(reinterpret_cast<const char *>(&stamp), sizeof(stamp));
		records += bytes;
		header.commit += bytes.size();
		if (!(flags & KRING_RECORD_DISCARDED))
			header.commit += 1ULL << 32;
		return *this;
	}

	std::string bytes() const
	{
		return std::string{reinterpret_cast<const char *>(&header), sizeof(header)} + records;
	}

	kring_page header{};
	std::string records;
};

/* Each read() returns the next of reads; then nothing, or the end of the file. */
struct scripted_device {
	explicit scripted_device(__u32 nr_cpus = 2) : meta_{make_meta(nr_cpus)} {}

	const kring_meta &meta() const { return meta_; }
	void refresh_cpus() {}
	int horizon(__u64 &time)
	{
		time = ~__u64{0};
		return 0;
	}
	ssize_t read(void *buffer, size_t room)
	{
		if (reads.empty())
			return is_gone ? 0 : -EAGAIN;

		std::string bytes = std::move(reads.front());

		reads.pop_front();
		if (bytes.size() > room)
			return -EINVAL;
		memcpy(buffer, bytes.data(), bytes.size());
		return static_cast<ssize_t>(bytes.size());
	}
	int ledger(__u32 cpu, kring_ledger &ledger)
	{
		ledger = {};
		if (cpu == KRING_CPU_ALL) {
			ledger.dropped[KRING_DROP_NO_CPU] = no_cpu;
			return 0;
		}
		if (cpu >= ledgers.size())
			return -EAGAIN;
		ledger = ledgers[cpu];
		return 0;
	}

	kring_meta meta_;
	std::deque<std::string> reads;
	std::vector<kring_ledger> ledgers;
	__u64 no_cpu = 0;
	bool is_gone = false;
};

} /* namespace kring::test */

#endif
