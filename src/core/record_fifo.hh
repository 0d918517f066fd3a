/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records of any size in an spsc_fifo of bytes: each stands behind its length,
 * of one or two bytes. Both come and go as one batch, so that there is never half
 * a record. A view: it has no state but the fifo's.
 */
#ifndef KRING_CORE_RECORD_FIFO_HH
#define KRING_CORE_RECORD_FIFO_HH

#include "spsc_fifo.hh"

namespace kring
{

enum class record_status {
	ok,
	empty,	 /* there is none */
	full,	 /* there is no room now */
	too_big, /* there never is room: larger than the fifo, or than its length can say */
	no_room, /* in the reader's buffer; the record stays */
	spoiled, /* a length that says more than there is: the memory was written to by others */
};

template <platform P, class M = plain_memory>
class record_fifo {
public:
	static constexpr bool is_length_size(u32 bytes) { return bytes == 1 || bytes == 2; }

	record_fifo(spsc_fifo<P, M> &bytes, u32 length_size) : bytes_{bytes}, length_size_{length_size} {}

	[[nodiscard]] record_status put(const void *from, u64 size)
	{
		if (size > max_size())
			return record_status::too_big;

		typename spsc_fifo<P, M>::put_batch batch{bytes_};
		__u8 length[2] = {static_cast<__u8>(size), static_cast<__u8>(size >> 8)};

		if (!batch.has_room(length_size_ + static_cast<u32>(size)))
			return record_status::full;
		batch.in(length, length_size_);
		batch.in(from, static_cast<u32>(size));
		batch.publish();
		return record_status::ok;
	}

	/* size: the record's, with ok and no_room. */
	[[nodiscard]] record_status get(void *to, u64 room, u32 &size)
	{
		typename spsc_fifo<P, M>::get_batch batch{bytes_};
		record_status status = copy(batch, to, room, size);

		if (status == record_status::ok)
			batch.release();
		return status;
	}
	[[nodiscard]] record_status peek(void *to, u64 room, u32 &size)
	{
		typename spsc_fifo<P, M>::get_batch batch{bytes_};

		return copy(batch, to, room, size);
	}
	[[nodiscard]] record_status skip()
	{
		typename spsc_fifo<P, M>::get_batch batch{bytes_};
		u32 size;
		record_status status = look(batch, size);

		if (status == record_status::ok) {
			batch.skip(size);
			batch.release();
		}
		return status;
	}

	/* Of a record's bytes, without its length. */
	u32 max_size() const
	{
		u32 sayable = length_size_ == 1 ? 0xff : 0xffff;
		u32 holdable = bytes_.capacity() - length_size_;

		return sayable < holdable ? sayable : holdable;
	}

private:
	using get_batch = typename spsc_fifo<P, M>::get_batch;

	/* Passes over the length, if the record behind it is there. */
	record_status look(get_batch &batch, u32 &size) const
	{
		__u8 length[2] = {};

		if (!batch.has(1))
			return record_status::empty;
		batch.out(length, length_size_);
		size = length[0] | u32{length[1]} << 8;
		return batch.has(size) ? record_status::ok : record_status::spoiled;
	}
	record_status copy(get_batch &batch, void *to, u64 room, u32 &size) const
	{
		record_status status = look(batch, size);

		if (status != record_status::ok)
			return status;
		if (size > room)
			return record_status::no_room;
		batch.out(to, size);
		return record_status::ok;
	}

	spsc_fifo<P, M> &bytes_;
	u32 length_size_;
};

} /* namespace kring */

#endif
