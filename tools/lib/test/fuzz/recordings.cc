/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A recording in a file, as somebody else made it: opened, read to its end and
 * decoded.
 *
 * Input: a byte, 1: from a position on; the rest is the file behind its header and
 * the beginning of its first chunk, which are always right.
 */
#include <cstdlib>

#include <sys/mman.h>

#include "../../recorder.hh"
#include "../../recording.hh"
#include "items.hh"

using namespace kring;
using namespace kring::fuzz;

namespace
{

constexpr size_t page_size = 4096;

kring_meta sound_meta()
{
	kring_meta meta{};

	meta.magic = KRING_MAGIC;
	meta.version = KRING_ABI_VERSION;
	meta.size = sizeof(meta);
	meta.nr_cpus = 2;
	meta.page_size = page_size;
	meta.pages = 3;
	meta.time_mult = 1;
	meta.rings = 4096;
	meta.pages_offset = 4096;
	meta.ring_stride = 4 * page_size;
	meta.map_size = meta.rings + 2 * meta.ring_stride;
	meta.cpus[0] = 3;
	return meta;
}

void write_to(int fd, const void *bytes, size_t size)
{
	require(write_all(fd, {static_cast<const char *>(bytes), size}) == 0);
}

} /* namespace */

FUZZ_TARGET
{
	static const int fd = memfd_create("recording", MFD_CLOEXEC);
	input input{data, size};
	auto how = input.take<__u8>();
	std::string_view rest = input.take_rest();
	recording_header header{recording_magic, recording_version, 0};
	recording_chunk chunk{chunk_kind::channel, sizeof(recorded_channel)};
	recorded_channel channel{sound_meta(), "fuzzed", 0, 0};
	recording played;

	require(fd >= 0 && ftruncate(fd, 0) == 0 && lseek(fd, 0, SEEK_SET) == 0);
	write_to(fd, &header, sizeof(header));
	write_to(fd, &chunk, sizeof(chunk));
	write_to(fd, &channel, sizeof(channel));
	write_to(fd, rest.data(), rest.size());
	require(played.open(file{dup(fd)}) == 0);

	recorded_device device{played};
	recorded_source source{device};

	if (how & 1)
		source.start_at(0, how);

	stream<recorded_device, recorded_source> stream{device, std::move(source), {}};

	stream.start(how & 2);
	take_all(stream, 2, 200 + size, [](const char *, size_t) { return true; });

	decoder types{{}, ""};
	char text[200];

	played.give_types(types);
	for (__u32 id : types.ids())
		types.write<json_style>(id, rest.substr(0, 4096), text, sizeof(text));
	return 0;
}
