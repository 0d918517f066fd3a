/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A ring of the core in the machine that is explored: its memory, its writers
 * and readers, and what is to be true in the end.
 */
#include <algorithm>
#include <type_traits>
#include <utility>

#include "../../../src/core/page_observer.hh"
#include "../../../src/core/page_ring.hh"
#include "../../../src/core/page_ring_check.hh"
#include "../../../src/core/page_ring_reader.hh"
#include "oracle.hh"
#include "scenario.hh"
#include "shared_memory.hh"

namespace kring::explore
{
namespace
{

struct observer {
	page_observer<P> cursor;
	u64 received;
	u64 begin; /* number of the first record that it was to see */
	bool started;
};

/* Of the writers' CPU. */
struct writers_state {
	u64 time;
	u64 readings;				/* of the clock */
	u64 stamp[page_ring<P>::max_depth + 2]; /* last reading of a writer that has so many below it */
	u64 reading[page_ring<P>::max_depth + 2];
	u32 inside; /* writers that have not closed their record, or been refused */
	u32 begun;  /* writers, in all */
	u32 disabled_times;
	bool disabled;
	bool switching;
	u64 least_refused[KRING_NR_DROPS];
	u64 most_refused[KRING_NR_DROPS];
};

/* What the ledger was, whenever it was another one. */
struct moments_past {
	static constexpr u32 max = 128;

