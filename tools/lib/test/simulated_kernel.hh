/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A channel in this process: the core's own rings, and the kernel's side of a
 * device over them, as far as libkring uses it. For streams to be tested on.
 */
#ifndef LIBKRING_TEST_SIMULATED_KERNEL_HH
#define LIBKRING_TEST_SIMULATED_KERNEL_HH

#include <functional>

#include <gtest/gtest.h>

#include "../../test/observer_fixture.hh"
#include "../../test/platform_native.hh"
#include "image.hh"

namespace kring::test
{

class simulated_ring {
public:
	simulated_ring(__u32 cpu, const shape &shape) : memory_{shape}
	{
		ring_.init({.geometry = {.cpu = cpu,
					 .page_size = shape.page_size,
					 .list_pages = shape.list_pages,
					 .clock = 0},
			    .overwrite = shape.overwrite,
			    .now = fake_clock::now(),
			    .slots = memory_.slots(),
			    .shared = memory_.shared(),
			    .owner = nullptr,
			    .stopped = nullptr});
		reader.init(ring_);
	}
	simulated_ring(const simulated_ring &) = delete;

	/* False: refused. The payload is the record's number among those written. */
	bool write(__u32 size)
	{
		void *payload =
			ring_.reserve<fake_clock>(record_step(KRING_RECORD_SPACE(size)), size_and_type(size, 1));

		if (!payload)
			return false;
		fill(payload, size, written++);
		return ring_.commit(payload);
	}

	/* Withdrawn after a nested writer's record: it stays on its page, without a number. */
	void write_nested_in_discarded(__u32 size)
	{
		void *payload =
			ring_.reserve<fake_clock>(record_step(KRING_RECORD_SPACE(size)), size_and_type(size, 1));

		ASSERT_TRUE(payload && write(size) && ring_.discard(payload));
	}

	/* As the kernel's read() does it: the header, with what differs in an image, and the records. */
	bool read_image(std::string &image)
	{
		page_span span{};

		if (observer.look(memory_, span) != status::ok)
			return false;

		const kring_page &page = memory_.page(span.page);
		kring_page header = page;

		header.first = span.first;
		header.commit = __u64{span.count} << 32 | (sizeof(header) + span.end - span.start);
		image.assign(reinterpret_cast<const char *>(&header), sizeof(header));
		image.append(reinterpret_cast<const char *>(&page) + span.start, span.end - span.start);
		return observer.confirm(memory_, span);
	}

	void ledger(kring_ledger &ledger)
	{
		ring_ledger found{};

		EXPECT_TRUE(reader.ledger(found));
		ledger = {};
		ledger.committed = found.committed;
		ledger.read = found.read;
		ledger.overwritten = found.overwritten;
		ledger.unread = found.unread;
		for (__u32 cause = 0; cause < KRING_NR_DROPS; cause++)
			ledger.dropped[cause] = ring_.dropped(cause);
	}

	const ring_memory &view() const { return memory_; }
	const kring_page *page(__u32 id) { return &memory_.page(id); }
	__u64 dropped(__u32 cause) const { return ring_.dropped(cause); }

	page_ring_reader<platform_native> reader{};
	page_observer<platform_native> observer{};
	__u64 written = 0;
	bool acquired = false;

private:
	ring_memory memory_;
	page_ring<platform_native> ring_{};
};

/* Answers as the kernel does: one channel, a ring for each CPU. */
class simulated_device {
public:
	simulated_device(__u32 nr_cpus, const shape &shape) : meta_{make_meta(nr_cpus)}
	{
		for (__u32 cpu = 0; cpu < nr_cpus; cpu++)
			rings.push_back(std::make_unique<simulated_ring>(cpu, shape));
	}

	const kring_meta &meta() const { return meta_; }
	void set_pages(__u32 pages) { meta_.pages = pages; }
	/* A CPU whose ring comes later. */
	void hide(__u32 cpu) { meta_.cpus[0] &= ~(1ULL << cpu); }
	void show(__u32 cpu) { shown_ |= 1ULL << cpu; }
	void refresh_cpus() { meta_.cpus[0] |= std::exchange(shown_, 0); }

	ssize_t read(void *buffer, size_t room)
	{
		char *to = static_cast<char *>(buffer);
		std::string image;

		for (const auto &ring : rings) {
			while (room >= meta_.page_size && ring->read_image(image)) {
				memcpy(to, image.data(), image.size());
				to += image.size();
				room -= image.size();
			}
		}
		ssize_t got = to - static_cast<char *>(buffer);

		return got ? got : -EAGAIN;
	}

	int acquire_next(__u32 cpu, kring_acquire &acquire)
	{
		page_span span{};
		bool released = rings[cpu]->reader.release() == status::ok;

		EXPECT_EQ(released, rings[cpu]->acquired);
		rings[cpu]->acquired = rings[cpu]->reader.acquire(span) == status::ok;
		acquire = {};
		if (!rings[cpu]->acquired)
			return -EAGAIN;
		acquire.page = span.page;
		acquire.start = span.start;
		acquire.end = span.end;
		acquire.first = span.first;
		acquire.count = span.count;
		acquire.overwritten = rings[cpu]->reader.overwritten();
		return 0;
	}

	int ledger(__u32 cpu, kring_ledger &ledger)
	{
		ledgers_asked++;
		ledger = {};
		if (cpu != KRING_CPU_ALL)
			rings[cpu]->ledger(ledger);
		return 0;
	}

	const kring_page *page(__u32 cpu, __u32 id) const { return rings[cpu]->page(id); }
	const ring_memory &view(__u32 cpu) const { return rings[cpu]->view(); }
	int horizon(__u64 &time)
	{
		asked++;
		if (is_old)
			return -ENOTTY;
		if (at_horizon)
			std::exchange(at_horizon, nullptr)();
		if (is_open)
			return -EAGAIN;

		__u64 now = fake_clock::now();

		time = now - std::min(now, behind);
		return 0;
	}
	bool is_gone() const { return gone; }
	int seek_oldest()
	{
		held_back++;
		return 0;
	}
	int rest()
	{
		rested++;
		return gone ? -ENODEV : 0;
	}
	int seek_newest()
	{
		sought++;
		return 0;
	}

	std::vector<std::unique_ptr<simulated_ring>> rings;
	unsigned int sought = 0;
	unsigned int rested = 0;
	unsigned int held_back = 0;
	unsigned int ledgers_asked = 0;
	unsigned int asked = 0;
	bool is_old = false;  /* a module that knows no horizon */
	bool is_open = false; /* a writer has a record open all the time */
	bool gone = false;
	std::function<void()> at_horizon; /* done once, before the answer */
	__u64 behind = 0;		  /* the slowest CPU's clock */

private:
	kring_meta meta_;
	__u64 shown_ = 0;
};

} /* namespace kring::test */

#endif
