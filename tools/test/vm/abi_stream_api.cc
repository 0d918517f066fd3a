/* SPDX-License-Identifier: GPL-2.0-only */
/* libkring's readers, which call functions, and its header for C++, over a channel of a kernel. */
#include <kring/kring.hpp>
#include <signal.h>
#include <sys/epoll.h>

#include "../../events/kring_load.h"
#include "abi_sleeper.hh"
#include "abi_test.hh"

namespace kring::abi
{
namespace
{

/* What a reader's functions were called with. */
struct calls {
	unsigned records = 0;
	number lost = 0;
	int answer = 0;
	unsigned stop_at = ~0U;

	static int on_record(void *ctx, const kring_item *item)
	{
		calls &self = *static_cast<calls *>(ctx);
		const auto &record = *static_cast<const kring_load_record *>(item->payload);

		EXPECT_EQ(record.checksum, kring_load_checksum(&record));
		return ++self.records == self.stop_at ? self.answer : 0;
	}
	static void on_loss(void *ctx, const kring_item *item) { static_cast<calls *>(ctx)->lost += item->lost; }
};

using reader_handle = std::unique_ptr<kring_reader, decltype(&kring_reader__free)>;

reader_handle make_reader(calls &calls, __u32 flags = 0, const char *channel = "load")
{
	kring_stream_opts stream{};
	kring_reader_opts opts{};

	stream.sz = sizeof(stream);
	stream.flags = flags;
	opts.sz = sizeof(opts);
	opts.on_loss = calls::on_loss;
	opts.stream = &stream;
	return {kring_reader__new(channel, calls::on_record, &calls, &opts), kring_reader__free};
}

class readers : public clean_test {};

TEST_F(readers, consume_what_is_there)
{
	for (__u32 flags : {0U, KRING_STREAM_OWN}) {
		load load{"size=4M"};
		calls calls;
		reader_handle reader = make_reader(calls, flags);

		ASSERT_TRUE(reader);
		EXPECT_EQ(kring_reader__consume(reader.get()), 0);
		load.write(100);
		EXPECT_EQ(kring_reader__consume_n(reader.get(), 30), 30);
		EXPECT_EQ(calls.records, 30U);
		EXPECT_EQ(kring_reader__poll(reader.get(), -1), 70) << "what is at hand is not waited for";
		EXPECT_EQ(calls.records, 100U);
		EXPECT_EQ(kring_reader__poll(reader.get(), 0), 0);
		EXPECT_EQ(calls.lost, 0U);
	}
}

TEST_F(readers, wait_for_records)
{
	load load;
	calls calls;
	reader_handle reader = make_reader(calls);
	int got = 0;

	ASSERT_TRUE(reader);
	EXPECT_EQ(kring_reader__poll(reader.get(), 10), 0);

	std::thread waiting{[&] { got = kring_reader__poll(reader.get(), static_cast<int>(patience * 1000)); }};

	usleep(50000);
	load.write(1);
	waiting.join();
	EXPECT_EQ(got, 1);
}

TEST_F(readers, stop_when_their_function_says_so)
{
	load load{"cpus=0"};
	calls calls{.answer = -7, .stop_at = 40};
	reader_handle reader = make_reader(calls);

	ASSERT_TRUE(reader);
	load.write(100);
	EXPECT_EQ(kring_reader__consume(reader.get()), -7);
	EXPECT_EQ(calls.records, 40U);
	EXPECT_EQ(kring_reader__poll(reader.get(), -1), 60);
}

TEST_F(readers, are_told_of_losses)
{
	load load{"cpus=0 size=8K"};
	calls calls;
	reader_handle reader = make_reader(calls);

	ASSERT_TRUE(reader);
	load.write(1000);
	EXPECT_GT(kring_reader__consume(reader.get()), 0);
	EXPECT_EQ(calls.records + calls.lost, 1000U);
}

TEST_F(readers, of_several_channels)
{
	load load;
	calls first, second;
	reader_handle reader = make_reader(first);

	ASSERT_TRUE(reader);
	EXPECT_EQ(kring_reader__add(reader.get(), "load", calls::on_record, &second, nullptr), 0);
	EXPECT_EQ(kring_reader__add(reader.get(), "none", calls::on_record, &second, nullptr), -ENOENT);
	EXPECT_EQ(kring_reader__add(reader.get(), "load", nullptr, &second, nullptr), -EINVAL);
	load.write(10);
	EXPECT_EQ(kring_reader__poll(reader.get(), -1), 20);
	EXPECT_EQ(first.records, 10U);
	EXPECT_EQ(second.records, 10U);
}

TEST_F(readers, are_found_by_an_epoll_set)
{
	load load;
	calls calls;
	reader_handle reader = make_reader(calls);

	ASSERT_TRUE(reader);
	EXPECT_EQ(kring_reader__consume(reader.get()), 0);
	EXPECT_EQ(poll_now(kring_reader__epoll_fd(reader.get()), POLLIN), 0);
	load.write(1);
	EXPECT_EQ(poll_now(kring_reader__epoll_fd(reader.get()), POLLIN, static_cast<int>(patience * 1000)), POLLIN);
	EXPECT_EQ(kring_reader__consume(reader.get()), 1);
	EXPECT_EQ(poll_now(kring_reader__epoll_fd(reader.get()), POLLIN), 0);
}

TEST_F(readers, come_to_the_end)
{
	load load;
	calls calls;
	reader_handle reader = make_reader(calls);

	ASSERT_TRUE(reader);
	load.write(5);
	EXPECT_EQ(load.unload(), 0);
	EXPECT_EQ(kring_reader__poll(reader.get(), -1), 5);
	EXPECT_EQ(kring_reader__poll(reader.get(), -1), -ENODEV);
	EXPECT_EQ(kring_reader__consume(reader.get()), -ENODEV);
}

TEST_F(readers, of_what_is_not_there)
{
	calls calls;

	EXPECT_FALSE(make_reader(calls, 0, "none"));
	EXPECT_EQ(errno, ENOENT);
	EXPECT_FALSE(make_reader(calls, 0x8000));
	EXPECT_EQ(errno, EINVAL);
}

/* After it has found nothing, in the mapping, it is told of what comes next, and not polled by anybody in between. */
TEST_F(readers, are_told_by_edges)
{
	for (__u32 flags : {0U, KRING_STREAM_OWN, KRING_STREAM_COPY}) {
		load load;
		kring_stream_opts opts{};
		descriptor set{epoll_create1(EPOLL_CLOEXEC)};
		epoll_event event{};
		const kring_item *item;

		opts.sz = sizeof(opts);
		opts.flags = flags;

		std::unique_ptr<kring_stream, decltype(&kring_stream__free)> stream{kring_stream__open("load", &opts),
										    kring_stream__free};

		ASSERT_TRUE(stream);
		event.events = EPOLLIN | EPOLLET;
		ASSERT_EQ(epoll_ctl(set.fd(), EPOLL_CTL_ADD, kring_stream__fd(stream.get()), &event), 0);
		for (unsigned times = 0; times < 10; times++) {
			while (kring_stream__next(stream.get(), &item) > 0)
				;
			load.write(1);
			ASSERT_EQ(epoll_wait(set.fd(), &event, 1, static_cast<int>(patience * 1000)), 1)
				<< flags << ", " << times;
			EXPECT_EQ(kring_stream__next(stream.get(), &item), 1);
		}
	}
}

class typed_streams : public clean_test {};

TEST_F(typed_streams, give_structures)
{
	load load{"cpus=0"};
	stream stream{"load"};
	number expected = 0;

	load.write(100);
	for (const auto &record : stream.records<kring_load_record>()) {
		EXPECT_EQ(record->number, expected++);
		EXPECT_EQ(record->checksum, kring_load_checksum(&*record));
		EXPECT_EQ(record.size(), sizeof(*record) + record->length);
	}
	EXPECT_EQ(expected, 100U);
	EXPECT_FALSE(stream.wait(0));
	EXPECT_EQ(stream.position(0).seq, 100U);
	for (const auto &record : stream.records<kring_load_record>())
		FAIL() << record.seq();
}

TEST_F(typed_streams, of_one_type)
{
	load load{"cpus=0"};
	stream stream{"load"};

	load.write(10);
	for (const auto &record : stream.records<kring_load_record>(7))
		FAIL() << record.seq();
}

TEST_F(typed_streams, tell_losses)
{
	load load{"cpus=0 size=8K"};
	stream stream{"load"};
	number records = 0, lost = 0;

	stream.on_loss([&](const kring_item &loss) { lost += loss.lost; });
	load.write(1000);
	for (const auto &record : stream.records<kring_load_record>())
		records += record.cpu() == 0;
	EXPECT_GT(lost, 0U);
	EXPECT_EQ(records + lost, 1000U);
}

/* More is written than there is room for, while one is in use. */
TEST_F(typed_streams, in_place)
{
	load load{"cpus=0 size=8K"};
	kring_stream_opts opts{};
	number received = 0, lost = 0;

	opts.sz = sizeof(opts);
	opts.flags = KRING_STREAM_IN_PLACE;

	stream stream{"load", &opts};

	stream.on_loss([&](const kring_item &loss) { lost += loss.lost; });
	load.write(20);
	for (const auto &record : stream.records<kring_load_record>()) {
		if (record.seq() == 5)
			load.write(1000);
		if (!stream.is_whole())
			continue;
		EXPECT_NE(record.seq(), 5U);
		EXPECT_EQ(record->checksum, kring_load_checksum(&*record));
		received++;
	}
	EXPECT_EQ(received + lost, 1020U);
	EXPECT_GT(received, 5U);
}

TEST_F(typed_streams, of_what_is_not_there)
{
	EXPECT_THROW(stream{"none"}, std::system_error);
}

} /* namespace */
} /* namespace kring::abi */
