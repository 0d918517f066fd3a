// SPDX-License-Identifier: GPL-2.0-only
/*
 * What write() does to a trace channel: one record without a type, of all that
 * one call passes, or none. Programs stand in the timeline beside the kernel.
 */

#include <linux/slab.h>
#include <linux/uio.h>

#include "file.h"

/* Why a record was refused that is not too big: what is so now; the ledger has counted the cause. */
static int why_refused(struct channel *channel)
{
	struct channel_ring *ring = channel_ring(channel, raw_smp_processor_id());

	if (!ring)
		return -ENXIO;
	if (kring_core_fault(ring->core) != KRING_FAULT_NONE)
		return -EIO;
	if (!READ_ONCE(channel->enabled))
		return -ESHUTDOWN;
	/* Full; or nested writers are in the way, which is over soon. */
	return channel->mode == KRING_MODE_DISCARD ? -ENOSPC : -EAGAIN;
}

static int write_record(struct channel *channel, const void *data, size_t size)
{
	int err;

	if (!gate_enter(&channel->endpoint.gate))
		return -ENODEV;
	err = kring_write(&channel->public, 0, data, size) ? 0 : why_refused(channel);
	gate_leave();
	return err;
}

/* Copied before there is a record: from reserve to commit nothing may fault, and a fault leaves nothing behind. */
ssize_t channel_write(struct kiocb *iocb, struct iov_iter *from)
{
	struct channel_file *file = iocb->ki_filp->private_data;
	struct channel *channel = file->channel;
	size_t size = iov_iter_count(from);
	u8 small[256], *data = small;
	int err = -EFAULT;

	if (!size)
		return 0;
	if (size > kring_core_max_payload(channel->page_size))
		return -EMSGSIZE;
	if (size > sizeof(small))
		data = kvmalloc(size, GFP_KERNEL);
	if (!data)
		return -ENOMEM;

	if (copy_from_iter_full(data, size, from))
		err = write_record(channel, data, size);
	if (data != small)
		kvfree(data);
	return err ?: size;
}
