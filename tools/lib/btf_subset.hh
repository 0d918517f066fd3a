/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A type out of BTF with all that its plan needs and nothing else: for a recording to carry. */
#ifndef LIBKRING_BTF_SUBSET_HH
#define LIBKRING_BTF_SUBSET_HH

#include <string>

#include <linux/types.h>

struct btf;

namespace kring
{

/* As a file has it; the type is the last one. What pointers point to is left out. Empty: it cannot be done. */
std::string btf_subset(const btf &from, __u32 type);

} /* namespace kring */

#endif
