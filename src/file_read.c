// SPDX-License-Identifier: GPL-2.0-only
/*
 * What read() copies: images of pages, from where this file's observers stand.
 * An image is a header and the published records behind the position. Nothing
 * here waits for records.
 */

#include <linux/mm.h>

#include "file.h"

/* How often one image is tried while writers reuse its page under the copy. */
#define MAX_TRIES 100

/* Takes the header from the page, with what differs in an image. */
static void image_header(struct kring_page *header, const struct kring_page *page, const struct kring_core_span *span)
{
	/* A writer may reuse the page meanwhile: kring_core_confirm() will tell. */
	data_race(memcpy(header, page, sizeof(*header)));
	header->seq = span->seq;
	header->first = span->first;
	header->commit = (u64)span->count << 32 | (sizeof(*header) + span->end - span->start);
}

/* Return: bytes, or -ENOSPC or -EFAULT with @to as it was. */
static ssize_t copy_image(struct iov_iter *to, const struct kring_page *page, const struct kring_core_span *span)
{
	struct kring_page header;
	size_t size, copied;

	image_header(&header, page, span);
	size = KRING_COMMIT_OFFSET(header.commit);
	if (size > iov_iter_count(to))
		return -ENOSPC;

	copied = copy_to_iter(&header, sizeof(header), to);
	/* Likewise. */
	copied += data_race(copy_to_iter((void *)page + span->start, span->end - span->start, to));
	if (copied == size)
		return size;
	iov_iter_revert(to, copied);
	return -EFAULT;
}

/* The page of @span is full and was read to its end: there may be another behind it. */
static bool was_last_of_page(const struct kring_page *page, const struct kring_core_span *span)
{
	u64 commit = READ_ONCE(page->commit);

	return commit & KRING_COMMIT_FINAL && KRING_COMMIT_OFFSET(commit) == span->end;
}

/* Return: bytes; 0: no records; -EBUSY: writers were faster than every copy; -ENOSPC; -EFAULT. */
static ssize_t read_image(struct kring_core_observer *observer, struct channel_ring *ring, struct iov_iter *to,
			  bool *more)
{
	struct kring_core_span span;
	int tries;

	for (tries = 0; tries < MAX_TRIES; tries++) {
		enum kring_core_status status = kring_core_look(ring->core, observer, &span);
		const struct kring_page *page;
		ssize_t size;

		if (status == KRING_CORE_EMPTY)
			return 0;
		if (status == KRING_CORE_OK) {
			page = ring->pages[span.page];
			*more = was_last_of_page(page, &span);
			size = copy_image(to, page, &span);
			if (size < 0 || kring_core_confirm(ring->core, observer, &span))
				return size;
			iov_iter_revert(to, size);
		}
		cond_resched();
	}
	return -EBUSY;
}

/*
 * The CPUs' rings in turn, an image each, until each has nothing more or the
 * next image does not fit; that ring is first the next time. A page that is
 * still being written is taken once: a slow writer does not hold up a large read.
 */
ssize_t file_read_images(struct channel_file *file, struct iov_iter *to)
{
	size_t room = iov_iter_count(to);
	unsigned int exhausted = 0;
	bool busy = false;
	ssize_t got = 0;

	if (mutex_lock_interruptible(&file->lock))
		return -ERESTARTSYS;
	while (exhausted < nr_cpu_ids) {
		unsigned int cpu = file->next_cpu;
		struct channel_ring *ring = channel_ring(file->channel, cpu);
		bool more = false;

		got = ring ? read_image(&file->observers[cpu], ring, to, &more) : 0;
		if (got == -ENOSPC || got == -EFAULT)
			break;
		busy |= got == -EBUSY;
		exhausted = got > 0 && more ? 0 : exhausted + 1;
		file->next_cpu = cpu + 1 < nr_cpu_ids ? cpu + 1 : 0;
		cond_resched();
	}
	mutex_unlock(&file->lock);

	if (iov_iter_count(to) < room)
		return room - iov_iter_count(to);
	if (got == -EFAULT)
		return got;
	return busy ? -EBUSY : 0;
}

bool file_has_records(struct channel_file *file)
{
	struct kring_core_span span;
	bool found = false;
	unsigned int cpu;

	if (mutex_lock_killable(&file->lock))
		return true;
	for (cpu = 0; cpu < nr_cpu_ids && !found; cpu++) {
		struct channel_ring *ring = channel_ring(file->channel, cpu);

		/* Where writers are in the way of looking, there is something to read. */
		found = ring && kring_core_look(ring->core, &file->observers[cpu], &span) != KRING_CORE_EMPTY;
	}
	mutex_unlock(&file->lock);
	return found;
}

u64 file_bytes_observed(struct channel_file *file)
{
	struct kring_core_span span;
	unsigned int cpu;
	u64 sum = 0;

	if (mutex_lock_killable(&file->lock))
		return 0;
	for (cpu = 0; cpu < nr_cpu_ids; cpu++) {
		struct channel_ring *ring = channel_ring(file->channel, cpu);

		if (!ring)
			continue;
		/* At the end of a page that was left, this goes on to the next. */
		kring_core_look(ring->core, &file->observers[cpu], &span);
		sum += kring_core_bytes_observed(ring->core, &file->observers[cpu]);
	}
	mutex_unlock(&file->lock);
	return sum;
}

/* In a ring that comes later, all records are newer than now: its oldest is the place for both. */
int file_seek(struct channel_file *file, bool newest)
{
	unsigned int cpu;

	if (mutex_lock_killable(&file->lock))
		return -EINTR;
	for (cpu = 0; cpu < nr_cpu_ids; cpu++) {
		struct channel_ring *ring = channel_ring(file->channel, cpu);

		file->observers[cpu] = (struct kring_core_observer){};
		if (ring && newest)
			kring_core_seek_newest(ring->core, &file->observers[cpu]);
	}
	mutex_unlock(&file->lock);
	return 0;
}
