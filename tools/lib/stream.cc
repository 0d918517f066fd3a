/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Streams, as the C API has them: an observer or an owner over an open device. */
#include <cerrno>
#include <optional>
#include <variant>

#include "channel.hh"
#include "device.hh"
#include "guard.hh"
#include "mapped_source.hh"
#include "observer_source.hh"
#include "options.hh"
#include "owner_source.hh"
#include "recording_api.hh"
#include "stream.hh"

using namespace kring;

namespace
{

constexpr __u32 known_flags = KRING_STREAM_OWN | KRING_STREAM_NEWEST | KRING_STREAM_UNORDERED | KRING_STREAM_SPIN |
			      KRING_STREAM_COPY | KRING_STREAM_IN_PLACE;

bool is_valid(const kring_stream_opts &opts)
{
	bool own = opts.flags & KRING_STREAM_OWN;
	bool copy = opts.flags & KRING_STREAM_COPY;
	bool in_place = opts.flags & KRING_STREAM_IN_PLACE;

	if (opts.flags & ~known_flags || opts.reserved || (opts.nr_cpus && !opts.cpus) ||
	    (opts.nr_positions && !opts.positions) || (opts.watermark > 1 && opts.deadline_us < KRING_DEADLINE_MIN))
		return false;
	return !(own && (opts.flags & KRING_STREAM_NEWEST || copy || in_place || opts.nr_positions)) &&
	       !(copy && (in_place || opts.flags & KRING_STREAM_SPIN || opts.nr_positions));
}

} /* namespace */

struct kring_stream {
	using observer = stream<device, mapped_source<device>>;
	using copier = stream<device, observer_source<device>>;
	using owner = stream<device, owner_source<device>>;
	using player = stream<recorded_device, recorded_source>;

	int open(const char *channel, const kring_stream_opts &opts);
	int open(const recording &from, const kring_stream_opts &opts);
	const kring_meta &meta() const { return recorded ? recorded->meta() : source.meta(); }

	device source;
	std::optional<recorded_device> recorded;
	std::variant<std::monostate, observer, copier, owner, player> items;

private:
	int open_observer(const kring_stream_opts &opts);
	int open_copier(const kring_stream_opts &opts);
	int open_owner(const kring_stream_opts &opts);
	int why_no_position(const kring_position &position);
};

static order order_of(const kring_stream_opts &opts)
{
	return opts.flags & KRING_STREAM_UNORDERED ? order::at_hand : order::by_time;
}

static std::vector<__u32> cpus_of(const kring_stream_opts &opts)
{
	return {opts.cpus, opts.cpus + opts.nr_cpus};
}

/* A place that the ring has not come to is one of another channel's. */
int kring_stream::why_no_position(const kring_position &position)
{
	kring_ledger ledger;

	if (position.reserved || !has_ring(source.meta(), position.cpu))
		return position.reserved ? -EINVAL : -ENXIO;
	if (position.channel && position.channel != source.meta().created)
		return -ESTALE;

	int error = ask_ledger(source, position.cpu, ledger);

	return error ? error : position.seq > ledger.committed ? -ESTALE : 0;
}

int kring_stream::open_observer(const kring_stream_opts &opts)
{
	bool newest = opts.flags & KRING_STREAM_NEWEST;
	mapped_source place{source, !(opts.flags & KRING_STREAM_SPIN), (opts.flags & KRING_STREAM_IN_PLACE) != 0};
	int error = source.map();

	if (error)
		return error;
	if (newest)
		for_each_ring(source.meta(), [&](__u32 cpu) { place.start_newest(cpu); });
	for (__u32 i = 0; i < opts.nr_positions; i++) {
		error = why_no_position(opts.positions[i]);
		if (error)
			return error;
		place.start_at(opts.positions[i].cpu, opts.positions[i].seq);
	}
	items.emplace<observer>(source, std::move(place), cpus_of(opts), order_of(opts)).start(newest);
	return 0;
}

int kring_stream::open_copier(const kring_stream_opts &opts)
{
	constexpr size_t room_min = 256 << 10;
	bool newest = opts.flags & KRING_STREAM_NEWEST;
	size_t page = source.meta().page_size;
	size_t room = opts.buffer ? std::max(opts.buffer, page) : std::max(16 * page, room_min);
	int error = newest ? source.seek_newest() : 0;

	if (!error)
		items.emplace<copier>(source, observer_source{source, room}, cpus_of(opts), order::at_hand)
			.start(newest);
	return error;
}

