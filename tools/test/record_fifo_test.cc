/* SPDX-License-Identifier: GPL-2.0-only */
/* Records in an spsc_fifo: all sizes at all places, and what is refused. */
#include <deque>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "../../src/core/record_fifo.hh"
#include "platform_native.hh"

namespace kring::test
{
namespace
{

using fifo_type = spsc_fifo<platform_native>;
using records = record_fifo<platform_native>;
using bytes = std::vector<__u8>;

bytes record_of(u32 number, u32 size)
{
	bytes all(size);

	for (u32 at = 0; at < size; at++)
		all[at] = static_cast<__u8>(number * 31 + at);
	return all;
}

class checked_records {
public:
	checked_records(u32 capacity, u32 length_size) : length_size_{length_size}, memory_(capacity)
	{
		fifo_.init(memory_.data(), capacity, 1);
	}

	void put(u32 size)
	{
		bytes record = record_of(number_++, size);
		record_status expected = size > to().max_size()				? record_status::too_big :
					 used_ + length_size_ + size > fifo_.capacity() ? record_status::full :
											  record_status::ok;

		EXPECT_EQ(to().put(record.data(), size), expected);
		if (expected == record_status::ok) {
			held_.push_back(record);
			used_ += length_size_ + size;
		}
		expect_state();
	}
	/* Likewise, in place; if it is not finished, it never was. */
	void put_in_place(u32 size, bool finishes)
	{
		bytes record = record_of(number_, size);
		linear_spans spans{};
		record_status status = to().prepare_put(size, spans);

		EXPECT_EQ(status == record_status::ok,
			  size <= to().max_size() && used_ + length_size_ + size <= fifo_.capacity());
		if (status == record_status::ok) {
			EXPECT_EQ(spans.count[0] + spans.count[1], size);
			copy_in<plain_memory>(spans, record.data(), 1);
			if (finishes) {
				to().finish_put(size);
				held_.push_back(record);
				used_ += length_size_ + size;
				number_++;
			}
		}
		expect_state();
	}
	void get_in_place()
	{
		linear_spans spans{};
		u32 size = 0;

		if (held_.empty()) {
			EXPECT_EQ(to().prepare_get(spans, size), record_status::empty);
			return;
		}
		EXPECT_EQ(to().prepare_get(spans, size), record_status::ok);
		EXPECT_EQ(size, held_.front().size());

		bytes record(size);

		copy_out<plain_memory>(record.data(), spans, 1);
		EXPECT_EQ(record, held_.front());
		expect_state();
		to().finish_get(size);
		drop();
		expect_state();
	}
	void get(u32 room)
	{
		expect_read(room, true);
		expect_state();
	}
	void peek(u32 room)
	{
		expect_read(room, false);
		expect_state();
	}
	void skip()
	{
		EXPECT_EQ(to().skip(), held_.empty() ? record_status::empty : record_status::ok);
		if (!held_.empty())
			drop();
		expect_state();
	}
	records to() { return {fifo_, length_size_}; }

private:
	void expect_read(u32 room, bool takes)
	{
		bytes buffer(room + 1, 0xa5);
		u32 size = 12345;
		record_status status =
			takes ? to().get(buffer.data(), room, size) : to().peek(buffer.data(), room, size);

		if (held_.empty()) {
			EXPECT_EQ(status, record_status::empty);
			return;
		}
		EXPECT_EQ(size, held_.front().size());
		if (room < size) {
			EXPECT_EQ(status, record_status::no_room);
			EXPECT_EQ(buffer, bytes(room + 1, 0xa5)) << "nothing is copied of what does not fit";
			return;
		}
		EXPECT_EQ(status, record_status::ok);
		EXPECT_EQ(buffer[size], 0xa5);
		buffer.resize(size);
		EXPECT_EQ(buffer, held_.front());
		if (takes)
			drop();
	}
	void drop()
	{
		used_ -= length_size_ + static_cast<u32>(held_.front().size());
		held_.pop_front();
	}
	void expect_state() { EXPECT_EQ(fifo_.len(), used_); }

