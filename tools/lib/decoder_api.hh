/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What the C API's decoder is; a filter looks into it. */
#ifndef LIBKRING_DECODER_API_HH
#define LIBKRING_DECODER_API_HH

#include <optional>

#include "decoder.hh"

struct kring_decoder {
	/* A type that is not known may have been registered since. */
	void look_again(__u32 id);

	template <class Style>
	int write(__u32 id, const void *payload, size_t size, char *buffer, size_t room)
	{
		look_again(id);
		return static_cast<int>(
			impl->write<Style>(id, {static_cast<const char *>(payload), size}, buffer, room));
	}

	std::string channel; /* empty: of a recording */
	std::optional<kring::decoder> impl;
	__u32 missed = 0; /* looked for in vain */
};

#endif
