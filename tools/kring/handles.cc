/* SPDX-License-Identifier: GPL-2.0-only */
/* Getting hold of libkring's objects; see handles.hh. */
#include "handles.hh"

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "failure.hh"

std::vector<std::string> list_channels()
{
	char **names = nullptr;
	int count = kring_list_channels(&names);

	if (count == -ENOENT)
		throw failure{"kring is not loaded: `modprobe kring`, and then a module that makes a channel"};
	if (count < 0)
		throw failure{std::string{"/sys/class/kring: "} + strerror(-count)};

	std::unique_ptr<char *, decltype(&free)> owner{names, free};

	return {names, names + count};
}

channel_handle look_if_there(const std::string &channel)
{
	channel_handle found{kring_channel__new(channel.c_str()), kring_channel__free};

	if (!found && errno != ENOENT)
		throw channel_failure(channel, errno);
	return found;
}

channel_handle look_at(const std::string &channel)
{
	channel_handle found = look_if_there(channel);

	if (!found)
		throw channel_failure(channel, ENOENT);
	return found;
}

stream_handle open_stream(const std::string &channel, const kring_stream_opts &opts)
{
	stream_handle stream{kring_stream__open(channel.c_str(), &opts), kring_stream__free};

	if (!stream)
		throw channel_failure(channel, errno);
	return stream;
}

decoder_handle open_decoder(const kring_channel &channel)
{
	decoder_handle decoder{kring_decoder__new(&channel, nullptr), kring_decoder__free};

	if (!decoder)
		throw channel_failure(kring_channel__info(&channel)->name, errno);
	return decoder;
}

filter_handle open_filter(kring_decoder &decoder, const std::string &text)
{
	char why[1024];
	filter_handle filter{text.empty() ? nullptr : kring_filter__new(&decoder, text.c_str(), why, sizeof(why)),
			     kring_filter__free};

	if (filter || text.empty())
		return filter;
	if (errno == EINVAL)
		throw usage_failure{std::string{"--filter: "} + why};
	throw failure{std::string{"--filter: "} + strerror(errno)};
}
