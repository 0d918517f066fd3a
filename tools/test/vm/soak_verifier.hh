/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The soak's judge: takes a reader's records as they come, and verifies each of
 * them and that what is missing was announced as lost.
 */
#ifndef KRING_TEST_SOAK_VERIFIER_HH
#define KRING_TEST_SOAK_VERIFIER_HH

#include <cstdio>
#include <map>

#include "../../../src/core/page_view.hh"
#include "../../events/kring_load.h"

namespace kring::soak
{

/* Says so; the soak has failed. After many times it ends at once. */
[[gnu::format(printf, 1, 2)]] void fail(const char *format, ...);
bool has_failed();

/* A system call did not do what it must: prints errno and ends the soak. */
[[noreturn]] void die(const char *what);

/* Records that may be open at once: one of each context. */
constexpr unsigned depths = 4;

/* What one reader has seen of one CPU. */
struct lane {
	__u64 expected = 0; /* sequence number */
	__u64 received = 0;
	__u64 lost = 0;
	__u64 stamp = 0;
	__u64 number[KRING_LOAD_CONTEXTS] = {}; /* the least that may come next */
	__u64 of_context[KRING_LOAD_CONTEXTS] = {};
	__u64 at_depth[depths] = {}; /* by how many others were open */
};

/* Of all CPUs. */
struct totals {
	__u64 received = 0;
	__u64 lost = 0;
	__u64 of_context[KRING_LOAD_CONTEXTS] = {};
	__u64 at_depth[depths] = {};

	__u64 nested() const { return received - at_depth[0]; }
	/* Of the deepest record: 1 if it interrupted nobody. */
	unsigned deepest() const
	{
		unsigned depth = depths;

		while (depth && !at_depth[depth - 1])
			depth--;
		return depth;
	}
};

class verifier {
public:
	explicit verifier(const char *name) : name_{name} {}

	/* The next record to come of a CPU is number first: what is between was lost. */
	void begin(unsigned cpu, __u64 first)
	{
		lane &lane = lanes_[cpu];

		if (first < lane.expected)
			fail("%s: cpu %u: record %llu comes twice", name_, cpu, first);
		lane.lost += first - lane.expected;
		lane.expected = first;
	}

	/* Of a span or an image. */
	void records(unsigned cpu, record_cursor cursor, __u32 count)
	{
		lane &lane = lanes_[cpu];
		record_view record;
		__u32 seen = 0;

		while (cursor.next(record)) {
			if (record.discarded)
				continue;
			seen++;
			one(cpu, lane, record);
		}
		if (cursor.error() != page_error::none)
			fail("%s: cpu %u: a page does not parse behind record %llu", name_, cpu, lane.expected);
		if (seen != count)
			fail("%s: cpu %u: %u records where %u were announced", name_, cpu, seen, count);
	}

	const char *name() const { return name_; }

	/* All zero if nothing came of that CPU. */
	lane of(unsigned cpu) const
	{
		auto found = lanes_.find(cpu);

		return found == lanes_.end() ? lane{} : found->second;
	}

	totals sums() const
	{
		totals sums;

		for (const auto &[cpu, lane] : lanes_) {
			sums.received += lane.received;
			sums.lost += lane.lost;
			for (unsigned context = 0; context < KRING_LOAD_CONTEXTS; context++)
				sums.of_context[context] += lane.of_context[context];
			for (unsigned depth = 0; depth < depths; depth++)
				sums.at_depth[depth] += lane.at_depth[depth];
		}
		return sums;
	}

private:
	void one(unsigned cpu, lane &lane, const record_view &record)
	{
		const auto *load = static_cast<const kring_load_record *>(record.payload);

		if (record.seq != lane.expected)
			fail("%s: cpu %u: record %llu where %llu was due", name_, cpu, record.seq, lane.expected);
		lane.expected++;
		lane.received++;
		if (!kring_load_intact(load, record.size) || load->cpu != cpu) {
			fail("%s: cpu %u: record %llu is torn or foreign", name_, cpu, record.seq);
			return;
		}
		if (load->number < lane.number[load->context])
			fail("%s: cpu %u: attempt %llu of context %u comes after a later one", name_, cpu, load->number,
			     load->context);
		lane.number[load->context] = load->number + 1;
		lane.of_context[load->context]++;
		if (load->depth < depths)
			lane.at_depth[load->depth]++;
		else
			fail("%s: cpu %u: record %llu is nested in %u others", name_, cpu, record.seq, load->depth);
		if (record.stamp < lane.stamp)
			fail("%s: cpu %u: time goes back by %llu at record %llu", name_, cpu, lane.stamp - record.stamp,
			     record.seq);
		lane.stamp = record.stamp;
	}

	const char *name_;
	std::map<unsigned, lane> lanes_;
};

} /* namespace kring::soak */

#endif
