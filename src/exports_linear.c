// SPDX-License-Identifier: GPL-2.0-only
/*
 * The core's functions that the inline parts of kring_fifo.h and kring_mirror.h
 * call. Not to be probed: they are for any context, that of a probe's handler too.
 */

#include <linux/export.h>
#include <linux/kprobes.h>
#include <linux/kring_fifo.h>
#include <linux/kring_mirror.h>

#include "core_linear.h"

#define EXPORT_INLINED(function)	\
	EXPORT_SYMBOL_GPL(function);	\
	NOKPROBE_SYMBOL(function)

EXPORT_INLINED(kring_core_fifo_peek_one);
EXPORT_INLINED(kring_core_fifo_in);
EXPORT_INLINED(kring_core_fifo_out);
EXPORT_INLINED(kring_core_fifo_out_peek);
EXPORT_INLINED(kring_core_fifo_skip);
EXPORT_INLINED(kring_core_fifo_prepare_in);
EXPORT_INLINED(kring_core_fifo_finish_in);
EXPORT_INLINED(kring_core_fifo_prepare_out);
EXPORT_INLINED(kring_core_fifo_finish_out);
EXPORT_INLINED(kring_core_fifo_producer_pos);
EXPORT_INLINED(kring_core_fifo_consumer_pos);
EXPORT_INLINED(kring_core_fifo_batch_in);
EXPORT_INLINED(kring_core_fifo_batch_out);
EXPORT_INLINED(kring_core_fifo_publish);
EXPORT_INLINED(kring_core_fifo_release);
EXPORT_INLINED(kring_core_fifo_len);
EXPORT_INLINED(kring_core_fifo_capacity);
EXPORT_INLINED(kring_core_fifo_element_size);
EXPORT_INLINED(kring_core_fifo_reset);
EXPORT_INLINED(kring_core_mirror_put);
EXPORT_INLINED(kring_core_mirror_get);
EXPORT_INLINED(kring_core_mirror_peek);
EXPORT_INLINED(kring_core_mirror_skip);
EXPORT_INLINED(kring_core_mirror_putchar);
EXPORT_INLINED(kring_core_mirror_getchar);
EXPORT_INLINED(kring_core_mirror_prepare_put);
EXPORT_INLINED(kring_core_mirror_finish_put);
EXPORT_INLINED(kring_core_mirror_prepare_get);
EXPORT_INLINED(kring_core_mirror_finish_get);
EXPORT_INLINED(kring_core_mirror_data_len);
EXPORT_INLINED(kring_core_mirror_capacity);
EXPORT_INLINED(kring_core_mirror_reset);
