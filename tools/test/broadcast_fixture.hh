/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A broadcast ring for tests: its memory, producers that keep the log, and
 * consumers that believe nothing which the log does not know. Payloads are
 * accessed as the platform wants it, so that something may happen before each.
 */
#ifndef KRING_TEST_BROADCAST_FIXTURE_HH
#define KRING_TEST_BROADCAST_FIXTURE_HH

#include <cstdlib>
#include <cstring>
#include <memory>

#include "broadcast_log.hh"

namespace kring::test
{

constexpr broadcast_geometry broadcast_shape(u32 slots, u32 payload)
{
	return {slots, broadcast_slot_size(payload), sizeof(kring_broadcast_header), payload};
}

/* An open record of a producer. */
struct broadcast_open {
	void *payload;
	u32 id;
	broadcast_status status;

	explicit operator bool() const { return payload; }
};

/* One of many that share a ring and a log. */
template <producing_platform P>
class broadcast_producer {
public:
	broadcast_producer(broadcast_ring<P> &ring, broadcast_log &log) : ring_{ring}, log_{log} {}

	/* A reserved record is filled at once. */
	broadcast_open reserve(u32 size)
	{
		u32 id = log_.attempt(size);
		broadcast_reserved reserved = ring_.reserve(size);

		if (!reserved.payload) {
			log_.refused(reserved.status);
			return {nullptr, id, reserved.status};
		}
		log_.opened(id);
		for (u32 number = 0; number < (size + 7) / 8; number++)
			P::store(static_cast<u64 *>(reserved.payload)[number], broadcast_word(id, number));
		return {reserved.payload, id, reserved.status};
	}
	broadcast_status commit(const broadcast_open &record)
	{
		log_.publishing(record.id);

		broadcast_status status = ring_.commit(record.payload);

		if (status == broadcast_status::ok)
			log_.published(record.id);
		else if (status == broadcast_status::overtaken)
			log_.overtaken(record.id);
		else
			log_.wrong("an open record cannot be committed");
		return status;
	}
	void discard(const broadcast_open &record)
	{
		log_.discarded(record.id);
		log_.expect(ring_.discard(record.payload) == broadcast_status::ok,
			    "an open record cannot be discarded");
	}
	broadcast_status write(u32 size)
	{
		broadcast_open record = reserve(size);

		return record ? commit(record) : record.status;
	}
	void write_many(u32 count, u32 size)
	{
		while (count--)
			(void)write(size);
	}

private:
	broadcast_ring<P> &ring_;
	broadcast_log &log_;
};

template <reading_platform P>
class broadcast_reader {
public:
	broadcast_reader(const broadcast_view &view, broadcast_log &log, u32 number)
		: view_{view}, log_{log}, number_{number}
	{
	}

	/* One record, or a try at it. */
	status poll()
	{
		constexpr u32 most_words = 64;
		u64 copy[most_words];
		broadcast_record record{};
		bool readable = cursor.readable(view_);
		u64 passed = cursor.next();
		status found = cursor.look(view_, record);

		log_.expect(!readable || found != status::empty || cursor.next() != passed,
			    "what is readable is not there");
		if (found != status::ok)
			return found;
		log_.expect(record.size <= view_.geometry().payload, "a record is larger than its slot");
		for (u32 number = 0; number < (record.size + 7) / 8 && number < most_words; number++)
			copy[number] = P::load(static_cast<const u64 *>(record.data)[number]);
		if (!cursor.confirm(view_, record))
			return status::busy;
		log_.saw(number_, record.ticket, copy, record.size);
		received++;
		return status::ok;
	}
	/* All that is there; nobody produces. */
	void poll_all()
	{
		for (u32 polls = 0; polls < 100000 && poll() != status::empty; polls++)
			;
	}
	void seek(u64 ticket)
	{
		cursor.seek(ticket);
		begin = ticket;
		received = 0;
	}
	/* B6, at any time. */
	void expect_exact()
	{
		log_.expect(begin + received + cursor.lost() == cursor.next(),
			    "B6: received and lost are not what was passed");
	}

	broadcast_consumer<P> cursor{};
	u64 received = 0;
	u64 begin = 0;

private:
	broadcast_view view_;
	broadcast_log &log_;
	u32 number_;
};

template <producing_platform P>
class test_broadcast {
public:
	explicit test_broadcast(u32 slots, u32 payload = 48)
		: size{broadcast_size(broadcast_shape(slots, payload))},
		  memory{static_cast<char *>(std::aligned_alloc(128, (size + 127) / 128 * 128)), std::free},
		  log_memory_{std::make_unique<broadcast_log>()}, log{*log_memory_}, producer{ring, log},
		  consumers{{view_in(slots, payload), log, 0}, {view_in(slots, payload), log, 1}}
	{
		std::memset(memory.get(), 0, size);
		ring.init(&header(), broadcast_shape(slots, payload));
	}
	test_broadcast(const test_broadcast &) = delete;

	kring_broadcast_header &header() { return *reinterpret_cast<kring_broadcast_header *>(memory.get()); }
	kring_broadcast_slot &slot_of(const broadcast_open &record)
	{
		return static_cast<kring_broadcast_slot *>(record.payload)[-1];
	}

	/* Nobody is at work: empty, or what is wrong. */
	const char *quiet()
	{
		log.expect_exact(ring);
		for (broadcast_reader<P> &consumer : consumers) {
			consumer.poll_all();
			consumer.expect_exact();
			log.expect(consumer.cursor.next() == ring.claimed(), "B7: a consumer does not come to the end");
		}
		return log.wrong() ? log.wrong() : "";
	}

	u64 size;
	std::unique_ptr<char, void (*)(void *)> memory;
	broadcast_ring<P> ring{};

private:
	broadcast_view view_in(u32 slots, u32 payload) { return {&header(), broadcast_shape(slots, payload)}; }

	std::unique_ptr<broadcast_log> log_memory_;

public:
	broadcast_log &log;
	broadcast_producer<P> producer;
	broadcast_reader<P> consumers[2];
};

} /* namespace kring::test */

#endif
