/* SPDX-License-Identifier: GPL-2.0-only */
/* Recordings of the core's own rings: what is read back is what a live stream tells, also of one that was cut off. */
#include <cstdlib>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <kring/recording.h>
#include <sys/mman.h>

#include "../observer_source.hh"
#include "../recorder.hh"
#include "../recording.hh"
#include "btf_module.h"
#include "simulated_kernel.hh"

namespace kring::test
{
namespace
{

constexpr shape small{.list_pages = 4, .page_size = 4096, .overwrite = true};

/* Everything that a stream tells until it ends, as text. */
template <class S>
std::vector<std::string> all_of(S &stream)
{
	std::vector<std::string> told;
	const kring_item *item;
	int got;

	while ((got = stream.next(item)) == 1) {
		std::string payload{static_cast<const char *>(item->payload), item->payload ? item->size : 0};

		told.push_back(std::to_string(item->kind) + " cpu " + std::to_string(item->cpu) + " seq " +
			       std::to_string(item->seq) + " time " + std::to_string(item->time) + " lost " +
			       std::to_string(item->lost) + " cause " + std::to_string(item->cause) + " earlier " +
			       std::to_string(item->earlier) + " " + payload);
	}
	EXPECT_TRUE(got == 0 || got == -ENODEV) << got;
	return told;
}

int memory_file()
{
	return memfd_create("recording", MFD_CLOEXEC);
}

std::vector<std::string> play(const recording &from, bool silent = false, std::vector<__u32> cpus = {},
			      std::vector<std::pair<__u32, __u64>> places = {})
{
	recorded_device device{from};
	recorded_source source{device};

	for (auto [cpu, seq] : places)
		source.start_at(cpu, seq);

	stream<recorded_device, recorded_source> stream{device, std::move(source), cpus};

	stream.start(silent);
	return all_of(stream);
}

struct recording_test : testing::Test, fresh_clock {
	/* What was there before, what comes meanwhile, and what is refused at the end. */
	void write_some()
	{
		for (unsigned int i = 0; i < 300; i++)
			device.rings[i % 3]->write(64 + i);
		device.rings[1]->write(5000);
	}
	template <class R>
	void record(R &to)
	{
		ASSERT_EQ(to.begin("some", false), 0);
		for (unsigned int i = 0; i < 20; i++) {
			device.rings[i % 2]->write(100);
			ASSERT_GE(to.record(), 0);
		}
		device.rings[2]->write(5000);
		while (to.record() > 0)
			;
		ASSERT_EQ(to.end(), 0);
	}
	void record(int fd, const std::vector<__u32> &cpus = {})
	{
		recorder<simulated_device> to{device, types, [](__u32) {}, fd, cpus};

		record(to);
	}

	simulated_device device{3, small};
	decoder types{{}, ""};
};

/* Gives once more what read() gave, to a stream that is live. */
struct repeating_device {
	explicit repeating_device(simulated_device &device) : from{device}
	{
		for (__u32 cpu = 0; cpu < 3; cpu++)
			from.ledger(cpu, before[cpu]);
	}

	/* For the recorder. */
	const kring_meta &meta() const { return from.meta(); }
	ssize_t read(void *buffer, size_t room)
	{
		ssize_t got = 0;

		if (is_repeating) {
			size_t most = std::min(given.size() - repeated, room);

			memcpy(buffer, given.data() + repeated, most);
			repeated += most;
			return most ? static_cast<ssize_t>(most) : -EAGAIN;
		}
		got = from.read(buffer, room);
		if (got > 0)
			given.append(static_cast<char *>(buffer), static_cast<size_t>(got));
		return got;
	}
	int ledger(__u32 cpu, kring_ledger &ledger)
	{
		if (!is_repeating || repeated || cpu == KRING_CPU_ALL)
			return from.ledger(cpu, ledger);
		ledger = before[cpu];
		return 0;
	}
	void refresh_cpus() {}
	int horizon(__u64 &time)
	{
		time = ~__u64{0};
		return 0;
	}

