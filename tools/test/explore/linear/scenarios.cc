/* SPDX-License-Identifier: GPL-2.0-only */
/* All that is explored of the linear rings, with what bounds: {nested, depth, preemptions, stale}. */
#include "../scenario.hh"

#include "scene.hh"

namespace kring::explore
{
namespace
{

/* Empty, half full and full; in the first lap, at its end, where positions wrap, and in later ones. */
constexpr past pasts_1[] = {{0, 0, 0}, {1, 0, 0}, {1, 1, 0}, {1, 1, 1}};
constexpr past pasts_2[] = {{0, 0, 0}, {1, 0, 0}, {2, 0, 0}, {1, 1, 0}, {1, 1, 2}, {2, 1, 1}, {2, 2, 0}};
constexpr past pasts_4[] = {{0, 0, 0}, {3, 0, 0}, {4, 0, 0}, {3, 3, 0}, {3, 2, 2}, {4, 3, 3}, {4, 4, 0}};
constexpr past pasts_5[] = {{0, 0, 0}, {4, 0, 0}, {5, 0, 0}, {4, 4, 0}, {4, 3, 3}, {5, 4, 4}, {5, 5, 0}};
/* Records of one and two bytes, each with its length, in four bytes, and in eight. */
constexpr past records_4[] = {{0, 0, 0}, {1, 0, 0}, {1, 1, 0}, {1, 1, 1}};
constexpr past records_8[] = {{0, 0, 0}, {2, 0, 0}, {3, 0, 0}, {2, 1, 1}, {3, 3, 0}};
constexpr past empty_4[] = {{0, 0, 0}, {3, 3, 0}};

using enum act;

constexpr act puts[] = {put, put, put};
constexpr act puts_some[] = {put_some, put};
constexpr act puts_in_place[] = {put_in_place, put_in_place};
constexpr act puts_batches[] = {put_batch, put_never, put};
constexpr act puts_once[] = {put};
constexpr act puts_twice[] = {put, put};
constexpr act puts_and_asks[] = {put, length, put, length};

constexpr act gets[] = {get, get, get};
constexpr act gets_some[] = {get_some, get};
constexpr act gets_in_place[] = {get_in_place, get};
constexpr act gets_batches[] = {get_batch, get};
constexpr act looks[] = {look, get};
constexpr act gets_once[] = {get};
constexpr act gets_twice[] = {get, get};
constexpr act gets_and_asks[] = {length, get, length};
constexpr act asks[] = {length, length};

constexpr bounds switches(u32 number)
{
	return {0, 0, number, 0};
}

constexpr scenario linear(const char *name, kind kind, u32 capacity, std::span<const past> pasts,
			  std::span<const act> producer, std::span<const act> consumer,
			  std::span<const act> stranger = {})
{
	u32 less = stranger.empty() ? 0 : 1;

	return {.name = name,
		.pages = capacity,
		.overwrite = false,
		.pasts = pasts,
		.writer = producer,
		.readers = {consumer, stranger},
		.quick = switches(3 - less),
		.check = switches(6 - 2 * less),
		.thorough = switches(8 - 3 * less),
		.kind = kind};
}

constexpr scenario weak(const char *name, kind kind, u32 capacity, std::span<const past> pasts,
			std::span<const act> producer, std::span<const act> consumer,
			std::span<const act> stranger = {})
{
	u32 less = stranger.empty() ? 0 : 1;
	scenario made = linear(name, kind, capacity, pasts, producer, consumer, stranger);

	made.quick = {0, 0, 2, 1};
	made.check = {0, 0, 4 - less, 2};
	made.thorough = {0, 0, 5 - less, 3 - less};
	return made;
}

constexpr scenario all[] = {
	linear("fifo-1", elements, 1, pasts_1, puts, gets),
	linear("fifo-2", elements, 2, pasts_2, puts, gets),
	linear("fifo-2-some", elements, 2, pasts_2, puts_some, gets_some),
	linear("fifo-4-some", elements, 4, pasts_4, puts_some, gets_some),
	linear("fifo-in-place", elements, 4, pasts_4, puts_in_place, gets_in_place),
	linear("fifo-batches", elements, 4, pasts_4, puts_batches, gets_batches),
	linear("fifo-looks", elements, 4, pasts_4, puts_some, looks),
	linear("fifo-lengths", elements, 2, pasts_2, puts_and_asks, gets_and_asks),
	linear("fifo-stranger", elements, 2, pasts_2, puts_twice, gets_twice, asks),
	linear("records-4", records, 4, records_4, puts, gets),
	linear("records-8", records, 8, records_8, puts, gets),
	linear("mirror-1", mirrored, 1, pasts_1, puts, gets),
	linear("mirror-2", mirrored, 2, pasts_2, puts, gets),
	linear("mirror-5-some", mirrored, 5, pasts_5, puts_some, gets_some),
	linear("mirror-in-place", mirrored, 5, pasts_5, puts_in_place, gets_in_place),
	linear("mirror-looks", mirrored, 5, pasts_5, puts_some, looks),
	linear("mirror-lengths", mirrored, 2, pasts_2, puts_and_asks, gets_and_asks),
	linear("mirror-stranger", mirrored, 5, pasts_5, puts_once, gets_once, asks),

	/* Memory that is seen late. */
	weak("weak-fifo-1", elements, 1, pasts_1, puts_twice, gets_twice),
	weak("weak-fifo-2", elements, 2, pasts_2, puts, gets),
	weak("weak-fifo-some", elements, 4, pasts_4, puts_some, gets_some),
	weak("weak-fifo-in-place", elements, 4, pasts_4, puts_in_place, gets_in_place),
	weak("weak-fifo-batches", elements, 4, pasts_4, puts_batches, gets_batches),
	weak("weak-fifo-looks", elements, 4, pasts_4, puts_some, looks),
	weak("weak-fifo-stranger", elements, 4, empty_4, puts_once, gets_once, asks),
	weak("weak-records", records, 8, records_8, puts_twice, gets_twice),
	weak("weak-mirror-1", mirrored, 1, pasts_1, puts_twice, gets_twice),
	weak("weak-mirror-some", mirrored, 5, pasts_5, puts_some, gets_some),
	weak("weak-mirror-in-place", mirrored, 5, pasts_5, puts_in_place, gets_in_place),
	weak("weak-mirror-stranger", mirrored, 4, empty_4, puts_once, gets_once, asks),
};

} /* namespace */

const std::span<const scenario> scenarios{all};

const char *name_of(act what)
{
	static constexpr const char *names[] = {"put",	     "put_some", "put_in_place", "put_batch",
						"put_never", "get",	 "get_some",	 "get_in_place",
						"get_batch", "look",	 "length"};

	return names[static_cast<int>(what) - static_cast<int>(act::put)];
}

} /* namespace kring::explore */
