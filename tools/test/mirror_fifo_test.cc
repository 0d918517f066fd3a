/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mirror_fifo against a simple model: all capacities from 1 to 17, every length
 * from 0 to twice the capacity, all sequences of operations up to a bound.
 */
#include <deque>
#include <vector>

#include <gtest/gtest.h>

#include "../../src/core/mirror_fifo.hh"
#include "platform_native.hh"

namespace kring::test
{
namespace
{

using fifo_type = mirror_fifo<platform_native>;
using sole_user = fifo_type::sole_user;
using fill = fifo_type::fill;

constexpr u32 most = 17;

/* A fifo, its memory between guards, and the bytes that it must hold, which count on. */
class checked_mirror {
public:
	explicit checked_mirror(u32 capacity) : capacity_{capacity}
	{
		std::fill(std::begin(memory_), std::end(memory_), guard_byte);
		fifo_.init(memory_ + guard, capacity);
		expect_state();
	}

	u32 len() const { return put_ - taken_; }
	u32 space() const { return capacity_ - len(); }

	void put(u32 size)
	{
		u32 fit = std::min(size, space());

		EXPECT_EQ(fifo_.put(next(size), size), fit);
		put_ += fit;
		expect_state();
	}
	void put_force(u32 size)
	{
		u32 before = len();
		u32 overwritten = sole_user{fifo_}.put_force(next(size), size);

		put_ += size;
		taken_ += len() > capacity_ ? len() - capacity_ : 0;
		EXPECT_EQ(before + size, len() + overwritten);
		expect_state();
	}
	void putchar()
	{
		bool fits = space();

		EXPECT_EQ(fifo_.putchar(static_cast<__u8>(put_)), fits);
		put_ += fits;
		expect_state();
	}
	void putchar_force()
	{
		bool full = !space();

		EXPECT_EQ(sole_user{fifo_}.putchar_force(static_cast<__u8>(put_)), full);
		put_++;
		taken_ += full;
		expect_state();
	}
	void get(u32 size)
	{
		expect_read(size, [&](__u8 *to) { return fifo_.get(to, size); });
		taken_ += std::min(size, len());
		expect_state();
	}
	void peek(u32 size)
	{
		expect_read(size, [&](__u8 *to) { return fifo_.peek(to, size); });
		expect_state();
	}
	void getchar()
	{
		bool there = len();
		__u8 byte = guard_byte;

		EXPECT_EQ(fifo_.getchar(byte), there);
		EXPECT_EQ(byte, there ? static_cast<__u8>(taken_) : guard_byte);
		taken_ += there;
		expect_state();
	}
	void skip(u32 size)
	{
		u32 there = std::min(size, len());

		EXPECT_EQ(fifo_.skip(size), there);
		taken_ += there;
		expect_state();
	}
	void put_in_place(u32 size)
	{
		linear_spans spans{};
		u32 room = fifo_.prepare_put(size, spans);

		EXPECT_EQ(room, std::min(size, space()));
		EXPECT_EQ(spans.count[0] + spans.count[1], room);
		EXPECT_EQ(spans.count[0] > 0, room > 0);
		for (u32 at = 0; at < room; at++)
			*place(spans, at) = static_cast<__u8>(put_ + at);
		EXPECT_FALSE(fifo_.finish_put(space() + 1));
		expect_state();
		EXPECT_TRUE(fifo_.finish_put(room));
		put_ += room;
		expect_state();
	}
	void get_in_place(u32 size)
	{
		linear_spans spans{};
		u32 there = fifo_.prepare_get(size, spans);

		EXPECT_EQ(there, std::min(size, len()));
		EXPECT_EQ(spans.count[0] + spans.count[1], there);
		EXPECT_EQ(spans.count[0] > 0, there > 0);
		for (u32 at = 0; at < there; at++)
			EXPECT_EQ(*place(spans, at), static_cast<__u8>(taken_ + at));
		EXPECT_FALSE(fifo_.finish_get(len() + 1));
		expect_state();
		EXPECT_TRUE(fifo_.finish_get(there));
		taken_ += there;
		expect_state();
	}
	void reset()
	{
		fifo_.reset();
		taken_ = put_;
		expect_state();
	}
	void expect_guards() const
	{
		for (u32 at = 0; at < sizeof(memory_); at++)
			EXPECT_TRUE((at >= guard && at < guard + capacity_) || memory_[at] == guard_byte) << at;
	}

private:
	static constexpr u32 guard = 8;
	static constexpr __u8 guard_byte = 0xee; /* no byte that is put */

	/* The bytes to be put next. */
	const __u8 *next(u32 size)
	{
		for (u32 at = 0; at < size; at++)
			input_[at] = static_cast<__u8>(put_ + at);
		return input_;
	}
	static __u8 *place(const linear_spans &spans, u32 number)
	{
		bool second = number >= spans.count[0];

		return static_cast<__u8 *>(spans.at[second]) + (number - (second ? spans.count[0] : 0));
	}
	template <class F> void expect_read(u32 size, F read)
	{
		__u8 to[2 * most + 2];
		u32 there = std::min(size, len());

		std::fill(std::begin(to), std::end(to), guard_byte);
		EXPECT_EQ(read(to), there);
		for (u32 at = 0; at < sizeof(to); at++)
			EXPECT_EQ(to[at], at < there ? static_cast<__u8>(taken_ + at) : guard_byte);
	}
	void expect_state() const
	{
		EXPECT_EQ(fifo_.data_len(), len());
		EXPECT_EQ(fifo_.space_len(), space());
		EXPECT_EQ(fifo_.status(), !len() ? fill::empty : space() ? fill::half_full : fill::full);
	}

