/* SPDX-License-Identifier: GPL-2.0-only */
/* The platform on which the core runs in the machine that is explored. */
#ifndef KRING_EXPLORE_PLATFORM_REPLAY_HH
#define KRING_EXPLORE_PLATFORM_REPLAY_HH

#include "machine.hh"

namespace kring::explore
{

/* Each operation knows where in the core it stands, for traces. */
struct platform_replay {
	using source = std::source_location;
	using order = machine::order;

	template <class T> static T load(const T &from, const source &where = source::current())
	{
		return simulated.load(from, order::relaxed, where);
	}
	template <class T> static T load_acquire(const T &from, const source &where = source::current())
	{
		return simulated.load(from, order::ordered, where);
	}
	template <class T>
	static void store(T &to, std::type_identity_t<T> value, const source &where = source::current())
	{
		simulated.store(to, value, order::relaxed, where);
	}
	template <class T>
	static void store_release(T &to, std::type_identity_t<T> value, const source &where = source::current())
	{
		simulated.store(to, value, order::ordered, where);
	}
	template <class T>
	static bool compare_exchange(T &at, T from, std::type_identity_t<T> to, const source &where = source::current())
	{
		return simulated.compare_exchange(at, from, to, order::ordered, where);
	}
	template <class T>
	static bool equals(const T &at, std::type_identity_t<T> value, const source &where = source::current())
	{
		return simulated.load(at, order::relaxed, where) == value;
	}
	static bool local_compare_exchange(u64 &at, u64 from, u64 to, const source &where = source::current())
	{
		return simulated.compare_exchange(at, from, to, order::relaxed, where);
	}
	template <class T>
	static void local_add(T &at, std::type_identity_t<T> addend, const source &where = source::current())
	{
		simulated.local_add(at, addend, where);
	}
	static u64 fetch_add(u64 &at, u64 addend, const source &where = source::current())
	{
		return simulated.fetch_add(at, addend, order::relaxed, where);
	}
	static u64 fetch_add_release(u64 &at, u64 addend, const source &where = source::current())
	{
		return simulated.fetch_add(at, addend, order::ordered, where);
	}
	static void store_barrier() { simulated.store_barrier(); }
	static void load_barrier() { simulated.load_barrier(); }
	static void relax() { simulated.relax(); }
};

static_assert(producing_platform<platform_replay>);

} /* namespace kring::explore */

#endif
