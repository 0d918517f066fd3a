/* SPDX-License-Identifier: GPL-2.0-only */
/* Sizes on the command line: bytes, with K, M or G for 2^10, 2^20 or 2^30 of them. */
#ifndef KRING_SIZES_HH
#define KRING_SIZES_HH

#include <string_view>

#include <linux/types.h>

/* Throws std::invalid_argument, which says what is wrong. */
__u64 parse_size(std::string_view text);

#endif
