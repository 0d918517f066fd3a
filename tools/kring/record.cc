/* SPDX-License-Identifier: GPL-2.0-only */
/* `kring record`: a channel's pages into a file, for `kring read --input`. */
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>
#include <kring/recording.h>

#include "command.hh"
#include "failure.hh"
#include "handles.hh"
#include "interrupt.hh"
#include "wanted.hh"

namespace
{

constexpr double look_anyway = 1.0; /* seconds; for the end of a channel that nobody tells */

using recorder_handle = std::unique_ptr<kring_recorder, decltype(&kring_recorder__free)>;

class target {
public:
	explicit target(const std::string &path)
		: path_{path}, fd_{open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)}
	{
		if (fd_ < 0)
			throw failed(errno);
	}
	target(const target &) = delete;
	~target() { close(fd_); }

	int fd() const { return fd_; }
	failure failed(int error) const { return failure{fmt::format("'{}': {}", path_, strerror(error))}; }

private:
	const std::string &path_;
	int fd_;
};

/* So much can have been there: who has read as much has read it all, or it was overwritten. */
__u64 bytes_there(const std::string &channel)
{
	channel_handle found = look_at(channel);
	const kring_channel_info &info = *kring_channel__info(found.get());

	if (info.kind != KRING_KIND_TRACE)
		throw failure{fmt::format("channel '{}' is a {}: only traces can be recorded", channel,
					  kring_kind_name(info.kind))};
	return info.nr_cpus * (info.size + info.page_size);
}

recorder_handle open_recorder(const record_options &options, int file)
{
	std::vector<__u32> cpus = wanted_cpus(options.cpus);
	kring_recorder_opts opts{};

	opts.sz = sizeof(opts);
	opts.flags = wanted_place(options.from).newest ? KRING_STREAM_NEWEST : 0;
	opts.cpus = cpus.data();
	opts.nr_cpus = static_cast<__u32>(cpus.size());

	recorder_handle recorder{kring_recorder__new(options.channel.c_str(), file, &opts), kring_recorder__free};

	if (!recorder)
		throw channel_failure(options.channel, errno);
	return recorder;
}

} /* namespace */

int run_record(const record_options &options)
{
	if (!wanted_place(options.from).positions.empty())
		throw usage_failure{"--from: a recording begins at the oldest record, or behind the newest"};

	__u64 most = bytes_there(options.channel);
	target file{options.file};
	recorder_handle recorder = open_recorder(options, file.fd());
	__u64 bytes = 0;

	catch_interrupts();
	while (!is_interrupted()) {
		int got = kring_recorder__record(recorder.get());

		if (got == -ENODEV) {
			warn(fmt::format("channel '{}' is gone", options.channel));
			break;
		}
		if (got == -EBADMSG)
			throw failure{fmt::format("channel '{}': what was read is no kring page", options.channel)};
		if (got < 0)
			throw file.failed(-got);
		bytes += static_cast<__u64>(got);
		if (options.drain && (!got || bytes >= most))
			break;
		if (!got)
			wait_for(kring_recorder__fd(recorder.get()), look_anyway);
	}

	int error = kring_recorder__end(recorder.get());

	if (error)
		throw file.failed(-error);
	if (!options.quiet)
		warn(fmt::format("{} bytes of pages recorded: see `kring read --input {}`", bytes, options.file));
	return exit_done;
}
