/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a trial's writers wrote, and what its readers saw of it: each record has
 * a ticket, which its payload holds and from which the rest of it follows.
 * Knows nothing of rings. Keeps the first contradiction. A smaller
 * tools/test/journal.hh, in memory of fixed size.
 */
#ifndef KRING_NMI_TICKETS_HH
#define KRING_NMI_TICKETS_HH

#include "../../../src/core/page_view.hh"
#include "../../../src/core/platform.hh"

namespace kring::nmi
{

class tickets {
public:
	/* All that one trial may write. */
	static constexpr u32 room = 512;

	void forget_all()
	{
		for (u32 at = 0; at < attempted_; at++)
			seen_[at] = {};
		attempted_ = 0;
		wrong_ = nullptr;
	}

	/* A writer is about to reserve; the time is now. */
	u32 attempt(u32 size, u64 now)
	{
		u32 ticket = attempted_ < room ? attempted_++ : room - 1;

		expect(attempted_ < room, "a trial writes more records than there are tickets");
		records_[ticket] = {now, now, size, state::refused};
		return ticket;
	}
	void opened(u32 ticket, u64 now)
	{
		records_[ticket].until = now;
		records_[ticket].is = state::open;
	}
	/* Before the ring is told: it may be read at once. */
	void committed(u32 ticket) { records_[ticket].is = state::committed; }
	void discarded(u32 ticket) { records_[ticket].is = state::discarded; }

	u64 committed() const { return count(state::committed); }
	u64 discarded() const { return count(state::discarded); }
	u64 refused() const { return count(state::refused); }

	/* The payload's words: the ticket, then what is unlike any other ticket's. */
	static void fill(void *payload, u32 size, u32 ticket)
	{
		u64 *words = static_cast<u64 *>(payload);

		for (u32 at = 0; at < size / 8; at++)
			words[at] = word(ticket, at);
	}

	/* A reader has it before its eyes; discarded ones are none. */
	void saw(const record_view &record)
	{
		const u64 *words = static_cast<const u64 *>(record.payload);

		if (record.size < 8 || words[0] >= attempted_ || records_[words[0]].is != state::committed)
			return wrong("I7: a record is read that was not committed");

		u32 ticket = static_cast<u32>(words[0]);
		const entry &written = records_[ticket];

		if (record.size != written.size)
			return wrong("I6: a record has not the size that was written");
		for (u32 at = 0; at < record.size / 8; at++)
			if (words[at] != word(ticket, at))
				return wrong("I6: a record is not what was written");
		if (record.stamp <= written.from || record.stamp > written.until)
			return wrong("a record's stamp is not of its reserve");
		remember(record.seq, {ticket + 1, record.stamp});
	}

	void wrong(const char *what)
	{
		if (!wrong_)
			wrong_ = what;
	}
	void expect(bool good, const char *what)
	{
		if (!good)
			wrong(what);
	}
	/* nullptr if all is well. */
	const char *wrong() const { return wrong_; }

private:
	enum class state : u32 { refused, open, committed, discarded };

	struct entry {
		u64 from; /* its stamp is later than that */
		u64 until;
		u32 size;
		state is;
	};
	struct sighting {
		u32 who; /* ticket + 1 */
		u64 stamp;
	};

	static u64 word(u32 ticket, u32 at) { return at ? (ticket + u64{1}) * 0x9e3779b97f4a7c15 ^ at : ticket; }

	u64 count(state is) const
	{
		u64 sum = 0;

		for (u32 ticket = 0; ticket < attempted_; ticket++)
			sum += records_[ticket].is == is;
		return sum;
	}

	/* A number names one record, whoever reads it, and numbers are in the order of time. */
	void remember(u64 seq, sighting seen)
	{
		if (seq >= attempted_)
			return wrong("I7: a sequence number that no record can have");
		if (seen_[seq].who && (seen_[seq].who != seen.who || seen_[seq].stamp != seen.stamp))
			return wrong("I7: one sequence number, two records");
		seen_[seq] = seen;
		if (seq > 0 && seen_[seq - 1].who && seen_[seq - 1].stamp >= seen.stamp)
			return wrong("I5: a record is not later than the one before it");
		if (seq + 1 < attempted_ && seen_[seq + 1].who && seen_[seq + 1].stamp <= seen.stamp)
			return wrong("I5: a record is not earlier than the one behind it");
	}

	u32 attempted_;
	const char *wrong_;
	entry records_[room];
	sighting seen_[room]; /* by sequence number */
};

} /* namespace kring::nmi */

#endif
