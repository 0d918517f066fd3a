/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Mapped pages of a channel, as an owning stream takes them: spans that may not
 * be, of pages that may turn into others before they are released.
 *
 * Input: the channel and its ledger as in items.hh; then for each acquire a
 * byte: 0 nothing is there, 1 an error, 2 the page is another one when it is
 * asked for its first record, else a good one; the CPU's page, begin, end and
 * count in two bytes each, first and overwritten in one; the page's length in
 * two bytes, and so many of its bytes.
 */
#include <vector>

#include "../../owner_source.hh"
#include "items.hh"

using namespace kring;
using namespace kring::fuzz;

namespace
{

class mapped_device {
public:
	explicit mapped_device(input bytes) : rest_{bytes}, meta_{take_meta(rest_)}, ledger_{take_ledger(rest_)}
	{
		for (__u32 id = 0; id < meta_.pages; id++)
			pages_.emplace_back(meta_.page_size);
	}

	const kring_meta &meta() const { return meta_; }
	void refresh_cpus() {}
	int seek_newest() { return 0; }
	/* Now and then it is not late enough. */
	int horizon(__u64 &time)
	{
		time = rest_.size() % 8 ? ~__u64{0} : 0;
		return 0;
	}

	int acquire_next(__u32 cpu, kring_acquire &acquired)
	{
		auto what = rest_.take<__u8>();

		acquired = {};
		if (what < 2)
			return what ? -EIO : -EAGAIN;
		acquired.cpu = cpu;
		acquired.page = rest_.take<__u8>();
		acquired.start = rest_.take<__u16>();
		acquired.end = rest_.take<__u16>();
		acquired.count = rest_.take<__u16>();
		acquired.first = rest_.take<__u8>();
		acquired.overwritten = rest_.take<__u8>();
		if (acquired.page < pages_.size())
			pages_[acquired.page].set(rest_.take_bytes(rest_.take<__u16>()));
		return 0;
	}

	int ledger(__u32, kring_ledger &ledger)
	{
		ledger = ledger_;
		return 0;
	}

	const kring_page *page(__u32, __u32 id) const
	{
		return id < pages_.size() ? reinterpret_cast<const kring_page *>(pages_[id].at()) : nullptr;
	}

	/* Behind its header. */
	bool is_in_page(const char *at, size_t size) const
	{
		return std::ranges::any_of(pages_, [=](const memory &page) {
			return at >= page.at() + page_header_size + record_header_size &&
			       at + size <= page.at() + page.size();
		});
	}

private:
	input rest_;
	kring_meta meta_;
	kring_ledger ledger_;
	std::vector<memory> pages_; /* the same for each CPU: so one's acquire tears the page of another */
};

} /* namespace */

FUZZ_TARGET
{
	mapped_device device{{data, size}};

	if (why_bad_meta(device.meta()))
		return 0;

	stream<mapped_device, owner_source<mapped_device>> stream{device, owner_source{device}, {}};
	/* Each acquire takes a byte at least, and may find a page of 8-byte records. */
	size_t items_max = 200 + size * (device.meta().page_size / 8 + 20);

	stream.start(false);
	take_all(stream, device.meta().nr_cpus, items_max,
		 [&](const char *at, size_t size) { return device.is_in_page(at, size); });
	return 0;
}
