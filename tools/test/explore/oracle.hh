/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Knows what writers attempted and what became of it, and judges what readers
 * were shown. Stands outside of the machine: nothing can come in between, and no
 * load is stale. Keeps the first contradiction.
 */
#ifndef KRING_EXPLORE_ORACLE_HH
#define KRING_EXPLORE_ORACLE_HH

#include <cstddef>
#include <cstring>

#include "../../../src/core/page_view.hh"
#include "../../../src/core/platform.hh"

namespace kring::explore
{

/* The first and the last word of a record's payload, which follow from its ticket; what is in between is left. */
constexpr u64 first_word(u32 ticket)
{
	return ticket | u64{0x6b72696e} << 32;
}
constexpr u64 last_word(u32 ticket)
{
	return ~(ticket * 0x9e3779b97f4a7c15);
}
constexpr u64 poison = 0xdeaddeaddeaddead;

class oracle {
public:
	static constexpr u32 max_tickets = 512;

	enum class state : __u8 { refused, open, committed, discarded };

	/* A writer is about to reserve. Its ticket, which the record's type is. */
	u32 attempt(u32 size)
	{
		if (attempted_ == max_tickets) {
			wrong("explore: a scenario has too many records");
			return 0;
		}
		records_[attempted_] = {0, 0, size, state::refused, 0};
		ticket_of_[attempted_] = nobody;
		return attempted_++;
	}

	/* It got a record; its clock showed stamp, when it was read for the order'th time. */
	void opened(u32 ticket, u64 stamp, u64 order)
	{
		records_[ticket].stamp = stamp;
		records_[ticket].order = order;
		records_[ticket].is = state::open;
	}
	/* Before the ring is told: it may be read at once. */
	void closed(u32 ticket, state is)
	{
		records_[ticket].is = is;
		closed_[static_cast<u32>(is)]++;
	}
	u64 committed() const { return closed_[static_cast<u32>(state::committed)]; }
	u64 discarded() const { return closed_[static_cast<u32>(state::discarded)]; }
	void refused(u32 cause) { refused_[cause]++; }
	u64 refused_for(u32 cause) const { return refused_[cause]; }

	/* A reader, one of up to eight, has a record before its eyes that it may believe. */
	void saw(u32 reader, const record_view &record)
	{
		u32 ticket = record.type;

		if (record.discarded)
			return;
		if (ticket >= attempted_ || records_[ticket].is != state::committed)
			return wrong("I7: a record is read that was not committed");

		entry &written = records_[ticket];

		if (record.size != written.size || !is_whole(record, ticket))
			return wrong("I6: a record is not what was written");
		if (record.stamp != written.stamp)
			return wrong("I6: a record's stamp is not that of its reserve");
		if (written.seen_by & 1U << reader)
			return wrong("I7: a record is read twice");
		written.seen_by |= static_cast<__u8>(1U << reader);
		place(record.seq, ticket);
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
	const char *wrong() const { return wrong_; }

	/* Back to what a copy of this was like, with fewer records. */
	void restore(const oracle &before)
	{
		u32 count = before.attempted_;

		std::memcpy(static_cast<void *>(this), &before, offsetof(oracle, records_));
		std::memcpy(records_, before.records_, count * sizeof(records_[0]));
		std::memcpy(ticket_of_, before.ticket_of_, count * sizeof(ticket_of_[0]));
	}

private:
	static constexpr u16 nobody = 0xffff;

	struct entry {
		u64 stamp;
		u64 order;
		u32 size;
		state is;
		__u8 seen_by; /* a bit for each reader */
	};

	static bool is_whole(const record_view &record, u32 ticket)
	{
		const u64 *words = static_cast<const u64 *>(record.payload);
		u32 count = record.size / sizeof(u64);

		return count == 0 ||
		       (words[0] == first_word(ticket) && (count == 1 || words[count - 1] == last_word(ticket)));
	}

	/* A number names one record, whoever reads it; numbers are in the order of the reserves. */
	void place(u64 seq, u32 ticket)
	{
		if (seq >= attempted_)
			return wrong("I7: a sequence number that no record can have");
		if (ticket_of_[seq] != nobody && ticket_of_[seq] != ticket)
			return wrong("I7: one sequence number, two records");
		ticket_of_[seq] = static_cast<u16>(ticket);
		if ((seq > 0 && !in_order(ticket_of_[seq - 1], ticket)) ||
		    (seq + 1 < attempted_ && !in_order(ticket, ticket_of_[seq + 1])))
			wrong("I5: sequence numbers are not in the order of the reserves");
	}
	bool in_order(u32 one, u32 other) const
	{
		return one == nobody || other == nobody || records_[one].order < records_[other].order;
	}

	u32 attempted_ = 0;
	u64 closed_[4] = {};
	u64 refused_[KRING_NR_DROPS] = {};
	const char *wrong_ = nullptr;
	entry records_[max_tickets];
	u16 ticket_of_[max_tickets]; /* by sequence number */
};

} /* namespace kring::explore */

#endif
