/* SPDX-License-Identifier: GPL-2.0-only */
/* Where a reader is to begin: the word behind `kring read --from`. */
#ifndef KRING_START_PLACE_HH
#define KRING_START_PLACE_HH

#include <string_view>
#include <vector>

#include <kring/kring.h>

struct start_place {
	bool newest = false;
	std::vector<kring_position> positions; /* of the channel that is there now */
};

/* oldest, newest, or CPU:SEQ[,CPU:SEQ...]. Throws std::invalid_argument: a sentence about the word. */
start_place parse_start_place(std::string_view word);

#endif
