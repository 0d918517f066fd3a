/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A ring of bytes of any capacity, all of it usable, as RT-Thread's
 * rt_ringbuffer: two indices, each with a mirror bit that it flips whenever it
 * begins the memory again. Equal indices are empty if the bits are equal, and
 * full if they are not.
 *
 * An index and its bit are one word: moving it is one store. So put may run
 * beside get, one of each, without a lock, as in spsc_fifo.hh: each side stores
 * to its own word alone, and what it knows of the other's errs to its own
 * disadvantage. It knows it as a limit in its own lap, so that most of the time
 * moving on is an addition.
 *
 * M1  Both indices are less than the capacity; data_len() is at most that.
 * M2  The data_len() bytes from the read index on are the consumer's, the others
 *     the producer's.
 *
 * put_force() moves the read index too, under the eyes of a get that copies from
 * there. With a compare-exchange of the read word a get could find that out, but
 * not undo that it has read bytes while they were written, and would pay for a
 * locked instruction each time; and a word that has a mirror bit for its only
 * version is soon what it was. So it is not to be had beside anything:
 * mirror_fifo has no put_force(). It is an operation of a sole_user, which is
 * made by who has locked all others out.
 */
#ifndef KRING_CORE_MIRROR_FIFO_HH
#define KRING_CORE_MIRROR_FIFO_HH

#include "linear_memory.hh"

namespace kring
{

template <platform P, class M = plain_memory>
class mirror_fifo {
public:
	static constexpr u32 max_capacity = 0x7fffffff;

	enum class fill {
		empty,
		half_full, /* neither of the others */
		full,
	};

	/* Of a fifo on which nobody else is at work as long as this exists. */
	class sole_user;

	static constexpr bool is_capacity(u64 bytes) { return bytes && bytes <= max_capacity; }

	void init(void *memory, u32 capacity)
	{
		producer_ = {0, 0, static_cast<__u8 *>(memory), capacity};
		consumer_ = producer_;
		reset();
	}
	/* While neither side is at work. */
	void reset()
	{
		P::store(producer_.word, 0);
		P::store(consumer_.word, 0);
		producer_.limit = 0;
		consumer_.limit = 0;
	}

	/* The producer's. As many bytes as there is room for; returns how many. */

	[[gnu::always_inline]] u32 put(const void *from, u32 size)
	{
		u32 word = P::load(producer_.word);

		if (size >= producer_.limit - word) [[unlikely]]
			return put_slowly(word, from, size);
		M::in(producer_.memory + index_of(word), from, size);
		publish(word + size);
		return size;
	}
	[[nodiscard]] bool putchar(__u8 byte) { return put(&byte, sizeof(byte)); }
	/* Where bytes can be written in place, until finish_put(). */
	u32 prepare_put(u32 size, linear_spans &spans)
	{
		u32 word = P::load(producer_.word);
		u32 room = find_room(word);

		size = size < room ? size : room;
		spans = producer_.spans(word, size);
		return size;
	}
	/* False: there is not so much room. */
	[[nodiscard]] bool finish_put(u32 size)
	{
		u32 word = P::load(producer_.word);
		u32 room = find_room(word);

		if (room < size)
			return false;
		publish(producer_.move(word, size, room));
		return true;
	}

	/* The consumer's. As many bytes as there are; returns how many. */

	[[gnu::always_inline]] u32 get(void *to, u32 size)
	{
		u32 word = P::load(consumer_.word);

		if (size >= consumer_.limit - word) [[unlikely]]
			return get_slowly(word, to, size);
		M::out(to, consumer_.memory + index_of(word), size);
		release(word + size);
		return size;
	}
	[[nodiscard]] bool getchar(__u8 &byte) { return get(&byte, sizeof(byte)); }
	u32 peek(void *to, u32 size)
	{
		linear_spans spans;

		size = prepare_get(size, spans);
		copy_out<M>(to, spans, 1);
		return size;
	}
	u32 skip(u32 size)
	{
		u32 word = P::load(consumer_.word);
		u32 there = find_data(word);

		size = size < there ? size : there;
		release(consumer_.move(word, size, there));
		return size;
	}
	/* Where bytes can be read in place, until finish_get(). */
	u32 prepare_get(u32 size, linear_spans &spans)
	{
		u32 word = P::load(consumer_.word);
		u32 there = find_data(word);

		size = size < there ? size : there;
		spans = consumer_.spans(word, size);
		return size;
	}
	/* False: there are not so many. */
	[[nodiscard]] bool finish_get(u32 size)
	{
		u32 word = P::load(consumer_.word);
		u32 there = find_data(word);

		if (there < size)
			return false;
		release(consumer_.move(word, size, there));
		return true;
	}

