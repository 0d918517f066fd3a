/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What the C API's recording is; a stream looks into it. */
#ifndef LIBKRING_RECORDING_API_HH
#define LIBKRING_RECORDING_API_HH

#include <kring/recording.h>

#include "recording.hh"

struct kring_recording {
	kring::recording impl;
};

#endif
