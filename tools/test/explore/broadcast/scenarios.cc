/* SPDX-License-Identifier: GPL-2.0-only */
/* All that is explored of the broadcast ring, with what bounds: {nested, depth, preemptions, stale}. */
#include "../scenario.hh"

namespace kring::explore
{
namespace
{

/*
 * Written before; opened and left; written after that. No ticket yet; the first lap under way; all slots used; several
 * laps; then with a slot that is held, within its lap and beyond it; with all slots held.
 */
constexpr past pasts_2[] = {{0, 0, 0}, {1, 0, 0}, {2, 0, 0}, {5, 0, 0}, {0, 1, 0},
			    {1, 1, 0}, {2, 1, 1}, {2, 1, 3}, {1, 2, 1}};
constexpr past pasts_4[] = {{0, 0, 0}, {3, 0, 0}, {4, 0, 0}, {9, 0, 0}, {3, 1, 2}, {4, 1, 5}};
constexpr past fresh_2[] = {{0, 0, 0}, {2, 0, 0}, {3, 0, 0}};
constexpr past full_2[] = {{2, 0, 0}};
constexpr past held_2[] = {{1, 1, 0}, {2, 1, 1}, {2, 1, 3}, {1, 2, 1}};

using enum act;

constexpr act one[] = {produce};
constexpr act two[] = {produce, produce};
constexpr act three[] = {produce, produce, produce};
constexpr act lap[] = {produce_lap};
constexpr act lap_and_one[] = {produce_lap, produce};
constexpr act around[] = {produce_around};
constexpr act some[] = {produce, withdraw};
constexpr act resumes[] = {produce, go_on, produce};
constexpr act gives_back[] = {produce, give_back, produce};
constexpr act resumes_at_once[] = {go_on};
constexpr act gives_back_at_once[] = {give_back};
constexpr act stops[] = {stop, produce_lap, go_on, produce};

constexpr act by_number[] = {produce, produce_lap};
constexpr act by_kind[] = {produce, withdraw, stop};
constexpr act one_or_lap[] = {produce, produce_lap};

constexpr act consumes[] = {consume};
constexpr act consumes_twice[] = {consume, consume};
constexpr act consumes_more[] = {consume, consume, consume};
constexpr act asks[] = {ask, consume, ask};
constexpr act joins[] = {join, consume};
constexpr act rejoins[] = {rejoin, consume};

constexpr bounds switches(u32 number)
{
	return {0, 0, number, 0};
}

constexpr scenario all[] = {
	/* Producers that interrupt one another; consumers come when all is quiet. */
	{"nested-2", 2, true, pasts_2, two, by_number, {}, {1, 4, 0, 0}, {2, 4, 0, 0}, {3, 4, 0, 0}},
	{"nested-4", 4, true, pasts_4, two, by_number, {}, {1, 4, 0, 0}, {2, 4, 0, 0}, {3, 4, 0, 0}},
	{"nested-kinds", 2, true, pasts_2, some, by_kind, {}, {1, 4, 0, 0}, {3, 4, 0, 0}, {4, 4, 0, 0}},
	{"nested-resumes", 2, true, held_2, resumes, by_kind, {}, {1, 4, 0, 0}, {2, 4, 0, 0}, {3, 4, 0, 0}},
	{"nested-deep", 2, true, fresh_2, one, one, {}, {3, 4, 0, 0}, {4, 4, 0, 0}, {5, 5, 0, 0}},

	/* Producers on several CPUs, each of which may stop anywhere. */
	{"producers-2", 2, true, pasts_2, two, {}, {two}, switches(2), switches(4), switches(5)},
	{"producers-lap", 2, true, pasts_2, one, {}, {lap_and_one}, switches(2), switches(4), switches(5)},
	{"producers-3", 2, true, pasts_2, one, {}, {one, one}, switches(2), switches(4), switches(6)},
	{"producers-3-lap", 2, true, fresh_2, one, {}, {lap, lap}, switches(2), switches(3), switches(4)},
	{"producers-4", 4, true, pasts_4, one, {}, {one, one, lap}, switches(1), switches(3), switches(4)},
	{"producers-resume", 2, true, held_2, resumes, {}, {two}, switches(2), switches(4), switches(5)},
	{"producers-give-back", 2, true, held_2, gives_back, {}, {two}, switches(2), switches(4), switches(5)},
	{"producers-close", 2, true, held_2, resumes_at_once, {}, {two, one}, switches(2), switches(4), switches(6)},
	{"producers-withdraw",
	 2,
	 true,
	 held_2,
	 gives_back_at_once,
	 {},
	 {two, one},
	 switches(2),
	 switches(4),
	 switches(6)},
	{"producers-stop", 2, true, fresh_2, stops, {}, {lap_and_one}, switches(2), switches(3), switches(4)},
	{"producers-nested", 2, true, fresh_2, one, one_or_lap, {two}, {1, 1, 2, 0}, {2, 2, 2, 0}, {2, 2, 3, 0}},

	/* Consumers beside them. */
	{"consumer", 2, true, pasts_2, three, {}, {consumes_more}, switches(2), switches(4), switches(5)},
	{"consumer-4", 4, true, pasts_4, lap_and_one, {}, {consumes_twice}, switches(2), switches(3), switches(4)},
	{"consumer-lap", 2, true, pasts_2, lap_and_one, {}, {consumes_twice}, switches(2), switches(4), switches(5)},
	{"consumer-stop", 2, true, held_2, resumes, {}, {consumes_twice}, switches(2), switches(4), switches(5)},
	{"consumer-give-back",
	 2,
	 true,
	 held_2,
	 gives_back,
	 {},
	 {consumes_twice},
	 switches(2),
	 switches(4),
	 switches(5)},
	{"consumer-asks", 2, true, pasts_2, two, {}, {asks}, switches(2), switches(4), switches(5)},
	{"consumer-joins", 2, true, pasts_2, two, {}, {joins}, switches(2), switches(4), switches(5)},
	{"consumer-rejoins", 2, true, pasts_2, two, {}, {rejoins}, switches(2), switches(4), switches(5)},
	{"consumer-nested",
	 2,
	 true,
	 fresh_2,
	 one,
	 one_or_lap,
	 {consumes_twice},
	 {1, 1, 2, 0},
	 {2, 2, 2, 0},
	 {2, 2, 3, 0}},
	{"consumers",
	 2,
	 true,
	 fresh_2,
	 two,
	 {},
	 {consumes_twice, consumes_twice},
	 switches(1),
	 switches(3),
	 switches(4)},
	{"all", 2, true, pasts_2, one, {}, {two, consumes_twice}, switches(2), switches(3), switches(4)},
	{"all-around", 2, true, fresh_2, around, {}, {lap, consumes_twice}, switches(2), switches(3), switches(4)},
	{"all-3", 2, true, full_2, one, {}, {one, one, consumes}, switches(2), switches(3), switches(4)},
	{"all-stop",
	 2,
	 true,
	 held_2,
	 resumes_at_once,
	 {},
	 {two, consumes_twice},
	 switches(2),
	 switches(3),
	 switches(4)},

	/* Memory that is seen late. */
	{"weak-producers", 2, true, pasts_2, two, {}, {two}, {0, 0, 1, 1}, {0, 0, 2, 2}, {0, 0, 3, 2}},
	{"weak-consumer", 2, true, pasts_2, two, {}, {consumes_twice}, {0, 0, 1, 1}, {0, 0, 2, 2}, {0, 0, 3, 2}},
	{"weak-consumer-lap",
	 2,
	 true,
	 pasts_2,
	 lap_and_one,
	 {},
	 {consumes_twice},
	 {0, 0, 1, 1},
	 {0, 0, 2, 2},
	 {0, 0, 3, 2}},
	{"weak-consumer-stop",
	 2,
	 true,
	 held_2,
	 resumes,
	 {},
	 {consumes_twice},
	 {0, 0, 1, 1},
	 {0, 0, 2, 2},
	 {0, 0, 3, 2}},
	{"weak-asks", 2, true, pasts_2, two, {}, {asks}, {0, 0, 1, 1}, {0, 0, 2, 2}, {0, 0, 3, 2}},
	{"weak-joins", 2, true, fresh_2, two, {}, {joins}, {0, 0, 1, 1}, {0, 0, 2, 2}, {0, 0, 3, 2}},
	{"weak-all",
	 2,
	 true,
	 held_2,
	 resumes_at_once,
	 {},
	 {two, consumes_twice},
	 {0, 0, 1, 1},
	 {0, 0, 2, 1},
	 {0, 0, 3, 2}},
};

} /* namespace */

const std::span<const scenario> scenarios{all};

const char *name_of(act what)
{
	static constexpr const char *names[] = {"produce", "produce_lap", "produce_around", "withdraw",
						"stop",	   "go_on",	  "give_back",	    "consume",
						"ask",	   "join",	  "rejoin"};

	return names[static_cast<int>(what) - static_cast<int>(act::produce)];
}

} /* namespace kring::explore */
