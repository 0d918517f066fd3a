/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The platform of a running kernel: x86-64 and arm64 in a few instructions
 * each, any other 64-bit machine through the compiler's atomics.
 */
#ifndef KRING_CORE_PLATFORM_KERNEL_HH
#define KRING_CORE_PLATFORM_KERNEL_HH

#include "platform.hh"

namespace kring
{

struct platform_kernel {
	template <class T> [[gnu::always_inline]] static T load(const T &from)
	{
		return __atomic_load_n(&from, __ATOMIC_RELAXED);
	}
	template <class T> [[gnu::always_inline]] static T load_acquire(const T &from)
	{
		return __atomic_load_n(&from, __ATOMIC_ACQUIRE);
	}
	template <class T> [[gnu::always_inline]] static void store(T &to, std::type_identity_t<T> value)
	{
		__atomic_store_n(&to, value, __ATOMIC_RELAXED);
	}
	template <class T> [[gnu::always_inline]] static void store_release(T &to, std::type_identity_t<T> value)
	{
		__atomic_store_n(&to, value, __ATOMIC_RELEASE);
	}
	template <class T>
	[[gnu::always_inline]] static bool compare_exchange(T &at, T from, std::type_identity_t<T> to)
	{
		return __atomic_compare_exchange_n(&at, &from, to, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
	}
	[[gnu::always_inline]] static u64 fetch_add(u64 &at, u64 addend)
	{
		return __atomic_fetch_add(&at, addend, __ATOMIC_RELAXED);
	}
	[[gnu::always_inline]] static u64 fetch_add_release(u64 &at, u64 addend)
	{
		return __atomic_fetch_add(&at, addend, __ATOMIC_RELEASE);
	}
	template <class T> [[gnu::always_inline]] static bool equals(const T &at, std::type_identity_t<T> value);
	[[gnu::always_inline]] static bool local_compare_exchange(u64 &at, u64 from, u64 to);
	template <class T> [[gnu::always_inline]] static void local_add(T &at, std::type_identity_t<T> addend);

	[[gnu::always_inline]] static void store_barrier() { __atomic_thread_fence(__ATOMIC_RELEASE); }
	[[gnu::always_inline]] static void load_barrier() { __atomic_thread_fence(__ATOMIC_ACQUIRE); }
	[[gnu::always_inline]] static void relax();

private:
	/* Not __atomic_signal_fence(), by which KCSAN means a barrier of the CPU. */
	[[gnu::always_inline]] static void compiler_order() { asm volatile("" ::: "memory"); }
};

/* KCSAN sees what the compiler's atomics access, and nothing of what asm does. */
#if defined(__x86_64__) && !defined(__SANITIZE_THREAD__)

/* Compilers do not make one instruction of it. */
template <class T> inline bool platform_kernel::equals(const T &at, std::type_identity_t<T> value)
{
	bool equal;

	if constexpr (sizeof(T) == 8)
		asm volatile("cmpq %2, %1" : "=@cce"(equal) : "m"(at), "er"(value));
	else
		asm volatile("cmpl %2, %1" : "=@cce"(equal) : "m"(at), "ir"(value));
	return equal;
}

/* One instruction is whole for interrupts and NMIs of this CPU, without a LOCK prefix. */
inline bool platform_kernel::local_compare_exchange(u64 &at, u64 from, u64 to)
{
	bool stored;

	asm volatile("cmpxchgq %3, %1" : "=@ccz"(stored), "+m"(at), "+a"(from) : "r"(to) : "memory");
	return stored;
}

template <class T> inline void platform_kernel::local_add(T &at, std::type_identity_t<T> addend)
{
	if constexpr (sizeof(T) == 8)
		asm volatile("addq %1, %0" : "+m"(at) : "er"(addend) : "memory", "cc");
	else
		asm volatile("addl %1, %0" : "+m"(at) : "ir"(addend) : "memory", "cc");
}

inline void platform_kernel::relax()
{
	__builtin_ia32_pause();
}

#else

template <class T> inline bool platform_kernel::equals(const T &at, std::type_identity_t<T> value)
{
	return load(at) == value;
}

/* LL/SC and LSE without order: a nested writer in between makes it fail, as it should. */
inline bool platform_kernel::local_compare_exchange(u64 &at, u64 from, u64 to)
{
	compiler_order();

	bool stored = __atomic_compare_exchange_n(&at, &from, to, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);

	compiler_order();
	return stored;
}

template <class T> inline void platform_kernel::local_add(T &at, std::type_identity_t<T> addend)
{
	compiler_order();
	__atomic_fetch_add(&at, addend, __ATOMIC_RELAXED);
	compiler_order();
}

inline void platform_kernel::relax()
{
#if defined(__x86_64__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	asm volatile("yield" ::: "memory");
#else
	compiler_order();
#endif
}

#endif

static_assert(producing_platform<platform_kernel>);

} /* namespace kring */

#endif
