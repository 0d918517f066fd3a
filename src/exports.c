// SPDX-License-Identifier: GPL-2.0-only
/*
 * The core's functions that the inline part of include/linux/kring.h calls.
 * Not to be probed: a probe's handler may write records itself.
 */

#include <linux/export.h>
#include <linux/kprobes.h>

#include "channel.h"

#define EXPORT_WRITER(function)		\
	EXPORT_SYMBOL_GPL(function);	\
	NOKPROBE_SYMBOL(function)

EXPORT_WRITER(kring_core_reserve_local);
EXPORT_WRITER(kring_core_reserve_mono);
EXPORT_WRITER(kring_core_reserve_boot);
EXPORT_WRITER(kring_core_reserve_counter);
EXPORT_WRITER(kring_core_commit);
EXPORT_WRITER(kring_core_discard);
