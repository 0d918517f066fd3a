/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A queue of elements between one producer and one consumer, which need no lock
 * against each other: free-running positions and a mask, as in Linux's kfifo,
 * after Lamport. Records in such a queue: record_fifo.hh.
 *
 * Each side has a position, the number of elements that it has ever put or
 * taken, modulo 2^32. The element at position p stands at p mod capacity. The
 * difference of the positions is how many are there: 0 is empty, the capacity
 * full, and no element of memory is lost to tell them apart.
 *
 * F1  consumer_pos <= producer_pos <= consumer_pos + capacity (modulo 2^32: the
 *     capacity is at most 2^31, so that differences are told from their
 *     negatives).
 * F2  What stands in [consumer_pos, producer_pos) is the consumer's, the rest of
 *     the memory the producer's. A side gives away by moving its own position,
 *     which nobody else stores to.
 * F3  What a side knows of the other's position may be old, which errs to its
 *     own disadvantage only: it sees less than there is.
 *
 * By F3 a side looks at the other one's cache line only when what it knows of it
 * does not suffice. One store that publishes is one release: no barrier, no
 * locked instruction, however many elements it publishes.
 */
#ifndef KRING_CORE_SPSC_FIFO_HH
#define KRING_CORE_SPSC_FIFO_HH

#include "fifo_side.hh"
#include "linear_memory.hh"

namespace kring
{

template <platform P, class M = plain_memory>
class spsc_fifo {
public:
	static constexpr u32 max_elements = u32{1} << 31;

	/* Several puts that the consumer sees at once, or not at all; meanwhile the producer does nothing else. */
	class put_batch;
	/* Several gets whose room the producer gets at once. */
	class get_batch;

	static constexpr bool is_capacity(u64 elements)
	{
		return elements && elements <= max_elements && !(elements & (elements - 1));
	}

	/* elements * element_size bytes of memory; elements as is_capacity() says. */
	void init(void *memory, u32 elements, u32 element_size)
	{
		producer_ = {0, 0, static_cast<unsigned char *>(memory), elements - 1, element_size};
		consumer_ = producer_;
		reset();
	}
	/* While neither side is at work. The first lap ends where positions wrap: no user has yet to see that. */
	void reset()
	{
		u32 first = 0 - capacity();

		P::store(producer_.pos, first);
		P::store(consumer_.pos, first);
		producer_.known = first;
		consumer_.known = first;
	}

	/* The producer's. */

	/*
	 * One element. T is as large as the fifo's elements are: of another size, the first one is refused, and any that
	 * has to look for room.
	 */
	template <class T> [[nodiscard, gnu::always_inline]] bool put(const T &element)
	{
		if (!__kring_fifo_has_room<P, M>(&producer_, &consumer_, sizeof(T)))
			return false;
		__kring_fifo_put<P, M>(&producer_, &element, sizeof(T));
		return true;
	}
	/* As many as there is room for. Returns how many. */
	u32 in(const void *from, u32 count)
	{
		u32 pos = P::load(producer_.pos);
		u32 copied = in_at(pos, from, count);

		if (copied)
			publish(pos + copied);
		return copied;
	}
	/* Where elements can be written in place, at most `count`, until finish_in(). Returns how many. */
	u32 prepare_in(u32 count, linear_spans &spans)
	{
		u32 pos = P::load(producer_.pos);
		u32 room = find_room(pos, count);

		count = count < room ? count : room;
		spans = spans_at(producer_, pos, count);
		return count;
	}
	/* False: there is not so much room. */
	[[nodiscard]] bool finish_in(u32 count)
	{
		u32 pos = P::load(producer_.pos);

		if (count > find_room(pos, count))
			return false;
		publish(pos + count);
		return true;
	}

	/* The consumer's. */

