/* SPDX-License-Identifier: GPL-2.0-only */
/* An execution from its beginning to its end: what was before, who does what, and what is to be true in the end. */
#include "scene.hh"

namespace kring::explore
{
namespace
{

using test::broadcast_open;
using test::broadcast_reader;

test::broadcast_producer<P> producer{now.ring, history};

/* Of the next record: one word or two, another number than in the lap before. */
u32 next_size()
{
	return history.attempted() % 3 ? payload_size : payload_size / 2;
}

void write_many(u32 count)
{
	while (count--)
		(void)producer.write(next_size());
}

/* Loads nothing: while it runs, the next accesses of its CPU are its own. */
class consumer {
public:
	explicit consumer(u32 cpu) : state_{now.consumers[cpu]}, reader_{now.ring.view(), history, cpu}
	{
		reader_.cursor = state_.cursor;
		reader_.received = state_.received;
		reader_.begin = state_.begin;
	}
	~consumer()
	{
		state_.cursor = reader_.cursor;
		state_.received = reader_.received;
		state_.begin = reader_.begin;
		reader_.expect_exact();
	}

	/* What was found to be there does not go away unseen. */
	status poll()
	{
		u64 next = reader_.cursor.next();
		status found = reader_.poll();

		history.expect(!state_.readable || found != status::empty || reader_.cursor.next() != next,
			       "B7: what is readable is not found");
		state_.readable = false;
		return found;
	}
	void ask()
	{
		bool readable = reader_.cursor.readable(now.ring.view());

		history.expect(readable || !state_.readable, "B7: what was readable is not any more");
		state_.readable = readable;
	}
	void start(bool oldest)
	{
		oldest ? reader_.cursor.seek_oldest(now.ring.view()) : reader_.cursor.seek_newest(now.ring.view());
		reader_.begin = reader_.cursor.next();
		reader_.received = 0;
		state_.readable = false;
	}
	u64 next() const { return reader_.cursor.next(); }

private:
	consumer_state &state_;
	broadcast_reader<P> reader_;
};

void leave_one(left_open &left)
{
	broadcast_open record = producer.reserve(next_size());

	if (!record)
		return;
	if (left.count == left_open::max)
		choices::fatal("a scenario leaves too many records open");
	left.records[left.count++] = record;
}

void close_one(left_open &left, bool commit)
{
	if (!left.count)
		return;

	broadcast_open record = left.records[--left.count];

	commit ? static_cast<void>(producer.commit(record)) : producer.discard(record);
}

void write_around()
{
	broadcast_open outer = producer.reserve(next_size());

	(void)producer.write(next_size());
	if (outer)
		(void)producer.commit(outer);
}

void withdraw_one()
{
	broadcast_open record = producer.reserve(next_size());

	if (record)
		producer.discard(record);
}

void perform(act what)
{
	switch (what) {
	case act::produce:
		return write_many(1);
	case act::produce_lap:
		return write_many(current.pages);
	case act::produce_around:
		return write_around();
	case act::withdraw:
		return withdraw_one();
	case act::stop:
		return leave_one(now.left[simulated.cpu()]);
	case act::go_on:
	case act::give_back:
		return close_one(now.left[simulated.cpu()], what == act::go_on);
	case act::consume:
		return static_cast<void>(consumer{simulated.cpu()}.poll());
	case act::ask:
		return consumer{simulated.cpu()}.ask();
	case act::join:
	case act::rejoin:
		return consumer{simulated.cpu()}.start(what == act::rejoin);
	default:
		choices::fatal("this is no act of a broadcast ring");
	}
}

void on_cpu(u32 cpu)
{
	try {
		for (act what : cpu == machine::writers_cpu ? current.writer : current.readers[cpu - 1]) {
			simulated.say(name_of(what));
			perform(what);
		}
	} catch (endless) {
		history.wrong("B8: something does not end");
	}
}

void nested(u32 kind)
{
	simulated.say(name_of(current.nested[kind]));
	perform(current.nested[kind]);
}

/* All that there is, for somebody who starts where this one is. */
u64 go_to_the_end(u32 cpu)
{
	consumer me{cpu};

	for (u32 polls = 0; polls < 100 && me.poll() != status::empty; polls++)
		;
	return me.next();
}

/* The only producers that have not ended have left a record open: only at such a ticket anybody waits. */
void judge_waiting(u32 cpu)
{
	u64 next = go_to_the_end(cpu);
	slot_state state{now.ring.view().slot(next).state};

	history.expect(next == now.ring.claimed() || state.word() == slot_state::held(next).word(),
		       "B7: a consumer waits for a ticket that has ended");
}

void judge()
{
	for (u32 cpu = 0; cpu < machine::cpus; cpu++)
		judge_waiting(cpu);
	for (left_open &left : now.left)
		while (left.count)
			close_one(left, true);
	history.expect_exact(now.ring);
	for (u32 cpu = 0; cpu < machine::cpus; cpu++)
		history.expect(go_to_the_end(cpu) == now.ring.claimed(), "B7: a consumer does not come to the end");
	for (u32 ticket = 0; ticket < current.pages; ticket++)
		history.expect(!slot_state{now.ring.view().slot(ticket).state}.is_held(),
			       "B3: a slot is held, and nobody is at work");
}

} /* namespace */

void set_up(const scenario &scenario, const past &past)
{
	if (scenario.pages > max_slots)
		choices::fatal("a scenario has too many slots");
	simulated.cover(&now.shared, &now.shared + 1, 0, 0);
	simulated.share_all();
	std::memset(static_cast<void *>(&now), 0, sizeof(now));
	history = {};
	current = scenario;
	now.ring.init(&now.shared.header, test::broadcast_shape(scenario.pages, payload_size));
	write_many(past.fill);
	for (u32 record = 0; record < past.takes; record++)
		leave_one(now.left[machine::writers_cpu]);
	write_many(past.refill);
	after_past = now;
	history_after_past = history;
}

const char *run_once(const bounds &bounds)
{
	u32 nr_cpus = 1;

	std::memcpy(static_cast<void *>(&now), &after_past, sizeof(now));
	history.restore(history_after_past);
	while (nr_cpus < machine::cpus && !current.readers[nr_cpus - 1].empty())
		nr_cpus++;
	simulated.choices_.begin();
	simulated.run({on_cpu, nr_cpus, nested, static_cast<u32>(current.nested.size()), nullptr}, bounds);
	if (!history.wrong())
		judge();
	return history.wrong();
}

} /* namespace kring::explore */
