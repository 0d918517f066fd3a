/* SPDX-License-Identifier: GPL-2.0-only */
/* All that is explored, with what bounds: {nested, depth, preemptions, stale}. */
#include "scenario.hh"

namespace kring::explore
{
namespace
{

/*
 * With two records a page. No page is full, the first is, all are, all were several times; then the same with the
 * reader's page taken out: as the commit page, with room on it and without; at each place of the list.
 */
constexpr past pasts_2[] = {{0, 0, 0}, {2, 0, 0}, {4, 0, 0}, {7, 0, 0}, {1, 1, 0}, {2, 1, 0},
			    {4, 1, 2}, {8, 1, 2}, {8, 2, 4}, {8, 3, 0}, {9, 2, 9}};
constexpr past pasts_3[] = {{0, 0, 0}, {4, 0, 0}, {6, 0, 0},  {11, 0, 0}, {2, 1, 0},
			    {6, 1, 2}, {8, 1, 4}, {12, 2, 3}, {12, 4, 0}, {13, 2, 9}};

/* Only such as let the next record begin another page. */
constexpr past full_2[] = {{2, 0, 0}, {4, 0, 0}, {6, 0, 0}, {2, 1, 0}, {4, 1, 2}, {8, 2, 4}, {8, 3, 2}};
/* The least that the head moves in. */
constexpr past heads_2[] = {{4, 0, 0}, {4, 1, 2}, {8, 2, 4}};
constexpr past head_2[] = {{4, 1, 2}};
constexpr past head_3[] = {{6, 0, 0}};
constexpr past heads_3[] = {{6, 0, 0}, {6, 1, 2}, {12, 2, 6}};
constexpr past full_3[] = {{2, 0, 0}, {6, 0, 0}, {10, 0, 0}, {2, 1, 0}, {6, 1, 2}, {12, 2, 6}, {12, 4, 2}};

/* The reader has read the open page so far; the next record is its last one. */
constexpr past rest_2[] = {{1, 1, 0}};

/* The head has left the place where the reader begins to look for it. */
constexpr past moved_2[] = {{6, 0, 0}};

using enum act;

constexpr act one[] = {write};
constexpr act two[] = {write, write};
constexpr act three[] = {write, write, write};
constexpr act lap[] = {wrap};
constexpr act two_moves[] = {write_max, write};
constexpr act write_and_lap[] = {write, wrap};

constexpr act by_number[] = {write, burst, wrap};
constexpr act by_kind[] = {write_min, write_max, write_big, discard, discard_under, write_around};
constexpr act some_kinds[] = {write_max, discard_under, discard};
constexpr act switches[] = {disable, enable, write, burst};
constexpr act times[] = {later, earlier, write, burst};
constexpr act around[] = {write_around, burst};
constexpr act one_or_burst[] = {write, burst};
constexpr act one_or_lap[] = {write, wrap};
constexpr act under[] = {write, discard_under};

constexpr act one_take[] = {take};
constexpr act takes[] = {take, take};
constexpr act many_takes[] = {take, take, take};
constexpr act dies[] = {die, take, take};
constexpr act counts[] = {count};
constexpr act peeks[] = {peek, take, peek};
constexpr act peeks_and_take[] = {peek, peek, take};
constexpr act polls[] = {poll, poll};
constexpr act joins[] = {newest, poll};

constexpr bounds nests(u32 number)
{
	return {number, 4, 0, 0};
}

constexpr scenario all[] = {
	/* Writers that interrupt one another. */
	{"nested-2", 2, true, pasts_2, two, by_number, {}, nests(1), nests(2), nests(3)},
	{"nested-2-discard", 2, false, pasts_2, two, by_number, {}, nests(1), nests(2), nests(3)},
	{"nested-3", 3, true, pasts_3, two, by_number, {}, nests(1), nests(2), nests(3)},
	{"nested-3-discard", 3, false, pasts_3, two, by_number, {}, nests(1), nests(2), nests(3)},
	{"kinds", 2, true, full_2, some_kinds, by_kind, {}, nests(1), nests(2), nests(2)},
	{"kinds-discard", 2, false, full_2, some_kinds, by_kind, {}, nests(1), nests(2), {3, 1, 0, 0}},
	{"around", 2, true, full_2, one, around, {}, nests(1), nests(2), nests(3)},
	{"deep", 2, true, heads_2, one, under, {}, nests(2), nests(3), nests(4)},
	{"deep-3", 3, true, head_3, one, one_or_burst, {}, nests(2), nests(2), nests(3)},
	{"deep-discard", 2, false, heads_2, one, under, {}, nests(2), nests(3), nests(4)},
	{"switch", 2, true, full_2, two, switches, {}, nests(1), nests(2), nests(3)},
	{"time", 2, true, full_2, two, times, {}, nests(1), nests(2), nests(3)},
	{"time-stands-still", 2, true, full_2, two, one_or_lap, {}, nests(1), nests(2), nests(3), 40, 0},
	{"one-record-a-page", 2, true, full_2, two, one_or_lap, {}, nests(1), nests(2), nests(3), 96},

	/* The reader on another CPU. */
	{"reader-2", 2, true, pasts_2, two, {}, {takes}, {0, 0, 2, 0}, {0, 0, 4, 0}, {0, 0, 5, 0}},
	{"reader-2-discard", 2, false, pasts_2, three, {}, {takes}, {0, 0, 2, 0}, {0, 0, 3, 0}, {0, 0, 5, 0}},
	{"reader-3", 3, true, pasts_3, three, {}, {takes}, {0, 0, 2, 0}, {0, 0, 3, 0}, {0, 0, 4, 0}},
	{"reader-lap", 2, true, full_2, lap, {}, {many_takes}, {0, 0, 2, 0}, {0, 0, 3, 0}, {0, 0, 4, 0}},
	{"reader-dies", 2, true, heads_2, lap, {}, {dies}, {0, 0, 2, 0}, {0, 0, 3, 0}, {0, 0, 4, 0}},
	{"reader-nested-2", 2, true, full_2, one, one_or_lap, {takes}, {1, 1, 1, 0}, {1, 1, 2, 0}, {2, 2, 2, 0}},
	{"reader-nested-twice", 2, true, head_2, one, one, {one_take}, {1, 1, 2, 0}, {2, 2, 2, 0}, {2, 2, 3, 0}},
	{"reader-nested-3", 3, true, heads_3, one, one_or_lap, {takes}, {1, 1, 1, 0}, {1, 1, 2, 0}, {1, 1, 3, 0}},
	{"reader-nested-discard", 2, false, full_2, one, one_or_lap, {takes}, {1, 1, 1, 0}, {1, 1, 2, 0}, {2, 2, 2, 0}},
	{"reader-at-rest", 2, false, rest_2, one, one, {one_take}, {1, 1, 2, 0}, {1, 1, 3, 0}, {2, 2, 3, 0}},
	{"reader-kinds", 2, true, full_2, some_kinds, {}, {takes}, {0, 0, 2, 0}, {0, 0, 3, 0}, {0, 0, 4, 0}},
	{"count", 2, true, pasts_2, lap, {}, {counts}, {0, 0, 2, 0}, {0, 0, 3, 0}, {0, 0, 4, 0}},
	{"count-3", 3, true, heads_3, lap, {}, {counts}, {0, 0, 2, 0}, {0, 0, 3, 0}, {0, 0, 4, 0}},
	{"count-nested", 2, true, pasts_2, one, one, {counts}, {1, 1, 1, 0}, {1, 1, 2, 0}, {1, 1, 3, 0}},
	{"peek", 2, true, pasts_2, two, {}, {peeks}, {0, 0, 2, 0}, {0, 0, 3, 0}, {0, 0, 4, 0}},
	{"peek-lap", 2, true, pasts_2, lap, {}, {peeks_and_take}, {0, 0, 2, 0}, {0, 0, 3, 0}, {0, 0, 4, 0}},

	/* Observers on other CPUs. */
	{"observer-2", 2, true, pasts_2, write_and_lap, {}, {polls}, {0, 0, 2, 0}, {0, 0, 3, 0}, {0, 0, 4, 0}},
	{"observer-3", 3, true, heads_3, write_and_lap, {}, {polls}, {0, 0, 2, 0}, {0, 0, 3, 0}, {0, 0, 4, 0}},
	{"observer-nested", 2, true, full_2, one, one_or_lap, {polls}, {1, 1, 1, 0}, {1, 1, 2, 0}, {1, 1, 3, 0}},
	{"observer-joins", 2, true, pasts_2, write_and_lap, {}, {joins}, {0, 0, 2, 0}, {0, 0, 3, 0}, {0, 0, 4, 0}},
	{"observers", 2, true, full_2, lap, {}, {polls, polls}, {0, 0, 1, 0}, {0, 0, 2, 0}, {0, 0, 3, 0}},
	{"reader-and-observer", 2, true, full_2, three, {}, {takes, polls}, {0, 0, 1, 0}, {0, 0, 2, 0}, {0, 0, 3, 0}},

	/* Memory that is seen late. */
	{"weak-reader", 2, true, pasts_2, two, {}, {takes}, {0, 0, 1, 1}, {0, 0, 3, 2}, {0, 0, 4, 2}},
	{"weak-reader-lap", 2, true, pasts_2, lap, {}, {takes}, {0, 0, 1, 1}, {0, 0, 2, 1}, {0, 0, 2, 2}},
	{"weak-reader-discard", 2, false, pasts_2, two, {}, {takes}, {0, 0, 1, 1}, {0, 0, 3, 2}, {0, 0, 4, 2}},
	{"weak-reader-nested", 2, true, full_2, one, one, {takes}, {1, 1, 1, 1}, {1, 1, 2, 1}, {1, 1, 2, 2}},
	{"weak-observer", 2, true, full_2, lap, {}, {polls}, {0, 0, 1, 1}, {0, 0, 2, 2}, {0, 0, 3, 2}},
	{"weak-observer-joins", 2, true, full_2, lap, {}, {joins}, {0, 0, 1, 1}, {0, 0, 2, 2}, {0, 0, 3, 2}},
	{"weak-peek", 2, true, pasts_2, lap, {}, {peeks_and_take}, {0, 0, 1, 1}, {0, 0, 2, 1}, {0, 0, 2, 2}},
	{"weak-count", 2, true, full_2, lap, {}, {counts}, {0, 0, 1, 1}, {0, 0, 2, 2}, {0, 0, 3, 2}},
	{"weak-head", 2, true, moved_2, two_moves, one, {one_take}, {1, 1, 1, 1}, {1, 1, 2, 1}, {1, 1, 3, 1}},
	{"weak-reader-and-observer",
	 2,
	 true,
	 heads_2,
	 two,
	 {},
	 {takes, polls},
	 {0, 0, 1, 1},
	 {0, 0, 2, 1},
	 {0, 0, 2, 2}},
};

} /* namespace */

const std::span<const scenario> scenarios{all};

const char *name_of(act what)
{
	static constexpr const char *names[] = {"write",	 "write_min",	 "write_max", "write_big", "discard",
						"discard_under", "write_around", "burst",     "wrap",	   "disable",
						"enable",	 "later",	 "earlier",   "take",	   "die",
						"peek",		 "count",	 "poll",      "newest"};

	return names[static_cast<int>(what)];
}

} /* namespace kring::explore */