	u32 capacity_;
	__u8 memory_[guard + most + guard];
	__u8 input_[2 * most + 1];
	fifo_type fifo_{};
	u32 put_ = 0;
	u32 taken_ = 0;
};

constexpr u32 with_size = 7;
constexpr u32 operations = 11;

void perform(checked_mirror &fifo, u32 what, u32 size)
{
	switch (what) {
	case 0:
		return fifo.put(size);
	case 1:
		return fifo.put_force(size);
	case 2:
		return fifo.get(size);
	case 3:
		return fifo.peek(size);
	case 4:
		return fifo.skip(size);
	case 5:
		return fifo.put_in_place(size);
	case 6:
		return fifo.get_in_place(size);
	case 7:
		return fifo.putchar();
	case 8:
		return fifo.putchar_force();
	case 9:
		return fifo.getchar();
	default:
		return fifo.reset();
	}
}

/* Each operation with every length, from every state: place of the read index, mirror bits, fill level. */
TEST(mirror_fifo, each_operation_in_each_state)
{
	for (u32 capacity = 1; capacity <= most; capacity++)
		for (u32 place = 0; place < 2 * capacity; place++)
			for (u32 level = 0; level <= capacity; level++)
				for (u32 what = 0; what < operations; what++)
					for (u32 size = 0; size <= (what < with_size ? 2 * capacity : 0); size++) {
						checked_mirror fifo{capacity};

						for (u32 step = 0; step < place; step++) {
							fifo.putchar();
							fifo.getchar();
						}
						fifo.put(level);
						perform(fifo, what, size);
						fifo.get(2 * capacity);
						fifo.expect_guards();
						if (HasFailure())
							return;
					}
}

/* All sequences: what one operation leaves behind, the next ones find. The fifo stays where its memory is. */
void go_on(checked_mirror &fifo, u32 left, u32 largest)
{
	const checked_mirror before = fifo;

	for (u32 what = 0; what < operations; what++)
		for (u32 size = 0; size <= (what < with_size ? largest : 0); size++) {
			perform(fifo, what, size);
			fifo.expect_guards();
			if (testing::Test::HasFailure())
				return;
			if (left > 1)
				go_on(fifo, left - 1, largest);
			fifo = before;
		}
}

TEST(mirror_fifo, all_sequences)
{
	for (u32 capacity = 1; capacity <= most; capacity++) {
		checked_mirror fifo{capacity};

		go_on(fifo, capacity <= 2 ? 4 : capacity <= 6 ? 3 : 2, 2 * capacity);
	}
}

struct no_memory {
	static void in(void *, const void *, u64) {}
	static void out(void *, const void *, u64) {}
};

TEST(mirror_fifo, largest)
{
	using large_fifo = mirror_fifo<platform_native, no_memory>;

	constexpr u32 capacity = large_fifo::max_capacity;
	large_fifo fifo{};

	fifo.init(nullptr, capacity);
	for (u32 lap = 0; lap < 5; lap++) {
		EXPECT_EQ(fifo.put(nullptr, 5), 5U);
		EXPECT_EQ(fifo.put(nullptr, ~u32{0}), capacity - 5);
		EXPECT_EQ(fifo.status(), large_fifo::fill::full);
		EXPECT_EQ(large_fifo::sole_user{fifo}.put_force(nullptr, 7), 7U);
		EXPECT_EQ(large_fifo::sole_user{fifo}.put_force(nullptr, ~u32{0}), ~u32{0});
		EXPECT_EQ(fifo.data_len(), capacity);
		EXPECT_EQ(fifo.get(nullptr, 3), 3U);
		EXPECT_EQ(fifo.put(nullptr, ~u32{0}), 3U);
		EXPECT_EQ(fifo.get(nullptr, ~u32{0}), capacity);
		EXPECT_EQ(fifo.status(), large_fifo::fill::empty);
	}
}

TEST(mirror_fifo, capacities)
{
	for (u64 bytes : {u64{1}, u64{2}, u64{3}, u64{17}, u64{0x7fffffff}})
		EXPECT_TRUE(fifo_type::is_capacity(bytes)) << bytes;
	for (u64 bytes : {u64{0}, u64{1} << 31, u64{1} << 32, ~u64{0}})
		EXPECT_FALSE(fifo_type::is_capacity(bytes)) << bytes;
}

/* No more is copied than stays. */
TEST(mirror_fifo, force_keeps_the_last_bytes)
{
	__u8 memory[5];
	__u8 found[6] = {};
	fifo_type fifo{};

	fifo.init(memory, sizeof(memory));
	EXPECT_EQ(fifo.put("abc", 3), 3U);
	EXPECT_EQ(sole_user{fifo}.put_force("0123456789", 10), 8U);
	EXPECT_EQ(fifo.get(found, 6), 5U);
	EXPECT_STREQ(reinterpret_cast<char *>(found), "56789");
}

} /* namespace */
} /* namespace kring::test */