	simulated_device &from;
	kring_ledger before[3];
	std::string given;
	size_t repeated = 0;
	bool is_repeating = false;
};

TEST_F(recording_test, tells_what_a_live_stream_tells)
{
	file target{memory_file()};
	recording played;

	write_some();

	repeating_device both{device};
	recorder<repeating_device> to{both, types, [](__u32) {}, target.fd(), {}};

	record(to);
	ASSERT_EQ(played.open(file{dup(target.fd())}), 0);
	EXPECT_EQ(played.name(), "some");
	EXPECT_TRUE(played.is_whole());
	EXPECT_FALSE(played.is_from_newest());

	both.is_repeating = true;

	stream<repeating_device, observer_source<repeating_device>> live{both, observer_source{both, 1 << 20}, {}};

	live.start(false);

	std::vector<std::string> expected = all_of(live);
	auto has = [&](const char *part) {
		return std::any_of(expected.begin(), expected.end(),
				   [=](const std::string &each) { return each.find(part) != each.npos; });
	};

	EXPECT_GT(expected.size(), 50U);
	EXPECT_TRUE(has("cause 256 earlier 1")) << "overwritten before";
	EXPECT_TRUE(has("cause 2 earlier 1")) << "refused before";
	EXPECT_TRUE(has("cause 2 earlier 0")) << "refused at the end";
	EXPECT_EQ(play(played), expected);
}

TEST_F(recording_test, is_in_order_of_time)
{
	file target{memory_file()};
	recording played;
	recorded_device player{played};
	__u64 time = 0;
	unsigned int records = 0;
	const kring_item *item;

	write_some();
	record(target.fd());
	ASSERT_EQ(played.open(file{dup(target.fd())}), 0);

	stream<recorded_device, recorded_source> stream{player, recorded_source{player}, {}};

	stream.start(false);
	while (stream.next(item) == 1) {
		if (item->kind != KRING_ITEM_RECORD)
			continue;
		EXPECT_GE(item->time, time);
		time = item->time;
		records++;
	}
	EXPECT_GT(records, 100U);
}

/* The C API has a stream of it as of a channel. */
TEST_F(recording_test, of_the_c_api)
{
	file target{memory_file()};
	const kring_item *item;
	kring_position position;
	unsigned int records = 0;
	kring_stream_opts own{};

	write_some();
	record(target.fd());

	kring_recording *played = kring_recording__open(("/proc/self/fd/" + std::to_string(target.fd())).c_str());

	ASSERT_NE(played, nullptr);
	EXPECT_STREQ(kring_recording__name(played), "some");
	own.sz = sizeof(own);
	own.flags = KRING_STREAM_OWN;
	EXPECT_EQ(kring_recording__stream(played, &own), nullptr);
	EXPECT_EQ(errno, EINVAL);

	kring_stream *stream = kring_recording__stream(played, nullptr);

	ASSERT_NE(stream, nullptr);
	EXPECT_EQ(kring_stream__fd(stream), -1);
	while (kring_stream__next(stream, &item) == 1) {
		if (item->kind != KRING_ITEM_RECORD)
			continue;
		records++;
		EXPECT_EQ(kring_stream__time(stream, item->stamp), item->time);
		EXPECT_EQ(kring_stream__position(stream, item->cpu, &position), 0);
		EXPECT_EQ(position.seq, item->seq + 1);
		EXPECT_TRUE(kring_stream__is_whole(stream));
	}
	EXPECT_EQ(kring_stream__next(stream, &item), -ENODEV);
	EXPECT_GT(records, 100U);

	kring_decoder *types = kring_recording__decoder(played);

	ASSERT_NE(types, nullptr);
	EXPECT_STREQ(kring_decoder__type_name(types, 1), "unknown");
	kring_decoder__free(types);
	kring_stream__free(stream);
	kring_recording__free(played);
}

TEST_F(recording_test, of_some_cpus)
{
	file target{memory_file()};
	recording whole, part;

	write_some();
	record(target.fd());
	ASSERT_EQ(whole.open(file{dup(target.fd())}), 0);
	for (const std::string &each : play(whole, false, {1}))
		EXPECT_TRUE(each.find(" cpu 1 ") != each.npos || each.find(" cpu 4294967295 ") != each.npos) << each;

	file other{memory_file()};

	device.rings[0]->observer = {};
	device.rings[1]->observer = {};
	device.rings[2]->observer = {};
	record(other.fd(), {1});
	ASSERT_EQ(part.open(file{dup(other.fd())}), 0);
	EXPECT_GT(part.images(1), 0U);
	EXPECT_EQ(part.images(0) + part.images(2), 0U);
}

TEST_F(recording_test, goes_on_at_a_position)
{
	file target{memory_file()};
	recording played;
	auto expect_first = [&](const std::vector<std::string> &told, const std::string &begin) {
		ASSERT_FALSE(told.empty());
		EXPECT_EQ(told[0].rfind(begin, 0), 0U) << told[0];
	};

	for (unsigned int i = 0; i < 10; i++)
		device.rings[0]->write(1000);
	record(target.fd(), {0});
	ASSERT_EQ(played.open(file{dup(target.fd())}), 0);
	expect_first(play(played, false, {0}, {{0, 7}}), "1 cpu 0 seq 7 ");
	expect_first(play(played, false, {0}, {{0, 19}}), "1 cpu 0 seq 19 ");
	for (unsigned int i = 0; i < 100; i++)
		device.rings[0]->write(1000);

	file later{memory_file()};
	recording gap;

	record(later.fd(), {0});
	ASSERT_EQ(gap.open(file{dup(later.fd())}), 0);
	expect_first(play(gap, false, {0}, {{0, 10}}), "2 cpu 0 seq 10 ");
}

/* Wherever it was cut off: what is there is told, and that it is not all. */
TEST_F(recording_test, cut_off)
{
	file target{memory_file()};
	size_t most = 0;

	write_some();
	record(target.fd());

	off_t size = lseek(target.fd(), 0, SEEK_END);

	for (off_t cut = size; cut >= 0; cut -= cut % 512 == 0 ? 56 : 8) {
		recording played;

		ASSERT_EQ(ftruncate(target.fd(), cut), 0);

		int error = played.open(file{dup(target.fd())});

		EXPECT_TRUE(error == 0 || error == -EPROTO) << error;
		EXPECT_EQ(played.is_whole(), cut == size);
		if (error)
			continue;

		size_t told = play(played).size();

		EXPECT_LE(told, most ? most : told) << cut;
		most = told;
	}
	EXPECT_EQ(most, 0U);
}

TEST_F(recording_test, files_that_are_none)
{
	for (const std::string content : {"", "x", "0123456789abcdef0123456789abcdef"}) {
		file target{memory_file()};
		recording played;

		ASSERT_EQ(write_all(target.fd(), content), 0);
		EXPECT_EQ(played.open(std::move(target)), -EPROTO);
	}

	/* Of a version to come. */
	file target{memory_file()};
	recording_header header{recording_magic, recording_version + 1, 0};
	recording later;

	record(target.fd());
	ASSERT_EQ(pwrite(target.fd(), &header, sizeof(header), 0), static_cast<ssize_t>(sizeof(header)));
	EXPECT_EQ(later.open(std::move(target)), -EPROTO);

	recording device;

	EXPECT_EQ(device.open(file{open("/dev/null", O_RDONLY)}), -ESPIPE);
}

/* The types with their BTF: another machine has neither the module nor its kernel. */
TEST_F(recording_test, carries_its_types)
{
	decoder here{{{1, sizeof(all_kinds), "struct all_kinds", "module"},
		      {2, sizeof(with_text), "struct with_text", "module"},
		      {3, sizeof(shared_type), "struct shared_type", "module"},
		      {4, 8, "__u64", "module"},
		      {5, sizeof(__s32), "struct only_in_kernel", "module"},
		      {6, 8, "struct nowhere", "module"},
		      {7, 7, "struct all_kinds", "module"}},
		     std::getenv("KRING_TEST_BTF")};
	decoder there{{}, "/nonexistent"};
	file target{memory_file()};
	recording played;
	recorder<simulated_device> to{device, here, [](__u32) {}, target.fd(), {}};
	char payload[sizeof(all_kinds) + 8];

	for (size_t i = 0; i < sizeof(payload); i++)
		payload[i] = static_cast<char>(i * 37 + 1);
	record(to);
	ASSERT_EQ(played.open(file{dup(target.fd())}), 0);
	played.give_types(there);
	EXPECT_EQ(there.ids(), here.ids());
	for (__u32 id : here.ids()) {
		char text[2][2000];
		std::string_view bytes{payload, id == 7 ? 7 : sizeof(payload)};

		EXPECT_STREQ(there.name(id), here.name(id));
		EXPECT_EQ(there.plan_of(id) != nullptr, id < 6) << id << there.why_hex(id);
		here.write<json_style>(id, bytes, text[0], sizeof(text[0]));
		there.write<json_style>(id, bytes, text[1], sizeof(text[1]));
		EXPECT_STREQ(text[0], text[1]);
	}
	EXPECT_STREQ(there.why_hex(6), here.why_hex(6));
	EXPECT_STREQ(there.why_hex(7), here.why_hex(7));
}

/* A type is recorded when its first record comes, if it was not there at the beginning. */
TEST_F(recording_test, types_that_come_later)
{
	decoder here{{}, std::getenv("KRING_TEST_BTF")};
	decoder there{{}, "/nonexistent"};
	file target{memory_file()};
	unsigned int asked = 0;
	recording played;
	recorder<simulated_device> to{device,
				      here,
				      [&](__u32 id) {
					      asked++;
					      here.set_types(
						      {{id, sizeof(shared_type), "struct shared_type", "module"}});
				      },
				      target.fd(),
				      {}};

	record(to);
	EXPECT_EQ(asked, 1U);
	ASSERT_EQ(played.open(file{dup(target.fd())}), 0);
	played.give_types(there);
	EXPECT_NE(there.plan_of(1), nullptr) << there.why_hex(1);
}

/* Nobody knows it: one look is enough, however many records there are. */
TEST_F(recording_test, type_that_is_unknown)
{
	unsigned int asked = 0;
	file target{memory_file()};
	recorder<simulated_device> to{device, types, [&](__u32) { asked++; }, target.fd(), {}};

	record(to);
	EXPECT_EQ(asked, 1U);
}

TEST_F(recording_test, errors_of_writing)
{
	file full{open("/dev/full", O_WRONLY)};
	recorder<simulated_device> to{device, types, [](__u32) {}, full.fd(), {}};

	write_some();
	EXPECT_EQ(to.begin("some", false), -ENOSPC);
	EXPECT_EQ(to.record(), -ENOSPC);
	EXPECT_EQ(to.end(), -ENOSPC);
}

} /* namespace */
} /* namespace kring::test */
