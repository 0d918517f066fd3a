/* SPDX-License-Identifier: GPL-2.0-only */
/* libkring's objects, freed when they go out of scope. */
#ifndef KRING_HANDLES_HH
#define KRING_HANDLES_HH

#include <memory>
#include <string>
#include <vector>

#include <kring/recording.h>

using channel_handle = std::unique_ptr<kring_channel, decltype(&kring_channel__free)>;
using stream_handle = std::unique_ptr<kring_stream, decltype(&kring_stream__free)>;
using decoder_handle = std::unique_ptr<kring_decoder, decltype(&kring_decoder__free)>;
using filter_handle = std::unique_ptr<kring_filter, decltype(&kring_filter__free)>;

/* These throw a failure. */
std::vector<std::string> list_channels();
channel_handle look_at(const std::string &channel);
stream_handle open_stream(const std::string &channel, const kring_stream_opts &opts);
decoder_handle open_decoder(const kring_channel &channel);

/* Null for an empty text; throws a usage_failure for one that is no filter. */
filter_handle open_filter(kring_decoder &decoder, const std::string &text);

/* Null if the channel is gone. */
channel_handle look_if_there(const std::string &channel);

#endif
