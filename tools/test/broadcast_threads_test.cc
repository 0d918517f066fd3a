/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The broadcast ring on real CPUs: producers on threads that timers' signals
 * interrupt, of which some dawdle with an open record; consumers beside them.
 * Payloads prove themselves; in the end every ticket is accounted for.
 */
#include <atomic>
#include <csignal>
#include <ctime>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "broadcast_fixture.hh"
#include "platform_tsan.hh"

namespace kring::test
{
namespace
{

#ifdef __SANITIZE_THREAD__
using P = platform_tsan;
#else
using P = platform_native;
#endif

constexpr u32 producers = 3;
constexpr u32 contexts = 2 * producers; /* each thread, and its signal */
constexpr u32 consumers = 3;
constexpr u32 most_words = 15;
constexpr u64 timer_ns = 100000;

/* Which record of which context, and from that the size and the rest. */
struct message {
	u64 id; /* number * contexts + context */

	u32 words() const { return 1 + static_cast<u32>(id * 0x9e3779b97f4a7c15 >> 60) % most_words; }
	u64 word(u32 at) const { return at ? (id + 1) * 0x9e3779b97f4a7c15 ^ at : id; }
};

/* What became of the attempts of a context, which alone counts here. */
struct alignas(128) tally {
	u64 attempts = 0;
	u64 published = 0;
	u64 discarded = 0;
	u64 refused[broadcast_log::nr_causes] = {};
};

class stress {
public:
	stress(u32 slots, u64 records, bool plain)
		: records_{records}, plain_{plain}, shape_{broadcast_shape(slots, most_words * 8)},
		  memory_{static_cast<char *>(std::aligned_alloc(128, (broadcast_size(shape_) + 127) / 128 * 128)),
			  std::free}
	{
		std::memset(memory_.get(), 0, broadcast_size(shape_));
		ring_.init(reinterpret_cast<kring_broadcast_header *>(memory_.get()), shape_);
	}

	void run()
	{
		std::vector<std::thread> consuming;
		std::vector<std::thread> producing;

		handle_signals();
		for (u32 number = 0; number < consumers && !plain_; number++)
			consuming.emplace_back([this, number] { consume(number); });
		for (u32 number = 0; number < producers; number++)
			producing.emplace_back([this, number] { produce(number); });
		for (std::thread &thread : producing)
			thread.join();
		done_ = true;
		for (std::thread &thread : consuming)
			thread.join();
		judge();
	}

private:
	struct alignas(128) consumer {
		broadcast_consumer<P> cursor{};
		u64 received = 0;
		u64 next[contexts] = {};
		const char *wrong = nullptr;
	};

	void produce_one(u32 context, bool may_dawdle)
	{
		tally &mine = tallies_[context];
		message message{mine.attempts++ * contexts + context};
		broadcast_reserved record = ring_.reserve(message.words() * 8);

		if (!record.payload) {
			mine.refused[static_cast<u32>(record.status)]++;
			return;
		}
		for (u32 at = 0; at < message.words(); at++)
			put(static_cast<u64 *>(record.payload)[at], message.word(at));
		if (may_dawdle && message.id % (251 * shape_.slots) == 0)
			dawdle();
		if (message.id % 61 == 0) {
			mine.discarded += ring_.discard(record.payload) == broadcast_status::ok;
			return;
		}

		broadcast_status status = ring_.commit(record.payload);

		if (status == broadcast_status::ok)
			mine.published++;
		else
			mine.refused[static_cast<u32>(status)]++;
	}

	/* While consumers look on, that is a race that is meant, of relaxed accesses; else it must be none. */
	void put(u64 &word, u64 value)
	{
		if (plain_)
			word = value;
		else
			P::store(word, value);
	}

	/* Until others have come round the ring, if they do. */
	void dawdle()
	{
		u64 until = ring_.claimed() + 3 * shape_.slots;

		for (u32 tries = 0; tries < 200 && ring_.claimed() < until; tries++)
			sched_yield();
	}

	void produce(u32 number)
	{
		timer_t timer = start_timer(number);

		for (u64 record = 0; record < records_; record++)
			produce_one(number, true);
		timer_delete(timer);
		/* A signal may still be on its way; it is handled before this thread ends. */
		sched_yield();
	}

	void handle_signals()
	{
		struct sigaction action = {};

		in_signal_ = this;
		action.sa_sigaction = [](int, siginfo_t *info, void *) {
			in_signal_->produce_one(producers + static_cast<u32>(info->si_value.sival_int), false);
		};
		action.sa_flags = SA_SIGINFO | SA_RESTART;
		sigaction(SIGUSR1, &action, nullptr);
	}

	timer_t start_timer(u32 number)
	{
		sigevent event = {};
		itimerspec times = {{0, timer_ns}, {0, timer_ns}};
		timer_t timer;

		event.sigev_notify = SIGEV_THREAD_ID;
		event.sigev_signo = SIGUSR1;
		event.sigev_value.sival_int = static_cast<int>(number);
		event._sigev_un._tid = static_cast<pid_t>(syscall(SYS_gettid));
		EXPECT_EQ(timer_create(CLOCK_MONOTONIC, &event, &timer), 0);
		timer_settime(timer, 0, &times, nullptr);
		return timer;
	}

