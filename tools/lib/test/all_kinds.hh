/* SPDX-License-Identifier: GPL-2.0-only */
/* A record of btf_module.h with something in each field, for tests of what becomes of them. */
#ifndef LIBKRING_TEST_ALL_KINDS_HH
#define LIBKRING_TEST_ALL_KINDS_HH

#include <cstring>

#include "btf_module.h"

namespace kring::test
{

/* The name fills its field, without a NUL. */
inline all_kinds example(const char (&name)[sizeof(all_kinds::name) + 1])
{
	all_kinds record{};

	record.byte = 200;
	record.negative = -5;
	record.word = 65535;
	record.number = -100000;
	record.large = 0xffffffffffffffff;
	record.letter = 'R';
	record.yes = true;
	memcpy(record.name, name, sizeof(record.name));
	record.color = BLUE;
	record.low = 5;
	record.middle = -3;
	record.high = 0x3fffff;
	record.point = {1, -1};
	record.points[0] = {2, 3};
	record.points[1] = {4, 5};
	record.matrix[1][2] = 9;
	record.address = reinterpret_cast<const void *>(0xffff888000001000);
	record.as_number = 0x41;
	return record;
}

} /* namespace kring::test */

#endif
