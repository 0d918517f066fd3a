/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rings as an observing stream finds them mapped: pages, commit page and
 * directory say what they like, and something else whenever the stream has
 * asked the kernel for something.
 *
 * Input: the channel and its ledger as in items.hh; a byte, 1: begin at the
 * newest, 2: at a position; then for each time that the kernel is asked the
 * CPU's page in a byte, a length in two, and so many of its bytes; of a page that
 * there is not: of the ring's commit page and directory.
 */
#include <vector>

#include "../../mapped_source.hh"
#include "items.hh"

using namespace kring;
using namespace kring::fuzz;

namespace
{

constexpr __u32 directory_entries = 8;

/* The kernel's own is how many entries the directory has. */
class ring_view_of {
public:
	explicit ring_view_of(const kring_meta &meta) : shared_{sizeof(kring_ring) + directory_entries * sizeof(__u32)}
	{
		for (__u32 id = 0; id < meta.pages; id++)
			pages_.emplace_back(meta.page_size);
		set(pages());
	}

	const kring_ring &ring() const { return *reinterpret_cast<const kring_ring *>(shared_.at()); }
	const kring_page &page(__u32 id) const
	{
		require(id < pages_.size());
		return *reinterpret_cast<const kring_page *>(pages_[id].at());
	}
	__u32 pages() const { return static_cast<__u32>(pages_.size()); }

	void set(__u32 id, std::string_view bytes = {})
	{
		if (id < pages_.size()) {
			pages_[id].set(bytes);
			return;
		}
		shared_.set(bytes);
		const_cast<kring_ring &>(ring()).directory_mask = directory_entries - 1;
	}

private:
	memory shared_;
	std::vector<memory> pages_;
};

static_assert(ring_view<ring_view_of>);

class mapped_device {
public:
	explicit mapped_device(input bytes)
		: rest_{bytes}, meta_{take_meta(rest_)}, ledger_{take_ledger(rest_)}, how{rest_.take<__u8>()},
		  rings_(make_rings(meta_))
	{
		/* So many pieces are there from the beginning. */
		for (__u32 piece = 0; piece < 3 * meta_.nr_cpus; piece++)
			change();
	}

	const kring_meta &meta() const { return meta_; }
	const ring_view_of &view(__u32 cpu) const { return rings_[cpu]; }
	void refresh_cpus() { change(); }
	bool is_gone() const { return !rest_.size(); }
	int seek_oldest() { return 0; }
	int rest()
	{
		change();
		return rest_.size() ? 0 : -ENODEV;
	}
	int horizon(__u64 &time)
	{
		change();
		time = rest_.size() % 8 ? ~__u64{0} : 0;
		return 0;
	}
	int ledger(__u32, kring_ledger &ledger)
	{
		ledger = ledger_;
		return 0;
	}

private:
	static std::vector<ring_view_of> make_rings(const kring_meta &meta)
	{
		std::vector<ring_view_of> rings;

		for (__u32 cpu = 0; cpu < meta.nr_cpus; cpu++)
			rings.emplace_back(meta);
		return rings;
	}
	void change()
	{
		auto where = rest_.take<__u8>();
		auto length = rest_.take<__u16>();

		rings_[where % rings_.size()].set(where / rings_.size() % (meta_.pages + 1), rest_.take_bytes(length));
	}

	input rest_;
	kring_meta meta_;
	kring_ledger ledger_;

public:
	__u8 how;

private:
	std::vector<ring_view_of> rings_;
};

} /* namespace */

FUZZ_TARGET
{
	mapped_device device{{data, size}};

	if (why_bad_meta(device.meta()))
		return 0;

	mapped_source place{device, true, (device.how & 0x80) != 0};

	if (device.how & 1)
		place.start_newest(0);
	if (device.how & 2)
		place.start_at(0, device.how >> 2);

	stream<mapped_device, mapped_source<mapped_device>> stream{device, std::move(place), {}};
	/* Each change may bring as many pages as there are, of 8-byte records. */
	size_t items_max = 1000 + (size + 20) * device.meta().pages * (device.meta().page_size / 8 + 20);

	stream.start(device.how & 1);
	take_all(stream, device.meta().nr_cpus, items_max, [](const char *, size_t) { return true; });
	return 0;
}
