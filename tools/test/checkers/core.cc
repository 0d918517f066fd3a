/* SPDX-License-Identifier: GPL-2.0-only */
/* The core once more: the same text as in kring.ko. */
#include "../../../src/core.cc"