	/* Anybody's: exact as far as the caller's own side goes; a stranger gets what was a moment ago. */

	u32 capacity() const { return producer_.capacity; }
	u32 data_len() const
	{
		/* [mirror_fifo:L] pairs with [mirror_fifo:R]: a write word that is not before this read word. */
		u32 read = P::load_acquire(consumer_.word);
		u32 len = distance(read, P::load(producer_.word), capacity());

		return len < capacity() ? len : capacity();
	}
	u32 space_len() const { return capacity() - data_len(); }
	fill status() const
	{
		u32 len = data_len();

		return !len ? fill::empty : len < capacity() ? fill::half_full : fill::full;
	}

private:
	static constexpr u32 mirror = u32{1} << 31;

	static constexpr u32 index_of(u32 word) { return word & ~mirror; }
	/* How many bytes there are from one word to another one. */
	static constexpr u32 distance(u32 read, u32 write, u32 capacity)
	{
		return index_of(write) - index_of(read) + ((read ^ write) & mirror ? capacity : 0);
	}

	/* A side's own cache line. Of these the other side looks at word alone. */
	struct alignas(64) side {
		u32 word;
		u32 limit; /* word may go up to before this in its lap, by what is known of the other side's */
		__u8 *memory;
		u32 capacity;

		/* The word after `size` more bytes of `known` that may be passed. */
		u32 move(u32 from, u32 size, u32 known)
		{
			u32 to_end = capacity - index_of(from);
			u32 next = size < to_end ? from + size : (~from & mirror) + (size - to_end);

			to_end = capacity - index_of(next);
			known -= size;
			limit = next + (known < to_end ? known : to_end);
			return next;
		}
		linear_spans spans(u32 from, u32 size) const
		{
			return spans_of(memory, capacity, index_of(from), size, 1);
		}
	};

	u32 find_room(u32 word) const
	{
		/* [mirror_fifo:F] pairs with [mirror_fifo:R]: what was taken has been read, before it is overwritten. */
		u32 read = P::load_acquire(consumer_.word);

		return producer_.capacity - distance(read, word, producer_.capacity);
	}
	u32 find_data(u32 word) const
	{
		/* [mirror_fifo:A] pairs with [mirror_fifo:P]: the bytes come with the index behind them. */
		u32 written = P::load_acquire(producer_.word);

		return distance(word, written, consumer_.capacity);
	}
	/* To the end of the memory or of what is known, or beyond. */
	u32 put_slowly(u32 word, const void *from, u32 size)
	{
		u32 room = find_room(word);

		size = size < room ? size : room;
		if (!size)
			return 0;
		copy_in<M>(producer_.spans(word, size), from, 1);
		publish(producer_.move(word, size, room));
		return size;
	}
	u32 get_slowly(u32 word, void *to, u32 size)
	{
		u32 there = find_data(word);

		size = size < there ? size : there;
		if (!size)
			return 0;
		copy_out<M>(to, consumer_.spans(word, size), 1);
		release(consumer_.move(word, size, there));
		return size;
	}
	[[gnu::always_inline]] void publish(u32 word)
	{
		/* [mirror_fifo:P] pairs with [mirror_fifo:A]: who sees the index sees the bytes before it. */
		P::store_release(producer_.word, word);
	}
	[[gnu::always_inline]] void release(u32 word)
	{
		/* [mirror_fifo:R] pairs with [mirror_fifo:F] and [mirror_fifo:L]: bytes were read before their room is given. */
		P::store_release(consumer_.word, word);
	}

	side producer_; /* word: where to write */
	side consumer_; /* word: where to read */
};

template <platform P, class M>
class mirror_fifo<P, M>::sole_user {
public:
	explicit sole_user(mirror_fifo &fifo) : fifo_{fifo} {}

	/*
	 * All bytes, or of more than the capacity the last ones; what is in their way is overwritten. Returns how many
	 * bytes are lost by that, those of `from` included.
	 */
	u32 put_force(const void *from, u32 size)
	{
		u32 capacity = fifo_.capacity();
		u32 left_out = size > capacity ? size - capacity : 0;
		u32 kept = size - left_out;
		u32 space = fifo_.space_len();
		u32 overwritten = kept > space ? kept - space : 0;

		fifo_.skip(overwritten);
		fifo_.put(static_cast<const __u8 *>(from) + left_out, kept);
		return left_out + overwritten;
	}
	/* True: a byte was overwritten. */
	bool putchar_force(__u8 byte) { return put_force(&byte, 1); }

private:
	mirror_fifo &fifo_;
};

} /* namespace kring */

#endif
