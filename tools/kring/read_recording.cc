/* SPDX-License-Identifier: GPL-2.0-only */
/* `kring read --input`: the records of a recording, as if they came now. */
#include <cerrno>
#include <cstring>

#include "command.hh"
#include "failure.hh"
#include "interrupt.hh"
#include "item_choice.hh"
#include "wanted.hh"

namespace
{

using recording_handle = std::unique_ptr<kring_recording, decltype(&kring_recording__free)>;

failure recording_failure(const std::string &file, int error)
{
	switch (error) {
	case EPROTO:
		return failure{fmt::format(
			"'{}' is no recording that this kring can read: `kring record` makes them, on machines of this byte order",
			file)};
	case ESPIPE:
		return failure{fmt::format("'{}' is no regular file: recordings are not read from pipes", file)};
	case ESTALE:
		return failure{fmt::format("'{}': it is of another channel than --from names", file)};
	case ENXIO:
		return failure{fmt::format("'{}': its machine had no such CPU as --from names", file)};
	default:
		return failure{fmt::format("'{}': {}", file, strerror(error))};
	}
}

recording_handle open_recording(const std::string &file)
{
	recording_handle recording{kring_recording__open(file.c_str()), kring_recording__free};

	if (!recording)
		throw recording_failure(file, errno);
	return recording;
}

decoder_handle decoder_of(const read_options &options, const kring_recording &recording)
{
	decoder_handle decoder{kring_recording__decoder(&recording), kring_decoder__free};

	if (!decoder)
		throw recording_failure(options.input, errno);
	return decoder;
}

stream_handle stream_of(const read_options &options, const kring_recording &recording)
{
	std::vector<__u32> cpus = wanted_cpus(options.cpus);
	start_place place = wanted_place(options.from);
	kring_stream_opts opts{};

	if (place.newest)
		throw usage_failure{"--from newest: nothing comes behind the end of a recording"};
	opts.sz = sizeof(opts);
	opts.cpus = cpus.data();
	opts.nr_cpus = static_cast<__u32>(cpus.size());
	opts.positions = place.positions.data();
	opts.nr_positions = static_cast<__u32>(place.positions.size());

	stream_handle stream{kring_recording__stream(&recording, &opts), kring_stream__free};

	if (!stream)
		throw recording_failure(options.input, errno);
	return stream;
}

} /* namespace */

int run_read_recording(const read_options &options)
{
	constexpr unsigned int often = 1024; /* looks for signals in between */
	recording_handle recording = open_recording(options.input);
	item_choice items{options, decoder_of(options, *recording)};
	stream_handle stream = stream_of(options, *recording);
	bool is_whole = kring_recording__is_whole(recording.get());
	const kring_item *item;
	int got = 0;

	catch_interrupts();
	for (unsigned int looks = 1; !items.is_over(); looks++) {
		got = kring_stream__next(stream.get(), &item);
		if (got == 0 || got == -ENODEV || (looks % often == 0 && is_interrupted()))
			break;
		if (got > 0) {
			items.take(*item);
			continue;
		}
		if (got != -EBADMSG && got != -EIO)
			throw recording_failure(options.input, -got);
		items.out().flush();
		warn(fmt::format("'{}', {}: a page is malformed, the ring is not read any more", options.input,
				 kring_stream__message(stream.get())));
		is_whole = false;
	}
	items.finish();
	if (!kring_recording__is_whole(recording.get()))
		warn(fmt::format("'{}' has no end: it was cut off, or its recorder was killed; what is there was read",
				 options.input));
	return is_whole ? exit_done : exit_failed;
}
