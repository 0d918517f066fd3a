/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The seam between the C API and the C++ behind it: what C++ throws when memory
 * is short becomes an errno.
 */
#ifndef LIBKRING_GUARD_HH
#define LIBKRING_GUARD_HH

#include <cerrno>
#include <memory>
#include <new>
#include <stdexcept>

namespace kring
{

/* Of a body that returns 0 or more, or -errno. */
template <class F>
int guarded(F body)
try {
	return body();
} catch (const std::bad_alloc &) {
	return -ENOMEM;
} catch (const std::length_error &) {
	return -ENOMEM;
}

/* Makes a T and runs body on it; NULL with errno set if one of them fails. */
template <class T, class F>
T *guarded_new(F body)
{
	std::unique_ptr<T> object;
	int error = guarded([&] {
		object = std::make_unique<T>();
		return body(*object);
	});

	if (error < 0) {
		errno = -error;
		return nullptr;
	}
	return object.release();
}

} /* namespace kring */

#endif
