/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The broadcast ring against a model of what it must hold: random operations,
 * the same for the same seed, with records that stay open for as long as it
 * comes; after each, what each consumer gets and loses is what the model says.
 */
#include <random>

#include <gtest/gtest.h>

#include "broadcast_fixture.hh"
#include "platform_native.hh"

namespace kring::test
{
namespace
{

/* A ticket's slot is free, or held by the producer of an older ticket. */
class model {
public:
	explicit model(u32 slots) : holders_(slots, nobody) {}

	broadcast_status reserve()
	{
		u64 ticket = records_.size();
		u64 &holder = holders_[ticket % holders_.size()];

		records_.push_back(state::open);
		if (holder == nobody) {
			holder = ticket;
			return broadcast_status::ok;
		}
		records_[ticket] = state::lost;
		records_[holder] = state::lost;
		return broadcast_status::held;
	}
	broadcast_status commit(u64 ticket)
	{
		bool in_time = records_[ticket] == state::open;

		end(ticket, in_time ? state::ready : state::lost);
		return in_time ? broadcast_status::ok : broadcast_status::overtaken;
	}
	void discard(u64 ticket) { end(ticket, state::lost); }

	/* On to the ticket that a consumer gets next, or at which it waits. */
	bool next(u64 &ticket) const
	{
		u32 slots = static_cast<u32>(holders_.size());

		while (ticket < claimed() && (ticket + slots < claimed() || records_[ticket] == state::lost))
			ticket = std::max(ticket + 1, oldest_ticket(claimed(), slots));
		return ticket < claimed() && records_[ticket] == state::ready;
	}
	u64 claimed() const { return records_.size(); }

private:
	static constexpr u64 nobody = ~u64{0};

	enum class state { open, ready, lost };

	void end(u64 ticket, state state)
	{
		records_[ticket] = state;
		holders_[ticket % holders_.size()] = nobody;
	}

	std::vector<state> records_;
	std::vector<u64> holders_; /* by slot */
};

class random_walk {
public:
	random_walk(u32 slots, u32 payload, u64 seed)
		: random_{seed}, payload_{payload}, ring_{slots, payload}, model_{slots}
	{
	}

	const char *run(u32 steps)
	{
		for (u32 step = 0; step < steps && !ring_.log.wrong(); step++)
			take_step();
		while (!open_.empty())
			close(true);
		return ring_.quiet();
	}

private:
	struct open_record {
		broadcast_open record;
		u64 ticket;
	};

	u64 pick(u64 below) { return random_() % below; }

	void take_step()
	{
		switch (pick(12)) {
		case 0:
		case 1:
		case 2:
			return static_cast<void>(open());
		case 3:
			return close(true);
		case 4:
			return close(false);
		case 5:
		case 6:
			return consume(ring_.consumers[0]);
		case 7:
			return pick(10) ? consume(ring_.consumers[1]) : skip(ring_.consumers[1]);
		default:
			if (open())
				close_last();
		}
	}

	/* Not too many at once: a ring of which all is held says nothing. */
	bool open()
	{
		if (open_.size() == 3)
			return false;

		u32 size = static_cast<u32>(pick(payload_ + 1));
		u64 ticket = model_.claimed();
		broadcast_open record = ring_.producer.reserve(size);

		ring_.log.expect(record.status == model_.reserve(), "a reserve is not answered as it should be");
		if (record)
			open_.push_back({record, ticket});
		return static_cast<bool>(record);
	}
	void close_at(size_t at, bool commit)
	{
		open_record one = open_[at];

		open_.erase(open_.begin() + static_cast<long>(at));
		if (!commit) {
			model_.discard(one.ticket);
			return ring_.producer.discard(one.record);
		}
		ring_.log.expect(ring_.producer.commit(one.record) == model_.commit(one.ticket),
				 "a commit is not answered as it should be");
	}
	void close(bool commit)
	{
		if (!open_.empty())
			close_at(pick(open_.size()), commit);
	}
	void close_last() { close_at(open_.size() - 1, true); }

	void consume(broadcast_reader<platform_native> &consumer)
	{
		u64 ticket = consumer.cursor.next();
		bool there = model_.next(ticket);
		status found = consumer.poll();

		ring_.log.expect(found == (there ? status::ok : status::empty),
				 "a consumer does not find what is there, or finds more");
		ring_.log.expect(consumer.cursor.next() == ticket + there, "a consumer comes to another place");
		consumer.expect_exact();
	}

	/* As one that was saved, or starts anew. */
	void skip(broadcast_reader<platform_native> &consumer)
	{
		u64 next = consumer.cursor.next();

		consumer.seek(next + pick(model_.claimed() - next + 1));
	}

	std::mt19937_64 random_;
	u32 payload_;
	test_broadcast<platform_native> ring_;
	model model_;
	std::vector<open_record> open_;
};

class broadcast_model : public testing::TestWithParam<u32> {};

TEST_P(broadcast_model, random_operations)
{
	for (u64 seed = 0; seed < 300; seed++) {
		random_walk walk{GetParam(), 48 + static_cast<u32>(seed % 3) * 40, seed};

		ASSERT_STREQ(walk.run(2000), "") << "seed " << seed;
	}
}

INSTANTIATE_TEST_SUITE_P(slots, broadcast_model, testing::Values(2, 4, 8, 64));

} /* namespace */
} /* namespace kring::test */
