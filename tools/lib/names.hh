/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The names that sysfs, tools and JSON have for the numbers of the UAPI header. */
#ifndef LIBKRING_NAMES_HH
#define LIBKRING_NAMES_HH

#include <array>
#include <string_view>

#include <kring/kring.h>

namespace kring
{

inline constexpr std::array kind_names{"trace", "fifo", "mirror", "broadcast"};
inline constexpr std::array mode_names{"overwrite", "discard"};
inline constexpr std::array clock_names{"local", "mono", "boot", "counter"};
inline constexpr std::array drop_names{"full", "lapped", "too_big", "too_deep", "disabled", "no_cpu"};
inline constexpr std::array fault_names{"none", "commit", "link", "record", "loop"};

static_assert(drop_names.size() == KRING_NR_DROPS);

/* The number that has this name; -1 for none. */
template <size_t N>
constexpr int number_of(const std::array<const char *, N> &names, std::string_view name)
{
	for (size_t i = 0; i < N; i++)
		if (name == names[i])
			return static_cast<int>(i);
	return -1;
}

} /* namespace kring */

#endif