	ring_ledger at[max];
	u32 count;
};

struct scene {
	shared_memory shared;
	page_ring_reader<P> reader;
	observer observers[machine::cpus];
	writers_state writers;
	u64 read;
	moments_past moments;
	oracle log;
};

static_assert(std::is_trivially_copyable_v<scene>);

scene now;
scene after_past;
scenario current;

/* Reading the clock is a place where a writer can be interrupted. */
struct explored_clock {
	static u64 now()
	{
		writers_state &writers = explore::now.writers;

		simulated.interruption_point();
		writers.time += current.tick;
		writers.stamp[simulated.depth()] = writers.time;
		writers.reading[simulated.depth()] = ++writers.readings;
		return writers.time;
	}
};

/* The memory as an observer sees it. */
struct view {
	const kring_ring &ring() const { return now.shared.ring; }
	const kring_page &page(u32 id) const { return *reinterpret_cast<kring_page *>(now.shared.pages[id]); }
	u32 pages() const { return current.pages + 1; }
};

static_assert(ring_view<view>);

/* A page's records as a CPU finds them, loaded one by one. */
const kring_page &copy_of(const page_span &span)
{
	alignas(8) static u64 copies[machine::cpus][page_words];
	u64 *copy = copies[simulated.cpu()];
	const u64 *page = now.shared.pages[span.page];
	constexpr u32 base = offsetof(kring_page, base) / sizeof(u64);

	copy[base] = P::load(page[base]);
	for (u32 word = span.start / sizeof(u64); word < std::min(span.end, page_size) / sizeof(u64); word++)
		copy[word] = P::load(page[word]);
	return *reinterpret_cast<kring_page *>(copy);
}

void look_at(u32 reader, const kring_page &page, const page_span &span)
{
	record_cursor records{page, span.start, std::min(span.end, page_size), span.first};
	record_view record;

	while (records.next(record))
		now.log.saw(reader, record);
	now.log.expect(records.error() == page_error::none, "I6: records do not parse");
	now.log.expect(records.seq() == span.first + span.count, "I7: other than the announced number of records");
}

/*
 * Writers.
 */

struct open_record {
	void *payload;
	u32 ticket;
};

/* Which causes can there be for what was refused? */
void judge_refusal(u32 size, u32 depth, bool was_alone, bool was_enabled)
{
	writers_state &writers = now.writers;
	bool possible[KRING_NR_DROPS] = {};
	bool too_deep = depth > page_ring<P>::max_depth;
	bool too_big = size > max_payload(page_size);

	possible[KRING_DROP_DISABLED] = !was_enabled;
	possible[KRING_DROP_TOO_DEEP] = too_deep;
	possible[KRING_DROP_TOO_BIG] = too_big && !too_deep;
	possible[KRING_DROP_FULL] = !too_deep && !too_big && !current.overwrite;
	possible[KRING_DROP_LAPPED] = !too_deep && !too_big && !was_alone;

	auto causes = std::count(std::begin(possible), std::end(possible), true);

	now.log.expect(causes > 0, "a record is refused for no reason");
	for (u32 cause = 0; cause < KRING_NR_DROPS; cause++) {
		writers.least_refused[cause] += possible[cause] && causes == 1;
		writers.most_refused[cause] += possible[cause];
	}
}

open_record reserve(u32 size)
{
	writers_state &writers = now.writers;
	u32 depth = ++writers.inside;
	u32 begun = ++writers.begun;
	u32 disabled = writers.disabled_times;
	bool enabled = !writers.disabled;
	u32 ticket = now.log.attempt(size);
	void *payload = now.shared.writers.reserve<explored_clock>(record_step(KRING_RECORD_SPACE(size)),
								   size_and_type(size, ticket));

	if (!payload) {
		judge_refusal(size, depth, depth == 1 && begun == writers.begun,
			      enabled && disabled == writers.disabled_times);
		writers.inside--;
		return {nullptr, 0};
	}

	u64 *words = static_cast<u64 *>(payload);
	u32 last = size / 8 - 1;

	if (size > max_payload(page_size) || depth > page_ring<P>::max_depth) {
		now.log.wrong("a record is not refused that must be");
		throw endless{};
	}
	now.log.opened(ticket, writers.stamp[simulated.depth()], writers.reading[simulated.depth()]);
	if (size >= 8) {
		simulated.store_at_once(words[0], poison);
		P::store(words[0], first_word(ticket));
	}
	if (size >= 16)
		P::store(words[last], last_word(ticket));
	return {payload, ticket};
}

void commit(const open_record &record)
{
	if (!record.payload)
		return;
	now.log.closed(record.ticket, oracle::state::committed);
	now.log.expect(now.shared.writers.commit(record.payload), "an open record is not committed");
	now.writers.inside--;
}

void discard(const open_record &record)
{
	if (!record.payload)
		return;
	now.log.closed(record.ticket, oracle::state::discarded);
	now.log.expect(now.shared.writers.discard(record.payload), "an open record is not discarded");
	now.writers.inside--;
}

void write(u32 size)
{
	commit(reserve(size));
}

u32 records_a_page()
{
	return (page_size - page_header_size - long_stamp_size) / static_cast<u32>(KRING_RECORD_SPACE(current.size));
}

void write_many(u32 count)
{
	while (count--)
		write(current.size);
}

/* Who switches holds a lock, and does so in an interrupt: never inside of itself. */
void set_enabled(bool enabled)
{
	if (std::exchange(now.writers.switching, true))
		return;
	now.writers.disabled = !enabled;
	now.writers.disabled_times += !enabled;
	now.shared.writers.set_enabled(enabled);
	now.writers.switching = false;
}

void perform_writing(act what)
{
	switch (what) {
	case act::write_min:
		return write(0);
	case act::write_max:
		return write(max_payload(page_size));
	case act::write_big:
		return write(max_payload(page_size) + 1);
	case act::discard:
		return discard(reserve(current.size));
	case act::discard_under: {
		open_record outer = reserve(current.size);

		write(current.size);
		return discard(outer);
	}
	case act::write_around: {
		open_record outer = reserve(current.size);

		discard(reserve(current.size));
		return commit(outer);
	}
	case act::burst:
		return write_many(records_a_page() + 1);
	case act::wrap:
		return write_many(current.pages * records_a_page() + 1);
	case act::disable:
		return set_enabled(false);
	case act::enable:
		return set_enabled(true);
	case act::later:
		now.writers.time += u64{1} << 32;
		return;
	case act::earlier:
		now.writers.time -= u64{1} << 32;
		return;
	default:
		return write(current.size);
	}
}

/*
 * Readers.
 */

/* One span, which stays whole as long as it is held. False: there was none. */
bool take(bool dies)
{
	page_span span{};

	if (now.reader.acquire(span) != status::ok)
		return false;
	now.log.expect(now.read + now.reader.overwritten() == span.first, "I7: the reader's numbers leave records out");
	if (dies) {
		now.reader.abandon();
		return true;
	}
	look_at(0, copy_of(span), span);
	simulated.has_read(span.page, span.end / sizeof(u64));
	now.log.expect(now.reader.release() == status::ok, "what was acquired is not released");
	now.read += span.count;
	return true;
}

bool is_same(const ring_ledger &one, const ring_ledger &other)
{
	return one.committed == other.committed && one.read == other.read && one.overwritten == other.overwritten &&
	       one.unread == other.unread && one.pages_unread == other.pages_unread;
}

/* Alone, between two accesses. */
void note_moment()
{
	moments_past &past = now.moments;
	ring_ledger sums{};

	if (!now.reader.ledger(sums) || (past.count && is_same(past.at[past.count - 1], sums)))
		return;
	if (past.count == moments_past::max)
		choices::fatal("a scenario has too many moments");
	past.at[past.count++] = sums;
}

/*
 * While writers are at work: not to be had, or of some one moment. Where stores are seen late, each sum is what it
 * once was, and that is all.
 */
void count()
{
	ring_ledger sums{};

	if (!now.reader.ledger(sums))
		return;

	const ring_ledger *begin = now.moments.at;
	const ring_ledger *end = begin + now.moments.count;
	auto once = [&](u64 ring_ledger::*sum) {
		return std::any_of(begin, end, [&](const ring_ledger &moment) { return moment.*sum == sums.*sum; });
	};

	now.log.expect(sums.committed == sums.read + sums.overwritten + sums.unread && sums.unread <= sums.committed,
		       "ledger: the sum");
	now.log.expect(once(&ring_ledger::committed) && once(&ring_ledger::read) && once(&ring_ledger::overwritten),
		       "ledger: sums that never were");
	now.log.expect(
		simulated.is_weak() ||
			std::any_of(begin, end, [&](const ring_ledger &moment) { return is_same(moment, sums); }),
		"ledger: sums that were not at once");
}

status poll(u32 cpu)
{
	observer &me = now.observers[cpu];
	page_span span{};
	status found = me.cursor.look(view{}, span);

	if (found != status::ok)
		return found;

	const kring_page &copy = copy_of(span);

	if (!me.cursor.confirm(view{}, span))
		return status::busy;
	if (!me.started)
		me.begin = span.first - me.cursor.lost();
	me.started = true;
	now.log.expect(span.first == me.begin + me.received + me.cursor.lost(),
		       "I7: an observer's numbers leave records out");
	look_at(cpu, copy, span);
	me.received += span.count;
	return status::ok;
}

void perform_reading(u32 cpu, act what)
{
	observer &me = now.observers[cpu];

	switch (what) {
	case act::take:
	case act::die:
		take(what == act::die);
		return;
	case act::peek:
		(void)now.reader.readable();
		return;
	case act::count:
		return count();
	case act::newest:
		me.cursor.seek_newest(view{});
		me.begin = me.cursor.expected();
		me.received = 0;
		me.started = true;
		return;
	default:
		(void)poll(cpu);
	}
}

void on_cpu(u32 cpu)
{
	try {
		for (act what : cpu == machine::writers_cpu ? current.writer : current.readers[cpu - 1]) {
			simulated.say(name_of(what));
			cpu == machine::writers_cpu ? perform_writing(what) : perform_reading(cpu, what);
		}
	} catch (endless) {
		now.log.wrong("I9: something does not end");
	}
}

void nested(u32 kind)
{
	simulated.say(name_of(current.nested[kind]));
	perform_writing(current.nested[kind]);
}

/*
 * Before and after.
 */

void judge_causes()
{
	for (u32 cause = 0; cause < KRING_NR_DROPS; cause++) {
		u64 dropped = now.shared.writers.dropped(cause);

		now.log.expect(dropped >= now.writers.least_refused[cause] &&
				       dropped <= now.writers.most_refused[cause],
			       "ledger: refusals are not counted, or under another cause");
	}
}

void judge_ledger()
{
	ring_ledger sums{};

	now.log.expect(now.reader.ledger(sums), "ledger: all is quiet, and it cannot be had");
	now.log.expect(sums.committed == now.log.committed(), "ledger: committed");
	now.log.expect(sums.read == now.read, "ledger: read");
	now.log.expect(sums.committed == sums.read + sums.overwritten + sums.unread, "ledger: the sum");
	now.log.expect(current.overwrite || sums.overwritten == 0,
		       "ledger: records that nobody overwrote are overwritten");
	now.log.expect(now.log.discarded() == now.shared.writers.discarded(), "ledger: discarded");
	now.log.expect(now.reader.readable() == (sums.unread != 0), "I7: readable() does not say what acquire() does");

	u64 before = now.read;

	for (u32 spans = 0; spans < 4 * max_pages && take(false); spans++)
		;
	now.log.expect(now.read - before == sums.unread, "I7: unread records cannot be read");
}

void judge_observer(u32 cpu)
{
	observer &me = now.observers[cpu];

	for (u32 spans = 0; spans < 4 * max_pages && poll(cpu) != status::empty; spans++)
		;
	now.log.expect(me.cursor.expected() == now.log.committed(), "I7: an observer does not come to the end");
	now.log.expect(me.begin + me.received + me.cursor.lost() == now.log.committed(),
		       "I7: received and lost are not what was written");
}

void judge()
{
	const char *broken = page_ring_check<P>{now.shared.writers, now.reader}.run();

	if (broken)
		return now.log.wrong(broken);
	now.log.expect(!now.shared.writers.fault(), "I9: the ring has stopped");
	judge_causes();
	judge_ledger();
	for (u32 cpu = 1; cpu < machine::cpus; cpu++)
		judge_observer(cpu);
}

/* Which words of the ring does a reader look at? The others are the writers' own. */
void learn_what_is_shared()
{
	const char *ring = reinterpret_cast<char *>(&now.shared.writers);

	simulated.share_all();
	for (u32 word = 0; word < sizeof(now.shared.writers) / sizeof(u64); word++)
		simulated.make_private(ring + word * sizeof(u64));
	for (page_slot &slot : now.shared.slots)
		simulated.make_private(&slot.write);
	write_many(current.pages * records_a_page() + 1);
	simulated.learn(true);
	(void)now.reader.readable();
	take(false);
	take(false);
	count();
	simulated.learn(false);
}

void init(const scenario &scenario)
{
	std::memset(static_cast<void *>(&now), 0, sizeof(now));
	new (&now.log) oracle;
	current = scenario;
	now.writers.time = 1000;
	for (u32 id = 0; id <= scenario.pages; id++)
		now.shared.slots[id].header = reinterpret_cast<kring_page *>(now.shared.pages[id]);
	now.shared.writers.init({
		.geometry = {.cpu = 0, .page_size = page_size, .list_pages = scenario.pages, .clock = 0},
		.overwrite = scenario.overwrite,
		.now = now.writers.time,
		.slots = now.shared.slots,
		.shared = &now.shared.ring,
		.owner = nullptr,
		.stopped = nullptr,
	});
	now.reader.init(now.shared.writers);
}

} /* namespace */

void set_up(const scenario &scenario, const past &past)
{
	simulated.cover(&now.shared, &now.shared + 1, page_words, max_pages);
	init(scenario);
	learn_what_is_shared();
	init(scenario);
	write_many(past.fill);
	for (u32 taken = 0; taken < past.takes; taken++)
		take(false);
	write_many(past.refill);
	after_past = now;
}

const char *run_once(const bounds &bounds)
{
	u32 nr_cpus = 1;

	std::memcpy(static_cast<void *>(&now), &after_past, offsetof(scene, moments));
	now.moments.count = 0;
	now.log.restore(after_past.log);
	while (nr_cpus < machine::cpus && !current.readers[nr_cpus - 1].empty())
		nr_cpus++;

	bool counts = std::ranges::find(current.readers[0], act::count) != current.readers[0].end();

	if (counts)
		note_moment();
	simulated.choices_.begin();
	simulated.run(
		{on_cpu, nr_cpus, nested, static_cast<u32>(current.nested.size()), counts ? note_moment : nullptr},
		bounds);
	now.log.expect(!simulated.has_raced(), "I6: a page is written to while the reader may still be reading it");
	if (!now.log.wrong())
		judge();
	return now.log.wrong();
}

} /* namespace kring::explore */
