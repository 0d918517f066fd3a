/* SPDX-License-Identifier: GPL-2.0-only */
/* Lists of CPUs as people write them: "0,2-3". */
#ifndef KRING_CPU_LIST_HH
#define KRING_CPU_LIST_HH

#include <string>
#include <string_view>
#include <vector>

/*
 * Ascending, each once. Throws std::invalid_argument with a sentence if the
 * text is no list, or names a CPU that is limit or more.
 */
std::vector<unsigned int> parse_cpu_list(std::string_view text, unsigned int limit);

#endif
