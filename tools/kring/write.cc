/* SPDX-License-Identifier: GPL-2.0-only */
/* `kring write`: records of a program's own, from the command line or from standard input. */
#include <cerrno>
#include <cstring>
#include <iostream>

#include <fcntl.h>
#include <unistd.h>

#include "command.hh"
#include "failure.hh"
#include "output.hh"

#include <kring/kring.h>

namespace
{

class writing {
public:
	explicit writing(const write_options &options);
	~writing() { close(fd_); }
	writing(const writing &) = delete;

	void record(std::string_view text);
	void done();

private:
	const write_options &options_;
	int fd_;
	__u64 records_ = 0;
	__u64 bytes_ = 0;
};

writing::writing(const write_options &options)
	: options_{options}, fd_{open(("/dev/kring/" + options.channel).c_str(), O_WRONLY | O_CLOEXEC)}
{
	if (options.channel.find('/') != std::string::npos)
		throw channel_failure(options.channel, EINVAL);
	if (fd_ < 0)
		throw write_failure(options.channel, 0, errno);
}

void writing::record(std::string_view text)
{
	/* Of no bytes there is no record. */
	if (text.empty())
		return;

	ssize_t written = write(fd_, text.data(), text.size());

	if (written < 0)
		throw write_failure(options_.channel, text.size(), errno);
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
