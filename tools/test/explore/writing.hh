/* SPDX-License-Identifier: GPL-2.0-only */
/* What the writers of the explored machine do. */
#ifndef KRING_EXPLORE_WRITING_HH
#define KRING_EXPLORE_WRITING_HH

#include <algorithm>
#include <utility>

#include "scene.hh"

namespace kring::explore
{

struct open_record {
	void *payload;
	u32 ticket;
};

/*
 * Which causes can there be for what was refused? depth is the most that it can be: a writer below may be done
 * with its record, and still be at work.
 */
inline void judge_refusal(u32 size, u32 depth, bool was_alone, bool was_enabled)
{
	writers_state &writers = now.writers;
	bool possible[KRING_NR_DROPS] = {};
	bool too_big = size > max_payload(page_size);

	possible[KRING_DROP_DISABLED] = !was_enabled;
	possible[KRING_DROP_TOO_DEEP] = depth > page_ring<P>::max_depth;
	possible[KRING_DROP_TOO_BIG] = too_big;
	possible[KRING_DROP_FULL] = !too_big && !current.overwrite;
	possible[KRING_DROP_LAPPED] = !too_big && !was_alone;

	auto causes = std::count(std::begin(possible), std::end(possible), true);

	now.log.expect(causes > 0, "a record is refused for no reason");
	for (u32 cause = 0; cause < KRING_NR_DROPS; cause++) {
		writers.least_refused[cause] += possible[cause] && causes == 1;
		writers.most_refused[cause] += possible[cause];
	}
}

inline open_record reserve(u32 size)
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

	if (size > max_payload(page_size)) {
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

inline void commit(const open_record &record)
{
	if (!record.payload)
		return;
	now.log.closed(record.ticket, oracle::state::committed);
	now.log.expect(now.shared.writers.commit(record.payload), "an open record is not committed");
	now.writers.inside--;
}

inline void discard(const open_record &record)
{
	if (!record.payload)
		return;
	now.log.closed(record.ticket, oracle::state::discarded);
	now.log.expect(now.shared.writers.discard(record.payload), "an open record is not discarded");
	now.writers.inside--;
}

inline void write(u32 size)
{
	commit(reserve(size));
}

inline u32 records_a_page()
{
	return (page_size - page_header_size - long_stamp_size) / static_cast<u32>(KRING_RECORD_SPACE(current.size));
}

inline void write_many(u32 count)
{
	while (count--)
		write(current.size);
}

/* Who switches holds a lock, and does so in an interrupt: never inside of itself. */
inline void set_enabled(bool enabled)
{
	if (std::exchange(now.writers.switching, true))
		return;
	now.writers.disabled = !enabled;
	now.writers.disabled_times += !enabled;
	now.shared.writers.set_enabled(enabled);
	now.writers.switching = false;
}

inline void perform_writing(act what)
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

} /* namespace kring::explore */

#endif