	template <class T> [[nodiscard, gnu::always_inline]] bool get(T &element)
	{
		if (!__kring_fifo_has_element<P, M>(&consumer_, &producer_, sizeof(T)))
			return false;
		__kring_fifo_get<P, M>(&consumer_, &element, sizeof(T));
		return true;
	}
	[[nodiscard]] bool peek_one(void *to, u32 size) { return size == consumer_.element_size && peek(to, 1); }
	u32 out(void *to, u32 count)
	{
		u32 pos = P::load(consumer_.pos);
		u32 copied = out_at(pos, to, count);

		if (copied)
			release(pos + copied);
		return copied;
	}
	u32 peek(void *to, u32 count) { return out_at(P::load(consumer_.pos), to, count); }
	u32 skip(u32 count)
	{
		linear_spans spans;

		count = prepare_out(count, spans);
		release(P::load(consumer_.pos) + count);
		return count;
	}
	/* Where elements can be read in place, at most `count`, until finish_out(). Returns how many. */
	u32 prepare_out(u32 count, linear_spans &spans)
	{
		u32 pos = P::load(consumer_.pos);
		u32 there = find_elements(pos, count);

		count = count < there ? count : there;
		spans = spans_at(consumer_, pos, count);
		return count;
	}
	/* False: there are not so many. */
	[[nodiscard]] bool finish_out(u32 count)
	{
		u32 pos = P::load(consumer_.pos);

		if (count > find_elements(pos, count))
			return false;
		release(pos + count);
		return true;
	}

	/* Anybody's. */

	u32 producer_pos() const { return P::load(producer_.pos); }
	u32 consumer_pos() const { return P::load(consumer_.pos); }
	u32 capacity() const { return producer_.mask + 1; }
	u32 element_size() const { return producer_.element_size; }

	/* Exact as far as the caller's own side goes; a stranger gets what once was, or a little more. */
	u32 len() const
	{
		/* [spsc_fifo:L] pairs with [spsc_fifo:R]: a producer_pos that is not before this consumer_pos. */
		u32 taken = P::load_acquire(consumer_.pos);
		u32 there = P::load(producer_.pos) - taken;

		return there < capacity() ? there : capacity();
	}

private:
	template <class T> [[gnu::always_inline]] static T *slot(const kring_fifo_side &side, u32 at)
	{
		return reinterpret_cast<T *>(side.memory) + (at & side.mask);
	}
	[[gnu::always_inline]] static linear_spans spans_at(const kring_fifo_side &side, u32 at, u32 count)
	{
		return spans_of(side.memory, side.mask + 1, at & side.mask, count, side.element_size);
	}
	[[gnu::always_inline]] static linear_spans bytes_at(const kring_fifo_side &side, u32 at, u32 count)
	{
		return spans_of(side.memory, side.mask + 1, at & side.mask, count, 1);
	}

	/* How much room there is: all of it, unless what is known suffices for `wanted`. */
	[[gnu::always_inline]] u32 find_room(u32 pos, u32 wanted)
	{
		u32 room = producer_.known - pos;

		if (room >= wanted)
			return room;
		/* [spsc_fifo:F] pairs with [spsc_fifo:R]: what was taken has been read, before it is overwritten. */
		producer_.known = P::load_acquire(consumer_.pos) + producer_.mask + 1;
		return producer_.known - pos;
	}
	[[gnu::always_inline]] u32 find_elements(u32 pos, u32 wanted)
	{
		u32 there = consumer_.known - pos;

		if (there >= wanted)
			return there;
		/* [spsc_fifo:A] pairs with [spsc_fifo:P]: the elements come with the position behind them. */
		consumer_.known = P::load_acquire(producer_.pos);
		return consumer_.known - pos;
	}
	[[gnu::always_inline]] bool find_room_for(u32 pos, u32 size)
	{
		return size == producer_.element_size && find_room(pos, 1);
	}
	[[gnu::always_inline]] bool find_element_of(u32 pos, u32 size)
	{
		return size == consumer_.element_size && find_elements(pos, 1);
	}
	/* Copies from `pos` on, which nobody sees yet. */
	[[gnu::always_inline]] u32 in_at(u32 pos, const void *from, u32 count)
	{
		u32 room = find_room(pos, count);

		count = count < room ? count : room;
		if (count)
			copy_in<M>(spans_at(producer_, pos, count), from, producer_.element_size);
		return count;
	}
	[[gnu::always_inline]] u32 out_at(u32 pos, void *to, u32 count)
	{
		u32 there = find_elements(pos, count);

		count = count < there ? count : there;
		if (count)
			copy_out<M>(to, spans_at(consumer_, pos, count), consumer_.element_size);
		return count;
	}
	[[gnu::always_inline]] void publish(u32 pos)
	{
		/* [spsc_fifo:P] pairs with [spsc_fifo:A]: who sees the position sees the elements before it. */
		P::store_release(producer_.pos, pos);
	}
	[[gnu::always_inline]] void release(u32 pos)
	{
		/* [spsc_fifo:R] pairs with [spsc_fifo:F] and [spsc_fifo:L]: elements were read before their room is given. */
		P::store_release(consumer_.pos, pos);
	}