int kring_stream::open_owner(const kring_stream_opts &opts)
{
	int error = source.map();

	if (!error)
		items.emplace<owner>(source, owner_source{source}, cpus_of(opts), order_of(opts)).start(false);
	return error;
}

int kring_stream::open(const char *channel, const kring_stream_opts &opts)
{
	if (!channel || !is_channel_name(channel) || !is_valid(opts))
		return -EINVAL;

	int error = source.open(channel);

	for (__u32 i = 0; !error && i < opts.nr_cpus; i++)
		error = opts.cpus[i] < source.meta().nr_cpus ? 0 : -ENXIO;
	if (!error && opts.watermark)
		error = source.set_wakeup(opts.watermark, opts.deadline_us);
	if (error)
		return error;
	if (opts.flags & KRING_STREAM_OWN)
		return open_owner(opts);
	return opts.flags & KRING_STREAM_COPY ? open_copier(opts) : open_observer(opts);
}

int kring_stream::open(const recording &from, const kring_stream_opts &opts)
{
	if (!is_valid(opts) || opts.flags & ~KRING_STREAM_UNORDERED || opts.watermark)
		return -EINVAL;
	recorded.emplace(from);

	recorded_source place{*recorded};

	for (__u32 i = 0; i < opts.nr_positions; i++) {
		const kring_position &position = opts.positions[i];

		if (position.reserved || position.cpu >= meta().nr_cpus)
			return position.reserved ? -EINVAL : -ENXIO;
		if (position.channel && position.channel != meta().created)
			return -ESTALE;
		place.start_at(position.cpu, position.seq);
	}
	items.emplace<player>(*recorded, std::move(place), cpus_of(opts)).start(from.is_from_newest());
	return 0;
}

/* Of whatever kind the stream is: body(items). */
template <class S, class F>
static auto with_items(S &stream, F body)
{
	if (auto *observer = std::get_if<kring_stream::observer>(&stream.items))
		return body(*observer);
	if (auto *copier = std::get_if<kring_stream::copier>(&stream.items))
		return body(*copier);
	if (auto *player = std::get_if<kring_stream::player>(&stream.items))
		return body(*player);
	return body(std::get<kring_stream::owner>(stream.items));
}

kring_stream *kring_stream__open(const char *channel, const kring_stream_opts *opts)
{
	return guarded_new<kring_stream>([=](kring_stream &stream) {
		kring_stream_opts mine;
		int error = copy_options(mine, opts);

		return error ? error : stream.open(channel, mine);
	});
}

kring_stream *kring_recording__stream(const kring_recording *recording, const kring_stream_opts *opts)
{
	return guarded_new<kring_stream>([=](kring_stream &stream) {
		kring_stream_opts mine;
		int error = copy_options(mine, opts);

		return error ? error : stream.open(recording->impl, mine);
	});
}

void kring_stream__free(kring_stream *stream)
{
	delete stream;
}

int kring_stream__next(kring_stream *stream, const kring_item **item)
{
	return guarded([=] { return with_items(*stream, [=](auto &items) { return items.next(*item); }); });
}

int kring_stream__next_run(kring_stream *stream, const kring_item **item, kring_run **run)
{
	return guarded([=] { return with_items(*stream, [=](auto &items) { return items.next_run(*item, *run); }); });
}

const kring_item *kring_stream__item(kring_stream *stream, const kring_run_record *record)
{
	return with_items(*stream, [=](auto &items) { return items.item(*record); });
}

int kring_stream__is_whole(kring_stream *stream)
{
	return with_items(*stream, [](auto &items) { return items.is_whole(); });
}

__u64 kring_stream__time(const kring_stream *stream, __u64 stamp)
{
	return to_ns(stream->meta(), stamp);
}

int kring_stream__position(const kring_stream *stream, __u32 cpu, kring_position *position)
{
	__u64 seq = 0;

	if (!with_items(*stream, [&](const auto &items) { return items.position(cpu, seq); }))
		return -ENXIO;
	*position = {stream->meta().created, seq, cpu, 0};
	return 0;
}

int kring_stream__fd(const kring_stream *stream)
{
	return stream->source.fd();
}

const char *kring_stream__message(const kring_stream *stream)
{
	return with_items(*stream, [](const auto &items) { return items.message().c_str(); });
}

const kring_meta *kring_stream__meta(const kring_stream *stream)
{
	return &stream->meta();
}
