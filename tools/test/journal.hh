/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a test's writers wrote, and what its readers saw of it: each record has
 * a ticket, which its payload holds and from which the rest of it follows.
 * Knows nothing of rings. Keeps the first contradiction.
 */
#ifndef KRING_TEST_JOURNAL_HH
#define KRING_TEST_JOURNAL_HH

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "../../src/core/page_view.hh"

namespace kring::test
{

using u32 = __u32;
using u64 = __u64;

/* A clock that goes as the test wants it to. */
struct fake_clock {
	static inline u64 time = 1000;
	static inline u64 tick = 1;

	static u64 now() { return time += tick; }
	static void reset(u64 start, u64 step)
	{
		time = start;
		tick = step;
	}
};

/* Member of a test's fixture, before the ring: each test begins at the same time. */
struct fresh_clock {
	explicit fresh_clock(u64 tick = 1) { fake_clock::reset(1000, tick); }
};

/* The payload's words: the ticket, then what is unlike any other ticket's. */
inline u64 payload_word(u64 ticket, u32 offset)
{
	return offset ? (ticket + 1) * 0x9e3779b97f4a7c15 ^ offset : ticket;
}

inline void fill(void *payload, u32 size, u64 ticket)
{
	for (u32 offset = 0; offset < size; offset += 8) {
		u64 word = payload_word(ticket, offset);

		std::memcpy(static_cast<char *>(payload) + offset, &word, std::min(size - offset, 8U));
	}
}

inline bool is_filled(const void *payload, u32 size, u64 ticket)
{
	for (u32 offset = 0; offset < size; offset += 8) {
		u64 word = payload_word(ticket, offset);

		if (std::memcmp(static_cast<const char *>(payload) + offset, &word, std::min(size - offset, 8U)) != 0)
			return false;
	}
	return true;
}

class journal {
public:
	/* A writer is about to reserve. */
	u64 attempt(u32 size)
	{
		records_.push_back({size, fake_clock::time + fake_clock::tick, 0, state::refused});
		return records_.size() - 1;
	}
	void opened(u64 ticket)
	{
		records_[ticket].until = fake_clock::time;
		records_[ticket].is = state::open;
	}
	/* Before the ring is told: it may be read at once. */
	void committed(u64 ticket) { records_[ticket].is = state::committed; }
	void discarded(u64 ticket) { records_[ticket].is = state::discarded; }

	u64 attempted() const { return records_.size(); }
	u64 committed() const { return count(state::committed); }
	u64 discarded() const { return count(state::discarded); }
	u64 refused() const { return count(state::refused); }

	/* A reader has it before its eyes; discarded ones are none. */
	void saw(const record_view &record)
	{
		u64 ticket = record.type;

		if (record.size >= 8)
			std::memcpy(&ticket, record.payload, 8);
		if (ticket >= records_.size() || records_[ticket].is != state::committed)
			return wrong("I7: a record is read that was not committed");

		const entry &written = records_[ticket];

		if (record.size != written.size || record.type != (ticket & KRING_RECORD_TYPE) ||
		    !is_filled(record.payload, record.size, ticket))
			return wrong("I6: a record is not what was written");
		if (record.stamp < written.from || record.stamp > written.until)
			return wrong("a record's stamp is not of its reserve");
		remember(record.seq, {ticket, record.stamp});
	}

	void wrong(const std::string &what)
	{
		if (wrong_.empty())
			wrong_ = what;
	}
	void expect(bool good, const char *what)
	{
		if (!good)
			wrong(what);
	}
	const std::string &wrong() const { return wrong_; }

	/* Is the clock one that goes forward, so that stamps are in order? */
	bool in_order = true;

private:
	enum class state { refused, open, committed, discarded };

	struct entry {
		u32 size;
		u64 from; /* the earliest and the latest stamp that it may have */
		u64 until;
		state is;
	};
	struct sighting {
		u64 ticket;
		u64 stamp;
	};
	static constexpr u64 never = ~u64{0};

	u64 count(state is) const
	{
		return static_cast<u64>(std::count_if(records_.begin(), records_.end(),
						      [is](const entry &record) { return record.is == is; }));
	}

	/* A number names one record, whoever reads it, and numbers are in the order of time. */
	void remember(u64 seq, const sighting &seen)
	{
		if (seq >= records_.size())
			return wrong("I7: a sequence number that no record can have");
		if (seen_.size() <= seq)
			seen_.resize(seq + 1, {never, 0});
		if (seen_[seq].ticket != never && (seen_[seq].ticket != seen.ticket || seen_[seq].stamp != seen.stamp))
			return wrong("I7: one sequence number, two records");
		seen_[seq] = seen;
		if (!in_order)
			return;
		if (seq > 0 && seen_[seq - 1].ticket != never && !is_before(seen_[seq - 1], seen))
			return wrong("I5: a record is not later than the one before it");
		if (seq + 1 < seen_.size() && seen_[seq + 1].ticket != never && !is_before(seen, seen_[seq + 1]))
			return wrong("I5: a record is not earlier than the one behind it");
	}
	static bool is_before(const sighting &one, const sighting &other)
	{
		return one.stamp < other.stamp || (one.stamp == other.stamp && fake_clock::tick == 0);
	}

	std::vector<entry> records_;
	std::vector<sighting> seen_; /* by sequence number */
	std::string wrong_;
};

} /* namespace kring::test */

#endif
