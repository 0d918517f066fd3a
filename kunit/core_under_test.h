/* SPDX-License-Identifier: GPL-2.0-only */
/* What the suite of the seam asks of the core beyond src/core.h. */
#ifndef KRING_CORE_UNDER_TEST_H
#define KRING_CORE_UNDER_TEST_H

struct kring_core;

#ifdef __cplusplus
extern "C"
#endif
/* NULL if all invariants hold, or the one that does not. Nobody may write or read meanwhile. */
const char *core_check(const struct kring_core *core);

#endif
