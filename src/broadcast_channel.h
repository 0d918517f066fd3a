/* SPDX-License-Identifier: GPL-2.0-only */
/* Channels of the kind broadcast: what their parts share. */
#ifndef KRING_BROADCAST_CHANNEL_H
#define KRING_BROADCAST_CHANNEL_H

#include <linux/kring_broadcast_channel.h>

#include "endpoint.h"

struct broadcast_channel {
	struct kring_broadcast_channel public;
	struct endpoint endpoint;
	struct kring_broadcast_config config;
};

static inline struct broadcast_channel *endpoint_to_broadcast(struct endpoint *endpoint)
{
	return container_of(endpoint, struct broadcast_channel, endpoint);
}

/* broadcast_file.c */
extern const struct file_operations broadcast_fops;

#endif
