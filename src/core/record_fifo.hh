/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records of any size in an spsc_fifo of bytes: each stands behind its length,
 * of one or two bytes. Both come and go as one batch, so that there is never half
 * a record. A view: it has no state but the fifo's, and goes away when inlined.
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

	[[nodiscard, gnu::always_inline]] record_status put(const void *from, u64 size)
	{
		put_batch batch{bytes_};
		record_status status = has_room(batch, size);

		if (status != record_status::ok)
			return status;
		put_length(batch, static_cast<u32>(size));
		copy_in<M>(batch.pass(static_cast<u32>(size)), from, 1);
		batch.publish();
		return record_status::ok;
	}
	/* size: the record's, with ok and no_room. */
	[[nodiscard, gnu::always_inline]] record_status get(void *to, u64 room, u32 &size)
	{
		get_batch batch{bytes_};
		record_status status = copy(batch, to, room, size);

		if (status == record_status::ok)
			batch.release();
		return status;
	}
	[[nodiscard, gnu::always_inline]] record_status peek(void *to, u64 room, u32 &size)
	{
		get_batch batch{bytes_};

		return copy(batch, to, room, size);
	}
	[[nodiscard, gnu::always_inline]] record_status skip()
	{
		get_batch batch{bytes_};
		u32 size;
		record_status status = get_length(batch, size);

		if (status == record_status::ok) {
			batch.pass(size);
			batch.release();
		}
		return status;
	}

	/* In place. A record that is prepared is there when it is finished, and if it is not, it never was. */
	[[nodiscard, gnu::always_inline]] record_status prepare_put(u64 size, linear_spans &payload)
	{
		put_batch batch{bytes_};
		record_status status = has_room(batch, size);

		if (status == record_status::ok) {
			batch.pass(length_size_);
			payload = batch.pass(static_cast<u32>(size));
		}
		return status;
	}
	[[gnu::always_inline]] void finish_put(u32 size)
	{
		put_batch batch{bytes_};

		put_length(batch, size);
		batch.pass(size);
		batch.publish();
	}
	/* The oldest record, which stays until it is finished. */
	[[nodiscard, gnu::always_inline]] record_status prepare_get(linear_spans &payload, u32 &size)
	{
		get_batch batch{bytes_};
		record_status status = get_length(batch, size);

		if (status == record_status::ok)
			payload = batch.pass(size);
		return status;
	}
	[[gnu::always_inline]] void finish_get(u32 size)
	{
		get_batch batch{bytes_};

		batch.pass(length_size_ + size);
		batch.release();
	}

	/* Of a record's bytes, without its length. */
	u32 max_size() const
	{
		u32 holdable = bytes_.capacity() - length_size_;

		return max_sayable() < holdable ? max_sayable() : holdable;
	}

private:
	using put_batch = typename spsc_fifo<P, M>::put_batch;
	using get_batch = typename spsc_fifo<P, M>::get_batch;

	u32 max_sayable() const { return length_size_ == 1 ? 0xff : 0xffff; }
	[[gnu::always_inline]] record_status has_room(put_batch &batch, u64 size) const
	{
		/* What cannot be said may be more than 32 bits can count; what is larger than the memory finds no room. */
		if (size <= max_sayable() && batch.has_room(length_size_ + static_cast<u32>(size)))
			return record_status::ok;
		return size > max_size() ? record_status::too_big : record_status::full;
	}
	/* Where there is room. */
	[[gnu::always_inline]] void put_length(put_batch &batch, u32 size) const
	{
		(void)batch.put(static_cast<__u8>(size));
		if (length_size_ == 2)
			(void)batch.put(static_cast<__u8>(size >> 8));
	}
	/* Passes over the length, if the record behind it is there. */
	[[gnu::always_inline]] record_status get_length(get_batch &batch, u32 &size) const
	{
		__u8 low;
		__u8 high = 0;

		if (!batch.get(low))
			return record_status::empty;
		if (length_size_ == 2 && !batch.get(high))
			return record_status::spoiled;
		size = low | u32{high} << 8;
		return batch.has(size) ? record_status::ok : record_status::spoiled;
	}
	[[gnu::always_inline]] record_status copy(get_batch &batch, void *to, u64 room, u32 &size) const
	{
		record_status status = get_length(batch, size);

		if (status != record_status::ok)
			return status;
		if (size > room)
			return record_status::no_room;
		copy_out<M>(to, batch.pass(size), 1);
		return record_status::ok;
	}

	spsc_fifo<P, M> &bytes_;
	u32 length_size_;
};

} /* namespace kring */

#endif
