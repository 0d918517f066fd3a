/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A ring for tests: its memory, writers that keep a journal, and the reader,
 * which believes nothing that the journal does not know.
 */
#ifndef KRING_TEST_RING_FIXTURE_HH
#define KRING_TEST_RING_FIXTURE_HH

#include <cstdlib>
#include <memory>

#include "../../src/core/page_ring.hh"
#include "../../src/core/page_ring_check.hh"
#include "../../src/core/page_ring_reader.hh"
#include "journal.hh"

namespace kring::test
{

struct shape {
	u32 list_pages = 4;
	u32 page_size = 4096;
	bool overwrite = true;
};

/* The memory of a ring, and how an observer sees it. */
class ring_memory {
public:
	explicit ring_memory(const shape &shape)
		: page_size_{shape.page_size}, pages_{shape.list_pages + 1},
		  data_{allocate(page_size_ * u64{pages_}, page_size_)},
		  shared_{allocate(sizeof(kring_ring) + directory_entries(shape.list_pages) * sizeof(u32), 64)},
		  slots_(pages_)
	{
		for (u32 id = 0; id < pages_; id++)
			slots_[id].header = &page(id);
	}

	const kring_ring &ring() const { return *shared(); }
	const kring_page &page(u32 id) const { return const_cast<ring_memory *>(this)->page(id); }
	kring_page &page(u32 id)
	{
		if (id >= pages_) {
			left_ = true;
			id = 0;
		}
		return *reinterpret_cast<kring_page *>(data_.get() + u64{id} * page_size_);
	}
	u32 pages() const { return pages_; }
	u32 page_size() const { return page_size_; }

	/* Was a page looked for that does not exist? */
	bool was_left() const { return left_; }

	kring_ring *shared() const { return reinterpret_cast<kring_ring *>(shared_.get()); }
	page_slot *slots() { return slots_.data(); }
	const page_slot *slots() const { return slots_.data(); }

private:
	struct release {
		void operator()(char *memory) const { std::free(memory); }
	};
	using bytes = std::unique_ptr<char, release>;

	static bytes allocate(u64 size, u64 alignment)
	{
		u64 whole = (size + alignment - 1) / alignment * alignment;
		char *memory = static_cast<char *>(std::aligned_alloc(alignment, whole));

		std::memset(memory, 0, whole);
		return bytes{memory};
	}

	u32 page_size_;
	u32 pages_;
	bytes data_;
	bytes shared_;
	std::vector<page_slot> slots_;
	bool left_ = false;
};

template <platform P, clock_source C = fake_clock>
class test_ring {
public:
	struct open_record {
		void *payload;
		u64 ticket;

		explicit operator bool() const { return payload; }
	};

	explicit test_ring(const shape &shape) : memory{shape}, overwrite_{shape.overwrite}
	{
		ring.init({
			.geometry =
				{.cpu = 7, .page_size = shape.page_size, .list_pages = shape.list_pages, .clock = 1},
			.overwrite = shape.overwrite,
			.now = C::now(),
			.slots = memory.slots(),
			.shared = memory.shared(),
			.owner = this,
			.stopped = [](void *owner, u32, u32) { static_cast<test_ring *>(owner)->times_stopped++; },
		});
		reader.init(ring);
	}
	test_ring(const test_ring &) = delete;

	/* Writers. A reserved record is filled at once. */
	open_record reserve(u32 size)
	{
		u64 ticket = log.attempt(size);
		u32 type = static_cast<u32>(ticket) & KRING_RECORD_TYPE;
		void *payload =
			ring.template reserve<C>(record_step(KRING_RECORD_SPACE(size)), size_and_type(size, type));

		if (payload) {
			log.opened(ticket);
			fill(payload, size, ticket);
		}
		return {payload, ticket};
	}
	void commit(const open_record &record)
	{
		log.committed(record.ticket);
		log.expect(ring.commit(record.payload), "an open record is not committed");
	}
	void discard(const open_record &record)
	{
		log.discarded(record.ticket);
		log.expect(ring.discard(record.payload), "an open record is not discarded");
	}
	bool write(u32 size = 16)
	{
		open_record record = reserve(size);

		if (record)
			commit(record);
		return static_cast<bool>(record);
	}
	bool write_discarded(u32 size = 16)
	{
		open_record record = reserve(size);

		if (record)
			discard(record);
		return static_cast<bool>(record);
	}
	void write_many(u64 count, u32 size = 16)
	{
		while (count--)
			write(size);
	}

	/* The reader. What it holds is looked at when it is acquired, and again when it is released. */
	status acquire()
	{
		status got = reader.acquire(held);

		if (got == status::ok)
			look_at_held();
		return got;
	}
	status release()
	{
		look_at_held();
		read += held.count;
		return reader.release();
	}
	/* One span; false if there was none. */
	bool take()
	{
		if (acquire() != status::ok)
			return false;
		log.expect(release() == status::ok, "what was acquired is not released");
		return true;
	}
	/* No span is without records, but for discarded ones: a reader that finds more goes around in circles. */
	void take_all()
	{
		for (u64 spans = 0; spans <= log.attempted() && take(); spans++)
			;
	}

	ring_ledger ledger()
	{
		ring_ledger found{};

		log.expect(reader.ledger(found), "the ledger is not exact");
		return found;
	}
	u64 dropped() const
	{
		u64 sum = 0;

		for (u32 cause = 0; cause < KRING_NR_DROPS; cause++)
			sum += ring.dropped(cause);
		return sum;
	}

	/* Nobody writes or reads: the invariants and the ledger. Empty, or what is wrong. */
	const std::string &quiet()
	{
		const char *broken = page_ring_check<P>{ring, reader}.run();
		ring_ledger sums = ledger();

		if (broken)
			log.wrong(broken);
		log.expect(!ring.fault(), "the ring has stopped");
		log.expect(log.refused() == dropped(), "ledger: refusals are not what was dropped");
		log.expect(log.discarded() == ring.discarded(), "ledger: discarded");
		log.expect(log.committed() == sums.committed, "ledger: committed");
		log.expect(read == sums.read, "ledger: read");
		log.expect(sums.committed == sums.read + sums.overwritten + sums.unread, "ledger: the sum");
		log.expect(overwrite_ || sums.overwritten == 0,
			   "I7: records that nobody overwrote count as overwritten");
		return log.wrong();
	}
	/* The same, and what is said to be unread can be read. */
	const std::string &finish()
	{
		quiet();

		u64 unread = ledger().unread;
		u64 before = read;

		take_all();
		log.expect(read - before == unread, "I7: unread records cannot be read");
		return quiet();
	}

	ring_memory memory;
	page_ring<P> ring{};
	page_ring_reader<P> reader{};
	journal log;
	page_span held{};
	u64 read = 0;
	u32 times_stopped = 0;

private:
	void look_at_held()
	{
		record_cursor records{memory.page(held.page), held.start, held.end, held.first};
		record_view record;

		while (records.next(record))
			if (!record.discarded)
				log.saw(record);
		log.expect(records.error() == page_error::none, "I6: acquired records do not parse");
		log.expect(records.seq() == held.first + held.count, "I7: other than the acquired number of records");
	}

	bool overwrite_;
};

} /* namespace kring::test */

#endif
