/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What a recording is made of: a header, then chunks, one behind the other, each
 * a multiple of 8 bytes. It is whole if the last one is chunk_kind::end; what was
 * cut off is good up to there. In the byte order of the machine that made it.
 */
#ifndef LIBKRING_RECORDING_FORMAT_HH
#define LIBKRING_RECORDING_FORMAT_HH

#include <linux/kring.h>

namespace kring
{

struct recording_header {
	__u64 magic;
	__u32 version;
	__u32 reserved;
};

inline constexpr __u64 recording_magic = 0x636572676e69726bULL; /* "kringrec" */
inline constexpr __u32 recording_version = 1;

enum class chunk_kind : __u32 {
	channel = 1, /* struct recorded_channel; the first one, and the only one of its kind */
	type,	     /* struct recorded_type; before its records or behind them */
	before,	     /* struct kring_ledger of a CPU, or of all: when the recording began */
	after,	     /* likewise: when it ended */
	pages,	     /* images as read() returns them; those of a CPU in sequence */
	end	     /* of size 0 */
};

struct recording_chunk {
	chunk_kind kind;
	__u32 size; /* bytes behind this */
};

struct recorded_channel {
	kring_meta meta;
	char name[KRING_NAME_MAX + 1];
	__u32 from_newest; /* what was lost before is not told */
	__u32 reserved;
};

/* Behind it name, module and why, without NULs, then BTF, then zeros up to the next multiple of 8. */
struct recorded_type {
	__u32 id;
	__u32 size;
	__u32 name; /* bytes; so are these */
	__u32 module;
	__u32 why; /* it cannot be decoded; else 0 */
	__u32 btf; /* the type is the last one in there, with all that it needs; 0 if there is a why */
};

static_assert(sizeof(recording_header) == 16 && sizeof(recording_chunk) == 8);
static_assert(sizeof(recorded_channel) % 8 == 0 && sizeof(recorded_type) % 8 == 0 && sizeof(kring_ledger) % 8 == 0);

} /* namespace kring */

#endif