	kring_fifo_side producer_;
	kring_fifo_side consumer_;
};

template <platform P, class M>
class spsc_fifo<P, M>::put_batch {
public:
	explicit put_batch(spsc_fifo &fifo) : fifo_{fifo}, pos_{P::load(fifo.producer_.pos)} {}
	put_batch(spsc_fifo &fifo, u32 pos) : fifo_{fifo}, pos_{pos} {}

	[[nodiscard, gnu::always_inline]] bool has_room(u32 count) { return fifo_.find_room(pos_, count) >= count; }
	template <class T> [[nodiscard, gnu::always_inline]] bool put(const T &element)
	{
		if (pos_ == fifo_.producer_.known && !fifo_.find_room_for(pos_, sizeof(T))) [[unlikely]]
			return false;
		M::in(fifo_.template slot<T>(fifo_.producer_, pos_++), &element, sizeof(T));
		return true;
	}
	u32 in(const void *from, u32 count)
	{
		u32 copied = fifo_.in_at(pos_, from, count);

		pos_ += copied;
		return copied;
	}
	/* Of bytes: where the next `count` are to be written in place; has_room() has said that there is room. */
	[[gnu::always_inline]] linear_spans pass(u32 count)
	{
		pos_ += count;
		return bytes_at(fifo_.producer_, pos_ - count, count);
	}
	void publish() { fifo_.publish(pos_); }
	u32 pos() const { return pos_; }

private:
	spsc_fifo &fifo_;
	u32 pos_;
};

template <platform P, class M>
class spsc_fifo<P, M>::get_batch {
public:
	explicit get_batch(spsc_fifo &fifo) : fifo_{fifo}, pos_{P::load(fifo.consumer_.pos)} {}
	get_batch(spsc_fifo &fifo, u32 pos) : fifo_{fifo}, pos_{pos} {}

	[[nodiscard, gnu::always_inline]] bool has(u32 count) { return fifo_.find_elements(pos_, count) >= count; }
	template <class T> [[nodiscard, gnu::always_inline]] bool get(T &element)
	{
		if (pos_ == fifo_.consumer_.known && !fifo_.find_element_of(pos_, sizeof(T))) [[unlikely]]
			return false;
		M::out(&element, fifo_.template slot<T>(fifo_.consumer_, pos_++), sizeof(T));
		return true;
	}
	u32 out(void *to, u32 count)
	{
		u32 copied = fifo_.out_at(pos_, to, count);

		pos_ += copied;
		return copied;
	}
	/* Of bytes: where the next `count` are, to be read in place; has() has said that there are so many. */
	[[gnu::always_inline]] linear_spans pass(u32 count)
	{
		pos_ += count;
		return bytes_at(fifo_.consumer_, pos_ - count, count);
	}
	void release() { fifo_.release(pos_); }
	u32 pos() const { return pos_; }

private:
	spsc_fifo &fifo_;
	u32 pos_;
};

} /* namespace kring */

#endif
