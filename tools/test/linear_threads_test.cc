/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The linear rings on real CPUs: a producer's and a consumer's thread, each going
 * from one way of doing it to the next. What comes out is what was put in; and
 * ThreadSanitizer sees elements written and read plainly, with nothing between
 * them but the positions' acquire and release.
 */
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "../../src/core/mirror_fifo.hh"
#include "../../src/core/record_fifo.hh"
#include "platform_tsan.hh"

namespace kring::test
{
namespace
{

#ifdef __SANITIZE_THREAD__
using platform_threads = platform_tsan;
constexpr u64 total = 60000;
#else
using platform_threads = platform_native;
constexpr u64 total = 400000;
#endif

using fifo_type = spsc_fifo<platform_threads>;
using records = record_fifo<platform_threads>;
using mirror_type = mirror_fifo<platform_threads>;

constexpr u32 most = 7; /* elements at once */
/* The compiler looks at copies of constant sizes that are never made, too. */
constexpr u32 room = 32;

/* Runs both until each has done all; `step` gets how many are left, and says how many it did. */
template <class P, class C> void run(P produce, C consume)
{
	auto until_done = [](auto step) {
		for (u64 done = 0, turn = 0; done < total; turn++) {
			u32 now = step(turn, done, static_cast<u32>(std::min(u64{most}, total - done)));

			if (!now)
				std::this_thread::yield();
			done += now;
		}
	};
	std::thread consumer{[&] { until_done(consume); }};

	until_done(produce);
	consumer.join();
}

struct numbers {
	u64 at[most];

