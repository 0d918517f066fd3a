/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What a channel says about itself: is it sound, and what its stamps are in nanoseconds. */
#ifndef LIBKRING_META_HH
#define LIBKRING_META_HH

#include <cstddef>

#include <linux/kring.h>

namespace kring
{

/* Why a description cannot be; nullptr if it can. */
constexpr const char *why_bad_meta(const kring_meta &meta)
{
	if (meta.magic != KRING_MAGIC)
		return "it is no kring channel";
	if (meta.version != KRING_ABI_VERSION)
		return "its ABI version is not known here: use the tools of the kernel's kring";
	if (meta.kind != KRING_KIND_TRACE)
		return "it is of a kind that has no streams: read its device";
	if (meta.size < offsetof(kring_meta, cpus) || meta.nr_cpus == 0 || meta.nr_cpus > KRING_CPUS_MAX)
		return "its number of CPUs cannot be";
	if (meta.page_size < 4096 || meta.page_size > (1U << 20) || meta.page_size & (meta.page_size - 1) ||
	    meta.pages < 2 || meta.pages > 0xffff)
		return "its page size or number cannot be";
	if (meta.time_mult == 0 || meta.time_shift > 63)
		return "its clock's conversion cannot be";
	/* With the bounds above none of these can overflow, if the stride does not. */
	if (meta.ring_stride > (__u64{1} << 40) || meta.rings > (__u64{1} << 40) || meta.rings % 8 ||
	    meta.ring_stride % 8 || meta.pages_offset % 8 || meta.pages_offset > meta.ring_stride ||
	    __u64{meta.pages} * meta.page_size > meta.ring_stride - meta.pages_offset ||
	    meta.rings + meta.nr_cpus * meta.ring_stride > meta.map_size)
		return "its mapping cannot be";
	return nullptr;
}

constexpr bool has_ring(const kring_meta &meta, __u32 cpu)
{
	return cpu < meta.nr_cpus && (meta.cpus[cpu / 64] >> (cpu % 64) & 1);
}

/* f(cpu) for each CPU that has a ring. */
template <class F>
void for_each_ring(const kring_meta &meta, F f)
{
	for (__u32 cpu = 0; cpu < meta.nr_cpus; cpu++)
		if (has_ring(meta, cpu))
			f(cpu);
}

/* Bytes of the bitmap that can have bits. */
constexpr size_t bitmap_size(const kring_meta &meta)
{
	return (meta.nr_cpus + 63) / 64 * sizeof(meta.cpus[0]);
}

/* A stamp in nanoseconds; the product has up to 96 bits. */
constexpr __u64 to_ns(const kring_meta &meta, __u64 stamp)
{
	__int128 ticks = static_cast<__s64>(stamp - meta.time_ticks);

	return meta.time_ns + static_cast<__u64>(ticks * meta.time_mult >> meta.time_shift);
}

} /* namespace kring */

#endif
