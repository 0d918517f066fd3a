/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Structures of options that a program passes: what is behind its idea of their size is zero. */
#ifndef LIBKRING_OPTIONS_HH
#define LIBKRING_OPTIONS_HH

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>

namespace kring
{

/* -EINVAL: the size cannot be; -E2BIG: the program asks for what this library does not know. */
template <class T>
int copy_options(T &mine, const T *theirs)
{
	mine = {};
	if (!theirs)
		return 0;
	if (theirs->sz < sizeof(theirs->sz))
		return -EINVAL;

	const char *bytes = reinterpret_cast<const char *>(theirs);

	if (theirs->sz > sizeof(T) && std::any_of(bytes + sizeof(T), bytes + theirs->sz, [](char c) { return c; }))
		return -E2BIG;
	memcpy(&mine, theirs, std::min(theirs->sz, sizeof(T)));
	return 0;
}

} /* namespace kring */

#endif
