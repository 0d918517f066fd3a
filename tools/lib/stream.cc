/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Streams, as the C API has them: an observer or an owner over an open device. */
#include <cerrno>
#include <variant>

#include "channel.hh"
#include "device.hh"
#include "guard.hh"
#include "observer_source.hh"
#include "options.hh"
#include "owner_source.hh"
#include "stream.hh"

using namespace kring;

struct kring_stream {
	using observer = stream<device, observer_source<device>>;
	using owner = stream<device, owner_source<device>>;

	int open(const char *channel, const kring_stream_opts &opts);
	void open_observer(const kring_stream_opts &opts, const std::vector<__u32> &cpus);

	device source;
	std::variant<std::monostate, observer, owner> items;
};

void kring_stream::open_observer(const kring_stream_opts &opts, const std::vector<__u32> &cpus)
{
	constexpr size_t room_min = 256 << 10;
	size_t page = source.meta().page_size;
	size_t room = opts.buffer ? std::max(opts.buffer, page) : std::max(16 * page, room_min);

	items.emplace<observer>(source, observer_source{source, room}, cpus).start(opts.flags & KRING_STREAM_NEWEST);
}

int kring_stream::open(const char *channel, const kring_stream_opts &opts)
{
	bool own = opts.flags & KRING_STREAM_OWN;
	bool newest = opts.flags & KRING_STREAM_NEWEST;

	if (!channel || !is_channel_name(channel) || opts.flags & ~(KRING_STREAM_OWN | KRING_STREAM_NEWEST) ||
	    (own && newest) || (opts.nr_cpus && !opts.cpus) ||
	    (opts.watermark > 1 && opts.deadline_us < KRING_DEADLINE_MIN))
		return -EINVAL;

	std::vector<__u32> cpus(opts.cpus, opts.cpus + opts.nr_cpus);
	int error = source.open(channel);

	if (!error && own)
		error = source.map();
	if (!error && newest)
		error = source.seek_newest();
	if (!error && opts.watermark)
		error = source.set_wakeup(opts.watermark, opts.deadline_us);
	if (error)
		return error;
	if (own)
		items.emplace<owner>(source, owner_source{source}, cpus).start(false);
	else
		open_observer(opts, cpus);
	return 0;
}

kring_stream *kring_stream__open(const char *channel, const kring_stream_opts *opts)
{
	return guarded_new<kring_stream>([=](kring_stream &stream) {
		kring_stream_opts mine;
		int error = copy_options(mine, opts);

		return error ? error : stream.open(channel, mine);
	});
}

void kring_stream__free(kring_stream *stream)
{
	delete stream;
}

int kring_stream__next(kring_stream *stream, const kring_item **item)
{
	return guarded([=] {
		if (auto *owner = std::get_if<kring_stream::owner>(&stream->items))
			return owner->next(*item);
		return std::get<kring_stream::observer>(stream->items).next(*item);
	});
}

int kring_stream__fd(const kring_stream *stream)
{
	return stream->source.fd();
}

const char *kring_stream__message(const kring_stream *stream)
{
	if (auto *owner = std::get_if<kring_stream::owner>(&stream->items))
		return owner->message().c_str();
	return std::get<kring_stream::observer>(stream->items).message().c_str();
}

const kring_meta *kring_stream__meta(const kring_stream *stream)
{
	return &stream->source.meta();
}
