/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Looking through a recording; see recording.hh. */
#include "recording.hh"

#include <cerrno>

#include <sys/stat.h>
#include <unistd.h>

namespace kring
{

bool recording::read_at(__u64 at, void *to, size_t size) const
{
	char *next = static_cast<char *>(to);

	while (size) {
		ssize_t got = pread(file_.fd(), next, size, static_cast<off_t>(at));

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		next += got;
		at += static_cast<size_t>(got);
		size -= static_cast<size_t>(got);
	}
	return true;
}

int recording::open(file file)
{
	struct stat status;
	recording_header header;

	file_ = std::move(file);
	if (fstat(file_.fd(), &status))
		return -errno;
	if (!S_ISREG(status.st_mode))
		return -ESPIPE;
	size_ = static_cast<__u64>(status.st_size);
	if (!read_at(0, &header, sizeof(header)) || header.magic != recording_magic ||
	    header.version != recording_version)
		return -EPROTO;
	return look_through();
}

int recording::look_through()
{
	recording_chunk chunk;

	for (__u64 at = sizeof(recording_header); read_at(at, &chunk, sizeof(chunk)); at += chunk.size) {
		at += sizeof(chunk);
		is_whole_ = chunk.kind == chunk_kind::end;
		if (is_whole_ || chunk.size % 8 || (chunk.kind != chunk_kind::channel && images_.empty()) ||
		    !take_chunk(chunk, at))
			break;
	}
	return images_.empty() ? -EPROTO : 0;
}

bool recording::take_chunk(const recording_chunk &chunk, __u64 at)
{
	switch (chunk.kind) {
	case chunk_kind::channel:
		return take_channel(chunk, at);
	case chunk_kind::type:
		return take_type(chunk, at);
	case chunk_kind::before:
		return take_ledger(chunk, at, before_);
	case chunk_kind::after:
		return take_ledger(chunk, at, after_);
	case chunk_kind::pages:
		return take_pages(chunk, at);
	default:
		return false;
	}
}

bool recording::take_channel(const recording_chunk &chunk, __u64 at)
{
	recorded_channel channel;

	if (!images_.empty() || chunk.size != sizeof(channel) || !read_at(at, &channel, sizeof(channel)) ||
	    why_bad_meta(channel.meta))
		return false;
	channel.name[KRING_NAME_MAX] = 0;
	meta_ = channel.meta;
	name_ = channel.name;
	from_newest_ = channel.from_newest;
	images_.resize(meta_.nr_cpus);
	return true;
}

bool recording::take_type(const recording_chunk &chunk, __u64 at)
{
	recorded_type head;

	if (chunk.size < sizeof(head) || chunk.size > size_)
		return false;

	std::string bytes(chunk.size, 0);

	if (!read_at(at, bytes.data(), bytes.size()))
		return false;
	memcpy(&head, bytes.data(), sizeof(head));

	std::string_view rest = std::string_view{bytes}.substr(sizeof(head));
	auto take = [&](__u32 length) {
		std::string taken{rest.substr(0, length)};

		rest.remove_prefix(taken.size());
		return taken;
	};

	if (__u64{head.name} + head.module + head.why + head.btf > rest.size() || head.id == 0 ||
	    head.id > KRING_TYPE_MAX || head.size > KRING_PAYLOAD_MAX || head.name == 0)
		return false;

	type made{{head.id, head.size, take(head.name), take(head.module)}, {}, {}};

	made.why = take(head.why);
	made.btf = take(head.btf);
	types_.push_back(std::move(made));
	return true;
}

bool recording::take_ledger(const recording_chunk &chunk, __u64 at, ledgers &to)
{
	kring_ledger ledger;

	if (chunk.size != sizeof(ledger) || !read_at(at, &ledger, sizeof(ledger)))
		return false;
	to[ledger.cpu] = ledger;
	return true;
}

/* Whole images, also of a chunk that was cut off. */
bool recording::take_pages(const recording_chunk &chunk, __u64 at)
{
	__u64 end = at + chunk.size;
	kring_page page;

	for (__u64 next = at; next < end; next += KRING_COMMIT_OFFSET(page.commit)) {
		__u64 room = std::min(end, std::max(size_, next)) - next;

		if (room < sizeof(page) || !read_at(next, &page, sizeof(page)) ||
		    check_page(page, room) != page_error::none || page.size != meta_.page_size ||
		    page.cpu >= meta_.nr_cpus)
			return false;
		images_[page.cpu].push_back(next);
	}
	return true;
}

void recording::give_types(decoder &to) const
{
	for (const type &each : types_)
		if (!to.knows(each.type.id))
			to.set_type(each.type, each.btf, each.why);
}

int recording::ledger(__u32 cpu, kring_ledger &ledger, bool at_end) const
{
	const ledgers &all = at_end ? after_ : before_;
	auto found = all.find(cpu);

	if (found == all.end())
		return -ENOENT;
	ledger = found->second;
	return 0;
}

int recording::read_image(__u32 cpu, size_t index, void *to) const
{
	__u64 at = images_[cpu][index];
	kring_page &page = *static_cast<kring_page *>(to);

	if (!read_at(at, &page, sizeof(page)))
		return -EIO;
	/* It was sound when it was looked through, but somebody may write to the file. */
	if (check_page(page, meta_.page_size) != page_error::none || page.size != meta_.page_size || page.cpu != cpu)
		return -EBADMSG;
	return read_at(at + sizeof(page), &page + 1, KRING_COMMIT_OFFSET(page.commit) - sizeof(page)) ? 0 : -EIO;
}

int recorded_source::next_page(lane &at)
{
	place &here = places_[at.cpu];

	if (!here.copy)
		here.copy = std::make_unique_for_overwrite<__u64[]>(device_.meta().page_size / sizeof(__u64));
	while (here.next < device_.from().images(at.cpu)) {
		const kring_page &page = *reinterpret_cast<const kring_page *>(here.copy.get());
		int error = device_.from().read_image(at.cpu, here.next++, here.copy.get());
		__u32 count = KRING_COMMIT_COUNT(page.commit);

		if (error)
			return error;
		if (page.first + count <= here.from.value_or(0))
			continue;
		if (!at.losses.has_begun() && here.from)
			at.losses.resume(*here.from);
		else if (!at.losses.has_begun())
			at.losses.begin(page.first);
		return at.enter(page, page_header_size, KRING_COMMIT_OFFSET(page.commit), page.first, count,
				here.from.value_or(0)) ?
			       1 :
			       -EBADMSG;
	}
	return 0;
}

} /* namespace kring */
