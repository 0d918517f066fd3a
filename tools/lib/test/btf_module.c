// SPDX-License-Identifier: GPL-2.0-only
/* The types that a test has in its module. */

#include "btf_module.h"

struct shared_type shared;
struct all_kinds all;
struct with_text text;
struct with_points points;
