/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The platform that can be interrupted anywhere: before each access to shared
 * memory it looks whether something is to happen there. So one thread plays,
 * repeatably, a writer with others nested in it, and a reader on another CPU
 * (under sequential consistency: what is injected runs as a whole, except for
 * what is injected into it).
 */
#ifndef KRING_TEST_PLATFORM_NESTING_HH
#define KRING_TEST_PLATFORM_NESTING_HH

#include <functional>
#include <vector>

#include "platform_native.hh"

namespace kring::test
{

/* Something that happens before access number `at` of what it interrupts, itself interrupted by `inside`. */
struct injection {
	u64 at;
	std::function<void()> run;
	std::vector<injection> inside = {};
};

/* Ascending in `at`. */
using plan = std::vector<injection>;

class interruptions {
public:
	/* Runs an operation with what happens in it. True if it was long enough for all of that. */
	static bool run(const plan &what, const std::function<void()> &operation)
	{
		bool all = true;

		interruptible(what, operation, all);
		return all;
	}

	/* An access is about to be made. */
	static void point()
	{
		if (current_)
			current_->next_access();
	}

private:
	/* An operation under way. */
	struct frame {
		const plan &what;
		bool &all;
		u64 accesses = 0;
		size_t done = 0;

		void next_access()
		{
			u64 at = accesses++;

			while (done < what.size() && what[done].at == at) {
				const injection &now = what[done++];

				interruptible(now.inside, now.run, all);
			}
		}
	};

	static void interruptible(const plan &what, const std::function<void()> &operation, bool &all)
	{
		frame *interrupted = current_;
		frame mine{what, all};

		current_ = what.empty() ? nullptr : &mine;
		operation();
		current_ = interrupted;
		all = all && mine.done == what.size();
	}

	static inline frame *current_;
};

struct platform_nesting {
	template <class T> static T load(const T &from)
	{
		interruptions::point();
		return platform_native::load(from);
	}
	template <class T> static T load_acquire(const T &from)
	{
		interruptions::point();
		return platform_native::load_acquire(from);
	}
	template <class T> static void store(T &to, std::type_identity_t<T> value)
	{
		interruptions::point();
		platform_native::store(to, value);
	}
	template <class T> static void store_release(T &to, std::type_identity_t<T> value)
	{
		interruptions::point();
		platform_native::store_release(to, value);
	}
	template <class T> static bool compare_exchange(T &at, T from, std::type_identity_t<T> to)
	{
		interruptions::point();
		return platform_native::compare_exchange(at, from, to);
	}
	template <class T> static bool equals(const T &at, std::type_identity_t<T> value)
	{
		interruptions::point();
		return platform_native::equals(at, value);
	}
	static bool local_compare_exchange(u64 &at, u64 from, u64 to)
	{
		interruptions::point();
		return platform_native::local_compare_exchange(at, from, to);
	}
	template <class T> static void local_add(T &at, std::type_identity_t<T> addend)
	{
		interruptions::point();
		platform_native::local_add(at, addend);
	}
	static u64 fetch_add(u64 &at, u64 addend)
	{
		interruptions::point();
		return platform_native::fetch_add(at, addend);
	}
	static u64 fetch_add_release(u64 &at, u64 addend)
	{
		interruptions::point();
		return platform_native::fetch_add_release(at, addend);
	}
	static void store_barrier() { platform_native::store_barrier(); }
	static void load_barrier() { platform_native::load_barrier(); }
	static void relax() {}
};

static_assert(producing_platform<platform_nesting>);

} /* namespace kring::test */

#endif