	static numbers from(u64 first)
	{
		numbers all;

		for (u32 number = 0; number < most; number++)
			all.at[number] = first + number;
		return all;
	}
	/* How many of `count` are not what they should be. */
	u32 wrong(u64 first, u32 count) const
	{
		u32 wrong = 0;

		for (u32 number = 0; number < count; number++)
			wrong += at[number] != first + number;
		return wrong;
	}
};

template <class T> T *place(const linear_spans &spans, u32 number)
{
	bool second = number >= spans.count[0];

	return static_cast<T *>(spans.at[second]) + (number - (second ? spans.count[0] : 0));
}

u32 produce(fifo_type &fifo, u64 turn, u64 next, u32 left)
{
	numbers some = numbers::from(next);
	u32 wanted = static_cast<u32>(turn * 5 % left) + 1;

	switch (turn / 64 % 4) {
	case 0:
		return fifo.put(next);
	case 1:
		return fifo.in(some.at, wanted);
	case 2: {
		linear_spans spans;
		u32 count = fifo.prepare_in(wanted, spans);

		for (u32 number = 0; number < count; number++)
			*place<u64>(spans, number) = next + number;
		EXPECT_TRUE(fifo.finish_in(count));
		return count;
	}
	default: {
		fifo_type::put_batch batch{fifo};
		u32 first = batch.put(next);
		u32 count = first + (first && wanted > 1 ? batch.in(some.at + 1, wanted - 1) : 0);

		batch.publish();
		return count;
	}
	}
}

u32 consume(fifo_type &fifo, u64 turn, u64 next, u32 left, u64 &wrong)
{
	numbers some;
	u32 wanted = static_cast<u32>(turn * 3 % left) + 1;
	u32 count = 0;

	switch (turn / 48 % 5) {
	case 0:
		count = fifo.get(some.at[0]);
		break;
	case 1:
		count = fifo.out(some.at, wanted);
		break;
	case 2: {
		linear_spans spans;

		count = fifo.prepare_out(wanted, spans);
		for (u32 number = 0; number < count; number++)
			some.at[number] = *place<u64>(spans, number);
		EXPECT_TRUE(fifo.finish_out(count));
		break;
	}
	case 3:
		count = fifo.peek(some.at, wanted);
		wrong += fifo.skip(count) != count;
		break;
	default: {
		fifo_type::get_batch batch{fifo};

		count = batch.get(some.at[0]);
		if (count && wanted > 1)
			count += batch.out(some.at + 1, wanted - 1);
		batch.release();
	}
	}
	wrong += some.wrong(next, count);
	return count;
}

TEST(linear_threads, spsc_fifo)
{
	for (u32 capacity : {1U, 2U, 16U, 1024U}) {
		std::vector<u64> memory(capacity);
		fifo_type fifo{};
		u64 wrong = 0;

		fifo.init(memory.data(), capacity, sizeof(u64));
		run([&](u64 turn, u64 done, u32 left) { return produce(fifo, turn, done, left); },
		    [&](u64 turn, u64 done, u32 left) {
			    wrong += fifo.len() > capacity;
			    return consume(fifo, turn, done, left, wrong);
		    });
		EXPECT_EQ(wrong, 0U);
		EXPECT_EQ(fifo.len(), 0U);
	}
}

/* Of 8 to 56 bytes: the size follows from the first number. */
TEST(linear_threads, records)
{
	for (u32 capacity : {64U, 1024U}) {
		std::vector<__u8> memory(capacity);
		fifo_type fifo{};
		u64 wrong = 0;

		fifo.init(memory.data(), capacity, 1);
		run(
			[&](u64, u64 done, u32) {
				numbers some = numbers::from(done);

				return records{fifo, 2}.put(some.at, (1 + done % most) * 8) == record_status::ok;
			},
			[&](u64, u64 done, u32) {
				numbers some;
				u32 size = 0;

				if (records{fifo, 2}.get(some.at, sizeof(some), size) != record_status::ok)
					return false;
				wrong += size != (1 + done % most) * 8 || some.wrong(done, size / 8);
				return true;
			});
		EXPECT_EQ(wrong, 0U);
		EXPECT_EQ(fifo.len(), 0U);
	}
}

u32 produce(mirror_type &fifo, u64 turn, u64 next, u32 left)
{
	__u8 some[room];
	u32 wanted = static_cast<u32>(turn * 5 % left) + 1;

	for (u32 number = 0; number < most; number++)
		some[number] = static_cast<__u8>(next + number);
	switch (turn / 64 % 3) {
	case 0:
		return fifo.putchar(some[0]);
	case 1:
		return fifo.put(some, wanted);
	default: {
		linear_spans spans;
		u32 count = fifo.prepare_put(wanted, spans);

		for (u32 number = 0; number < count; number++)
			*place<__u8>(spans, number) = some[number];
		EXPECT_TRUE(fifo.finish_put(count));
		return count;
	}
	}
}

u32 consume(mirror_type &fifo, u64 turn, u64 next, u32 left, u64 &wrong)
{
	__u8 some[room];
	u32 wanted = static_cast<u32>(turn * 3 % left) + 1;
	u32 count = 0;

	switch (turn / 48 % 4) {
	case 0:
		count = fifo.getchar(some[0]);
		break;
	case 1:
		count = fifo.get(some, wanted);
		break;
	case 2:
		count = fifo.peek(some, wanted);
		wrong += fifo.skip(count) != count;
		break;
	default: {
		linear_spans spans;

		count = fifo.prepare_get(wanted, spans);
		for (u32 number = 0; number < count; number++)
			some[number] = *place<__u8>(spans, number);
		EXPECT_TRUE(fifo.finish_get(count));
	}
	}
	for (u32 number = 0; number < count; number++)
		wrong += some[number] != static_cast<__u8>(next + number);
	return count;
}

TEST(linear_threads, mirror_fifo)
{
	for (u32 capacity : {1U, 3U, 17U, 1000U}) {
		std::vector<__u8> memory(capacity);
		mirror_type fifo{};
		u64 wrong = 0;

		fifo.init(memory.data(), capacity);
		run([&](u64 turn, u64 done, u32 left) { return produce(fifo, turn, done, left); },
		    [&](u64 turn, u64 done, u32 left) {
			    wrong += fifo.data_len() > capacity;
			    return consume(fifo, turn, done, left, wrong);
		    });
		EXPECT_EQ(wrong, 0U);
		EXPECT_EQ(fifo.status(), mirror_type::fill::empty);
	}
}

} /* namespace */
} /* namespace kring::test */
