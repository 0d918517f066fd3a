/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Pages acquired one after another and read where they are mapped: the owning
 * reader's. A page is released when the stream asks for the next one, so that
 * a program which dies has lost nothing.
 */
#ifndef LIBKRING_OWNER_SOURCE_HH
#define LIBKRING_OWNER_SOURCE_HH

#include <cerrno>

#include "lane.hh"
#include "meta.hh"

namespace kring
{

/* D: acquire_next(), page(), refresh_cpus() and meta(), as class device. */
template <class D>
class owner_source {
public:
	static constexpr bool maps = true;

	explicit owner_source(D &device) : device_{device} {}

	/*
	 * Nothing is fetched; but a CPU's ring may be new. Who owns none is an observer to poll(): one that
	 * does not read stays behind the newest record, so as not to be told for ever that there are some.
	 */
	template <class F>
	int fetch(F find)
	{
		bool any = false;

		device_.refresh_cpus();
		for_each_ring(device_.meta(), [&](__u32 cpu) { any |= find(cpu) != nullptr; });
		return any ? 0 : device_.seek_newest();
	}

	__u64 begins_at(__u32) const { return 0; }
	bool rests() const { return true; }
	void hold_back() {}

	int next_page(lane &at)
	{
		kring_acquire span;
		int error = device_.acquire_next(at.cpu, span);

		if (error)
			return error == -EAGAIN ? 0 : error;

		const kring_page *page = device_.page(at.cpu, span.page);

		if (!page || check_page(*page, page->size) != page_error::none ||
		    page->size != device_.meta().page_size || span.start < page_header_size || span.start > span.end ||
		    span.start % 8 || span.end > page->size)
			return -EBADMSG;
		if (!at.losses.has_begun())
			at.losses.begin(span.first, span.overwritten);
		return at.enter(*page, span.start, span.end, span.first, span.count) ? 1 : -EBADMSG;
	}

private:
	D &device_;
};

} /* namespace kring */

#endif
