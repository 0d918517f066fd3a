/* SPDX-License-Identifier: GPL-2.0-only */
/* An open /dev/kring/<channel>: what its operations share (file.c, file_*.c, mmap.c), and wakeup.c needs of it. */
#ifndef KRING_FILE_H
#define KRING_FILE_H

#include <linux/fs.h>
#include <linux/uio.h>
#include <linux/wait.h>

#include "channel.h"
#include "sleepers.h"

/**
 * struct channel_file - an open file; its file->private_data
 * @channel:   which stays while the file is open: see chardev.c
 * @lock:      of @next_cpu and @observers; not held while waiting for records
 * @next_cpu:  whose ring read() looks at first
 * @entry:     in channel->files
 * @waiters:   its readers that sleep
 * @sleepers:  likewise
 * @watermark: in bytes; this and the rest under channel->files_lock; see file_wait.c
 * @deadline:  how long less than @watermark may be there
 * @owner:     the file itself, if it waits for what it may acquire, not for what it may read()
 * @base:      bytes before the place where it stood when it last looked, in all rings that it waits for
 * @since:     when the first of what is unread came; 0: nothing is
 * @seen:      bytes published in these rings when @since was set
 * @found_nothing: when nothing was unread
 * @observers: by CPU, where this file stands in its ring, also before there is one
 */
struct channel_file {
	struct channel *channel;
	struct mutex lock;
	unsigned int next_cpu;

	struct list_head entry;
	wait_queue_head_t waiters;
	struct sleepers sleepers;
	u32 watermark;
	ktime_t deadline;
	struct file *owner;
	u64 base;
	ktime_t since;
	u64 seen;
	ktime_t found_nothing;

	struct kring_core_observer observers[];
};

/* Ask before looking for records: when it is true, there will be no more than are found then. */
static inline bool channel_is_dead(struct channel *channel)
{
	return endpoint_is_dead(&channel->endpoint);
}

extern const struct file_operations channel_fops;

/* file_read.c */
/*
 * Copies page images to @to, which has room for one at least. Return: bytes, 0 if no ring has records,
 * -EBUSY writers were in the way of all there are, -EFAULT, -ERESTARTSYS.
 */
ssize_t file_read_images(struct channel_file *file, struct iov_iter *to);
/* Both wait for a read() of the same file that is under way. True, or -EINTR, if killed meanwhile. */
bool file_has_records(struct channel_file *file);
int file_seek(struct channel_file *file, bool newest);
/* Bytes of all rings before the places where it stands. */
u64 file_bytes_observed(struct channel_file *file);

/* file_write.c */
ssize_t channel_write(struct kiocb *iocb, struct iov_iter *from);

/* file_ioctl.c */
long channel_ioctl(struct file *filp, unsigned int cmd, unsigned long arg);
/* Does @filp own a ring? If so, *@readable: is there something to acquire? */
bool file_is_owner(struct file *filp, bool *readable);
/* Gives back all rings that @filp owns, with what is acquired and not released. */
void file_disown(struct file *filp);
/* Bytes of the rings that @filp owns before what it has not consumed. */
u64 file_bytes_consumed(struct file *filp);

/* file_wait.c */
/* From its opening to its end; a file begins without a watermark. */
void file_wait_init(struct channel_file *file);
void file_wait_exit(struct channel_file *file);
/* -EINVAL. */
int file_wait_set(struct channel_file *file, const struct kring_wakeup *wakeup);
/*
 * Is there enough for those who wait to read from @filp or, @owner, to acquire, or for long enough? If not,
 * this is the place that they wait from. Sleeps.
 */
bool file_is_due(struct file *filp, bool owner);
/* Under files_lock: there are sleepers, and it is not time yet to wake them. */
bool file_sleeps_on(struct channel_file *file, ktime_t now);

#endif
