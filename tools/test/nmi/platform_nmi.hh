/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's platform, interruptible at will: before each access to shared
 * memory it tells the sweep, which may have this CPU interrupted there. It does
 * what tools/test/platform_nesting.hh does in a program, by real interrupts.
 */
#ifndef KRING_NMI_PLATFORM_NMI_HH
#define KRING_NMI_PLATFORM_NMI_HH

#include "../../../src/core/platform_kernel.hh"

namespace kring::nmi
{

/* An access in the source, which the default arguments below find out about. */
struct place {
	const char *file;
	u32 line;
};

/* Something is about to be done to shared memory. */
void point(place where);

struct platform_nmi {
	using kernel = platform_kernel;

	template <class T>
	static T load(const T &from, const char *file = __builtin_FILE(), u32 line = __builtin_LINE())
	{
		point({file, line});
		return kernel::load(from);
	}
	template <class T>
	static T load_acquire(const T &from, const char *file = __builtin_FILE(), u32 line = __builtin_LINE())
	{
		point({file, line});
		return kernel::load_acquire(from);
	}
	template <class T>
	static void store(T &to, std::type_identity_t<T> value, const char *file = __builtin_FILE(),
			  u32 line = __builtin_LINE())
	{
		point({file, line});
		kernel::store(to, value);
	}
	template <class T>
	static void store_release(T &to, std::type_identity_t<T> value, const char *file = __builtin_FILE(),
				  u32 line = __builtin_LINE())
	{
		point({file, line});
		kernel::store_release(to, value);
	}
	template <class T>
	static bool compare_exchange(T &at, T from, std::type_identity_t<T> to, const char *file = __builtin_FILE(),
				     u32 line = __builtin_LINE())
	{
		point({file, line});
		return kernel::compare_exchange(at, from, to);
	}
	template <class T>
	static bool equals(const T &at, std::type_identity_t<T> value, const char *file = __builtin_FILE(),
			   u32 line = __builtin_LINE())
	{
		point({file, line});
		return kernel::equals(at, value);
	}
	static bool local_compare_exchange(u64 &at, u64 from, u64 to, const char *file = __builtin_FILE(),
					   u32 line = __builtin_LINE())
	{
		point({file, line});
		return kernel::local_compare_exchange(at, from, to);
	}
	template <class T>
	static void local_add(T &at, std::type_identity_t<T> addend, const char *file = __builtin_FILE(),
			      u32 line = __builtin_LINE())
	{
		point({file, line});
		kernel::local_add(at, addend);
	}
	static void store_barrier(const char *file = __builtin_FILE(), u32 line = __builtin_LINE())
	{
		point({file, line});
		kernel::store_barrier();
	}
	static void load_barrier(const char *file = __builtin_FILE(), u32 line = __builtin_LINE())
	{
		point({file, line});
		kernel::load_barrier();
	}
	static void relax() { kernel::relax(); }
};

static_assert(platform<platform_nmi>);

} /* namespace kring::nmi */

#endif
