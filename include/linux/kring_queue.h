/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Channels of the kinds fifo and mirror: a linear ring with a device, of which
 * a module holds the producer's side or the consumer's, and programs the other
 * one, by read() and write() on /dev/kring/<name>.
 *
 * Who may call what, and where:
 *
 *   function                                 task  softirq  hardirq  NMI   may sleep
 *   kring_queue_create, kring_queue_destroy  yes   no       no       no    yes
 *   kring_queue_wake                         yes   yes      yes      yes   no
 *
 * What the module puts into the ring, or takes from it, goes by the functions
 * of kring_fifo.h and kring_mirror.h, with their rules; but an empty record is
 * refused (-EINVAL), as read() could not tell it from the end of the channel.
 * Nobody is woken by these: after one of them, or many, kring_queue_wake() is
 * called.
 *
 *	struct kring_queue_config config = {
 *		.kind = KRING_KIND_FIFO,
 *		.size = SZ_64K,
 *		.unit = sizeof(struct sample),
 *		.held = KRING_SIDE_PRODUCER,
 *	};
 *
 *	queue = kring_queue_create("samples", &config);
 *	...
 *	if (!kring_fifo_put(queue->fifo, &sample))
 *		refused++;
 *	kring_queue_wake(queue);
 */
#ifndef _LINUX_KRING_QUEUE_H
#define _LINUX_KRING_QUEUE_H

#include <linux/compiler.h>
#include <linux/kring_fifo.h>
#include <linux/kring_mirror.h>
#include <linux/module.h>
#include <linux/types.h>

#include <uapi/linux/kring.h>

#define KRING_SIDE_PRODUCER	0x1U
#define KRING_SIDE_CONSUMER	0x2U

/**
 * struct kring_queue - what a module needs of a channel of these kinds; the rest is private
 * @fifo:    the ring of a fifo, else NULL
 * @mirror:  the ring of a mirror, else NULL: in mode overwrite for the functions with a lock, else
 *           @mirror->mirror for those without
 * @waiting: a program sleeps and wants to be woken by kring_queue_wake()
 */
struct kring_queue {
	struct kring_fifo *fifo;
	struct kring_mirror_locked *mirror;
	int waiting;
};

/**
 * struct kring_queue_config - how a channel is to be; zero in a field means its default
 * @kind:   %KRING_KIND_FIFO or %KRING_KIND_MIRROR
 * @size:   bytes that it holds; of a fifo, a multiple of @unit, rounded up to a power of two of them
 * @unit:   of a fifo of elements: bytes of one; default 1, a stream of bytes
 * @length: of a fifo of records: bytes that a record's length takes, 1 or 2
 * @mode:   of a mirror: &enum kring_mode; default overwrite. A fifo never overwrites
 * @perm:   permission bits of /dev/kring/<name>, at most 0666; default 0600
 * @flags:  %KRING_CREATE_LOCKED: any number of programs may hold a side at once
 * @held:   KRING_SIDE_*, which programs cannot open
 */
struct kring_queue_config {
	enum kring_kind kind;
	size_t size;
	u32 unit;
	u32 length;
	enum kring_mode mode;
	umode_t perm;
	unsigned int flags;
	unsigned int held;
};

struct kring_queue *__kring_queue_create(const char *name, const struct kring_queue_config *config,
					 struct module *owner);

/**
 * kring_queue_create - make a channel of the kind fifo or mirror
 * @name:   1 to %KRING_NAME_MAX bytes of [A-Za-z0-9_.-], not beginning with a dot
 * @config: what it is to be
 *
 * Return: the channel, or an ERR_PTR and one line in the kernel log that says
 * why: EINVAL name, size, unit, length, mode, permission, flag or side is not
 * valid; ENAMETOOLONG; EEXIST the name is taken; E2BIG more than a ring can
 * hold; ENOMEM.
 */
#define kring_queue_create(name, config) __kring_queue_create(name, config, THIS_MODULE)

/**
 * kring_queue_destroy - end a channel
 * @queue: from kring_queue_create(), or NULL or an ERR_PTR, which do nothing
 *
 * The module is in no function of the channel or its ring any more, and enters
 * none. Programs can read what is there, and then get end of file.
 */
void kring_queue_destroy(struct kring_queue *queue);

void __kring_queue_wake(struct kring_queue *queue);

/**
 * kring_queue_wake - wake programs that wait for what the module has put, or for the room of what it took
 * @queue: from kring_queue_create()
 *
 * One load if nobody waits.
 */
static __always_inline void kring_queue_wake(struct kring_queue *queue)
{
	if (unlikely(READ_ONCE(queue->waiting)))
		__kring_queue_wake(queue);
}

#endif /* _LINUX_KRING_QUEUE_H */
