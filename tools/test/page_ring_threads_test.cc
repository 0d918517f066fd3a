/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The page ring on real CPUs: a writing thread that timers' signals interrupt
 * (and interrupt again while they do), the reader and two observers on threads
 * of their own. Payloads prove themselves; in the end the ledger is exact.
 */
#include <atomic>
#include <csignal>
#include <ctime>
#include <thread>

#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../../src/core/page_observer.hh"
#include "platform_tsan.hh"
#include "ring_fixture.hh"

namespace kring::test
{
namespace
{

#ifdef __SANITIZE_THREAD__
using platform_threads = platform_tsan;
#else
using platform_threads = platform_native;
#endif

struct monotonic_clock {
	static u64 now()
	{
		timespec time;

		clock_gettime(CLOCK_MONOTONIC, &time);
		return static_cast<u64>(time.tv_sec) * 1000000000 + static_cast<u64>(time.tv_nsec);
	}
};

/* Who wrote, and how many before it; whatever size it has, the rest follows from that. */
struct message {
	u64 ticket; /* number << 2 | context */

	static u32 size_of(u64 ticket) { return 8 + static_cast<u32>(ticket * 0x9e3779b97f4a7c15 >> 60) * 8; }
};

constexpr u32 contexts = 3; /* the thread, a signal, a signal in that */

/*
 * Of observers one may still copy what is no longer there. That race is meant: for both sides it is of
 * relaxed accesses. The owner's reader has no such right, and reads plainly.
 */
void fill_observed(void *payload, u32 size, u64 ticket)
{
	u64 *words = static_cast<u64 *>(payload);

	for (u32 offset = 0; offset < size; offset += 8)
		platform_threads::store(words[offset / 8], payload_word(ticket, offset));
}

/* What a reader checks of every record. */
class witness {
public:
	void saw(const record_view &record)
	{
		if (record.discarded)
			return;

		u64 ticket;

		std::memcpy(&ticket, record.payload, sizeof(ticket));

		u32 context = ticket & 3;

		if (context >= contexts || record.size != message::size_of(ticket) ||
		    !is_filled(record.payload, record.size, ticket))
			return complain("a payload is not what was written");
		if (ticket < next_[context])
			complain("a context's records are out of order, or twice there");
		if (record.stamp < stamp_)
			complain("I5: time runs backwards");
		if (record.seq < seq_)
			complain("I5: numbers run backwards");
		next_[context] = ticket + 4;
		stamp_ = record.stamp;
		seq_ = record.seq + 1;
		records++;
	}
	void complain(const char *what)
	{
		if (!wrong)
			wrong = what;
	}
	void look_at(record_cursor cursor, const page_span &span)
	{
		record_view record;

		while (cursor.next(record))
			saw(record);
		if (cursor.error() != page_error::none || cursor.seq() != span.first + span.count)
			complain("a span does not parse, or holds another number of records");
	}

	u64 records = 0;
	const char *wrong = nullptr;

private:
	u64 next_[contexts] = {};
	u64 stamp_ = 0;
	u64 seq_ = 0;
};

class stress {
public:
	stress(bool overwrite, u64 records)
		: overwrite_{overwrite}, records_{records}, memory_{{.list_pages = list_pages, .overwrite = overwrite}}
	{
		ring_.init({
			.geometry = {.cpu = 0, .page_size = 4096, .list_pages = list_pages, .clock = 0},
			.overwrite = overwrite,
			.now = monotonic_clock::now(),
			.slots = memory_.slots(),
			.shared = memory_.shared(),
			.owner = nullptr,
			.stopped = nullptr,
		});
		reader_.init(ring_);
		/* Before the first record is written, so that they account for every one, however late their threads. */
		for (observer *observer : {&quick_, &slow_}) {
			page_span none{};

			EXPECT_EQ(observer->cursor.look(memory_, none), status::empty);
		}
	}

	void run()
	{
		std::thread reader{[this] { read(); }};
		std::thread quick{[this] { observe(quick_, 0); }};
		std::thread slow{[this] { observe(slow_, 2000); }};
		std::thread writer{[this] { write(); }};

		writer.join();
		done_ = true;
		reader.join();
		quick.join();
		slow.join();
	}
	void expect_exact();

private:
	struct observer {
		page_observer<platform_threads> cursor{};
		witness seen;
	};
	struct tally {
		std::atomic<u64> attempts, committed, discarded;
	};

	static constexpr u32 list_pages = 16;
	static inline stress *current; /* whose writer the signals interrupt */

