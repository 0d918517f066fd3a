/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * A recording that is read: it answers as a device does, and gives images to a
 * stream. Nothing that the file says is believed before it was looked at.
 */
#ifndef LIBKRING_RECORDING_HH
#define LIBKRING_RECORDING_HH

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "decoder.hh"
#include "file.hh"
#include "lane.hh"
#include "meta.hh"
#include "recording_format.hh"

namespace kring
{

class recording {
public:
	/* Looks through all of it. 0; -errno; -EPROTO: it is none, or of a version that is not known here. */
	int open(file file);

	const std::string &name() const { return name_; }
	bool is_from_newest() const { return from_newest_; }
	/* The recorder came to its end. */
	bool is_whole() const { return is_whole_; }
	/* Its types, known to another decoder from now on. */
	void give_types(decoder &to) const;

	const kring_meta &meta() const { return meta_; }
	/* When it began; behind the last record: when it ended. */
	int ledger(__u32 cpu, kring_ledger &ledger, bool at_end) const;

	size_t images(__u32 cpu) const { return cpu < images_.size() ? images_[cpu].size() : 0; }
	/* Into room for a page. 0, -errno, or -EBADMSG: the file has changed. */
	int read_image(__u32 cpu, size_t index, void *to) const;

private:
	struct type {
		record_type type;
		std::string btf;
		std::string why;
	};
	using ledgers = std::map<__u32, kring_ledger>;

	int look_through();
	/* False: it is not what it says, or not all there. */
	bool take_chunk(const recording_chunk &chunk, __u64 at);
	bool take_channel(const recording_chunk &chunk, __u64 at);
	bool take_type(const recording_chunk &chunk, __u64 at);
	bool take_ledger(const recording_chunk &chunk, __u64 at, ledgers &to);
	bool take_pages(const recording_chunk &chunk, __u64 at);
	bool read_at(__u64 at, void *to, size_t size) const;

	file file_;
	__u64 size_ = 0;
	kring_meta meta_{};
	std::string name_;
	bool from_newest_ = false;
	bool is_whole_ = false;
	std::vector<type> types_;
	ledgers before_;
	ledgers after_;
	std::vector<std::vector<__u64>> images_; /* by CPU: where they stand */
};

/* As class device, for one of many streams: of a channel where nothing is written any more. */
class recorded_device {
public:
	explicit recorded_device(const recording &from) : from_{&from} {}

	const kring_meta &meta() const { return from_->meta(); }
	void refresh_cpus() {}
	int horizon(__u64 &time) const
	{
		time = ~__u64{0};
		return 0;
	}
	int ledger(__u32 cpu, kring_ledger &ledger) const { return from_->ledger(cpu, ledger, is_read_); }

	const recording &from() const { return *from_; }
	/* From now on the ledgers are those of the end. */
	void begin() { is_read_ = true; }

private:
	const recording *from_;
	bool is_read_ = false;
};

class recorded_source {
public:
	static constexpr bool maps = false;

	explicit recorded_source(recorded_device &device) : device_{device}, places_(device.meta().nr_cpus) {}

	/* Before the first fetch(). */
	void start_at(__u32 cpu, __u64 seq) { places_[cpu].from = seq; }

	template <class F>
	int fetch(F find)
	{
		device_.begin();
		for (__u32 cpu = 0; cpu < places_.size(); cpu++)
			if (device_.from().images(cpu))
				find(cpu);
		return -ENODEV;
	}

	__u64 begins_at(__u32 cpu) const { return places_[cpu].from.value_or(0); }
	bool rests() const { return true; }
	void hold_back() {}
	int next_page(lane &at);

private:
	struct place {
		size_t next = 0;	       /* image */
		std::optional<__u64> from;     /* the first record to be delivered */
		std::unique_ptr<__u64[]> copy; /* of the image that is read */
	};

	recorded_device &device_;
	std::vector<place> places_; /* by CPU */
};

static_assert(page_source<recorded_source>);

} /* namespace kring */

#endif
