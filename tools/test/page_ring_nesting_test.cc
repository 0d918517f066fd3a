/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The page ring interrupted: an operation on rings in many states, and at each
 * of its accesses to shared memory a nested writer, a reader or an observer,
 * then pairs of them, then what is nested in nested. A bounded search; it knows
 * no other orders of memory than the program's.
 */
#include <cinttypes>
#include <set>

#include <gtest/gtest.h>

#include "nesting_scene.hh"

namespace kring::test
{
namespace
{

/* Rings that differ in shape: fresh, filling, full, lapped; read from not at all, in part, up to the open page. */
std::vector<past> pasts(u32 pages)
{
	std::set<std::string> known;
	std::vector<past> found;

	for (bool overwrite : {false, true})
		for (u32 fill : {0U, 1U, 4U, 5U, 9U, 10U, 5 * pages - 1, 5 * pages, 5 * pages + 4, 10 * pages + 5})
			for (u32 takes : {0U, 1U, 2U, 9U})
				for (u32 refill : {0U, 4U, 5U, 9U, 10U, 14U, 15U}) {
					past past{pages, overwrite, fill, takes, refill};

					if (known.insert(scene{past}.shape() + (overwrite ? " o" : " d")).second)
						found.push_back(past);
				}
	return found;
}

/* Those of them in which a write moves the tail. */
std::vector<past> ends_of_pages(u32 pages)
{
	std::vector<past> all = pasts(pages);

	std::erase_if(all, [](const past &past) { return !scene{past}.is_at_page_end(); });
	return all;
}

struct page_ring_nesting : testing::TestWithParam<u32> {
	~page_ring_nesting() override { std::printf("             %" PRIu64 " interleavings\n", uint64_t{runs}); }

	/* True if the events came about, and nothing was found. */
	bool run(const past &past, act what, const std::vector<event> &events)
	{
		scene scene{past, tick};
		bool reached = scene.run(what, events);

		if (!reached)
			return false;
		runs++;
		if (scene.finish().empty())
			return true;
		ADD_FAILURE() << scene.finish() << ": " << past.pages << " pages, "
			      << (past.overwrite ? "overwrite" : "discard") << ", fill " << past.fill << ", takes "
			      << past.takes << ", refill " << past.refill << ": " << name_of(what) << describe(events);
		return false;
	}
	static std::string describe(const std::vector<event> &events)
	{
		std::string text;

		for (const event &event : events)
			text += " (at " + std::to_string(event.at) + ' ' + name_of(event.what) +
				describe(event.inside) + ')';
		return text;
	}

	/* At every access of an operation. */
	void single(const past &past, act outer, act inner)
	{
		for (u64 at = 0; run(past, outer, {{at, inner}}); at++)
			;
	}
	/* At every two accesses, one after the other. */
	void pair(const past &past, act outer, act first, act second)
	{
		for (u64 at = 0; run(past, outer, {{at, first}}); at++)
			for (u64 then = at; run(past, outer, {{at, first}, {then, second}}); then++)
				;
	}
	/* At every access of what happens at every access. */
	void chain(const past &past, act outer, act middle, act inner)
	{
		for (u64 at = 0; run(past, outer, {{at, middle}}); at++)
			for (u64 inside = 0; run(past, outer, {{at, middle, {{inside, inner}}}}); inside++)
				;
	}

