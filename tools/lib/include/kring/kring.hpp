/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * libkring for C++20: streams that free themselves, and their records as the
 * structures that were written. Errors are thrown as std::system_error.
 *
 *	kring::stream stream{"example"};
 *
 *	for (const auto &record : stream.records<my_event>())
 *		printf("%llu %d\n", record.time(), record->value);
 */
#ifndef KRING_KRING_HPP
#define KRING_KRING_HPP

#include <cerrno>
#include <cstddef>
#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>

#include <poll.h>

#include <kring/kring.h>

namespace kring
{

/* A record that is a T; valid until the stream goes on. */
template <class T>
class record {
public:
	record(kring_stream *stream, const kring_run_record &walked, unsigned int cpu)
		: stream_{stream}, record_{walked}, cpu_{cpu}
	{
	}

	const T &operator*() const { return *static_cast<const T *>(record_.payload); }
	const T *operator->() const { return static_cast<const T *>(record_.payload); }
	/* In nanoseconds. */
	unsigned long long time() const { return kring_stream__time(stream_, record_.stamp); }
	unsigned int cpu() const { return cpu_; }
	unsigned long long seq() const { return record_.seq; }
	/* Bytes: more than sizeof(T) if T ends in a flexible array. */
	unsigned int size() const { return record_.size; }
	const kring_item &item() const { return *kring_stream__item(stream_, &record_); }

private:
	kring_stream *stream_;
	kring_run_record record_;
	unsigned int cpu_;
};

class stream {
public:
	using loss_function = std::function<void(const kring_item &)>;

	explicit stream(const std::string &channel, const kring_stream_opts *opts = nullptr)
		: stream_{kring_stream__open(channel.c_str(), opts)}
	{
		if (!stream_)
			throw std::system_error{errno, std::generic_category(), "kring channel '" + channel + "'"};
		if (opts && opts->sz >= offsetof(kring_stream_opts, flags) + sizeof(opts->flags))
			flags_ = opts->flags;
	}

	/* Called with each loss that the loops below come upon. */
	void on_loss(loss_function function) { on_loss_ = std::move(function); }

	/* The next record or loss; nullptr: nothing now. */
	const kring_item *next()
	{
		const kring_item *item = nullptr;

		run_ = nullptr;
		return is_there(kring_stream__next(stream_.get(), &item)) ? item : nullptr;
	}

	/*
	 * Asked once a record was used: was it still whole? Of a stream with KRING_STREAM_IN_PLACE; others
	 * always say yes. See kring_stream__is_whole().
	 */
	bool is_whole() { return kring_stream__is_whole(stream_.get()) > 0; }

	/* False: nothing came in time. -1: for ever. A signal is no error. */
	bool wait(int timeout_ms = -1)
	{
		pollfd self{kring_stream__fd(stream_.get()), POLLIN, 0};

		return ::poll(&self, 1, timeout_ms) > 0;
	}

	/*
	 * Those that are there: a range for one loop. Without a type id, all that are as large as T;
	 * else those of that type, see kring_channel__type().
	 */
	template <class T>
	class range {
	public:
		class iterator {
		public:
			using value_type = record<T>;
			using difference_type = std::ptrdiff_t;
			using iterator_concept = std::input_iterator_tag;

			explicit iterator(range &range) : range_{&range} {}
			value_type operator*() const
			{
				return {range_->stream_.get(), range_->record_, range_->stream_.cpu()};
			}
			iterator &operator++()
			{
				range_->advance();
				return *this;
			}
			void operator++(int) { ++*this; }
			bool operator==(std::default_sentinel_t) const { return !range_->record_.payload; }

		private:
			range *range_;
		};

		range(stream &stream, unsigned int type) : stream_{stream}, type_{type} {}
		iterator begin()
		{
			advance();
			return iterator{*this};
		}
		std::default_sentinel_t end() const { return {}; }

	private:
		static_assert(std::is_trivially_copyable_v<T> && alignof(T) <= 8, "T is no structure of a record");

		bool is_wanted() const { return record_.size >= sizeof(T) && (type_ == 0 || record_.type == type_); }
		void advance()
		{
			while (stream_.next_record(record_))
				if (is_wanted())
					return;
			record_.payload = nullptr;
		}

		stream &stream_;
		unsigned int type_;
		kring_run_record record_{}; /* without a payload: there is none */
	};

	template <class T>
	range<T> records(unsigned int type = 0)
	{
		return range<T>{*this, type};
	}

	kring_position position(unsigned int cpu) const
	{
		kring_position position;
		int error = kring_stream__position(stream_.get(), cpu, &position);

		if (error)
			throw std::system_error{-error, std::generic_category(), "position"};
		return position;
	}

	kring_stream *get() const { return stream_.get(); }

private:
	/* Whose record was walked to last. A run knows it, whoever else has asked the stream for another one. */
	unsigned int cpu() const { return run_ ? run_->cpu : cpu_; }
	bool is_there(int got)
	{
		if (got < 0 && got != -EAGAIN)
			throw std::system_error{-got, std::generic_category(), kring_stream__message(stream_.get())};
		return got > 0;
	}

	/* As next(), but losses are told on the way. */
	bool next_record(kring_run_record &record)
	{
		while (!walk(record)) {
			const kring_item *item = look_for_more();

			if (!item)
				return false;
			if (!run_) {
				record = {item->payload, item->seq, item->stamp, item->size, item->type};
				return true;
			}
		}
		return true;
	}

	/* Where the run is at its end: the next record, and the run that it begins. Apart, so that loops are the walk only. */
	[[gnu::noinline]] const kring_item *look_for_more()
	{
		const kring_item *item;

		while ((item = next_or_run()) && item->kind == KRING_ITEM_LOSS)
			if (on_loss_)
				on_loss_(*item);
		if (item)
			cpu_ = item->cpu;
		return item;
	}

	/* A run where walking it gives what next() gives. Else it is a page, whatever others have that is older. */
	const kring_item *next_or_run()
	{
		const kring_item *item = nullptr;

		if (flags_ & (KRING_STREAM_UNORDERED | KRING_STREAM_COPY))
			return next();
		return is_there(kring_stream__next_run(stream_.get(), &item, &run_)) ? item : nullptr;
	}

	/* To the run's next record; in place, if the one before was whole when the program was done with it. */
	bool walk(kring_run_record &record)
	{
		return run_ && (!(flags_ & KRING_STREAM_IN_PLACE) || kring_run__is_whole(run_)) &&
		       kring_run__next(run_, &record);
	}

	struct free {
		void operator()(kring_stream *stream) const { kring_stream__free(stream); }
	};

	std::unique_ptr<kring_stream, free> stream_;
	loss_function on_loss_;
	__u32 flags_ = 0;
	kring_run *run_ = nullptr; /* that is being walked */
	unsigned int cpu_ = 0;	   /* whose record was next */
};

} /* namespace kring */

#endif
