/* SPDX-License-Identifier: GPL-2.0-only */
/* `kring write`: records of a program's own, from the command line or from standard input. */
#include <cerrno>
#include <cstring>
#include <iostream>

#include <fcntl.h>
#include <unistd.h>

#include "command.hh"
#include "failure.hh"
#include "handles.hh"
#include "output.hh"

#include <kring/kring.h>

namespace
{

bool is_stream(const kring_channel_info &info)
{
	return info.kind == KRING_KIND_MIRROR || (info.kind == KRING_KIND_FIFO && !info.length && info.unit == 1);
}

class writing {
public:
	explicit writing(const write_options &options);
	~writing() { close(fd_); }
	writing(const writing &) = delete;

	void record(std::string text);
	void done();

private:
	const write_options &options_;
	const channel_handle channel_;
	const bool is_stream_; /* in which lines keep their ends, by which alone they are told apart */
	int fd_;
	__u64 records_ = 0;
	__u64 bytes_ = 0;
};

writing::writing(const write_options &options)
	: options_{options}, channel_{look_at(options.channel)},
	  is_stream_{is_stream(*kring_channel__info(channel_.get()))},
	  fd_{open(("/dev/kring/" + options.channel).c_str(), O_WRONLY | O_CLOEXEC)}
{
	if (fd_ < 0)
		throw write_failure(options.channel, 0, errno);
}

void writing::record(std::string text)
{
	if (is_stream_)
		text += '\n';
	/* Of no bytes there is no record. */
	if (text.empty())
		return;

	/* Of a stream, a part may be written before something goes wrong. */
	for (std::string_view rest = text; !rest.empty();) {
		ssize_t written = write(fd_, rest.data(), rest.size());

		if (written < 0 && errno == EINVAL)
			throw failure{fmt::format("channel '{}' has elements of {} bytes: {} are no multiple",
						  options_.channel, kring_channel__info(channel_.get())->unit,
						  text.size())};
		if (written < 0)
			throw write_failure(options_.channel, text.size(), errno);
		rest.remove_prefix(static_cast<size_t>(written));
	}
	records_++;
	bytes_ += text.size();
}

void writing::done()
{
	if (!options_.json)
		return;

	output out;

	out.line(R"({{"channel":{},"records":{},"bytes":{}}})", json_string(options_.channel), records_, bytes_);
	out.flush();
}

} /* namespace */

int run_write(const write_options &options)
{
	writing writing{options};
	std::string line;

	if (!options.words.empty())
		writing.record(fmt::format("{}", fmt::join(options.words, " ")));
	else
		while (std::getline(std::cin, line))
			writing.record(line);
	writing.done();
	return exit_done;
}