	u64 tick = 1; /* of the clock */
	u64 runs = 0;
};

INSTANTIATE_TEST_SUITE_P(pages, page_ring_nesting, testing::Values(2U, 3U));

/* As interrupting ones, all; as interrupted ones, those that are not several of the same. */
constexpr act writers[] = {act::write, act::write_max, act::discard, act::discard_under, act::burst,
			   act::wrap,  act::refused,   act::toggle,  act::tick};
constexpr act single_writers[] = {act::write,	      act::write_max, act::discard,
				  act::discard_under, act::refused,   act::toggle};
constexpr act readers[] = {act::take, act::take_all, act::hold, act::observe, act::peek, act::ask, act::horizon};

TEST_P(page_ring_nesting, writer_interrupted_by_writer)
{
	for (const past &past : pasts(GetParam()))
		for (act outer : single_writers)
			for (act inner : writers)
				single(past, outer, inner);
}

TEST_P(page_ring_nesting, writer_beside_reader)
{
	for (const past &past : pasts(GetParam()))
		for (act outer : writers)
			for (act inner : readers)
				single(past, outer, inner);
}

TEST_P(page_ring_nesting, reader_beside_writer)
{
	for (const past &past : pasts(GetParam()))
		for (act outer : readers)
			for (act inner : writers)
				single(past, outer, inner);
}

/* The commit page is looked at, and is another one of the same place by then. */
TEST_P(page_ring_nesting, reader_beside_lap)
{
	for (const past &past : pasts(GetParam()))
		for (act outer : {act::take, act::ask})
			for (act inner : {act::write, act::burst, act::lap})
				single(past, outer, inner);
}

/* While the tail moves, the reader takes a page and nested writers move the head, in both orders. */
TEST_P(page_ring_nesting, tail_move_between_reader_and_writers)
{
	for (const past &past : ends_of_pages(GetParam()))
		for (act outer : {act::write, act::discard})
			for (act reader : {act::take, act::hold})
				for (act writer : {act::write, act::burst, act::wrap}) {
					pair(past, outer, reader, writer);
					pair(past, outer, writer, reader);
				}
}

TEST_P(page_ring_nesting, tail_move_between_two_writers)
{
	for (const past &past : ends_of_pages(GetParam()))
		for (act first : {act::write, act::burst, act::wrap})
			for (act second : {act::write, act::burst, act::discard_under})
				pair(past, act::write, first, second);
}

/* The commit page keeps its place while nested writers overwrite all that was published before it. */
TEST_P(page_ring_nesting, asked_between_nested_writers)
{
	for (const past &past : ends_of_pages(GetParam()))
		for (act writers : {act::burst, act::wrap, act::lap})
			pair(past, act::write, writers, act::ask);
}

TEST_P(page_ring_nesting, nested_in_nested)
{
	for (const past &past : ends_of_pages(GetParam()))
		for (act middle : {act::write, act::burst})
			for (act inner : {act::write, act::wrap, act::discard, act::take})
				chain(past, act::write, middle, inner);
}

/* The reader stands still in the middle of a swap, the writer in the middle of a move, others are nested in that. */
TEST_P(page_ring_nesting, reader_within_writer)
{
	for (const past &past : ends_of_pages(GetParam()))
		for (act inner : {act::write, act::burst, act::wrap})
			chain(past, act::write, act::take, inner);
}

TEST_P(page_ring_nesting, writer_within_reader)
{
	for (const past &past : ends_of_pages(GetParam()))
		for (act inner : {act::write, act::burst, act::wrap})
			chain(past, act::take, act::write, inner);
}

TEST_P(page_ring_nesting, observer_within_writer)
{
	for (const past &past : ends_of_pages(GetParam()))
		for (act inner : {act::write, act::wrap})
			chain(past, act::write, act::peek, inner);
}

/* A clock that stood still for a lap moves on just while movers are nested. */
TEST_P(page_ring_nesting, coarse_clock)
{
	tick = 0;
	for (const past &past : ends_of_pages(GetParam()))
		for (u64 at = 0; run(past, act::write, {{at, act::write}, {at, act::tick}}); at++)
			for (u64 in = 0; run(past, act::write, {{at, act::write, {{in, act::write}}}, {at, act::tick}});
			     in++)
				;
}

/* The same with as many movers as there are depths, each of which has given the page a base. */
TEST_P(page_ring_nesting, coarse_clock_at_all_depths)
{
	auto nested = [](u64 in, u32 depth) {
		std::vector<event> events;

		while (depth--)
			events = {{in, act::write, events}};
		return events;
	};

	tick = 0;
	for (const past &past : ends_of_pages(GetParam()))
		for (u64 at = 0; run(past, act::write, {{at, act::write}, {at, act::tick}}); at++)
			for (u64 in = 0; run(past, act::write, {{at, act::write, nested(in, 3)}, {at, act::tick}});
			     in++)
				;
}

} /* namespace */
} /* namespace kring::test */