	u32 length_size_;
	bytes memory_;
	fifo_type fifo_{};
	std::deque<bytes> held_;
	u32 used_ = 0;
	u32 number_ = 0;
};

TEST(record_fifo, all_sizes_at_all_places)
{
	for (u32 length_size : {1U, 2U})
		for (u32 capacity : {2U, 4U, 8U, 16U, 32U})
			for (u32 size = 0; size <= capacity + 1; size++) {
				checked_records fifo{capacity, length_size};

				/* Lengths come to stand across the end, too. */
				for (u32 step = 0; step < 3 * capacity; step++) {
					fifo.put(size);
					fifo.put(step % 3);
					fifo.peek(size);
					fifo.get(size ? size - 1 : 0);
					fifo.get(size);
					fifo.get(2);
					fifo.put_in_place(step % 4, false);
					fifo.put_in_place(step % 4, true);
					fifo.get_in_place();
					fifo.get_in_place();
				}
			}
}

TEST(record_fifo, random_operations)
{
	for (u32 length_size : {1U, 2U})
		for (u32 capacity : {4U, 64U, 1024U}) {
			std::mt19937 random{capacity + length_size};
			checked_records fifo{capacity, length_size};

			for (u32 step = 0; step < 5000; step++) {
				u32 size = static_cast<u32>(random()) % (capacity / 2 + 1);

				switch (random() % 5) {
				case 0:
				case 1:
					fifo.put(size);
					break;
				case 2:
					fifo.get(size);
					break;
				case 3:
					fifo.peek(size);
					break;
				default:
					random() % 4 ? fifo.get(capacity) : fifo.skip();
				}
			}
		}
}

/* A record may be as large as its length can say, and as large as the fifo. */
TEST(record_fifo, largest)
{
	EXPECT_EQ((checked_records{1024, 1}.to().max_size()), 255U);
	EXPECT_EQ((checked_records{256, 1}.to().max_size()), 255U);
	EXPECT_EQ((checked_records{128, 1}.to().max_size()), 127U);
	EXPECT_EQ((checked_records{2, 2}.to().max_size()), 0U);
	EXPECT_EQ((checked_records{1 << 17, 2}.to().max_size()), 65535U);
	EXPECT_EQ((checked_records{1 << 16, 2}.to().max_size()), 65534U);
	for (u32 length_size : {1U, 2U})
		for (u32 capacity : {1U << 8, 1U << 9, 1U << 16, 1U << 17, 1U << 18}) {
			checked_records fifo{capacity, length_size};

			for (u32 lap = 0; lap < 3; lap++) {
				fifo.put(fifo.to().max_size() + 1);
				fifo.put(fifo.to().max_size());
				fifo.put(capacity);
				fifo.get(capacity);
				fifo.put(1);
				fifo.get(1);
			}
		}
}

TEST(record_fifo, size_beyond_32_bits_is_too_big)
{
	checked_records fifo{64, 2};

	EXPECT_EQ(fifo.to().put("", u64{1} << 32), record_status::too_big);
	EXPECT_EQ(fifo.to().put("", ~u64{0}), record_status::too_big);
}

/* The memory is the caller's, who may have written to it: nothing is read that is not there. */
TEST(record_fifo, spoiled_length)
{
	__u8 memory[8] = {};
	__u8 buffer[300] = {'a', 'b'};
	fifo_type fifo{};
	records records{fifo, 1};
	u32 size = 0;

	fifo.init(memory, 8, 1);
	EXPECT_EQ(records.put(buffer, 2), record_status::ok);
	memory[0] = 3;
	EXPECT_EQ(records.get(buffer, sizeof(buffer), size), record_status::spoiled);
	EXPECT_EQ(records.peek(buffer, sizeof(buffer), size), record_status::spoiled);
	EXPECT_EQ(records.skip(), record_status::spoiled);
	memory[0] = 2;
	EXPECT_EQ(records.get(buffer, sizeof(buffer), size), record_status::ok);
}

TEST(record_fifo, length_sizes)
{
	for (u32 bytes = 0; bytes < 9; bytes++)
		EXPECT_EQ(records::is_length_size(bytes), bytes == 1 || bytes == 2);
}

} /* namespace */
} /* namespace kring::test */
