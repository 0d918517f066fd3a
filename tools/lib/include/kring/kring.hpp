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
	explicit record(const kring_item &item) : item_{&item} {}

	const T &operator*() const { return *static_cast<const T *>(item_->payload); }
	const T *operator->() const { return static_cast<const T *>(item_->payload); }
	/* In nanoseconds. */
	unsigned long long time() const { return item_->time; }
	unsigned int cpu() const { return item_->cpu; }
	unsigned long long seq() const { return item_->seq; }
	/* Bytes: more than sizeof(T) if T ends in a flexible array. */
	unsigned int size() const { return item_->size; }
	const kring_item &item() const { return *item_; }

private:
	const kring_item *item_;
};

class stream {
public:
	using loss_function = std::function<void(const kring_item &)>;

	explicit stream(const std::string &channel, const kring_stream_opts *opts = nullptr)
		: stream_{kring_stream__open(channel.c_str(), opts)}
	{
		if (!stream_)
			throw std::system_error{errno, std::generic_category(), "kring channel '" + channel + "'"};
	}

	/* Called with each loss that the loops below come upon. */
	void on_loss(loss_function function) { on_loss_ = std::move(function); }

	/* The next record or loss; nullptr: nothing now. */
	const kring_item *next()
	{
		const kring_item *item = nullptr;
		int got = kring_stream__next(stream_.get(), &item);

		if (got < 0 && got != -EAGAIN)
			throw std::system_error{-got, std::generic_category(), kring_stream__message(stream_.get())};
		return got > 0 ? item : nullptr;
	}

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
			value_type operator*() const { return value_type{*range_->item_}; }
			iterator &operator++()
			{
				range_->advance();
				return *this;
			}
			void operator++(int) { ++*this; }
			bool operator==(std::default_sentinel_t) const { return !range_->item_; }

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

		bool is_wanted(const kring_item &item) const
		{
			return item.size >= sizeof(T) && (type_ == 0 || item.type == type_);
		}
		void advance()
		{
			while ((item_ = stream_.next())) {
				if (item_->kind == KRING_ITEM_LOSS && stream_.on_loss_)
					stream_.on_loss_(*item_);
				if (item_->kind == KRING_ITEM_RECORD && is_wanted(*item_))
					return;
			}
		}

		stream &stream_;
		unsigned int type_;
		const kring_item *item_ = nullptr;
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
	struct free {
		void operator()(kring_stream *stream) const { kring_stream__free(stream); }
	};

	std::unique_ptr<kring_stream, free> stream_;
	loss_function on_loss_;
};

} /* namespace kring */

#endif
