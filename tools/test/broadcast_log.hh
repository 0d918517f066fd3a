/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What producers of a broadcast ring attempted and what became of it, and what
 * consumers may therefore have been shown. Keeps the first contradiction. Plain
 * memory, which the explorer copies back.
 */
#ifndef KRING_TEST_BROADCAST_LOG_HH
#define KRING_TEST_BROADCAST_LOG_HH

#include "../../src/core/broadcast_consumer.hh"
#include "../../src/core/broadcast_ring.hh"

namespace kring::test
{

/* The words of a payload, which follow from the record's id: never those of another record. */
constexpr u64 broadcast_word(u32 id, u32 number)
{
	return number ? (id + 1) * 0x9e3779b97f4a7c15 ^ number : id;
}

class broadcast_log {
public:
	static constexpr u32 max_records = 4096;
	static constexpr u32 nr_causes = static_cast<u32>(broadcast_status::not_open) + 1;

	/* A producer is about to reserve: the id of its record. */
	u32 attempt(u32 size)
	{
		if (attempted_ == max_records) {
			wrong("a test has too many records");
			return 0;
		}
		records_[attempted_] = {nowhere, size, state::refused, 0};
		id_of_[attempted_] = nobody;
		return attempted_++;
	}
	void refused(broadcast_status cause) { refused_[static_cast<u32>(cause)]++; }
	void opened(u32 id) { records_[id].is = state::open; }

	/* Before the ring is told: it may be read at once. Then what the ring said. */
	void publishing(u32 id)
	{
		records_[id].is = state::published;
		empty_ += records_[id].size == 0;
	}
	void published(u32) { published_++; }
	void overtaken(u32 id)
	{
		if (records_[id].seen_by)
			wrong("B5: a record was read, and its producer told that nobody will");
		records_[id].is = state::overtaken;
		refused(broadcast_status::overtaken);
	}
	void discarded(u32 id)
	{
		records_[id].is = state::discarded;
		discarded_++;
	}

	/* A consumer, one of up to eight, has got a record. */
	void saw(u32 consumer, u64 ticket, const u64 *words, u32 size)
	{
		if (ticket >= attempted_)
			return wrong("B1: a ticket that nobody can have");
		/* It does not say which it is: there have to be so many. */
		if (size == 0)
			return expect(++empty_seen_[consumer] <= empty_, "B4: a record has lost its payload");
		if (words[0] >= attempted_ || records_[words[0]].is != state::published)
			return wrong("B4: a record is read that is not published");

		u32 id = static_cast<u32>(words[0]);
		record &written = records_[id];

		if (written.size != size)
			return wrong("B4: a record has not the size that it was written with");
		for (u32 number = 0; number < (size + 7) / 8; number++)
			if (words[number] != broadcast_word(id, number))
				return wrong("B4: a record is torn");
		if (written.seen_by & 1U << consumer)
			return wrong("B6: a record is read twice");
		written.seen_by |= static_cast<__u8>(1U << consumer);
		place(id, ticket);
	}

	/* Nobody is at work: the ring's own sums are these. */
	template <class ring> void expect_exact(const ring &is)
	{
		u64 with_ticket = refused_for(broadcast_status::held) + refused_for(broadcast_status::lapped) +
				  refused_for(broadcast_status::overtaken);

		expect(is.claimed() == published_ + discarded_ + with_ticket, "B5: a ticket did not end, or twice");
		expect(is.discarded() == discarded_, "B5: discarded is not what was discarded");
		expect(is.dropped(KRING_BROADCAST_DROP_TOO_BIG) == refused_for(broadcast_status::too_big) &&
			       is.dropped(KRING_BROADCAST_DROP_HELD) == refused_for(broadcast_status::held) &&
			       is.dropped(KRING_BROADCAST_DROP_LAPPED) == refused_for(broadcast_status::lapped) &&
			       is.dropped(KRING_BROADCAST_DROP_OVERTAKEN) == refused_for(broadcast_status::overtaken),
		       "B5: refusals are not counted, or under another cause");
	}

	u64 refused_for(broadcast_status cause) const { return refused_[static_cast<u32>(cause)]; }
	u64 published() const { return published_; }
	u32 attempted() const { return attempted_; }

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
	void restore(const broadcast_log &before)
	{
		__builtin_memcpy(static_cast<void *>(this), &before, __builtin_offsetof(broadcast_log, records_));
		__builtin_memcpy(records_, before.records_, before.attempted_ * sizeof(records_[0]));
		__builtin_memcpy(id_of_, before.id_of_, before.attempted_ * sizeof(id_of_[0]));
	}

private:
	static constexpr u64 nowhere = ~u64{0};
	static constexpr u16 nobody = 0xffff;

	enum class state : __u8 { refused, open, published, overtaken, discarded };

	struct record {
		u64 ticket; /* at which it was seen */
		u32 size;
		state is;
		__u8 seen_by; /* a bit for each consumer */
	};

	/* A ticket names one record, whoever reads it. */
	void place(u32 id, u64 ticket)
	{
		record &here = records_[id];

		if ((here.ticket != nowhere && here.ticket != ticket) ||
		    (id_of_[ticket] != nobody && id_of_[ticket] != id))
			wrong("B1: two records have one ticket, or two tickets one record");
		here.ticket = ticket;
		id_of_[ticket] = static_cast<u16>(id);
	}

	u32 attempted_ = 0;
	u64 published_ = 0;
	u64 discarded_ = 0;
	u64 empty_ = 0; /* published, without payload */
	u64 empty_seen_[8] = {};
	u64 refused_[nr_causes] = {};
	const char *wrong_ = nullptr;
	record records_[max_records];
	u16 id_of_[max_records]; /* by ticket */
};

} /* namespace kring::test */

#endif
