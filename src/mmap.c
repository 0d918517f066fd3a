// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mapping a channel: the meta page, then for each CPU its shared area and its
 * pages, at the offsets that struct kring_meta tells. Read-only for good.
 *
 * Nothing is counted here. An area holds its file, the file holds the channel
 * (see chardev.c), and each page shown holds its own reference; areas can
 * be split, moved, copied by fork or unmapped in part, and there is no state
 * that could come to disagree with them. Pages are found when they are first
 * touched, so the ring of a CPU that comes online later appears by itself.
 */

#include <linux/mm.h>
#include <linux/security.h>
#include <linux/vmalloc.h>

#include "channel.h"
#include "compat.h"
#include "file.h"

/* What the mapping has at @offset; NULL: a hole, or a CPU without a ring. */
static struct page *page_at(struct channel *channel, u64 offset)
{
	const struct kring_meta *meta = channel->meta;
	struct channel_ring *ring;
	u64 in_ring, in_pages;

	if (offset < meta->rings)
		return offset < PAGE_SIZE ? virt_to_page(meta) : NULL;

	offset -= meta->rings;
	ring = channel_ring(channel, min_t(u64, offset / meta->ring_stride, nr_cpu_ids));
	if (!ring)
		return NULL;

	in_ring = offset % meta->ring_stride;
	if (in_ring < meta->pages_offset)
		return in_ring < channel->shared_size ? vmalloc_to_page((void *)ring->shared + in_ring) : NULL;

	in_pages = in_ring - meta->pages_offset;
	return virt_to_page(ring->pages[in_pages / channel->page_size] + in_pages % channel->page_size);
}

static vm_fault_t channel_fault(struct vm_fault *vmf)
{
	struct channel_file *file = vmf->vma->vm_file->private_data;
	struct page *page = page_at(file->channel, (u64)vmf->pgoff << PAGE_SHIFT);

	if (!page)
		return VM_FAULT_SIGBUS;
	get_page(page);
	vmf->page = page;
	return 0;
}

static const struct vm_operations_struct channel_vm_ops = {
	.fault = channel_fault,
};

int channel_mmap(struct file *filp, struct vm_area_struct *vma)
{
	struct channel_file *file = filp->private_data;
	u64 map_pages = file->channel->meta->map_size >> PAGE_SHIFT;
	int err;

	err = security_locked_down(LOCKDOWN_TRACEFS);
	if (err)
		return err;
	/* Not VM_SHARED: a shared mapping of a file that is open for reading only loses that flag. */
	if (!(vma->vm_flags & VM_MAYSHARE))
		return -EINVAL;
	if (vma->vm_flags & (VM_WRITE | VM_EXEC))
		return -EPERM;
	if (vma->vm_pgoff > map_pages || vma_pages(vma) > map_pages - vma->vm_pgoff)
		return -EINVAL;

	vm_flags_mod(vma, VM_DONTEXPAND | VM_DONTDUMP, VM_MAYWRITE | VM_MAYEXEC);
	vma->vm_ops = &channel_vm_ops;
	return 0;
}
