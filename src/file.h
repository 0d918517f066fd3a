/* SPDX-License-Identifier: GPL-2.0-only */
/* An open /dev/kring/<channel>: what its operations share (file.c, file_read.c, file_ioctl.c, mmap.c). */
#ifndef KRING_FILE_H
#define KRING_FILE_H

#include <linux/fs.h>
#include <linux/uio.h>

#include "channel.h"

/**
 * struct channel_file - an open file; its file->private_data
 * @channel:   which stays while the file is open: see chardev.c
 * @lock:      of @next_cpu and @observers; not held while waiting for records
 * @next_cpu:  whose ring read() looks at first
 * @was_closed: a descriptor of it was, while there may be others
 * @observers: by CPU, where this file stands in its ring, also before there is one
 */
struct channel_file {
	struct channel *channel;
	struct mutex lock;
	unsigned int next_cpu;
	bool was_closed;
	struct kring_core_observer observers[];
};

/* Ask before looking for records: when it is true, there will be no more than are found then. */
static inline bool channel_is_dead(struct channel *channel)
{
	/* [file:D] pairs with [channel:D]: records that were written before the end. */
	return smp_load_acquire(&channel->dead);
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

/* file_ioctl.c */
long channel_ioctl(struct file *filp, unsigned int cmd, unsigned long arg);
/* Does @filp own a ring? If so, *@readable: is there something to acquire? */
bool file_is_owner(struct file *filp, bool *readable);
/* Gives back all rings that @filp owns, with what is acquired and not released. */
void file_disown(struct file *filp);

#endif
