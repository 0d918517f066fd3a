/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * spsc_fifo against a model of what it must hold: each operation at each fill
 * level and place, then random ones, for elements of many sizes. One thread;
 * two of them: linear_threads_test.cc.
 */
#include <array>
#include <deque>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "../../src/core/spsc_fifo.hh"
#include "platform_native.hh"

namespace kring::test
{
namespace
{

using fifo_type = spsc_fifo<platform_native>;
using bytes = std::vector<__u8>;

/* Elements that differ, whatever their size: the n-th one counts on from n. */
bytes elements(u64 first, u32 count, u32 size)
{
	bytes all;

	for (u64 number = first; number < first + count; number++)
		for (u32 at = 0; at < size; at++)
			all.push_back(static_cast<__u8>((number >> (at % 4 * 8)) + at * 37));
	return all;
}

/* A fifo, its memory between guards, and the numbers of the elements that it must hold. */
class checked_fifo {
public:
	checked_fifo(u32 capacity, u32 size)
		: capacity_{capacity}, size_{size}, memory_(guard + capacity * size + guard, guard_byte)
	{
		fifo_.init(memory_.data() + guard, capacity, size);
		expect_state();
	}
	~checked_fifo()
	{
		for (u32 at = 0; at < guard; at++)
			EXPECT_TRUE(memory_[at] == guard_byte && memory_[memory_.size() - 1 - at] == guard_byte);
	}

	u32 len() const { return static_cast<u32>(put_ - taken_); }
	u32 space() const { return capacity_ - len(); }
	u32 size() const { return size_; }
	fifo_type &fifo() { return fifo_; }

	void in(u32 count)
	{
		u32 fit = std::min(count, space());

		EXPECT_EQ(fifo_.in(elements(put_, count, size_).data(), count), fit);
		put_ += fit;
		expect_state();
	}
	void out(u32 count)
	{
		expect_taken(count, [&](bytes &to) { return fifo_.out(to.data(), count); });
		taken_ += std::min(count, len());
		expect_state();
	}
	void peek(u32 count)
	{
		expect_taken(count, [&](bytes &to) { return fifo_.peek(to.data(), count); });
		expect_state();
	}
	void skip(u32 count)
	{
		u32 there = std::min(count, len());

		EXPECT_EQ(fifo_.skip(count), there);
		taken_ += there;
		expect_state();
	}
	/* Writes all that is prepared, and publishes `finished` of it. */
	void in_place(u32 wanted, u32 finished)
	{
		linear_spans spans{};
		u32 prepared = fifo_.prepare_in(wanted, spans);

		EXPECT_EQ(prepared, std::min(wanted, space()));
		EXPECT_EQ(spans.count[0] + spans.count[1], prepared);
		for (u32 number = 0; number < prepared; number++)
			put_at(spans, number, elements(put_ + number, 1, size_));
		expect_state();
		finished = std::min(finished, prepared);
		EXPECT_TRUE(fifo_.finish_in(finished));
		put_ += finished;
		expect_state();
		EXPECT_FALSE(fifo_.finish_in(space() + 1));
		expect_state();
	}
	void out_in_place(u32 wanted, u32 finished)
	{
		linear_spans spans{};
		u32 prepared = fifo_.prepare_out(wanted, spans);

		EXPECT_EQ(prepared, std::min(wanted, len()));
		EXPECT_EQ(spans.count[0] + spans.count[1], prepared);
		for (u32 number = 0; number < prepared; number++)
			EXPECT_EQ(bytes(place(spans, number), place(spans, number) + size_),
				  elements(taken_ + number, 1, size_));
		finished = std::min(finished, prepared);
		EXPECT_TRUE(fifo_.finish_out(finished));
		taken_ += finished;
		expect_state();
		EXPECT_FALSE(fifo_.finish_out(len() + 1));
		expect_state();
	}
	/* In parts of one, two, three...; seen at once, or never. */
	void batch_in(u32 parts, bool publishes)
	{
		fifo_type::put_batch batch{fifo_};
		u64 number = put_;

		for (u32 part = 1; part <= parts; part++) {
			u32 fit = std::min(part, static_cast<u32>(capacity_ - (number - taken_)));

			EXPECT_EQ(batch.has_room(part), fit == part);
			EXPECT_EQ(batch.in(elements(number, part, size_).data(), part), fit);
			number += fit;
			expect_state();
		}
		if (publishes) {
			batch.publish();
			put_ = number;
		}
		expect_state();
	}
	void batch_out(u32 parts, bool releases)
	{
		fifo_type::get_batch batch{fifo_};
		u64 number = taken_;

		for (u32 part = 1; part <= parts; part++) {
			u32 there = std::min(part, static_cast<u32>(put_ - number));
			bytes to(part * size_);

			EXPECT_EQ(batch.has(part), there == part);
			EXPECT_EQ(batch.out(to.data(), part), there);
			to.resize(there * size_);
			EXPECT_EQ(to, elements(number, there, size_));
			number += there;
			expect_state();
		}
		if (releases) {
			batch.release();
			taken_ = number;
		}
		expect_state();
	}
	void reset()
	{
		fifo_.reset();
		taken_ = put_;
		expect_state();
	}

private:
	static constexpr u32 guard = 32;
	static constexpr __u8 guard_byte = 0xa5;

