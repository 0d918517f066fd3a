/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A run's record as an item. */
#ifndef LIBKRING_RUN_ITEM_HH
#define LIBKRING_RUN_ITEM_HH

#include <kring/kring.h>

namespace kring
{

/* What is the record's own; the rest of the item is the same for the whole run. */
inline void set_record(kring_item &item, const kring_run_record &record, __u64 time)
{
	item.seq = record.seq;
	item.stamp = record.stamp;
	item.time = time;
	item.payload = record.payload;
	item.size = record.size;
	item.type = record.type;
}

} /* namespace kring */

#endif
