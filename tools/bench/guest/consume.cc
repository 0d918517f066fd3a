/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What it takes a program to consume records of 16 bytes, on a machine whose
 * counter counts instructions: from a kring channel that is full, beside
 * libbpf's ring buffer and ftrace's.
 */
#include <kring/kring.hpp>

#include <cstdio>
#include <fstream>
#include <memory>
#include <string>

#include "consume.hh"

namespace bench
{

namespace
{

constexpr const char *channel = "bench_consume";

struct free_stream {
	void operator()(kring_stream *stream) const { kring_stream__free(stream); }
};
using stream = std::unique_ptr<kring_stream, free_stream>;

stream open_stream(__u32 flags)
{
	kring_stream_opts opts{};

	opts.sz = sizeof(opts);
	opts.flags = flags;
	return stream{kring_stream__open(channel, &opts)};
}

bool items(kring_stream *stream, sum &sum)
{
	const kring_item *item;

	while (kring_stream__next(stream, &item) == 1)
		if (item->kind == KRING_ITEM_RECORD)
			sum.add(item->payload);
	return true;
}

bool runs(kring_stream *stream, sum &sum)
{
	const kring_item *item;
	kring_run_record record;
	kring_run *run;

	while (kring_stream__next_run(stream, &item, &run) == 1)
		if (run)
			while (kring_run__next(run, &record))
				sum.add(record.payload);
	return true;
}

/* As somebody who cannot do with a record that was overwritten: each is asked about. */
bool checked_runs(kring_stream *stream, sum &sum)
{
	const kring_item *item;
	kring_run_record record;
	kring_run *run;

	while (kring_stream__next_run(stream, &item, &run) == 1) {
		if (!run)
			continue;
		while (kring_run__next(run, &record)) {
			sum.add(record.payload);
			if (!kring_run__is_whole(run))
				return false;
		}
	}
	return true;
}

/* As in a program that has been once around the ring: each page of the channel has been touched. */
bool touch_mappings()
{
	std::ifstream maps{"/proc/self/maps"};
	std::string line;
	bool found = false;

	while (std::getline(maps, line)) {
		unsigned long begin, end;

		if (!line.ends_with(std::string{"/dev/kring/"} + channel) ||
		    sscanf(line.c_str(), "%lx-%lx", &begin, &end) != 2)
			continue;
		found = true;
		for (unsigned long page = begin; page < end; page += 4096)
			*reinterpret_cast<volatile const char *>(page);
	}
	return found;
}

using consumer = bool (*)(kring_stream *stream, sum &sum);

bool measure_stream(const char *name, __u32 flags, consumer consume)
{
	stream stream = open_stream(flags);

	touch_mappings();
	return stream && measure(name, [&](sum &sum) { return consume(stream.get(), sum); });
}

bool reader(const char *name)
{
	sum *sum_at = nullptr;
	kring_reader *reader = kring_reader__new(
		channel,
		[](void *ctx, const kring_item *record) {
			(*static_cast<sum **>(ctx))->add(record->payload);
			return 0;
		},
		&sum_at, nullptr);

	touch_mappings();

	bool done = reader && measure(name, [&](sum &sum) {
			    sum_at = &sum;
			    return kring_reader__consume(reader) > 0;
		    });

	kring_reader__free(reader);
	return done;
}

/* As a loop in C++ has it. */
bool typed(const char *name, __u32 flags)
{
	struct words {
		__u64 word[payload_size / sizeof(__u64)];
	};
	kring_stream_opts opts{};

	opts.sz = sizeof(opts);
	opts.flags = flags;

	kring::stream stream{channel, &opts};

	touch_mappings();
	return measure(name, [&](sum &sum) {
		for (const auto &record : stream.records<words>())
			sum.add(&*record);
		return true;
	});
}

} /* namespace */

bool kring_consumers()
{
	return measure_stream("consume.observer.next", 0, items) && measure_stream("consume.observer.run", 0, runs) &&
	       measure_stream("consume.in_place.run", KRING_STREAM_IN_PLACE, runs) &&
	       measure_stream("consume.in_place.checked", KRING_STREAM_IN_PLACE, checked_runs) &&
	       measure_stream("consume.in_place.next", KRING_STREAM_IN_PLACE, items) && reader("consume.reader") &&
	       typed("consume.typed", 0) && typed("consume.typed.in_place", KRING_STREAM_IN_PLACE) &&
	       measure_stream("consume.copy.next", KRING_STREAM_COPY, items) &&
	       measure_stream("consume.owner.run", KRING_STREAM_OWN, runs);
}

} /* namespace bench */

int main()
{
	bool done = bench::kring_consumers() && bench::libbpf_consumer() && bench::ftrace_consumers();

	return done ? 0 : 1;
}
