/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Writes a recording: what read() gives, and what it takes to understand it on
 * another machine. See recording_format.hh.
 */
#ifndef LIBKRING_RECORDER_HH
#define LIBKRING_RECORDER_HH

#include <cerrno>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <sys/types.h>
#include <unistd.h>

#include "../../src/core/page_view.hh"
#include "decoder.hh"
#include "recording_format.hh"
#include "stream.hh"

namespace kring
{

/* All of it, or -errno. */
inline int write_all(int fd, std::string_view bytes)
{
	while (!bytes.empty()) {
		ssize_t written = write(fd, bytes.data(), bytes.size());

		if (written < 0 && errno != EINTR)
			return -errno;
		if (written > 0)
			bytes.remove_prefix(static_cast<size_t>(written));
	}
	return 0;
}

/* D: meta(), read() and ledger() as class device. Functions return -errno when they fail. */
template <class D>
class recorder {
public:
	/* Called with a type id that the decoder does not know, once for each: it may be new. */
	using find_type = std::function<void(__u32)>;

	/* No cpus: all of them. */
	recorder(D &device, decoder &types, find_type find_type, int file, const std::vector<__u32> &cpus)
		: device_{device}, types_{types}, find_type_{std::move(find_type)}, file_{file},
		  wanted_(KRING_CPUS_MAX, cpus.empty()), seen_types_(KRING_TYPE_MAX + 1),
		  room_{std::max<size_t>(size_t{16} * device.meta().page_size, 256 << 10)},
		  buffer_{std::make_unique_for_overwrite<__u64[]>(room_ / sizeof(__u64))}
	{
		for (__u32 cpu : cpus)
			if (cpu < wanted_.size())
				wanted_[cpu] = true;
	}

	/* Before all else. */
	int begin(std::string_view name, bool from_newest)
	{
		recording_header header{recording_magic, recording_version, 0};
		recorded_channel channel{device_.meta(), {}, from_newest, 0};
		std::string all{bytes_of(header)};

		name.copy(channel.name, KRING_NAME_MAX);
		all += chunk(chunk_kind::channel, bytes_of(channel));
		for (__u32 id : types_.ids())
			all += type_chunk(id);
		return write_all(file_, all += ledgers(chunk_kind::before));
	}

	/* What is there, as much as is read at once: its bytes. 0: nothing now; -ENODEV: nothing, for good. */
	ssize_t record()
	{
		char *begin = reinterpret_cast<char *>(buffer_.get());
		ssize_t got = device_.read(begin, room_);

		if (got <= 0)
			return got == -EAGAIN || got == -EINTR ? 0 : got ? got : -ENODEV;

		size_t kept = 0;

		for (size_t at = 0; at < static_cast<size_t>(got);) {
			const kring_page &page = *reinterpret_cast<const kring_page *>(begin + at);

			if (check_page(page, static_cast<size_t>(got) - at) != page_error::none)
				return -EBADMSG;

			size_t length = KRING_COMMIT_OFFSET(page.commit);

			if (page.cpu < wanted_.size() && wanted_[page.cpu]) {
				look_for_types(page);
				memmove(begin + kept, &page, length);
				kept += length;
			}
			at += length;
		}

		int error = write_all(file_, std::exchange(new_types_, {}));

		if (!error && kept)
			error = write_all(file_, chunk(chunk_kind::pages, {}, kept));
		if (!error)
			error = write_all(file_, {begin, kept});
		return error ? error : got;
	}

	/* Behind all that was recorded. */
	int end() { return write_all(file_, ledgers(chunk_kind::after) + chunk(chunk_kind::end, {})); }

private:
	template <class T>
	static std::string_view bytes_of(const T &from)
	{
		return {reinterpret_cast<const char *>(&from), sizeof(from)};
	}

	/* The content may come by itself: then its size is more. */
	static std::string chunk(chunk_kind kind, std::string_view content, size_t more = 0)
	{
		recording_chunk head{kind, static_cast<__u32>(content.size() + more)};

		return std::string{bytes_of(head)}.append(content);
	}

	std::string type_chunk(__u32 id)
	{
		const record_type *known = types_.type(id);
		const char *why = types_.why_hex(id);
		std::string btf = why ? "" : types_.btf_of(id);

		if (!why && btf.empty())
			why = "its BTF could not be recorded";

		std::string sentence = why ? why : "";
		recorded_type head{id,
				   known->size,
				   static_cast<__u32>(known->name.size()),
				   static_cast<__u32>(known->module.size()),
				   static_cast<__u32>(sentence.size()),
				   static_cast<__u32>(btf.size())};
		std::string all = std::string{bytes_of(head)} + known->name + known->module + sentence + btf;

		seen_types_[id] = true;
		all.resize((all.size() + 7) / 8 * 8);
		return chunk(chunk_kind::type, all);
	}

	void look_for_types(const kring_page &page)
	{
		record_cursor records{page};
		record_view record;

		while (records.next(record)) {
			if (!record.type || seen_types_[record.type])
				continue;
			seen_types_[record.type] = true;
			find_type_(record.type);
			if (types_.knows(record.type))
				new_types_ += type_chunk(record.type);
		}
	}

	std::string ledgers(chunk_kind kind)
	{
		std::string all;
		auto add = [&](__u32 cpu) {
			kring_ledger ledger;

			if (ask_ledger(device_, cpu, ledger))
				return;
			ledger.cpu = cpu;
			all += chunk(kind, bytes_of(ledger));
		};

		for_each_ring(device_.meta(), [&](__u32 cpu) {
			if (wanted_[cpu])
				add(cpu);
		});
		add(KRING_CPU_ALL);
		return all;
	}

	D &device_;
	decoder &types_;
	find_type find_type_;
	int file_;
	std::vector<bool> wanted_;     /* by CPU */
	std::vector<bool> seen_types_; /* by id */
	std::string new_types_;
	size_t room_;
	std::unique_ptr<__u64[]> buffer_;
};

} /* namespace kring */

#endif