	__u8 *place(const linear_spans &spans, u32 number) const
	{
		bool second = number >= spans.count[0];

		return static_cast<__u8 *>(spans.at[second]) + (number - (second ? spans.count[0] : 0)) * size_;
	}
	void put_at(const linear_spans &spans, u32 number, const bytes &element)
	{
		std::copy(element.begin(), element.end(), place(spans, number));
	}
	template <class F> void expect_taken(u32 count, F take)
	{
		u32 there = std::min(count, len());
		bytes to(count * size_ + 1, guard_byte);

		EXPECT_EQ(take(to), there);
		for (u32 at = there * size_; at < to.size(); at++)
			EXPECT_EQ(to[at], guard_byte) << "more was copied than there was";
		to.resize(there * size_);
		EXPECT_EQ(to, elements(taken_, there, size_));
	}
	void expect_state() const { EXPECT_EQ(fifo_.len(), len()); }

	u32 capacity_;
	u32 size_;
	bytes memory_;
	fifo_type fifo_{};
	u64 put_ = 0;
	u64 taken_ = 0;
};

constexpr u32 sizes[] = {1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 24, 40};

/* Which operation, with which count. */
void perform(checked_fifo &fifo, u32 what, u32 count)
{
	switch (what) {
	case 0:
		return fifo.in(count);
	case 1:
		return fifo.out(count);
	case 2:
		return fifo.peek(count);
	case 3:
		return fifo.skip(count);
	case 4:
		return fifo.in_place(count, count);
	case 5:
		return fifo.in_place(count, count / 2);
	case 6:
		return fifo.out_in_place(count, count);
	case 7:
		return fifo.out_in_place(count, count / 2);
	case 8:
		return fifo.batch_in(count, true);
	case 9:
		return fifo.batch_in(count, false);
	case 10:
		return fifo.batch_out(count, true);
	case 11:
		return fifo.batch_out(count, false);
	default:
		return fifo.reset();
	}
}

constexpr u32 operations = 13;

TEST(spsc_fifo, each_operation_at_each_place_and_level)
{
	for (u32 capacity : {1U, 2U, 4U})
		for (u32 place = 0; place < 2 * capacity; place++)
			for (u32 level = 0; level <= capacity; level++)
				for (u32 what = 0; what < operations; what++)
					for (u32 count = 0; count <= 2 * capacity; count++) {
						checked_fifo fifo{capacity, 3};

						for (u32 step = 0; step < place; step++) {
							fifo.in(1);
							fifo.out(1);
						}
						fifo.in(level);
						perform(fifo, what, count);
						fifo.out(2 * capacity);
					}
}

TEST(spsc_fifo, random_operations)
{
	for (u32 size : sizes)
		for (u32 capacity : {1U, 2U, 8U, 64U}) {
			std::mt19937 random{size * 1000 + capacity};
			checked_fifo fifo{capacity, size};

			for (u32 step = 0; step < 3000; step++)
				perform(fifo, random() % (random() % 64 ? operations - 1 : operations),
					static_cast<u32>(random()) % (capacity + 3));
		}
}

/* put() and get() of one element, of the sizes that are copied without a call. */
template <class T> void expect_typed(auto make)
{
	std::array<T, 4> memory{};
	fifo_type fifo{};
	T element{};

	fifo.init(memory.data(), 4, sizeof(T));
	for (u32 lap = 0; lap < 9; lap++) {
		for (u32 number = 0; number < 4; number++)
			EXPECT_TRUE(fifo.put(make(lap * 3 + number)));
		EXPECT_FALSE(fifo.put(make(0)));
		EXPECT_EQ(fifo.len(), 4U);
		for (u32 number = 0; number < 3; number++) {
			EXPECT_TRUE(fifo.get(element));
			EXPECT_EQ(element, make(lap * 3 + number));
		}
		EXPECT_TRUE(fifo.get(element)); /* one more than a multiple, so that places differ */
		EXPECT_FALSE(fifo.get(element));
		EXPECT_EQ(element, make(lap * 3 + 3));

		typename fifo_type::put_batch puts{fifo};

		EXPECT_TRUE(puts.put(make(1)));
		EXPECT_EQ(fifo.len(), 0U);
		puts.publish();

		typename fifo_type::get_batch gets{fifo};

		EXPECT_TRUE(gets.get(element));
		EXPECT_FALSE(gets.get(element));
		EXPECT_EQ(element, make(1));
		EXPECT_EQ(fifo.len(), 1U);
		gets.release();
		EXPECT_EQ(fifo.len(), 0U);
	}
}

struct pair {
	u64 first, second;
	bool operator==(const pair &) const = default;
};

TEST(spsc_fifo, single_elements)
{
	expect_typed<__u8>([](u32 number) { return static_cast<__u8>(number * 7); });
	expect_typed<u16>([](u32 number) { return static_cast<u16>(number * 777); });
	expect_typed<u32>([](u32 number) { return number * 77777; });
	expect_typed<u64>([](u32 number) { return u64{number} * 7777777777; });
	expect_typed<pair>([](u32 number) { return pair{number, ~u64{number}}; });
}

/* An element of another size than the fifo's is not taken, nor given. */
TEST(spsc_fifo, other_sizes_are_refused)
{
	u64 memory[4] = {};
	fifo_type fifo{};
	pair wide{1, 2};
	u64 narrow = 3;

	fifo.init(memory, 4, sizeof(u64));
	EXPECT_FALSE(fifo.put(wide));
	EXPECT_EQ(fifo.len(), 0U);
	EXPECT_TRUE(fifo.put(narrow));
	EXPECT_FALSE(fifo.get(wide));
	EXPECT_FALSE(fifo.peek_one(&wide, sizeof(wide)));
	narrow = 0;
	EXPECT_TRUE(fifo.peek_one(&narrow, sizeof(narrow)));
	EXPECT_EQ(narrow, 3U);
	EXPECT_TRUE(fifo.get(narrow));
	EXPECT_FALSE(fifo.get(narrow));
	EXPECT_FALSE(fifo.peek_one(&narrow, sizeof(narrow)));
	EXPECT_EQ(fifo.len(), 0U);
}

/* A batch looks at the size only where it looks for room, as one element does. */
TEST(spsc_fifo, other_sizes_are_refused_in_batches)
{
	u64 memory[4] = {};
	fifo_type fifo{};
	pair wide{1, 2};
	u64 narrow = 3;

	fifo.init(memory, 4, sizeof(u64));
	{
		fifo_type::put_batch batch{fifo};

		EXPECT_FALSE(batch.put(wide));
		EXPECT_TRUE(batch.put(narrow));
		batch.publish();
	}
	EXPECT_EQ(fifo.len(), 1U);
	{
		fifo_type::get_batch batch{fifo};

		EXPECT_FALSE(batch.get(wide));
		narrow = 0;
		EXPECT_TRUE(batch.get(narrow));
		batch.release();
	}
	EXPECT_EQ(narrow, 3U);
	EXPECT_EQ(fifo.len(), 0U);
}

TEST(spsc_fifo, full_batch_refuses)
{
	u64 memory[2];
	fifo_type fifo{};

	fifo.init(memory, 2, sizeof(u64));

	fifo_type::put_batch batch{fifo};

	EXPECT_TRUE(batch.put(u64{1}));
	EXPECT_TRUE(batch.put(u64{2}));
	EXPECT_FALSE(batch.put(u64{3}));
	batch.publish();
	EXPECT_EQ(fifo.len(), 2U);
}

/* Positions wrap at the end of the first lap, without a seam. */
TEST(spsc_fifo, positions_wrap)
{
	u32 memory[8];
	fifo_type fifo{};
	u32 element = 0;

	fifo.init(memory, 8, sizeof(u32));
	EXPECT_EQ(fifo_type::put_batch{fifo}.pos(), ~u32{0} - 7);
	for (u32 number = 0; number < 5; number++)
		EXPECT_TRUE(fifo.put(number) && fifo.get(element));

	u32 more[] = {5, 6, 7, 8, 9, 10, 11, 12, 13};

	EXPECT_EQ(fifo.in(more, 9), 8U);
	EXPECT_EQ(fifo_type::put_batch{fifo}.pos(), 5U);
	EXPECT_EQ(fifo_type::get_batch{fifo}.pos(), ~u32{0} - 2);
	EXPECT_EQ(fifo.len(), 8U);
	EXPECT_FALSE(fifo.put(u32{99}));
	for (u32 number = 5; number < 13; number++) {
		EXPECT_TRUE(fifo.get(element));
		EXPECT_EQ(element, number);
	}
	EXPECT_FALSE(fifo.get(element));
}

/* No memory at all, so that it may be as large as it can be. */
struct no_memory {
	static void in(void *, const void *, u64) {}
	static void out(void *, const void *, u64) {}
};

TEST(spsc_fifo, largest)
{
	using large_fifo = spsc_fifo<platform_native, no_memory>;

	constexpr u32 most = large_fifo::max_elements;
	large_fifo fifo{};
	__u8 byte = 0;

	fifo.init(&byte, most, 1);
	for (u32 lap = 0; lap < 5; lap++) {
		EXPECT_EQ(fifo.in(&byte, 5), 5U);
		EXPECT_EQ(fifo.in(&byte, ~u32{0}), most - 5);
		EXPECT_EQ(fifo.len(), most);
		EXPECT_EQ(fifo.in(&byte, 1), 0U);
		EXPECT_FALSE(fifo.put(byte));
		EXPECT_EQ(fifo.out(&byte, 3), 3U);
		EXPECT_EQ(fifo.in(&byte, ~u32{0}), 3U);
		EXPECT_EQ(fifo.out(&byte, ~u32{0}), most);
		EXPECT_EQ(fifo.len(), 0U);
		EXPECT_EQ(fifo.skip(~u32{0}), 0U);
	}
}

/* Bytes of an element's place do not fit 32 bits. */
TEST(spsc_fifo, place_beyond_4_gib)
{
	spsc_fifo<platform_native, no_memory> fifo{};
	linear_spans spans{};
	__u8 *memory = nullptr;

	fifo.init(memory, u32{1} << 30, 16);
	EXPECT_EQ(fifo.in(nullptr, (u32{1} << 30) - 1), (u32{1} << 30) - 1);
	EXPECT_EQ(fifo.skip(3), 3U);
	EXPECT_EQ(fifo.prepare_in(9, spans), 4U);
	EXPECT_EQ(static_cast<__u8 *>(spans.at[0]) - memory, 16 * ((ptrdiff_t{1} << 30) - 1));
	EXPECT_EQ(spans.count[0], 1U);
	EXPECT_EQ(spans.at[1], memory);
	EXPECT_EQ(spans.count[1], 3U);
}

TEST(spsc_fifo, capacities)
{
	for (u64 elements : {u64{1}, u64{2}, u64{4}, u64{1} << 31})
		EXPECT_TRUE(fifo_type::is_capacity(elements)) << elements;
	for (u64 elements : {u64{0}, u64{3}, u64{6}, (u64{1} << 31) - 1, u64{1} << 32, u64{1} << 63, ~u64{0}})
		EXPECT_FALSE(fifo_type::is_capacity(elements)) << elements;
}

/* What each side knows of the other one errs to its own disadvantage, and is looked up again in time. */
TEST(spsc_fifo, sides_stay_apart)
{
	EXPECT_EQ(sizeof(fifo_type), 128U);
	EXPECT_EQ(alignof(fifo_type), 64U);
}

} /* namespace */
} /* namespace kring::test */
