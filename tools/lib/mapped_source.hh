/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Pages looked at where the kernel writes them: an observer's, who needs no
 * system call while there are records. What is published on a page is copied,
 * and believed if the page is found whole afterwards; or read where it is,
 * record by record, each believed if the page is found whole after it was used.
 */
#ifndef LIBKRING_MAPPED_SOURCE_HH
#define LIBKRING_MAPPED_SOURCE_HH

#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "../../src/core/page_observer.hh"
#include "lane.hh"
#include "meta.hh"
#include "platform_mapped.hh"

namespace kring
{

/*
 * D: view(cpu), a ring_view of a CPU that has a ring; refresh_cpus() and meta(); rest(), after which
 * poll() tells what comes from then on, -ENODEV if nothing will; is_gone(); seek_oldest(). As class device.
 */
template <class D>
class mapped_source {
public:
	static constexpr bool maps = true;

	/* rests: poll() is to tell when there is more. Otherwise looking costs no system call. */
	mapped_source(D &device, bool rests, bool in_place = false)
		: device_{device}, rests_{rests}, in_place_{in_place}, places_(device.meta().nr_cpus)
	{
	}

	/* Before the first fetch(). */
	void start_newest(__u32 cpu) { of(cpu).cursor.seek_newest(device_.view(cpu)); }
	void start_at(__u32 cpu, __u64 seq)
	{
		of(cpu).cursor.seek_oldest();
		of(cpu).from = seq;
	}

	__u64 begins_at(__u32 cpu)
	{
		const place &here = of(cpu);

		return here.from.value_or(here.cursor.expected());
	}

	/* Looks whether there is more before it rests, and not after: the stream does. */
	template <class F>
	int fetch(F find)
	{
		bool found = false;

		device_.refresh_cpus();
		for_each_ring(device_.meta(), [&](__u32 cpu) { found |= find(cpu) && has_news(cpu); });
		if (found)
			return 0;
		return rests_ ? device_.rest() : device_.is_gone() ? -ENODEV : 0;
	}

	/* Is poll() relied upon? */
	bool rests() const { return rests_; }

	/* Something is at hand that is not delivered yet, and may have come before the stream rested: poll() is to tell. */
	void hold_back()
	{
		if (rests_)
			(void)device_.seek_oldest();
	}

	int next_page(lane &at)
	{
		const auto &view = device_.view(at.cpu);
		place &here = of(at.cpu);

		if (std::exchange(at.is_live, false))
			here.cursor.pass(at.passed, at.passed_seq);
		for (int tries = 0; tries < tries_max; tries++) {
			page_span span{};
			status found = here.cursor.look(view, span);

			if (found == status::empty)
				return 0;
			if (found != status::ok)
				continue;
			if (!is_sound(span))
				return -EBADMSG;
			/* Read in an earlier life of the program. */
			if (span.first + span.count <= here.from.value_or(0)) {
				/* However many there are: no writer is in the way. */
				tries -= here.cursor.confirm(view, span);
				continue;
			}
			if (!(in_place_ ? copy_header(here, view, span) : copy_records(here, view, span)))
				continue;
			if (!enter(at, here, span))
				return -EBADMSG;
			if (in_place_)
				at.read_in_place(view.page(span.page), span);
			return 1;
		}
		return 0;
	}

private:
	/* Writers that outrun the copying so often leave nothing to be read. */
	static constexpr int tries_max = 100;

	/* Where the stream stands in a CPU's ring. */
	struct place {
		page_observer<platform_mapped> cursor{};
		std::unique_ptr<__u64[]> copy; /* of a page: its header, and what is read of it, each where it was */
		std::optional<__u64> from;     /* the first record to be delivered, where another stream has stopped */
	};

	place &of(__u32 cpu)
	{
		if (!places_[cpu])
			places_[cpu] = std::make_unique<place>();
		return *places_[cpu];
	}

	bool has_news(__u32 cpu)
	{
		page_span span{};

		return of(cpu).cursor.look(device_.view(cpu), span) != status::empty;
	}

	bool is_sound(const page_span &span) const
	{
		return span.page < device_.meta().pages && span.start >= page_header_size && span.start % 8 == 0 &&
		       span.end % 8 == 0 && span.start < span.end && span.end <= device_.meta().page_size;
	}

	/* False, and nothing has happened: the page was reused meanwhile. */
	template <ring_view V>
	bool copy_header(place &here, const V &view, const page_span &span)
	{
		copy(here, view.page(span.page), 0, page_header_size);
		return here.cursor.is_still(view.page(span.page), span.seq);
	}

	/* True: what was copied is whole, the cursor is behind it. */
	template <ring_view V>
	bool copy_records(place &here, const V &view, const page_span &span)
	{
		copy(here, view.page(span.page), 0, page_header_size);
		copy(here, view.page(span.page), span.start, span.end);
		return here.cursor.confirm(view, span);
	}

	void copy(place &here, const kring_page &page, __u32 start, __u32 end)
	{
		if (!here.copy)
			here.copy = std::make_unique_for_overwrite<__u64[]>(device_.meta().page_size / sizeof(__u64));
		memcpy(reinterpret_cast<char *>(here.copy.get()) + start, reinterpret_cast<const char *>(&page) + start,
		       end - start);
	}

	bool enter(lane &at, place &here, const page_span &span)
	{
		const kring_page &page = *reinterpret_cast<const kring_page *>(here.copy.get());

		if (!at.losses.has_begun() && here.from)
			at.losses.resume(*here.from);
		else if (!at.losses.has_begun())
			at.losses.begin(span.first);
		return at.enter(page, span.start, span.end, span.first, span.count, here.from.value_or(0));
	}

	D &device_;
	bool rests_;
	bool in_place_;
	std::vector<std::unique_ptr<place>> places_; /* by CPU */
};

} /* namespace kring */

#endif
