/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The part of spsc_fifo that kernel code has inlined, as templates over a
 * platform P and its memory M.
 */
#ifndef KRING_CORE_FIFO_SIDE_HH
#define KRING_CORE_FIFO_SIDE_HH

#include "platform.hh"

#define KRING_FIFO_INLINE   template <class P, class M> [[gnu::always_inline]] inline
#define KRING_FIFO_LOAD(at) P::load(at)
#define KRING_FIFO_COPY_IN  M::in
#define KRING_FIFO_COPY_OUT M::out
/* [spsc_fifo:A]; [spsc_fifo:F] */
#define KRING_FIFO_ACQUIRE(at) P::load_acquire(at)
/* [spsc_fifo:P]; [spsc_fifo:R] */
#define KRING_FIFO_RELEASE(at, value) P::store_release(at, value)

#include "../../include/linux/kring_fifo_side.h"

#endif
