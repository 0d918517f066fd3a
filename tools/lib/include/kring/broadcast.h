/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * libkring: consumes a broadcast channel. Each object is a consumer of its own,
 * which looks at the ring where the kernel writes it: as long as there are
 * records, it makes no system call, and no producer knows of it.
 *
 * Errors, threads and growth: as kring.h says.
 */
#ifndef KRING_BROADCAST_H
#define KRING_BROADCAST_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/kring_broadcast.h>

#ifdef __cplusplus
extern "C" {
#endif

struct kring_broadcast;

#define KRING_BROADCAST_FROM_NEWEST 0x1U /* begin behind all tickets given out; default: with the oldest record */
#define KRING_BROADCAST_FROM_TICKET 0x2U /* begin at struct kring_broadcast_opts' ticket */

/**
 * struct kring_broadcast_opts - how to consume; zero in a field means its default
 * @sz:     sizeof(struct kring_broadcast_opts)
 * @flags:  KRING_BROADCAST_FROM_NEWEST or KRING_BROADCAST_FROM_TICKET
 * @ticket: for %KRING_BROADCAST_FROM_TICKET: what kring_broadcast__ticket() told an earlier consumer of
 *          this channel; what is gone since then is lost
 */
struct kring_broadcast_opts {
	size_t sz;
	__u32 flags;
	__u32 reserved;
	__u64 ticket;
};

/**
 * kring_broadcast__open - consume a channel
 * @channel: its name
 * @opts:    or NULL for all defaults
 *
 * Return: a consumer, to be freed by kring_broadcast__free(). ENOENT: no such
 * channel; EACCES, EPERM: not permitted; EINVAL: name or options are not valid;
 * ESTALE: no ticket was given out so far; EPROTO: the device is no
 * broadcast channel that this library knows.
 */
struct kring_broadcast *kring_broadcast__open(const char *channel, const struct kring_broadcast_opts *opts);

/**
 * kring_broadcast__open_fd - consume what a file descriptor maps
 * @fd:   a broadcast channel's device or what looks like it from its beginning; stays the caller's,
 *        and open as long as the consumer waits
 * @opts: or NULL for all defaults
 *
 * Return: as kring_broadcast__open().
 */
struct kring_broadcast *kring_broadcast__open_fd(int fd, const struct kring_broadcast_opts *opts);

void kring_broadcast__free(struct kring_broadcast *consumer);

/**
 * struct kring_broadcast_item - a record
 * @ticket:  its number in the channel's life; the first is 0
 * @lost:    records lost to this consumer between the last one that it got and this
 * @payload: 8-byte aligned
 * @size:    bytes of @payload
 */
struct kring_broadcast_item {
	__u64 ticket;
	__u64 lost;
	const void *payload;
	__u32 size;
};

/**
 * kring_broadcast__next - the next record, copied
 * @consumer: from kring_broadcast__open()
 * @item:     out: valid until the next call with this consumer
 *
 * Never waits. Records come in the order of their tickets: one that is being
 * written holds up those behind it, until producers come round to its slot.
 *
 * Return: 1, a record; 0, there is none now; -EAGAIN, producers were so fast that
 * none could be copied: call again; -ENODEV, nothing is left and the channel is
 * gone.
 */
int kring_broadcast__next(struct kring_broadcast *consumer, const struct kring_broadcast_item **item);

/**
 * kring_broadcast__look - the next record where it stands
 * @consumer: from kring_broadcast__open()
 * @item:     out: valid until the next call with this consumer; @payload may be overwritten at any time
 *
 * Use it, then ask kring_broadcast__confirm(), and until then believe nothing of
 * it: neither follow an offset nor print it.
 *
 * Return: as kring_broadcast__next().
 */
int kring_broadcast__look(struct kring_broadcast *consumer, const struct kring_broadcast_item **item);

/**
 * kring_broadcast__confirm - was it whole all the time?
 * @consumer: of the last kring_broadcast__look()
 *
 * Return: true, and the consumer goes on behind the record; false: it was
 * overwritten meanwhile, what was read is worth nothing; look again.
 */
bool kring_broadcast__confirm(struct kring_broadcast *consumer);

/* Records lost so far: overwritten before they were read, or withdrawn or dropped by their producers. */
__u64 kring_broadcast__lost(const struct kring_broadcast *consumer);

/* Of the record that comes next: where another consumer may go on. */
__u64 kring_broadcast__ticket(const struct kring_broadcast *consumer);

/* How many tickets were given out that this consumer has not come to. */
__u64 kring_broadcast__behind(const struct kring_broadcast *consumer);

/* The largest record in bytes. */
__u32 kring_broadcast__payload_max(const struct kring_broadcast *consumer);

/**
 * kring_broadcast__fd - for poll(), epoll
 * @consumer: from kring_broadcast__open()
 *
 * It tells what came after the last kring_broadcast__arm().
 */
int kring_broadcast__fd(const struct kring_broadcast *consumer);

/**
 * kring_broadcast__arm - have poll() tell of what comes next
 * @consumer: found nothing
 *
 * Return: 0; -ENODEV, the channel is gone; or what lseek(2) says.
 */
int kring_broadcast__arm(struct kring_broadcast *consumer);

/**
 * kring_broadcast__wait - sleep until there is something
 * @consumer:   from kring_broadcast__open()
 * @timeout_ms: milliseconds; 0 only looks, -1 waits for ever
 *
 * Return: 1, there is a record or a loss, or the channel is gone; 0, time is
 * over; -EINTR; or what poll(2) says.
 */
int kring_broadcast__wait(struct kring_broadcast *consumer, int timeout_ms);

#ifdef __cplusplus
}
#endif

#endif
