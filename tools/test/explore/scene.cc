/* SPDX-License-Identifier: GPL-2.0-only */
/* An execution from its beginning to its end: what was before, who does what, and what is to be true in the end. */
#include "../../../src/core/page_ring_check.hh"
#include "reading.hh"
#include "writing.hh"

namespace kring::explore
{
namespace
{

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
	now.log.expect(me.cursor.lost() <= now.log.committed(), "I7: more is lost than was written");
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