	void consume(u32 number)
	{
		consumer &me = consumers_[number];

		for (bool last = false; !last && !me.wrong;) {
			last = done_;
			while (!me.wrong && consume_one(me, number))
				;
			sched_yield();
		}
	}

	/* The slower ones are lapped more often. */
	bool consume_one(consumer &me, u32 number)
	{
		broadcast_record record{};
		u64 copy[most_words] = {};
		status found = me.cursor.look(ring_.view(), record);

		if (found != status::ok)
			return found == status::busy;
		for (u32 at = 0; at < record.size / 8; at++)
			copy[at] = P::load(static_cast<const u64 *>(record.data)[at]);
		if (number && record.ticket % 512 < number)
			sched_yield();
		if (!me.cursor.confirm(ring_.view(), record))
			return true;
		me.received++;
		verify(me, copy, record.size);
		return true;
	}

	static void verify(consumer &me, const u64 *copy, u32 size)
	{
		message message{copy[0]};
		u32 context = copy[0] % contexts;

		if (size != message.words() * 8 || copy[0] % 61 == 0)
			me.wrong = "B4: a record is not one that was published";
		for (u32 at = 0; at < message.words(); at++)
			if (copy[at] != message.word(at))
				me.wrong = "B4: a record is torn";
		if (copy[0] < me.next[context])
			me.wrong = "B1, B6: a context's records are out of order, or twice there";
		me.next[context] = copy[0] + contexts;
	}

	void judge()
	{
		constexpr broadcast_status causes[] = {broadcast_status::too_big, broadcast_status::held,
						       broadcast_status::lapped, broadcast_status::overtaken};
		tally sum;

		for (const tally &one : tallies_) {
			sum.attempts += one.attempts;
			sum.published += one.published;
			sum.discarded += one.discarded;
			for (u32 cause = 0; cause < broadcast_log::nr_causes; cause++)
				sum.refused[cause] += one.refused[cause];
		}
		EXPECT_EQ(ring_.claimed(), sum.attempts);
		EXPECT_EQ(ring_.discarded(), sum.discarded);

		u64 ended = sum.published + sum.discarded;

		for (u32 cause = 0; cause < KRING_NR_BROADCAST_DROPS; cause++) {
			EXPECT_EQ(ring_.dropped(cause), sum.refused[static_cast<u32>(causes[cause])]);
			ended += ring_.dropped(cause);
		}
		EXPECT_EQ(ended, sum.attempts) << "B5";
		for (consumer &one : consumers_) {
			EXPECT_STREQ(one.wrong, nullptr);
			if (plain_)
				continue;
			EXPECT_EQ(one.cursor.next(), ring_.claimed()) << "B7";
			EXPECT_EQ(one.received + one.cursor.lost(), ring_.claimed()) << "B6";
			EXPECT_LE(one.received, sum.published);
		}
	}

	static inline stress *in_signal_;

	u64 records_;
	bool plain_;
	broadcast_geometry shape_;
	std::unique_ptr<char, void (*)(void *)> memory_;
	broadcast_ring<P> ring_{};
	std::atomic<bool> done_ = false;
	tally tallies_[contexts];
	consumer consumers_[consumers];
};

constexpr u64 records = 300000;

TEST(broadcast_threads, small_ring)
{
	stress{4, records, false}.run();
}

TEST(broadcast_threads, large_ring)
{
	stress{1024, records, false}.run();
}

/* Something that a thread does before its next load, unless nullptr. */
thread_local void (*before_load)();

struct platform_with_loads : P {
	template <class T> static T load(const T &from)
	{
		if (auto act = std::exchange(before_load, nullptr))
			act();
		return P::load(from);
	}
};

/* B3: a slot is left between the moment that its next holder finds it held, and the one when it looks what it is. */
TEST(broadcast_threads, slot_left_at_the_last_moment)
{
	static u64 step;
	constexpr broadcast_geometry shape = broadcast_shape(2, 48);
	alignas(128) static char memory[broadcast_size(shape)];
	broadcast_ring<platform_with_loads> ring{};

	ring.init(reinterpret_cast<kring_broadcast_header *>(memory), shape);

	std::thread first{[&] {
		void *payload = ring.reserve(8).payload;

		(void)ring.reserve(8);
		P::store(step, 1);
		while (P::load(step) != 2)
			;
		*static_cast<u64 *>(payload) = 1;
		(void)ring.discard(payload);
		P::store(step, 3);
	}};

	while (P::load(step) != 1)
		;
	before_load = [] {
		P::store(step, 2);
		while (P::load(step) != 3)
			;
	};

	broadcast_reserved second = ring.reserve(8);

	ASSERT_EQ(second.status, broadcast_status::ok);
	*static_cast<u64 *>(second.payload) = 2;
	first.join();
	EXPECT_EQ(ring.commit(second.payload), broadcast_status::ok);
}

/* B3: so that a slot that two write to is a race. */
TEST(broadcast_threads, producers_alone)
{
	stress{4, records, true}.run();
}

} /* namespace */
} /* namespace kring::test */
