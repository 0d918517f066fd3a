/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The names that the C API gives away; see names.hh. */
#include "names.hh"

namespace
{

template <size_t N>
const char *name_of(const std::array<const char *, N> &names, __u32 number)
{
	return number < N ? names[number] : "?";
}

} /* namespace */

const char *kring_kind_name(__u32 kind)
{
	return name_of(kring::kind_names, kind);
}

const char *kring_mode_name(__u32 mode)
{
	return name_of(kring::mode_names, mode);
}

const char *kring_clock_name(__u32 clock)
{
	return name_of(kring::clock_names, clock);
}

const char *kring_drop_name(__u32 cause)
{
	return name_of(kring::drop_names, cause);
}

const char *kring_fault_name(__u32 fault)
{
	return name_of(kring::fault_names, fault);
}
