/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The broadcast ring by its rules, one producer or consumer at a time: producers
 * that stop stand still between two calls. What interrupts a call is in
 * broadcast_nesting_test.cc.
 */
#include <gtest/gtest.h>

#include "broadcast_fixture.hh"
#include "platform_native.hh"

namespace kring::test
{
namespace
{

using broadcast = test_broadcast<platform_native>;

TEST(broadcast_slot, states_of_a_ticket_and_its_laps)
{
	EXPECT_EQ(slot_state::ready(41).word(), KRING_BROADCAST_READY(41));
	for (slot_state state :
	     {slot_state::ready(7), slot_state::held(7), slot_state::passed(7), slot_state::empty(7)}) {
		EXPECT_EQ(state.ticket(), 7);
		EXPECT_FALSE(state.is_beyond(7));
		EXPECT_TRUE(state.is_beyond(6));
		EXPECT_TRUE(state.is_open(8));
		EXPECT_FALSE(state.is_open(6));
	}
	EXPECT_TRUE(slot_state::held(7).is_open(7));
	EXPECT_FALSE(slot_state::ready(7).is_open(7));
	EXPECT_FALSE(slot_state::passed(7).is_open(7));
	EXPECT_FALSE(slot_state::empty(7).is_open(7));
	EXPECT_TRUE(slot_state{0}.is_open(0));
	EXPECT_FALSE(slot_state{0}.is_held());
	EXPECT_EQ(slot_state::held(7).word() + slot_state::release, slot_state::ready(7).word());
	EXPECT_EQ(slot_state::passed(7).word() + slot_state::release, slot_state::empty(7).word());
}

TEST(broadcast_slot, sizes)
{
	EXPECT_EQ(broadcast_slot_size(1), 64U);
	EXPECT_EQ(broadcast_slot_size(48), 64U);
	EXPECT_EQ(broadcast_slot_size(49), 128U);
	EXPECT_EQ(broadcast_slot_size(65520), 65536U);
	EXPECT_EQ(broadcast_size({1U << 20, 1U << 16, 4096, 65520}), 4096 + (u64{1} << 36));
	EXPECT_EQ(oldest_ticket(3, 4), 0);
	EXPECT_EQ(oldest_ticket(4, 4), 0);
	EXPECT_EQ(oldest_ticket(5, 4), 1);
}

TEST(broadcast_ring, header_tells_the_geometry)
{
	broadcast ring{8, 100};

	EXPECT_EQ(ring.header().magic, KRING_BROADCAST_MAGIC);
	EXPECT_EQ(ring.header().version, u32{KRING_BROADCAST_VERSION});
	EXPECT_EQ(ring.header().size, ring.size);
	EXPECT_EQ(ring.header().first_slot, sizeof(kring_broadcast_header));
	EXPECT_EQ(ring.header().slots, 8U);
	EXPECT_EQ(ring.header().slot_size, 128U);
	EXPECT_EQ(ring.header().payload, 100U);
	EXPECT_EQ(ring.ring.claimed(), 0);
}

TEST(broadcast_ring, every_consumer_gets_every_record)
{
	broadcast ring{4};

	for (u32 lap = 0; lap < 20; lap++) {
		ring.producer.write_many(3, 40);
		for (auto &consumer : ring.consumers)
			consumer.poll_all();
	}
	for (auto &consumer : ring.consumers) {
		EXPECT_EQ(consumer.received, 60);
		EXPECT_EQ(consumer.cursor.lost(), 0);
	}
	EXPECT_STREQ(ring.quiet(), "");
}

TEST(broadcast_ring, all_sizes_up_to_the_slots)
{
	broadcast ring{4, 50};

	for (u32 size = 0; size <= 50; size++) {
		EXPECT_EQ(ring.producer.write(size), broadcast_status::ok);
		EXPECT_EQ(ring.consumers[0].poll(), status::ok);
	}
	for (u32 size : {51U, 52U, 64U, 1U << 16, ~0U})
		EXPECT_EQ(ring.producer.write(size), broadcast_status::too_big);
	EXPECT_EQ(ring.ring.reserve(~u64{0}).status, broadcast_status::too_big);
	EXPECT_EQ(ring.ring.reserve((u64{1} << 32) + 1).status, broadcast_status::too_big);
	EXPECT_EQ(ring.ring.claimed(), 51);
	EXPECT_EQ(ring.ring.dropped(KRING_BROADCAST_DROP_TOO_BIG), 7);
	EXPECT_EQ(ring.consumers[0].received, 51);
	EXPECT_EQ(ring.consumers[0].cursor.lost(), 0);
}

TEST(broadcast_ring, payloads_are_aligned_and_stay_in_their_slots)
{
	broadcast ring{4, 49};
	char *end = ring.memory.get() + ring.size;

	for (u32 ticket = 0; ticket < 9; ticket++) {
		broadcast_open record = ring.producer.reserve(49);
		char *payload = static_cast<char *>(record.payload);

		EXPECT_EQ(reinterpret_cast<u64>(payload) % 16, 0);
		EXPECT_EQ(payload - ring.memory.get(), 384 + ticket % 4 * 128 + 16);
		EXPECT_LE(payload + 49, end);
		(void)ring.producer.commit(record);
	}
}

TEST(broadcast_ring, lapped_consumer_is_told_how_many_it_lost)
{
	broadcast ring{4};
	auto &consumer = ring.consumers[0];

	ring.producer.write_many(2, 16);
	EXPECT_EQ(consumer.poll(), status::ok);
	ring.producer.write_many(7, 16); /* 9 in all: 5 to 8 are there */
	EXPECT_EQ(consumer.poll(), status::ok);
	EXPECT_EQ(consumer.cursor.lost(), 4);
	EXPECT_EQ(consumer.cursor.next(), 6);
	consumer.poll_all();
	EXPECT_EQ(consumer.received, 5);
	EXPECT_STREQ(ring.quiet(), "");
}

TEST(broadcast_ring, consumer_exactly_a_lap_behind_loses_nothing)
{
	broadcast ring{4};

	ring.producer.write_many(4, 16);
	EXPECT_STREQ(ring.quiet(), "");
	for (auto &consumer : ring.consumers)
		EXPECT_EQ(consumer.received, 4);
	ring.producer.write_many(5, 16);
	EXPECT_STREQ(ring.quiet(), "");
	for (auto &consumer : ring.consumers)
		EXPECT_EQ(consumer.cursor.lost(), 1);
}

/* However far behind it is, it need not look at every slot. */
TEST(broadcast_ring, consumer_lapped_by_far_goes_on_at_the_oldest)
{
	broadcast ring{4};
	auto &consumer = ring.consumers[0];

	ring.producer.write_many(2001, 16);
	EXPECT_EQ(consumer.poll(), status::ok);
	EXPECT_EQ(consumer.cursor.lost(), 1997);
	EXPECT_EQ(consumer.cursor.next(), 1998);
	EXPECT_STREQ(ring.quiet(), "");
}

TEST(broadcast_ring, starts)
{
	broadcast ring{4};
	auto &consumer = ring.consumers[0].cursor;
	broadcast_record record{};

	consumer.seek_newest(ring.ring.view());
	EXPECT_EQ(consumer.look(ring.ring.view(), record), status::empty);
	ring.producer.write_many(9, 16);
	consumer.seek_newest(ring.ring.view());
	EXPECT_EQ(consumer.next(), 9);
	EXPECT_FALSE(consumer.readable(ring.ring.view()));
	EXPECT_EQ(consumer.look(ring.ring.view(), record), status::empty);
	consumer.seek_oldest(ring.ring.view());
	EXPECT_TRUE(consumer.readable(ring.ring.view()));
	ASSERT_EQ(consumer.look(ring.ring.view(), record), status::ok);
	EXPECT_EQ(record.ticket, 5);
	EXPECT_EQ(consumer.lost(), 0);
	consumer.seek(7);
	ASSERT_EQ(consumer.look(ring.ring.view(), record), status::ok);
	EXPECT_EQ(record.ticket, 7);
	/* A saved place of long ago */
	consumer.seek(2);
	ASSERT_EQ(consumer.look(ring.ring.view(), record), status::ok);
	EXPECT_EQ(record.ticket, 5);
	EXPECT_EQ(consumer.lost(), 3);
	consumer.seek(8);
	EXPECT_EQ(consumer.lost(), 0);
	/* One that is not yet */
	consumer.seek(11);
	EXPECT_EQ(consumer.look(ring.ring.view(), record), status::empty);
}

TEST(broadcast_ring, records_behind_an_open_one_wait_for_it)
{
	broadcast ring{4};
	auto &consumer = ring.consumers[0];
	broadcast_open open = ring.producer.reserve(24);

	ring.producer.write_many(3, 16);
	EXPECT_EQ(consumer.poll(), status::empty);
	EXPECT_EQ(consumer.cursor.next(), 0);
	EXPECT_EQ(ring.producer.commit(open), broadcast_status::ok);
	consumer.poll_all();
	EXPECT_EQ(consumer.received, 4);
	EXPECT_STREQ(ring.quiet(), "");
}

TEST(broadcast_ring, stopped_producer_is_passed_and_told)
{
	broadcast ring{4};
	broadcast_open stopped = ring.producer.reserve(24);

	ring.producer.write_many(3, 16);
	EXPECT_EQ(ring.producer.write(16), broadcast_status::held);
	EXPECT_EQ(slot_state{ring.slot_of(stopped).state}.word(), slot_state::passed(4).word());
	ring.producer.write_many(3, 16);
	EXPECT_EQ(ring.producer.write(16), broadcast_status::held);

	/* Nobody waits for it, nor for what was given up because of it. */
	ring.consumers[0].poll_all();
	EXPECT_EQ(ring.consumers[0].cursor.next(), 9);
	EXPECT_EQ(ring.consumers[0].cursor.lost(), 6); /* 0, 4 and 8; 1 to 3 were a lap back by then */
	EXPECT_EQ(ring.consumers[0].received, 3);

	EXPECT_EQ(ring.producer.commit(stopped), broadcast_status::overtaken);
	EXPECT_EQ(slot_state{ring.slot_of(stopped).state}.word(), slot_state::empty(8).word());

	/* Its slot is like any other again. */
	EXPECT_EQ(ring.consumers[0].poll(), status::empty);
	ring.producer.write_many(4, 16);
	ring.consumers[0].poll_all();
	EXPECT_EQ(ring.consumers[0].received, 7);
	EXPECT_STREQ(ring.quiet(), "");
}

TEST(broadcast_ring, discarded_ticket_is_lost_at_once)
{
	broadcast ring{4};

	EXPECT_FALSE(ring.consumers[0].cursor.readable(ring.ring.view()));
	ring.producer.discard(ring.producer.reserve(8));
	EXPECT_TRUE(ring.consumers[0].cursor.readable(ring.ring.view())); /* of a loss */
	ring.producer.write_many(2, 8);
	ring.consumers[0].poll_all();
	EXPECT_EQ(ring.consumers[0].received, 2);
	EXPECT_EQ(ring.consumers[0].cursor.lost(), 1);
	ring.producer.write_many(4, 8);
	EXPECT_STREQ(ring.quiet(), "");
}

TEST(broadcast_ring, passed_record_is_discarded)
{
	broadcast ring{2};
	broadcast_open stopped = ring.producer.reserve(8);

	ring.producer.write_many(2, 8);
	ring.producer.discard(stopped);
	EXPECT_EQ(slot_state{ring.slot_of(stopped).state}.word(), slot_state::empty(2).word());
	ring.producer.write_many(3, 8);
	EXPECT_EQ(ring.log.published(), 4);
	EXPECT_STREQ(ring.quiet(), "");
}

TEST(broadcast_ring, all_slots_held)
{
	broadcast ring{2};
	broadcast_open first = ring.producer.reserve(8);
	broadcast_open second = ring.producer.reserve(8);

	for (u32 lap = 0; lap < 10; lap++)
		EXPECT_EQ(ring.producer.write(8), broadcast_status::held);
	EXPECT_EQ(ring.producer.commit(second), broadcast_status::overtaken);
	EXPECT_EQ(ring.producer.write(8), broadcast_status::held);
	EXPECT_EQ(ring.producer.write(8), broadcast_status::ok);
	EXPECT_EQ(ring.producer.commit(first), broadcast_status::overtaken);
	EXPECT_EQ(ring.producer.write(8), broadcast_status::ok);
	EXPECT_STREQ(ring.quiet(), "");
	EXPECT_EQ(ring.consumers[0].received, 2);
}

TEST(broadcast_ring, what_is_not_open_is_not_closed)
{
	broadcast ring{4};
	broadcast_open record = ring.producer.reserve(32);
	char *payload = static_cast<char *>(record.payload);

	for (u32 word = 0; word < 32; word += 8) {
		/* Looks like an open record's state, but of another slot. */
		u64 state = slot_state::held(word ? 1 : 2).word();

		std::memcpy(payload + word, &state, sizeof(state));
	}
	EXPECT_EQ(ring.ring.commit(payload + 16), broadcast_status::not_open);
	EXPECT_EQ(ring.ring.discard(payload + 16), broadcast_status::not_open);
	EXPECT_EQ(ring.ring.discard(payload), broadcast_status::ok);
	EXPECT_EQ(ring.ring.discard(payload), broadcast_status::not_open);
	EXPECT_EQ(ring.ring.commit(payload), broadcast_status::not_open);
	EXPECT_EQ(ring.ring.discarded(), 1);

	broadcast_reserved other = ring.ring.reserve(8);

	EXPECT_EQ(ring.ring.commit(other.payload), broadcast_status::ok);
	EXPECT_EQ(ring.ring.commit(other.payload), broadcast_status::not_open);
	EXPECT_EQ(ring.slot_of({other.payload, 0, other.status}).state, KRING_BROADCAST_READY(1));
}

TEST(broadcast_ring, record_overwritten_in_use_is_not_confirmed)
{
	broadcast ring{2};
	auto &cursor = ring.consumers[0].cursor;
	broadcast_record record{};

	ring.producer.write_many(2, 8);
	ASSERT_EQ(cursor.look(ring.ring.view(), record), status::ok);

	broadcast_open next = ring.producer.reserve(8);

	EXPECT_FALSE(cursor.confirm(ring.ring.view(), record));
	EXPECT_EQ(cursor.next(), 0);
	EXPECT_EQ(ring.producer.commit(next), broadcast_status::ok);
	EXPECT_FALSE(cursor.confirm(ring.ring.view(), record));
	ASSERT_EQ(cursor.look(ring.ring.view(), record), status::ok);
	EXPECT_EQ(record.ticket, 1);
	EXPECT_EQ(cursor.lost(), 1);
	EXPECT_TRUE(cursor.confirm(ring.ring.view(), record));
	EXPECT_EQ(cursor.next(), 2);
}

/* The memory is not writable to programs; should it be spoilt all the same, nobody leaves it. */
TEST(broadcast_ring, spoilt_size_stays_in_the_slot)
{
	broadcast ring{2, 40};
	broadcast_record record{};

	ring.producer.write_many(1, 8);
	reinterpret_cast<kring_broadcast_slot *>(&ring.header() + 1)->size = 41;
	ASSERT_EQ(ring.consumers[0].cursor.look(ring.ring.view(), record), status::ok);
	EXPECT_EQ(record.size, 40U);
}

/* Producers are faster than it can look: it gives up, having counted all that it passed. */
TEST(broadcast_ring, consumer_does_not_search_for_ever)
{
	broadcast ring{1024};
	auto &consumer = ring.consumers[0];

	for (u32 ticket = 0; ticket < 1000; ticket++)
		ring.producer.discard(ring.producer.reserve(8));
	EXPECT_EQ(consumer.poll(), status::busy);
	EXPECT_EQ(consumer.cursor.lost(), consumer.cursor.next());
	EXPECT_GT(consumer.cursor.lost(), 0);
	EXPECT_STREQ(ring.quiet(), "");
	EXPECT_EQ(consumer.cursor.lost(), 1000);
}

} /* namespace */
} /* namespace kring::test */
