/* SPDX-License-Identifier: GPL-2.0-only */
/* An execution from its beginning to its end: what was before, who does what, and what is to be true in the end. */
#include "scene.hh"

namespace kring::explore
{
namespace
{

constexpr u32 some = 3; /* elements of one call */

u32 unit()
{
	return current.kind == elements ? sizeof(u64) : 1;
}

/* Of which mark() a place in the ring's memory has the reads. */
u32 mark_of(const void *at)
{
	return static_cast<u32>(static_cast<const __u8 *>(at) - now.shared.bytes) / unit();
}

/* The element with that number, or as much of it as fits T. */
template <class T> T element(u64 number)
{
	return static_cast<T>((number + 1) * 0x0101010101010101);
}

/* A record's size follows from its number. */
u32 record_size(u64 number)
{
	return 1 + static_cast<u32>(number % 2);
}

/* One element of a caller's that is copied to the ring, or from it. */
struct buffer {
	alignas(u64) __u8 bytes[some * sizeof(u64)];

	void fill(u64 first, u32 count)
	{
		for (u32 number = 0; number < count; number++)
			if (current.kind == elements)
				reinterpret_cast<u64 *>(bytes)[number] = element<u64>(first + number);
			else
				bytes[number] = element<__u8>(first + number);
	}
	void expect_elements(u64 first, u32 count)
	{
		for (u32 number = 0; number < count; number++)
			expect(current.kind == elements ?
				       reinterpret_cast<u64 *>(bytes)[number] == element<u64>(first + number) :
				       bytes[number] == element<__u8>(first + number),
			       "F2, M2: an element is not what was put there");
	}
};

/* The producer hands over so many more, now or any time until done(). */
void announce_put(u64 count)
{
	now.put.to_be = now.put.done + count;
}
u32 put_done(u32 count)
{
	now.put.done += count;
	now.put.to_be = now.put.done;
	return count;
}

/* The consumer has got so many more before its eyes, and gives their room back now or any time until taken(). */
void got(u32 count)
{
	expect(now.taken.done + count <= now.put.to_be, "F1, M1: elements are taken that nobody has handed over");
	now.taken.to_be = now.taken.done + count;
}
void taken()
{
	now.taken.done = now.taken.to_be;
}

void copy_spans(const linear_spans &spans, void *to, bool in)
{
	in ? copy_in<watched_memory>(spans, to, unit()) : copy_out<watched_memory>(to, spans, unit());
}

/* The two rings, with the same verbs. */
struct fifo_verbs {
	static u32 put(buffer &from) { return now.shared.fifo.put(*reinterpret_cast<u64 *>(from.bytes)); }
	static u32 put(buffer &from, u32 count) { return now.shared.fifo.in(from.bytes, count); }
	static u32 prepare_put(u32 count, linear_spans &spans) { return now.shared.fifo.prepare_in(count, spans); }
	static bool finish_put(u32 count) { return now.shared.fifo.finish_in(count); }
	static u32 get(buffer &to) { return now.shared.fifo.get(*reinterpret_cast<u64 *>(to.bytes)); }
	static u32 get(buffer &to, u32 count) { return now.shared.fifo.out(to.bytes, count); }
	static u32 peek(buffer &to, u32 count) { return now.shared.fifo.peek(to.bytes, count); }
	static u32 skip(u32 count) { return now.shared.fifo.skip(count); }
	static u32 prepare_get(u32 count, linear_spans &spans) { return now.shared.fifo.prepare_out(count, spans); }
	static bool finish_get(u32 count) { return now.shared.fifo.finish_out(count); }
	static u32 length() { return now.shared.fifo.len(); }
};

struct mirror_verbs {
	static u32 put(buffer &from) { return now.shared.mirror.putchar(from.bytes[0]); }
	static u32 put(buffer &from, u32 count) { return now.shared.mirror.put(from.bytes, count); }
	static u32 prepare_put(u32 count, linear_spans &spans) { return now.shared.mirror.prepare_put(count, spans); }
	static bool finish_put(u32 count) { return now.shared.mirror.finish_put(count); }
	static u32 get(buffer &to) { return now.shared.mirror.getchar(to.bytes[0]); }
	static u32 get(buffer &to, u32 count) { return now.shared.mirror.get(to.bytes, count); }
	static u32 peek(buffer &to, u32 count) { return now.shared.mirror.peek(to.bytes, count); }
	static u32 skip(u32 count) { return now.shared.mirror.skip(count); }
	static u32 prepare_get(u32 count, linear_spans &spans) { return now.shared.mirror.prepare_get(count, spans); }
	static bool finish_get(u32 count) { return now.shared.mirror.finish_get(count); }
	static u32 length() { return now.shared.mirror.data_len(); }
};

template <class R> void put_elements(u32 count)
{
	buffer from;

	from.fill(now.put.done, count);
	announce_put(count);
	put_done(count == 1 ? R::put(from) : R::put(from, count));
}

template <class R> void put_in_place()
{
	buffer from;
	linear_spans spans;
	u32 prepared = R::prepare_put(some, spans);
	u32 finished = prepared ? prepared - 1 : 0;

	from.fill(now.put.done, prepared);
	copy_spans(spans, from.bytes, true);
	announce_put(finished);
	expect(R::finish_put(finished), "what is prepared can be finished");
	put_done(finished);
}

void put_batch(bool publishes)
{
	fifo_type::put_batch batch{now.shared.fifo};
	buffer from;

	from.fill(now.put.done, some);

	u32 count = batch.put(*reinterpret_cast<u64 *>(from.bytes));

	if (count)
		count += batch.in(from.bytes + sizeof(u64), some - 1);
	if (!publishes)
		return;
	announce_put(count);
	batch.publish();
	put_done(count);
}

template <class R> void get_elements(u32 count)
{
	buffer to;
	u64 first = now.taken.done;

	/* Any of them may have its room given back before this is heard of. */
	now.taken.to_be = first + count;
	count = count == 1 ? R::get(to) : R::get(to, count);
	got(count);
	to.expect_elements(first, count);
	taken();
}

template <class R> void get_in_place()
{
	buffer to;
	linear_spans spans;
	u32 count = R::prepare_get(some, spans);

	copy_spans(spans, to.bytes, false);
	got(count);
	to.expect_elements(now.taken.done, count);
	expect(R::finish_get(count), "what is prepared can be finished");
	taken();
}

template <class R> void look_and_skip()
{
	buffer to;
	u32 count = R::peek(to, some);

	got(count);
	to.expect_elements(now.taken.done, count);
	expect(R::skip(count) == count, "what was looked at is there");
	taken();
}

void get_batch()
{
	fifo_type::get_batch batch{now.shared.fifo};
	buffer to;
	u32 count = batch.get(*reinterpret_cast<u64 *>(to.bytes));

	if (count)
		count += batch.out(to.bytes + sizeof(u64), some - 1);
	got(count);
	to.expect_elements(now.taken.done, count);
	batch.release();
	taken();
}

/* Of one's own side it is exact, of the other's as old as can be; a stranger gets what can have been at some time. */
template <class R> void ask_length()
{
	u64 taken_before = now.taken.done;
	u64 put_before = now.put.done;
	u32 found = R::length();
	u64 most = now.put.to_be - (simulated.cpu() == 1 ? taken_before :
				    simulated.is_weak()	 ? now.taken_before :
							   taken_before);

	expect(found <= current.pages && found <= most, "F3: more is said to be there than was");
	if (simulated.cpu() == 0 || !simulated.is_weak())
		expect(found + now.taken.to_be >= put_before, "F3: less is said to be there than is");
}

template <class R> void perform_on(act what)
{
	switch (what) {
	case act::put:
	case act::put_some:
		return put_elements<R>(what == act::put ? 1 : some);
	case act::put_in_place:
		return put_in_place<R>();
	case act::get:
	case act::get_some:
		return get_elements<R>(what == act::get ? 1 : some);
	case act::get_in_place:
		return get_in_place<R>();
	case act::look:
		return look_and_skip<R>();
	case act::length:
		return ask_length<R>();
	case act::put_batch:
	case act::put_never:
		return put_batch(what == act::put_batch);
	case act::get_batch:
		return get_batch();
	default:
		choices::fatal("this is no act of a linear ring");
	}
}

void put_record()
{
	__u8 payload[2] = {element<__u8>(now.put.done), element<__u8>(~now.put.done)};

	announce_put(1);
	put_done(records_type{now.shared.fifo, 1}.put(payload, record_size(now.put.done)) == record_status::ok);
}

void get_record()
{
	__u8 payload[2] = {};
	u32 size = 0;
	record_status found = records_type{now.shared.fifo, 1}.get(payload, sizeof(payload), size);

	expect(found == record_status::ok || found == record_status::empty, "a record is not what was put there");
	if (found != record_status::ok)
		return;
	got(1);
	expect(size == record_size(now.taken.done) && payload[0] == element<__u8>(now.taken.done) &&
		       (size == 1 || payload[1] == element<__u8>(~now.taken.done)),
	       "a record is not what was put there");
	taken();
}

void perform(act what)
{
	switch (current.kind) {
	case elements:
		return perform_on<fifo_verbs>(what);
	case mirrored:
		return perform_on<mirror_verbs>(what);
	default:
		return what == act::put ? put_record() : get_record();
	}
}

void on_cpu(u32 cpu)
{
	try {
		for (act what : cpu == machine::writers_cpu ? current.writer : current.readers[cpu - 1]) {
			simulated.say(name_of(what));
			perform(what);
		}
	} catch (endless) {
		expect(false, "something does not end");
	}
}

/* All that was put is there, and no more; and there is room for as much again as the ring holds. */
void judge()
{
	act take = current.kind == records ? act::get : act::get_some;

	for (u32 calls = 0; calls < 2 * current.pages; calls++)
		perform(take);
	expect(now.taken.done == now.put.done, "F2, M2: not all that was put is found");
	for (u32 calls = 0; calls < 2 * current.pages && current.kind != records; calls++)
		perform(act::put);
	if (current.kind != records)
		expect(now.put.done - now.taken.done == current.pages, "F1, M1: a ring is full too early");
	for (u32 calls = 0; calls < 2 * current.pages; calls++)
		perform(take);
	expect(now.taken.done == now.put.done, "F2, M2: not all that was put is found");
}

template <class T> void copy_words_in(void *to, const void *from, u64 size)
{
	for (u64 at = 0; at < size / sizeof(T); at++) {
		T *place = static_cast<T *>(to) + at;

		expect(!simulated.is_running() || simulated.knows_reads(mark_of(place)),
		       "F2, M2: an element is overwritten that is being read");
		P::store(*place, static_cast<const T *>(from)[at]);
	}
}

template <class T> void copy_words_out(void *to, const void *from, u64 size)
{
	for (u64 at = 0; at < size / sizeof(T); at++) {
		const T *place = static_cast<const T *>(from) + at;

		static_cast<T *>(to)[at] = P::load(*place);
		if (simulated.is_running())
			simulated.has_read(mark_of(place), 1);
	}
}

} /* namespace */

void watched_memory::in(void *to, const void *from, u64 size)
{
	unit() == 1 ? copy_words_in<__u8>(to, from, size) : copy_words_in<u64>(to, from, size);
}

void watched_memory::out(void *to, const void *from, u64 size)
{
	unit() == 1 ? copy_words_out<__u8>(to, from, size) : copy_words_out<u64>(to, from, size);
}

/* Elements put, taken, put. */
void set_up(const scenario &scenario, const past &past)
{
	if (scenario.pages * (scenario.kind == elements ? sizeof(u64) : 1) > max_bytes)
		choices::fatal("a scenario has too many elements");
	std::memset(static_cast<void *>(&now), 0, sizeof(now));
	current = scenario;
	simulated.cover(&now.shared, &now.shared + 1, 0, scenario.pages);
	simulated.share_all();
	if (scenario.kind == mirrored)
		now.shared.mirror.init(now.shared.bytes, scenario.pages);
	else
		now.shared.fifo.init(now.shared.bytes, scenario.pages, unit());
	for (u32 count = 0; count < past.fill; count++)
		perform(act::put);
	for (u32 count = 0; count < past.takes; count++)
		perform(act::get);
	for (u32 count = 0; count < past.refill; count++)
		perform(act::put);
	now.taken_before = now.taken.done;
	after_past = now;
}

const char *run_once(const bounds &bounds)
{
	u32 nr_cpus = 1;

	std::memcpy(static_cast<void *>(&now), &after_past, sizeof(now));
	while (nr_cpus < machine::cpus && !current.readers[nr_cpus - 1].empty())
		nr_cpus++;
	simulated.choices_.begin();
	simulated.run({on_cpu, nr_cpus, nullptr, 0, nullptr}, bounds);
	if (!now.wrong)
		judge();
	return now.wrong;
}

} /* namespace kring::explore */
