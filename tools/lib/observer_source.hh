/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Pages as images that read() returns: an observer's. An image is looked at
 * before anything is believed of it.
 */
#ifndef LIBKRING_OBSERVER_SOURCE_HH
#define LIBKRING_OBSERVER_SOURCE_HH

#include <cerrno>
#include <memory>

#include <sys/types.h>

#include "lane.hh"

namespace kring
{

/* D: read(buffer, room) and meta(), as class device. */
template <class D>
class observer_source {
public:
	static constexpr bool maps = false;

	observer_source(D &device, size_t room) : device_{device}, words_{room / 8 + 1} {}

	/* Reads until nothing is left or the buffer is full. -ENODEV: the channel is gone, all of it was read. */
	template <class F>
	int fetch(F find)
	{
		char *buffer = bytes();
		size_t room = words_ * 8;
		size_t used = 0;

		while (room - used >= device_.meta().page_size) {
			ssize_t got = device_.read(buffer + used, room - used);

			if (got == -EAGAIN || got == -EINTR)
				break;
			if (got < 0)
				return static_cast<int>(got);
			if (got == 0)
				return used ? 0 : -ENODEV;
			if (!split(buffer + used, static_cast<size_t>(got), find))
				return -EBADMSG;
			used += static_cast<size_t>(got);
		}
		return 0;
	}

	__u64 begins_at(__u32) const { return 0; }
	bool rests() const { return true; }
	void hold_back() {}

	int next_page(lane &at)
	{
		if (at.next_image == at.images.size()) {
			at.images.clear();
			at.next_image = 0;
			return 0;
		}

		const kring_page &page = *at.images[at.next_image++];

		if (!at.losses.has_begun())
			at.losses.begin(page.first);
		return at.enter(page, page_header_size, KRING_COMMIT_OFFSET(page.commit), page.first,
				KRING_COMMIT_COUNT(page.commit)) ?
			       1 :
			       -EBADMSG;
	}

private:
	char *bytes()
	{
		if (!buffer_)
			buffer_ = std::make_unique_for_overwrite<__u64[]>(words_);
		return reinterpret_cast<char *>(buffer_.get());
	}

	/* Hands the images in [at, at + room) to their lanes. False: something in there is no image of this channel. */
	template <class F>
	bool split(const char *at, size_t room, F find)
	{
		while (room) {
			const kring_page &page = *reinterpret_cast<const kring_page *>(at);

			if (check_page(page, room) != page_error::none || page.size != device_.meta().page_size ||
			    page.cpu >= device_.meta().nr_cpus)
				return false;

			size_t length = KRING_COMMIT_OFFSET(page.commit);

			if (lane *wanted = find(page.cpu))
				wanted->images.push_back(&page);
			at += length;
			room -= length;
		}
		return true;
	}

	D &device_;
	size_t words_;
	std::unique_ptr<__u64[]> buffer_;
};

} /* namespace kring */

#endif
