/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Readers, as the C API has them: streams in one epoll set, their items given to functions. */
#include <algorithm>
#include <cerrno>
#include <climits>
#include <memory>
#include <vector>

#include <sys/epoll.h>

#include <kring/kring.h>

#include "file.hh"
#include "guard.hh"
#include "meta.hh"
#include "options.hh"
#include "run_item.hh"

using namespace kring;

namespace
{

struct stream_free {
	void operator()(kring_stream *stream) const { kring_stream__free(stream); }
};

/* A channel of a reader. */
class source {
public:
	source(kring_stream *stream, kring_record_fn on_record, kring_loss_fn on_loss, void *ctx)
		: stream_{stream}, on_record_{on_record}, on_loss_{on_loss}, ctx_{ctx}
	{
	}

	int fd() const { return kring_stream__fd(stream_.get()); }
	bool is_gone() const { return is_gone_; }
	/* It was left before it had nothing more, and its file does not say so. */
	bool has_more() const { return has_more_; }

	/* Until nothing is left or consumed is max. 0, or what ended it: the function's or the stream's. */
	int consume(size_t max, size_t &consumed)
	{
		const kring_item *item;
		kring_run *run;

		has_more_ = true;
		while (consumed < max) {
			int got = kring_stream__next_run(stream_.get(), &item, &run);

			if (got <= 0) {
				bool is_over = got == 0 || got == -EAGAIN || got == -ENODEV;

				has_more_ = !is_over;
				is_gone_ = got == -ENODEV;
				return is_over ? 0 : got;
			}

			if (!run && on_loss_)
				on_loss_(ctx_, item);

			int wanted = run ? give(*run, *item, max, consumed) : 0;

			if (wanted < 0)
				return wanted;
		}
		return 0;
	}

private:
	/* What the stream has of it is of the run's first record. */
	int give(kring_run &run, kring_item item, size_t max, size_t &consumed)
	{
		const kring_meta &meta = *kring_stream__meta(stream_.get());
		kring_run_record record;

		while (consumed < max && kring_run__next(&run, &record)) {
			set_record(item, record, to_ns(meta, record.stamp));
			consumed++;

			int wanted = on_record_(ctx_, &item);

			if (wanted < 0)
				return wanted;
		}
		return 0;
	}

	std::unique_ptr<kring_stream, stream_free> stream_;
	kring_record_fn on_record_;
	kring_loss_fn on_loss_;
	void *ctx_;
	bool has_more_ = true;
	bool is_gone_ = false;
};

} /* namespace */

struct kring_reader {
	int open();
	int add(const char *channel, kring_record_fn on_record, void *ctx, const kring_reader_opts *opts);
	int consume(size_t max);
	int poll(int timeout);
	int fd() const { return set_.fd(); }

private:
	file set_;
	std::vector<source> sources_;
	size_t next_ = 0; /* whose turn it is: a busy channel does not keep others waiting */
};

int kring_reader::open()
{
	set_ = file{epoll_create1(EPOLL_CLOEXEC)};
	return set_.is_open() ? 0 : -errno;
}

int kring_reader::add(const char *channel, kring_record_fn on_record, void *ctx, const kring_reader_opts *opts)
{
	kring_reader_opts mine;
	int error = copy_options(mine, opts);

	/* A function cannot say what it found whole. */
	if (error || !on_record || (mine.stream && mine.stream->flags & KRING_STREAM_IN_PLACE))
		return error ? error : -EINVAL;
	sources_.reserve(sources_.size() + 1);

	kring_stream *stream = kring_stream__open(channel, mine.stream);

	if (!stream)
		return -errno;

	source made{stream, on_record, mine.on_loss, ctx};
	epoll_event event{};

	event.events = EPOLLIN;
	if (epoll_ctl(set_.fd(), EPOLL_CTL_ADD, made.fd(), &event))
		return -errno;
	sources_.push_back(std::move(made));
	return 0;
}

int kring_reader::consume(size_t max)
{
	size_t consumed = 0;
	int error = 0;

	/* More than a number can tell is for the next call. */
	max = std::min<size_t>(max, INT_MAX);
	for (size_t turns = sources_.size(); turns && !error; turns--) {
		next_ = next_ < sources_.size() ? next_ : 0;
		error = sources_[next_].consume(max, consumed);
		/* Its file says for ever that it is gone. */
		if (sources_[next_].is_gone())
			sources_.erase(sources_.begin() + static_cast<ptrdiff_t>(next_));
		else
			next_++;
	}
	if (error)
		return error;
	return sources_.empty() && !consumed ? -ENODEV : static_cast<int>(consumed);
}

int kring_reader::poll(int timeout)
{
	epoll_event event;

	/* Of what is at hand already, their files say nothing. */
	if (std::any_of(sources_.begin(), sources_.end(), [](const source &each) { return each.has_more(); })) {
		int consumed = consume(INT_MAX);

		if (consumed)
			return consumed;
	}
	if (!sources_.empty() && epoll_wait(set_.fd(), &event, 1, timeout) < 0)
		return -errno;
	return consume(INT_MAX);
}

kring_reader *kring_reader__new(const char *channel, kring_record_fn on_record, void *ctx,
				const kring_reader_opts *opts)
{
	return guarded_new<kring_reader>([=](kring_reader &reader) {
		int error = reader.open();

		return error ? error : reader.add(channel, on_record, ctx, opts);
	});
}

void kring_reader__free(kring_reader *reader)
{
	delete reader;
}

int kring_reader__add(kring_reader *reader, const char *channel, kring_record_fn on_record, void *ctx,
		      const kring_reader_opts *opts)
{
	return guarded([=] { return reader->add(channel, on_record, ctx, opts); });
}

int kring_reader__poll(kring_reader *reader, int timeout_ms)
{
	return guarded([=] { return reader->poll(timeout_ms); });
}

int kring_reader__consume(kring_reader *reader)
{
	return guarded([=] { return reader->consume(INT_MAX); });
}

int kring_reader__consume_n(kring_reader *reader, size_t max)
{
	return guarded([=] { return reader->consume(max); });
}

int kring_reader__epoll_fd(const kring_reader *reader)
{
	return reader->fd();
}
