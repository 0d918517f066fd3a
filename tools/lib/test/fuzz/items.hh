/* SPDX-License-Identifier: GPL-2.0-only */
/* A program that takes all that a stream over hostile pages gives. */
#ifndef LIBKRING_FUZZ_ITEMS_HH
#define LIBKRING_FUZZ_ITEMS_HH

#include "../../stream.hh"
#include "input.hh"

namespace kring::fuzz
{

/* So many records of a run. */
template <class F>
void walk(kring_run *run, size_t records, F is_place)
{
	kring_run_record record;

	for (; run && records && kring_run__next(run, &record); records--) {
		require(is_place(static_cast<const char *>(record.payload), record.size));
		look_at(record.payload, record.size);
	}
}

/*
 * Until the stream says twice that there is nothing, nothing yet, or that the
 * channel is gone. items_max: more than its pages can give; who gets more turns in a circle.
 * is_place: may a payload be there?
 */
template <class S, class F>
void take_all(S &stream, __u32 nr_cpus, size_t items_max, F is_place)
{
	const kring_item *item = nullptr;

	for (unsigned int ends = 0; ends < 2 && items_max; items_max--) {
		kring_run *run = nullptr;
		int got = items_max % 3 ? stream.next(item) : stream.next_run(item, run);

		if (got < 0)
			require(got == -ENODEV || got == -EBADMSG || got == -EIO || got == -EBUSY || got == -EINVAL ||
				got == -EAGAIN);
		ends += got == 0 || got == -ENODEV || got == -EAGAIN;
		if (got != 1)
			continue;
		require(item->cpu < nr_cpus || item->cpu == KRING_CPU_ALL);
		if (item->kind == KRING_ITEM_LOSS) {
			require(item->lost > 0);
			continue;
		}
		require(is_place(static_cast<const char *>(item->payload), item->size));
		look_at(item->payload, item->size);
		walk(run, items_max % 8, is_place);
	}
	require(items_max > 0);
}

/* A channel as it may be: the kernel describes it, and is believed when that is sound. */
inline kring_meta take_meta(input &input)
{
	kring_meta meta{};

	meta.magic = KRING_MAGIC;
	meta.version = KRING_ABI_VERSION;
	meta.size = sizeof(meta);
	meta.nr_cpus = 1 + input.take<__u8>() % 4;
	meta.page_size = 4096U << input.take<__u8>() % 3;
	meta.pages = 2 + input.take<__u8>() % 3;
	meta.time_mult = input.take<__u32>();
	meta.time_shift = input.take<__u8>();
	meta.time_ns = meta.time_ticks = input.take<__u64>();
	meta.rings = 4096;
	meta.pages_offset = 4096;
	meta.ring_stride = meta.pages_offset + __u64{meta.pages} * meta.page_size;
	meta.map_size = meta.rings + meta.nr_cpus * meta.ring_stride;
	meta.cpus[0] = (1U << meta.nr_cpus) - 1;
	return meta;
}

/* Refusals and losses that were before, small ones mostly. */
inline kring_ledger take_ledger(input &input)
{
	kring_ledger ledger{};

	ledger.committed = input.take<__u8>();
	ledger.overwritten = input.take<__u8>();
	ledger.dropped[input.take<__u8>() % KRING_NR_DROPS] = input.take<__u8>();
	return ledger;
}

} /* namespace kring::fuzz */

#endif
