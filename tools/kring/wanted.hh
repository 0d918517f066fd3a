/* SPDX-License-Identifier: GPL-2.0-only */
/* Options that `kring read` and `kring record` have in common. These throw a usage_failure that names the option. */
#ifndef KRING_WANTED_HH
#define KRING_WANTED_HH

#include <string>
#include <vector>

#include "start_place.hh"

/* What --cpus says; none: all CPUs. */
std::vector<__u32> wanted_cpus(const std::string &list);

/* What --from says. */
start_place wanted_place(const std::string &word);

#endif
