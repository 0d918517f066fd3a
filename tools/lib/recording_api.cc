/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Recordings, as the C API has them: writing one, and what is in one. stream.cc has their streams. */
#include "recording_api.hh"

#include <cerrno>

#include <fcntl.h>

#include "decoder_api.hh"
#include "device.hh"
#include "guard.hh"
#include "options.hh"
#include "recorder.hh"

using namespace kring;

struct kring_recorder {
	~kring_recorder() { kring_decoder__free(types); }
	int open(const char *channel, int file, const kring_recorder_opts &opts);

	device source;
	kring_decoder *types = nullptr;
	std::optional<recorder<device>> impl;
};

int kring_recorder::open(const char *channel, int file, const kring_recorder_opts &opts)
{
	bool newest = opts.flags & KRING_STREAM_NEWEST;

	if (!channel || !is_channel_name(channel) || opts.flags & ~KRING_STREAM_NEWEST || (opts.nr_cpus && !opts.cpus))
		return -EINVAL;

	int error = source.open(channel);

	if (!error && newest)
		error = source.seek_newest();
	if (error)
		return error;

	/* Behind the device, so that it is not of a channel of that name that was there before. */
	std::unique_ptr<kring_channel, void (*)(kring_channel *)> described{kring_channel__new(channel),
									    kring_channel__free};

	types = described ? kring_decoder__new(described.get(), nullptr) : nullptr;
	if (!types)
		return -errno;
	impl.emplace(
		source, *types->impl, [this](__u32 id) { types->look_again(id); }, file,
		std::vector<__u32>{opts.cpus, opts.cpus + opts.nr_cpus});
	return impl->begin(channel, newest);
}

kring_recorder *kring_recorder__new(const char *channel, int file, const kring_recorder_opts *opts)
{
	return guarded_new<kring_recorder>([=](kring_recorder &made) {
		kring_recorder_opts mine;
		int error = copy_options(mine, opts);

		return error ? error : made.open(channel, file, mine);
	});
}

void kring_recorder__free(kring_recorder *recorder)
{
	delete recorder;
}

int kring_recorder__record(kring_recorder *recorder)
{
	return guarded([=] { return static_cast<int>(recorder->impl->record()); });
}

int kring_recorder__fd(const kring_recorder *recorder)
{
	return recorder->source.fd();
}

int kring_recorder__end(kring_recorder *recorder)
{
	return guarded([=] { return recorder->impl->end(); });
}

kring_recording *kring_recording__open(const char *path)
{
	return guarded_new<kring_recording>([=](kring_recording &made) {
		file file{path ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1};

		if (!file.is_open())
			return path ? -errno : -EINVAL;
		return made.impl.open(std::move(file));
	});
}

void kring_recording__free(kring_recording *recording)
{
	delete recording;
}

const char *kring_recording__name(const kring_recording *recording)
{
	return recording->impl.name().c_str();
}

bool kring_recording__is_whole(const kring_recording *recording)
{
	return recording->impl.is_whole();
}

kring_decoder *kring_recording__decoder(const kring_recording *recording)
{
	return guarded_new<kring_decoder>([=](kring_decoder &made) {
		made.impl.emplace(std::vector<record_type>{}, "");
		recording->impl.give_types(*made.impl);
		return 0;
	});
}
