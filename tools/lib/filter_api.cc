/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Filters, as the C API has them. */
#include <cerrno>

#include "decoder_api.hh"
#include "filter.hh"
#include "guard.hh"

using namespace kring;

struct kring_filter {
	kring_decoder *decoder = nullptr;
	filter impl;
};

kring_filter *kring_filter__new(kring_decoder *decoder, const char *text, char *why, size_t room)
{
	return guarded_new<kring_filter>([=](kring_filter &made) {
		text_buffer out{why, room};
		std::string error = made.impl.compile(text ? text : "", *decoder->impl);

		made.decoder = decoder;
		out.put(error);
		out.finish();
		return error.empty() ? 0 : -EINVAL;
	});
}

void kring_filter__free(kring_filter *filter)
{
	delete filter;
}

int kring_filter__matches(kring_filter *filter, const kring_item *item)
{
	return guarded([=] {
		filter->decoder->look_again(item->type);
		return static_cast<int>(filter->impl.matches(*item));
	});
}