	/* One record; every 16th is withdrawn. In any context. False: refused. */
	bool write_one(u32 context)
	{
		tally &tally = tallies_[context];
		u64 number = tally.attempts++;
		u64 ticket = number << 2 | context;
		u32 size = message::size_of(ticket);
		void *payload = ring_.reserve<monotonic_clock>(record_step(KRING_RECORD_SPACE(size)),
							       size_and_type(size, context));

		if (!payload)
			return false;
		fill_observed(payload, size, ticket);
		if (number % 16 == 5) {
			tally.discarded++;
			ring_.discard(payload);
		} else {
			tally.committed++;
			ring_.commit(payload);
		}
		return true;
	}
	static void interrupt(int signal)
	{
		u32 context = signal == SIGUSR1 ? 1 : 2;

		for (u32 count = 0; count < 4; count++)
			current->write_one(context);
	}
	void write()
	{
		struct sigaction action = {};

		current = this;
		action.sa_handler = interrupt;
		action.sa_flags = SA_RESTART;
		sigemptyset(&action.sa_mask);
		sigaction(SIGUSR1, &action, nullptr);
		sigaddset(&action.sa_mask, SIGUSR1); /* the second interrupts the first, not the other way */
		sigaction(SIGUSR2, &action, nullptr);

		timer_t often = start_timer(SIGUSR1, 31000);
		timer_t rarely = start_timer(SIGUSR2, 47000);

		while (tallies_[0].committed < records_)
			if (!write_one(0))
				std::this_thread::yield();
		timer_delete(often);
		timer_delete(rarely);
		signal(SIGUSR1, SIG_IGN);
		signal(SIGUSR2, SIG_IGN);
	}
	/* Signals this thread every so many nanoseconds. */
	static timer_t start_timer(int signal, long nanoseconds)
	{
		sigevent event = {};
		timer_t timer;
		itimerspec every = {{0, nanoseconds}, {0, nanoseconds}};

		event.sigev_notify = SIGEV_THREAD_ID;
		event.sigev_signo = signal;
		event._sigev_un._tid = static_cast<pid_t>(syscall(SYS_gettid));
		EXPECT_EQ(timer_create(CLOCK_MONOTONIC, &event, &timer), 0);
		EXPECT_EQ(timer_settime(timer, 0, &every, nullptr), 0);
		return timer;
	}

	void read()
	{
		for (bool last = false; !last;) {
			last = done_;

			page_span span{};

			while (reader_.acquire(span) == status::ok) {
				read_.look_at({memory_.page(span.page), span.start, span.end, span.first}, span);
				if (reader_.release() != status::ok)
					read_.complain("what was acquired is not released");
			}
			std::this_thread::yield();
		}
	}
	void observe(observer &observer, u32 nap_us)
	{
		std::vector<u64> image(4096 / sizeof(u64));

		for (bool last = false; !last;) {
			last = done_;

			page_span span{};
			status found;

			while ((found = observer.cursor.look(memory_, span)) != status::empty) {
				if (found != status::ok)
					continue;
				copy(image, span);
				if (observer.cursor.confirm(memory_, span))
					observer.seen.look_at({*reinterpret_cast<kring_page *>(image.data()),
							       span.start, span.end, span.first},
							      span);
				if (nap_us && !last)
					usleep(nap_us);
			}
			std::this_thread::yield();
		}
	}
	void copy(std::vector<u64> &image, const page_span &span) const
	{
		const u64 *page = reinterpret_cast<const u64 *>(&memory_.page(span.page));

		for (u32 word = 0; word < span.end / sizeof(u64); word++)
			image[word] = platform_threads::load(page[word]);
	}

	bool overwrite_;
	u64 records_;
	ring_memory memory_;
	page_ring<platform_threads> ring_{};
	page_ring_reader<platform_threads> reader_{};
	tally tallies_[contexts] = {};
	witness read_;
	observer quick_;
	observer slow_;
	std::atomic<bool> done_ = false;
};

void stress::expect_exact()
{
	u64 attempts = 0;
	u64 committed = 0;
	u64 discarded = 0;
	u64 dropped = 0;
	ring_ledger ledger{};

	for (const tally &tally : tallies_) {
		attempts += tally.attempts;
		committed += tally.committed;
		discarded += tally.discarded;
	}
	for (u32 cause = 0; cause < KRING_NR_DROPS; cause++)
		dropped += ring_.dropped(cause);
	ASSERT_TRUE(reader_.ledger(ledger));
	EXPECT_EQ(ring_.fault(), u32{KRING_FAULT_NONE});
	EXPECT_STREQ((page_ring_check<platform_threads>{ring_, reader_}.run() ?: ""), "");

	EXPECT_EQ(attempts, committed + discarded + dropped);
	EXPECT_EQ(ring_.discarded(), discarded);
	EXPECT_EQ(ledger.committed, committed);
	EXPECT_EQ(ledger.read, read_.records);
	EXPECT_EQ(ledger.unread, 0U);
	EXPECT_EQ(committed, ledger.read + ledger.overwritten);
	EXPECT_TRUE(overwrite_ || ledger.overwritten == 0) << ledger.overwritten;
	for (const observer *observer : {&quick_, &slow_}) {
		EXPECT_EQ(observer->cursor.expected(), committed);
		EXPECT_EQ(observer->seen.records + observer->cursor.lost(), committed);
		EXPECT_STREQ((observer->seen.wrong ?: ""), "");
	}
	EXPECT_STREQ((read_.wrong ?: ""), "");
	EXPECT_GT(tallies_[1].attempts + tallies_[2].attempts, 0U) << "no signal came";
	std::printf(
		"             %llu committed (%llu and %llu in signals), %llu read, %llu overwritten, %llu dropped; "
		"observers lost %llu, %llu\n",
		committed, tallies_[1].committed.load(), tallies_[2].committed.load(), ledger.read, ledger.overwritten,
		dropped, quick_.cursor.lost(), slow_.cursor.lost());
}

TEST(page_ring_threads, overwrite)
{
	stress stress{true, 1500000};

	stress.run();
	stress.expect_exact();
}

TEST(page_ring_threads, discard)
{
	stress stress{false, 1500000};

	stress.run();
	stress.expect_exact();
}

} /* namespace */
} /* namespace kring::test */
