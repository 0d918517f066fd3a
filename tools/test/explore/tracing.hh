/* SPDX-License-Identifier: GPL-2.0-only */
/* What trace.cc asks of a scene: how its memory and its CPUs are called. */
#ifndef KRING_EXPLORE_TRACING_HH
#define KRING_EXPLORE_TRACING_HH

#include <cinttypes>
#include <cstdio>

#include "scenario.hh"

namespace kring::explore
{

using text = char[96];

/* The name of the word that stands there, and how its value reads. */
void describe(u64 offset, text &name, text &what, u64 value);
/* What a CPU is, beside its number; may be empty. */
const char *role_of(u32 cpu);

/* A value that is a number and nothing else. */
void print_number(text &out, u64 value);

} /* namespace kring::explore */

#endif
