// SPDX-License-Identifier: GPL-2.0-only
/* The public header in C, and calls that fail as it says. */
#include <errno.h>

#include <kring/broadcast.h>
#include <kring/kring.h>
#include <kring/recording.h>

/* The number of the first call that did something else; 0 if there is none. */
int c_api_surprise(void)
{
	struct kring_stream_opts bad_size = { .sz = 1 };
	struct kring_stream_opts bad_flags = { .sz = sizeof(bad_flags), .flags = 0x80 };
	struct kring_stream_opts newest_owner = {
		.sz = sizeof(newest_owner),
		.flags = KRING_STREAM_OWN | KRING_STREAM_NEWEST,
	};
	struct kring_stream_opts no_deadline = {
		.sz = sizeof(no_deadline),
		.watermark = 2,
		.deadline_us = KRING_DEADLINE_MIN - 1,
	};
	struct kring_control_opts short_control = { .sz = 1 };
	struct {
		struct kring_stream_opts known;
		long unknown;
	} longer = { { .sz = sizeof(longer) }, 1 };

	if (kring_stream__open("no_such_channel", NULL) || errno != ENOENT)
		return 1;
	if (kring_stream__open("../null", NULL) || errno != EINVAL)
		return 2;
	if (kring_stream__open(NULL, NULL) || errno != EINVAL)
		return 3;
	if (kring_stream__open("x", &bad_size) || errno != EINVAL)
		return 4;
	if (kring_stream__open("x", &bad_flags) || errno != EINVAL)
		return 5;
	if (kring_stream__open("x", &newest_owner) || errno != EINVAL)
		return 6;
	if (kring_stream__open("x", &longer.known) || errno != E2BIG)
		return 7;
	longer.unknown = 0;
	if (kring_stream__open("no_such_channel", &longer.known) || errno != ENOENT)
		return 8;
	if (kring_channel__new("no_such_channel") || errno != ENOENT)
		return 9;
	if (kring_channel__new("a/b") || errno != EINVAL)
		return 10;
	if (kring_stream__open("x", &no_deadline) || errno != EINVAL)
		return 11;
	no_deadline.watermark = 1;
	if (kring_stream__open("no_such_channel", &no_deadline) || errno != ENOENT)
		return 12;
	if (kring_control__create("a/b", NULL) != -EINVAL || kring_control__create(NULL, NULL) != -EINVAL)
		return 13;
	if (kring_control__create("x", &short_control) != -EINVAL)
		return 14;
	if (kring_control__destroy("a/b") != -EINVAL || kring_control__destroy(NULL) != -EINVAL)
		return 15;
	if (kring_broadcast__open(NULL, NULL) || errno != EINVAL)
		return 16;
	kring_broadcast__free(NULL);
	if (kring_recording__open("no such file") || errno != ENOENT)
		return 20;
	if (kring_recording__open(NULL) || errno != EINVAL)
		return 21;
	if (kring_recorder__new("../null", 1, NULL) || errno != EINVAL)
		return 22;
	if (kring_recorder__new("no_such_channel", 1, NULL) || errno != ENOENT)
		return 23;
	kring_recording__free(NULL);
	kring_recorder__free(NULL);
	kring_channel__free(NULL);
	kring_stream__free(NULL);
	kring_decoder__free(NULL);
	kring_filter__free(NULL);
	return 0;
}
