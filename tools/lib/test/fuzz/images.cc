/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What read() has returned, many images one behind the other, as an
 * observing stream takes them.
 *
 * Input: the channel and its ledger as in items.hh; a byte, 1: begin silently,
 * 2: the channel is gone at the end; then for each read() two bytes for its
 * length, and so many bytes. Of length 0: nothing is there now; 65535: EIO.
 */
#include "../../observer_source.hh"
#include "items.hh"

using namespace kring;
using namespace kring::fuzz;

namespace
{

/* Each read() gives the next piece of the input. */
struct recorded_device {
	explicit recorded_device(input bytes)
		: rest{bytes}, meta_{take_meta(rest)}, ledger_{take_ledger(rest)}, how{rest.take<__u8>()}
	{
	}

	const kring_meta &meta() const { return meta_; }
	void refresh_cpus() {}
	int horizon(__u64 &time)
	{
		time = ~__u64{0};
		return 0;
	}

	ssize_t read(void *buffer, size_t room)
	{
		if (!rest.size())
			return how & 2 ? 0 : -EAGAIN;

		auto length = rest.take<__u16>();

		if (length == 0 || length == 0xffff)
			return length ? -EIO : -EAGAIN;

		std::string_view bytes = rest.take_bytes(std::min<size_t>(length, room));

		memcpy(buffer, bytes.data(), bytes.size());
		return bytes.empty() ? -EAGAIN : static_cast<ssize_t>(bytes.size());
	}

	int ledger(__u32, kring_ledger &ledger)
	{
		ledger = ledger_;
		return how & 4 ? -EAGAIN : 0;
	}

	input rest;
	kring_meta meta_;
	kring_ledger ledger_;
	__u8 how;
};

} /* namespace */

FUZZ_TARGET
{
	recorded_device device{{data, size}};
	/* Of each 8 bytes a record, and of each image its losses. */
	size_t items_max = 200 + size;

	if (why_bad_meta(device.meta()))
		return 0;

	stream<recorded_device, observer_source<recorded_device>> stream{
		device, observer_source{device, size_t{2} * device.meta().page_size}, {}};

	stream.start(device.how & 1);
	/* In the stream's own memory: the sanitizer knows its bounds. */
	take_all(stream, device.meta().nr_cpus, items_max, [](const char *, size_t) { return true; });
	return 0;
}
