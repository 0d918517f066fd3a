/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Channels of the kind broadcast: a broadcast ring with a device, from which
 * any number of programs consume, each at its own pace, and to which programs
 * may produce beside the kernel.
 *
 * Who may call what, and where:
 *
 *   function                                         task  softirq  hardirq  NMI   may sleep
 *   kring_broadcast_create, kring_broadcast_destroy  yes   no       no       no    yes
 *
 * The ring itself goes by the functions of kring_broadcast.h, which wake
 * programs that wait by themselves.
 */
#ifndef _LINUX_KRING_BROADCAST_CHANNEL_H
#define _LINUX_KRING_BROADCAST_CHANNEL_H

#include <linux/kring_broadcast.h>
#include <linux/module.h>

#include <uapi/linux/kring.h>

/* struct kring_broadcast_channel - what a module needs of a channel of this kind; the rest is private */
struct kring_broadcast_channel {
	struct kring_broadcast *ring;
};

/**
 * struct kring_broadcast_config - how a channel is to be
 * @slots:   how many records it holds, as for kring_broadcast_alloc()
 * @payload: largest record in bytes, likewise
 * @perm:    permission bits of /dev/kring/<name>, at most 0666; 0 means 0600
 */
struct kring_broadcast_config {
	size_t slots;
	size_t payload;
	umode_t perm;
};

struct kring_broadcast_channel *__kring_broadcast_create(const char *name, const struct kring_broadcast_config *config,
							 struct module *owner);

/**
 * kring_broadcast_create - make a channel of the kind broadcast
 * @name:   1 to %KRING_NAME_MAX bytes of [A-Za-z0-9_.-], not beginning with a dot
 * @config: what it is to be
 *
 * Return: the channel, or an ERR_PTR and one line in the kernel log that says
 * why: EINVAL name, slots, payload or permission is not valid; ENAMETOOLONG;
 * EEXIST the name is taken; E2BIG more slots or bytes than a ring can have; ENOMEM.
 */
#define kring_broadcast_create(name, config) __kring_broadcast_create(name, config, THIS_MODULE)

/**
 * kring_broadcast_destroy - end a channel
 * @channel: from kring_broadcast_create(), or NULL or an ERR_PTR, which do nothing
 *
 * The module is in no function of the channel or its ring any more, and enters
 * none. Programs can read what is there, and then get end of file; what they
 * have mapped stays until they unmap it.
 */
void kring_broadcast_destroy(struct kring_broadcast_channel *channel);

#endif /* _LINUX_KRING_BROADCAST_CHANNEL_H */
