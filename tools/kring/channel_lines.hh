/* SPDX-License-Identifier: GPL-2.0-only */
/* What a channel is, as `kring ls` and `kring create` print it: a line of text, or of JSON. */
#ifndef KRING_CHANNEL_LINES_HH
#define KRING_CHANNEL_LINES_HH

#include <kring/kring.h>

#include "output.hh"

/* The line above those of channels. */
void print_heads(output &out);
/* With a line for each record type behind it, if these are wanted. */
void print_text(output &out, const kring_channel &channel, bool types);
void print_json(output &out, const kring_channel &channel);

#endif
