/* SPDX-License-Identifier: GPL-2.0-only */
/* A line of `kring stat` about a channel that is no trace. */
#ifndef KRING_STAT_OTHER_HH
#define KRING_STAT_OTHER_HH

#include <kring/kring.h>

#include "output.hh"

void print_other(output &out, const kring_channel &channel, bool json);

#endif
