/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The page ring against a model of what it must hold: random operations, the
 * same for the same seed, and after each the ledger, the invariants, and that
 * what can be read is what was committed, in the order of the reserves.
 */
#include <random>

#include <gtest/gtest.h>

#include "observer_fixture.hh"
#include "platform_native.hh"

namespace kring::test
{
namespace
{

using ring_type = test_ring<platform_native>;

/* The records in the order of their reserves; published when the outermost one is closed. */
class model {
public:
	void opened(u64 ticket)
	{
		open_.push_back(pending_.size());
		pending_.push_back({ticket, true});
	}
	void closed(bool committed)
	{
		pending_[open_.back()].counts = committed;
		open_.pop_back();
		if (!open_.empty())
			return;
		for (const record &record : pending_)
			if (record.counts)
				published_.push_back(record.ticket);
		pending_.clear();
	}
	/* By sequence number. */
	const std::vector<u64> &published() const { return published_; }

private:
	struct record {
		u64 ticket;
		bool counts;
	};

	std::vector<record> pending_;
	std::vector<size_t> open_; /* the open ones' places among the pending */
	std::vector<u64> published_;
};

class random_walk {
public:
	random_walk(const shape &shape, u64 seed)
		: random_{seed}, shape_{shape}, ring_{shape}, quick_{ring_.memory, ring_.log},
		  slow_{ring_.memory, ring_.log}
	{
		ring_.log.in_order = false;
	}

	/* Empty, or what went wrong. */
	const std::string &run(u32 steps)
	{
		for (u32 step = 0; step < steps && ring_.log.wrong().empty(); step++) {
			take_step();
			if (open_.empty())
				ring_.quiet();
		}
		end();
		return ring_.log.wrong();
	}

private:
	u64 pick(u64 below) { return random_() % below; }

	void take_step()
	{
		switch (pick(16)) {
		case 0 ... 5:
			return reserve();
		case 6 ... 11:
			return close();
		case 12:
			return acquire();
		case 13:
			return release();
		case 14:
			quick_.poll();
			return;
		}
		switch (pick(40)) {
		case 0:
			ring_.ring.set_enabled(enabled_ = false);
			return;
		case 1 ... 5:
			ring_.ring.set_enabled(enabled_ = true);
			return;
		case 6:
			ring_.reader.abandon();
			holds_ = false;
			return;
		case 7:
			fake_clock::time += pick(3) << 32;
			return;
		case 8:
			fake_clock::time -= fake_clock::time >> pick(40);
			return;
		case 9:
			slow_.seek_newest();
			return;
		default:
			slow_.poll();
		}
	}

	u32 random_size()
	{
		u32 max = max_payload(shape_.page_size);

		switch (pick(12)) {
		case 0:
			return static_cast<u32>(max - pick(20));
		case 1:
			return static_cast<u32>(max + 1 + pick(100));
		case 2:
			return 0;
		default:
			return static_cast<u32>(pick(max / 5));
		}
	}
	/* A reserve, and if it is refused, for the one cause there is. */
	void reserve()
	{
		u32 size = random_size();
		u64 full = ring_.ring.dropped(KRING_DROP_FULL);
		u64 lapped = ring_.ring.dropped(KRING_DROP_LAPPED);
		auto record = ring_.reserve(size);

		if (record) {
			ring_.log.expect(enabled_ && open_.size() < 5 && size <= max_payload(shape_.page_size),
					 "a record that should be refused is not");
			open_.push_back(record);
			model_.opened(record.ticket);
			return;
		}
		refused_[!enabled_			      ? KRING_DROP_DISABLED :
			 open_.size() == 5		      ? KRING_DROP_TOO_DEEP :
			 size > max_payload(shape_.page_size) ? KRING_DROP_TOO_BIG :
								KRING_DROP_NO_CPU]++;
		for (u32 cause : {KRING_DROP_DISABLED, KRING_DROP_TOO_DEEP, KRING_DROP_TOO_BIG})
			ring_.log.expect(ring_.ring.dropped(cause) == refused_[cause],
					 "a refusal is counted under another cause");
		if (ring_.ring.dropped(KRING_DROP_FULL) != full)
			ring_.log.expect(!shape_.overwrite, "full, in overwrite mode");
		if (ring_.ring.dropped(KRING_DROP_LAPPED) != lapped)
			ring_.log.expect(!open_.empty(), "lapped, with no record open");
	}
	void close()
	{
		if (open_.empty())
			return;

		bool committed = pick(4);

		if (committed)
			ring_.commit(open_.back());
		else
			ring_.discard(open_.back());
		open_.pop_back();
		model_.closed(committed);
	}
	void acquire()
	{
		status got = ring_.acquire();

		ring_.log.expect((got == status::acquired) == holds_, "acquire twice is not told");
		if (got == status::ok)
			compare();
		holds_ = holds_ || got == status::ok;
	}
	void release()
	{
		if (holds_)
			ring_.log.expect(ring_.release() == status::ok, "what was acquired is not released");
		else
			ring_.log.expect(ring_.reader.release() == status::not_acquired,
					 "release without acquire is not told");
		holds_ = false;
	}
	/* What is held is what the model has under these numbers. */
	void compare()
	{
		const page_span &span = ring_.held;
		record_cursor records{ring_.memory.page(span.page), span.start, span.end, span.first};
		record_view record;

		ring_.log.expect(span.first + span.count <= model_.published().size(),
				 "more is readable than was published");
		while (records.next(record) && ring_.log.wrong().empty()) {
			if (record.discarded)
				continue;

			u64 ticket = model_.published()[record.seq];

			ring_.log.expect(record.type == (ticket & KRING_RECORD_TYPE) &&
						 is_filled(record.payload, record.size, ticket),
					 "a record is not the one with its number");
		}
	}
	void end()
	{
		while (!open_.empty())
			close();
		if (holds_)
			release();
		ring_.log.expect(ring_.log.committed() == model_.published().size(), "the model is wrong");
		quick_.poll_all();
		quick_.expect_at(ring_.log.committed());
		slow_.poll_all();
		slow_.expect_at(ring_.log.committed());
		ring_.finish();
	}

	fresh_clock clock_;
	std::mt19937_64 random_;
	shape shape_;
	ring_type ring_;
	model model_;
	test_observer<platform_native> quick_;
	test_observer<platform_native> slow_;
	std::vector<ring_type::open_record> open_;
	u64 refused_[KRING_NR_DROPS] = {};
	bool holds_ = false;
	bool enabled_ = true;
};

struct page_ring_model : testing::TestWithParam<bool> {};

INSTANTIATE_TEST_SUITE_P(modes, page_ring_model, testing::Bool());

TEST_P(page_ring_model, random_walks)
{
	constexpr u64 seeds = 300;

	for (u64 seed = 1; seed <= seeds; seed++) {
		shape shape{.list_pages = static_cast<u32>(2 + seed % 5),
			    .page_size = seed % 3 ? 256U : 512U,
			    .overwrite = GetParam()};
		random_walk walk{shape, seed};

		ASSERT_EQ(walk.run(3000), "") << "seed " << seed;
	}
	std::printf("%llu random walks of 3000 steps, seeds 1 to %llu\n", seeds, seeds);
}

} /* namespace */
} /* namespace kring::test */
