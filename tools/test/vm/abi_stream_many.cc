/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Many streams of libkring on rings that overwrite under them, each at its own
 * speed, one of them stopped for long, one dying and going on where it was. Each
 * gets every record in order of time, and what it does not get is told. As many records as
 * KRING_RECORDS says.
 */
#include <kring/kring.h>
#include <poll.h>
#include <unistd.h>

#include <string>
#include <thread>

#include "../../events/kring_load.h"
#include "abi_test.hh"

namespace kring::abi
{
namespace
{

/* How a reader goes about it. */
struct manner {
	const char *name;
	__u32 flags = 0;
	unsigned nap_every = 0; /* items */
	unsigned nap_us = 0;
	unsigned dies_every = 0; /* records */
};

class stream_reader {
public:
	explicit stream_reader(const manner &manner) : manner_{manner}, next_(nr_cpus()) { open(); }
	~stream_reader() { kring_stream__free(stream_); }
	stream_reader(const stream_reader &) = delete;

	/* Until nothing is left once the writers have ended. */
	void run(const std::atomic<bool> &writers_ended)
	{
		for (;;) {
			bool was_end = writers_ended;
			const kring_item *item;
			int got;

			while ((got = kring_stream__next(stream_, &item)) == 1) {
				take(*item);
				rest();
			}
			if (got == -EAGAIN)
				continue;
			if (got < 0) {
				error_ = got;
				return;
			}
			if (was_end)
				return;
			if (!(manner_.flags & KRING_STREAM_SPIN))
				poll_now(kring_stream__fd(stream_), POLLIN, 100);
		}
	}

	void expect_sum(number committed) const
	{
		EXPECT_EQ(error_, 0) << manner_.name;
		EXPECT_EQ(received_ + lost_, committed) << manner_.name;
		EXPECT_EQ(torn_, 0U) << manner_.name;
		EXPECT_EQ(misplaced_, 0U) << manner_.name;
		EXPECT_EQ(late_, 0U) << manner_.name << ": records older than one that came before";
		EXPECT_GT(received_, 0U) << manner_.name;
		printf("stream: %-8s %9llu received, %9llu lost, %3u lives\n", manner_.name,
		       static_cast<unsigned long long>(received_), static_cast<unsigned long long>(lost_), lives_);
	}

private:
	void open(const std::vector<kring_position> &positions = {})
	{
		kring_stream_opts opts{};

		opts.sz = sizeof(opts);
		opts.flags = manner_.flags;
		opts.positions = positions.data();
		opts.nr_positions = static_cast<__u32>(positions.size());
		stream_ = kring_stream__open("load", &opts);
		ASSERT_TRUE(stream_) << errno;
		lives_++;
	}
	void die()
	{
		std::vector<kring_position> positions;
		kring_position position;

		for (unsigned cpu = 0; cpu < nr_cpus(); cpu++)
			if (!kring_stream__position(stream_, cpu, &position))
				positions.push_back(position);
		kring_stream__free(stream_);
		stream_ = nullptr;
		open(positions);
	}
	void rest()
	{
		items_++;
		if (manner_.nap_every && items_ % manner_.nap_every == 0)
			usleep(manner_.nap_us);
		if (manner_.dies_every && items_ % manner_.dies_every == 0)
			die();
	}
	/* Who reads in place believes what is whole afterwards, and else is told a loss. */
	void take(const kring_item &item)
	{
		kring_item mine = item;
		std::string payload;

		if (item.kind == KRING_ITEM_RECORD && manner_.flags & KRING_STREAM_IN_PLACE) {
			payload.assign(static_cast<const char *>(item.payload), item.size);
			mine.payload = payload.data();
			if (!kring_stream__is_whole(stream_))
				return;
		}
		count(mine);
	}
	void count(const kring_item &item)
	{
		if (item.cpu == KRING_CPU_ALL)
			return;
		misplaced_ += item.kind == KRING_ITEM_RECORD && item.seq != next_[item.cpu];
		if (item.kind == KRING_ITEM_LOSS) {
			if (item.cause == KRING_LOSS_OVERWRITTEN) {
				misplaced_ += item.seq != next_[item.cpu];
				lost_ += item.lost;
				next_[item.cpu] += item.lost;
			}
			return;
		}
		next_[item.cpu] = item.seq + 1;
		late_ += item.stamp < stamp_ && !(manner_.flags & KRING_STREAM_UNORDERED);
		stamp_ = item.stamp;
		received_++;

		const kring_load_record &record = *static_cast<const kring_load_record *>(item.payload);

		torn_ += item.size < sizeof(record) || item.size != sizeof(record) + record.length ||
			 record.cpu != item.cpu || record.checksum != kring_load_checksum(&record);
	}

	manner manner_;
	kring_stream *stream_ = nullptr;
	std::vector<number> next_; /* by CPU */
	number items_ = 0;
	number received_ = 0;
	number lost_ = 0;
	number torn_ = 0;
	number misplaced_ = 0;
	number late_ = 0;
	number stamp_ = 0;
	unsigned lives_ = 0;
	int error_ = 0;
};

constexpr manner manners[] = {
	{"eager"},
	{"spinning", KRING_STREAM_SPIN},
	{"copying", KRING_STREAM_COPY | KRING_STREAM_UNORDERED},
	{"as-is", KRING_STREAM_UNORDERED},
	{"in place", KRING_STREAM_IN_PLACE, 100, 500},
	{"slower", KRING_STREAM_IN_PLACE | KRING_STREAM_UNORDERED, 1000, 20000},
	{"stopped", 0, 20000, 3000000},
	{"dying", 0, 0, 0, 5000},
};

class many_streams : public clean_test {};

TEST_F(many_streams, each_is_told_what_it_missed)
{
	const char *wanted = getenv("KRING_RECORDS");
	number records = wanted && *wanted ? strtoull(wanted, nullptr, 0) : 1000000;
	load load{"size=256K burst=500 pause=2000 clock=mono contexts=task,softirq,irq,nmi"};
	std::vector<std::unique_ptr<stream_reader>> readers;
	std::vector<std::thread> threads;
	std::atomic<bool> writers_ended = false;

	for (const manner &manner : manners)
		readers.push_back(std::make_unique<stream_reader>(manner));
	for (auto &reader : readers)
		threads.emplace_back([&] { reader->run(writers_ended); });
	load.start(records);
	load.wait(static_cast<unsigned>(60 + records / 20000));
	writers_ended = true;
	for (std::thread &thread : threads)
		thread.join();

	number committed = ledger_of(open_channel().fd()).committed;

	EXPECT_EQ(committed, load.count("committed"));
	for (auto &reader : readers)
		reader->expect_sum(committed);
}

} /* namespace */
} /* namespace kring::abi */
