/* SPDX-License-Identifier: GPL-2.0-only */
/* libkring's consumers of a broadcast channel: over the mapping, asleep until something comes, and at the end. */
#include <kring/broadcast.h>

#include <memory>

#include "abi_queue.hh"

namespace kring::abi
{
namespace
{

class broadcast_mapped : public clean_test {
protected:
	/* The next record is this one. */
	void expect(const std::string &text, __u64 ticket, __u64 lost)
	{
		const kring_broadcast_item *item = nullptr;

		ASSERT_EQ(kring_broadcast__next(consumer.get(), &item), 1);
		EXPECT_EQ(std::string(static_cast<const char *>(item->payload), item->size), text);
		EXPECT_EQ(item->ticket, ticket);
		EXPECT_EQ(item->lost, lost);
	}
	void expect_nothing(int result = 0)
	{
		const kring_broadcast_item *item = nullptr;

		EXPECT_EQ(kring_broadcast__next(consumer.get(), &item), result);
	}
	void open()
	{
		consumer.reset(kring_broadcast__open("app", nullptr));
		ASSERT_NE(consumer, nullptr) << strerror(errno);
	}

	struct release {
		void operator()(kring_broadcast *consumer) const { kring_broadcast__free(consumer); }
	};

	static kring_control_create wanted()
	{
		kring_control_create ring = creation_of("app", KRING_KIND_BROADCAST, 4 * 100);

		ring.unit = 100;
		return ring;
	}

	std::unique_ptr<kring_broadcast, release> consumer;
};

TEST_F(broadcast_mapped, gets_and_loses)
{
	made channel{wanted()};
	descriptor file = channel.open(O_WRONLY);

	open();
	EXPECT_EQ(kring_broadcast__payload_max(consumer.get()), 100U);
	expect_nothing();
	EXPECT_EQ(write_some(file.fd(), "one"), 3);
	expect("one", 0, 0);
	for (unsigned each = 1; each < 10; each++)
		EXPECT_EQ(write_some(file.fd(), std::to_string(each)), 1);
	EXPECT_EQ(kring_broadcast__behind(consumer.get()), 9U);
	expect("6", 6, 5);
	expect("7", 7, 0);
	expect("8", 8, 0);
	expect("9", 9, 0);
	expect_nothing();
	consumer.reset();
}

TEST_F(broadcast_mapped, sleeps_until_something_comes)
{
	made channel{wanted()};
	descriptor file = channel.open(O_WRONLY);
	int result = -1;

	open();
	EXPECT_EQ(kring_broadcast__wait(consumer.get(), 10), 0) << "nothing has come";
	for (unsigned each = 0; each < 20; each++) {
		sleeper_in sleeper{SYS_poll, [&] { result = kring_broadcast__wait(consumer.get(), -1); }};

		EXPECT_TRUE(sleeper.sleeps());
		EXPECT_EQ(write_some(file.fd(), "awake"), 5);
		EXPECT_TRUE(sleeper.ends());
		EXPECT_EQ(result, 1);
		expect("awake", each, 0);
	}
	consumer.reset();
}

TEST_F(broadcast_mapped, reads_to_the_end_of_a_channel)
{
	int result = -1;

	{
		made channel{wanted()};
		descriptor file = channel.open(O_WRONLY);

		open();
		EXPECT_EQ(write_some(file.fd(), "last"), 4);
		EXPECT_EQ(channel.destroy(), 0);
	}
	EXPECT_EQ(kring_broadcast__wait(consumer.get(), -1), 1);
	expect("last", 0, 0);
	expect_nothing(-ENODEV);
	EXPECT_EQ(kring_broadcast__wait(consumer.get(), -1), 1) << "for the end";
	consumer.reset();

	made channel{wanted()};

	open();

	sleeper_in sleeper{SYS_poll, [&] { result = kring_broadcast__wait(consumer.get(), -1); }};

	EXPECT_TRUE(sleeper.sleeps());
	EXPECT_EQ(channel.destroy(), 0);
	EXPECT_TRUE(sleeper.ends());
	EXPECT_EQ(result, 1);
	expect_nothing(-ENODEV);
	consumer.reset();
}

} /* namespace */
} /* namespace kring::abi */
