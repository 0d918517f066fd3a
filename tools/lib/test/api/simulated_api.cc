/* SPDX-License-Identifier: GPL-2.0-only */
/* The channels, and the functions of the C API over them; see simulated_api.hh. */
#include "simulated_api.hh"

#include <cerrno>
#include <map>

#include <sys/eventfd.h>

#include <kring/kring.h>

#include "../../file.hh"
#include "../../mapped_source.hh"
#include "../../stream.hh"
#include "../simulated_kernel.hh"

namespace kring::test
{

static std::map<std::string, simulated_device *> channels;

simulated_channel::simulated_channel(const std::string &name, __u32 nr_cpus)
	: name_{name}, device_{std::make_unique<simulated_device>(
			       nr_cpus, shape{.list_pages = 4, .page_size = 4096, .overwrite = true})}
{
	fresh_clock();
	channels[name_] = device_.get();
}

simulated_channel::~simulated_channel()
{
	channels.erase(name_);
}

void simulated_channel::write(__u32 cpu, unsigned int records, __u32 size)
{
	while (records--)
		ASSERT_TRUE(device_->rings[cpu]->write(size));
}

void simulated_channel::damage(__u32 cpu)
{
	__u32 id = static_cast<__u32>(device_->view(cpu).ring().commit_page & 0xffff);
	char *page = const_cast<char *>(reinterpret_cast<const char *>(device_->page(cpu, id)));

	reinterpret_cast<kring_record *>(page + page_header_size)->type |= KRING_RECORD_RESERVED;
}

__u64 simulated_channel::written(__u32 cpu) const
{
	return device_->rings[cpu]->written;
}

} /* namespace kring::test */

using namespace kring;
using namespace kring::test;

struct kring_stream {
	kring_stream(simulated_device &device, __u32 flags)
		: device{device}, items{device,
					mapped_source{device, true, (flags & KRING_STREAM_IN_PLACE) != 0},
					{},
					flags & KRING_STREAM_UNORDERED ? order::at_hand : order::by_time}
	{
		items.start(false);
	}

	simulated_device &device;
	stream<simulated_device, mapped_source<simulated_device>> items;
	file never_ready{eventfd(0, EFD_CLOEXEC)};
};

kring_stream *kring_stream__open(const char *channel, const kring_stream_opts *opts)
{
	auto found = channels.find(channel);

	if (found == channels.end()) {
		errno = ENOENT;
		return nullptr;
	}
	return new kring_stream{*found->second, opts ? opts->flags : 0};
}

void kring_stream__free(kring_stream *stream)
{
	delete stream;
}

int kring_stream__next(kring_stream *stream, const kring_item **item)
{
	return stream->items.next(*item);
}

int kring_stream__next_run(kring_stream *stream, const kring_item **item, kring_run **run)
{
	return stream->items.next_run(*item, *run);
}

const kring_item *kring_stream__item(kring_stream *stream, const kring_run_record *record)
{
	return stream->items.item(*record);
}

int kring_stream__is_whole(kring_stream *stream)
{
	return stream->items.is_whole();
}

__u64 kring_stream__time(const kring_stream *stream, __u64 stamp)
{
	return to_ns(stream->device.meta(), stamp);
}

const kring_meta *kring_stream__meta(const kring_stream *stream)
{
	return &stream->device.meta();
}

int kring_stream__fd(const kring_stream *stream)
{
	return stream->never_ready.fd();
}

int kring_stream__position(const kring_stream *stream, __u32 cpu, kring_position *position)
{
	*position = {};
	position->cpu = cpu;
	return stream->items.position(cpu, position->seq) ? 0 : -ENXIO;
}

const char *kring_stream__message(const kring_stream *stream)
{
	return stream->items.message().c_str();
}
