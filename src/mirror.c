// SPDX-License-Identifier: GPL-2.0-only
/*
 * kring_mirror and kring_mirror_locked: memory, the lock, and copies from and to
 * programs. The algorithm is in core/mirror_fifo.hh.
 */

#include <linux/errno.h>
#include <linux/export.h>
#include <linux/kring_mirror.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/slab.h>

#include "core_linear.h"
#include "gated.h"
#include "spans.h"

/* How often a page of a program's may be gone that was just made to be there. */
#define MAX_TRIES 100

static_assert(sizeof_field(struct kring_mirror, core) == KRING_CORE_LINEAR_SIZE);

int kring_mirror_alloc(struct kring_mirror *mirror, size_t capacity, gfp_t gfp)
{
	mirror->memory = NULL;
	if (!kring_core_mirror_is_capacity(capacity))
		return -EINVAL;
	mirror->memory = kvzalloc(capacity, gfp | __GFP_NOWARN);
	if (!mirror->memory)
		return -ENOMEM;
	kring_core_mirror_init(__kring_mirror_core(mirror), mirror->memory, capacity);
	return 0;
}
EXPORT_SYMBOL_GPL(kring_mirror_alloc);

int kring_mirror_init(struct kring_mirror *mirror, void *buffer, size_t capacity)
{
	mirror->memory = NULL;
	if (!buffer || !kring_core_mirror_is_capacity(capacity))
		return -EINVAL;
	kring_core_mirror_init(__kring_mirror_core(mirror), buffer, capacity);
	return 0;
}
EXPORT_SYMBOL_GPL(kring_mirror_init);

void kring_mirror_free(struct kring_mirror *mirror)
{
	kvfree(mirror->memory);
	mirror->memory = NULL;
}
EXPORT_SYMBOL_GPL(kring_mirror_free);

ssize_t mirror_from_user(struct kring_mirror *mirror, const void __user *from, size_t size, const struct gate *gate)
{
	struct kring_spans spans;
	size_t copied;

	if (!size)
		return 0;
	if (!kring_mirror_prepare_put(mirror, min_t(size_t, size, KRING_MIRROR_CAPACITY_MAX), &spans))
		return -EAGAIN;
	copied = kring_spans_from_user(&spans, from, 1);
	if (!copied)
		return -EFAULT;
	if (!gate_enter(gate))
		return -ENODEV;
	kring_mirror_finish_put(mirror, copied);
	gate_leave();
	return copied;
}

ssize_t kring_mirror_from_user(struct kring_mirror *mirror, const void __user *from, size_t size)
{
	return mirror_from_user(mirror, from, size, NULL);
}
EXPORT_SYMBOL_GPL(kring_mirror_from_user);

ssize_t kring_mirror_to_user(struct kring_mirror *mirror, void __user *to, size_t size)
{
	struct kring_spans spans;
	size_t copied;

	if (!size)
		return 0;
	if (!kring_mirror_prepare_get(mirror, min_t(size_t, size, KRING_MIRROR_CAPACITY_MAX), &spans))
		return -EAGAIN;
	copied = kring_spans_to_user(to, &spans, 1);
	kring_mirror_finish_get(mirror, copied);
	return copied ?: -EFAULT;
}
EXPORT_SYMBOL_GPL(kring_mirror_to_user);

/* What one call, or one expression, does while all others are locked out. */
#define LOCKED(ring, expression)					\
({									\
	unsigned long flags;						\
	typeof(expression) result;					\
									\
	spin_lock_irqsave(&(ring)->lock, flags);			\
	result = (expression);						\
	spin_unlock_irqrestore(&(ring)->lock, flags);			\
	result;								\
})

u32 kring_mirror_locked_put(struct kring_mirror_locked *ring, const void *from, u32 size)
{
	return LOCKED(ring, kring_mirror_put(&ring->mirror, from, size));
}
EXPORT_SYMBOL_GPL(kring_mirror_locked_put);

u32 kring_mirror_locked_put_force(struct kring_mirror_locked *ring, const void *from, u32 size)
{
	return LOCKED(ring, kring_core_mirror_put_force(__kring_mirror_core(&ring->mirror), from, size));
}
EXPORT_SYMBOL_GPL(kring_mirror_locked_put_force);

u32 kring_mirror_locked_get(struct kring_mirror_locked *ring, void *to, u32 size)
{
	return LOCKED(ring, kring_mirror_get(&ring->mirror, to, size));
}
EXPORT_SYMBOL_GPL(kring_mirror_locked_get);

u32 kring_mirror_locked_peek(struct kring_mirror_locked *ring, void *to, u32 size)
{
	return LOCKED(ring, kring_mirror_peek(&ring->mirror, to, size));
}
EXPORT_SYMBOL_GPL(kring_mirror_locked_peek);

u32 kring_mirror_locked_skip(struct kring_mirror_locked *ring, u32 size)
{
	return LOCKED(ring, kring_mirror_skip(&ring->mirror, size));
}
EXPORT_SYMBOL_GPL(kring_mirror_locked_skip);

bool kring_mirror_locked_putchar(struct kring_mirror_locked *ring, u8 byte)
{
	return LOCKED(ring, kring_mirror_putchar(&ring->mirror, byte));
}
EXPORT_SYMBOL_GPL(kring_mirror_locked_putchar);

bool kring_mirror_locked_putchar_force(struct kring_mirror_locked *ring, u8 byte)
{
	return kring_mirror_locked_put_force(ring, &byte, 1);
}
EXPORT_SYMBOL_GPL(kring_mirror_locked_putchar_force);

bool kring_mirror_locked_getchar(struct kring_mirror_locked *ring, u8 *byte)
{
	return LOCKED(ring, kring_mirror_getchar(&ring->mirror, byte));
}
EXPORT_SYMBOL_GPL(kring_mirror_locked_getchar);

u32 kring_mirror_locked_data_len(struct kring_mirror_locked *ring)
{
	return LOCKED(ring, kring_mirror_data_len(&ring->mirror));
}
EXPORT_SYMBOL_GPL(kring_mirror_locked_data_len);

u32 kring_mirror_locked_space_len(struct kring_mirror_locked *ring)
{
	return LOCKED(ring, kring_mirror_space_len(&ring->mirror));
}
EXPORT_SYMBOL_GPL(kring_mirror_locked_space_len);

enum kring_mirror_status kring_mirror_locked_status(struct kring_mirror_locked *ring)
{
	return LOCKED(ring, kring_mirror_status(&ring->mirror));
}
EXPORT_SYMBOL_GPL(kring_mirror_locked_status);

void kring_mirror_locked_reset(struct kring_mirror_locked *ring)
{
	kring_mirror_locked_skip(ring, U32_MAX);
}
EXPORT_SYMBOL_GPL(kring_mirror_locked_reset);

/* A page at a time comes over first: under the lock nothing may sleep. */
ssize_t mirror_locked_from_user(struct kring_mirror_locked *ring, const void __user *from, size_t size,
				u64 *overwritten, const struct gate *gate)
{
	void *page = kmalloc(min_t(size_t, size, PAGE_SIZE), GFP_KERNEL);
	ssize_t error = -EAGAIN;
	size_t done = 0;

	if (!page)
		return -ENOMEM;
	while (done < size) {
		size_t wanted = min_t(size_t, size - done, PAGE_SIZE);
		size_t part = wanted - copy_from_user(page, from + done, wanted);
		size_t taken = part;

		if (part < wanted)
			error = -EFAULT;
		if (!gate_enter(gate)) {
			error = -ENODEV;
			break;
		}
		if (overwritten)
			*overwritten += kring_mirror_locked_put_force(ring, page, part);
		else
			taken = kring_mirror_locked_put(ring, page, part);
		gate_leave();
		done += taken;
		if (taken < wanted)
			break;
		cond_resched();
	}
	kfree(page);
	return done ?: size ? error : 0;
}

ssize_t kring_mirror_locked_from_user(struct kring_mirror_locked *ring, const void __user *from, size_t size)
{
	return mirror_locked_from_user(ring, from, size, NULL, NULL);
}
EXPORT_SYMBOL_GPL(kring_mirror_locked_from_user);

ssize_t kring_mirror_locked_force_from_user(struct kring_mirror_locked *ring, const void __user *from, size_t size,
					    u64 *overwritten)
{
	u64 nobody_asks;

	if (!overwritten)
		overwritten = &nobody_asks;
	*overwritten = 0;
	return mirror_locked_from_user(ring, from, size, overwritten, NULL);
}
EXPORT_SYMBOL_GPL(kring_mirror_locked_force_from_user);

/* How much came over before a fault; *wanted becomes how much there was. */
static size_t part_to_user(struct kring_mirror *mirror, void __user *to, u32 *wanted)
{
	struct kring_spans spans;
	size_t copied;

	*wanted = kring_mirror_prepare_get(mirror, *wanted, &spans);
	copied = kring_spans_to_user_atomic(to, &spans);
	kring_mirror_finish_get(mirror, copied);
	return copied;
}

/*
 * Under the lock, so that no put_force() comes in between, and with what cannot be copied staying; a page at a time,
 * which is made to be there before. Should it go at once, it is tried again; but not for ever: that a page is there
 * does not mean that it can be written, such as where memory is tagged (arm64's MTE).
 */
ssize_t kring_mirror_locked_to_user(struct kring_mirror_locked *ring, void __user *to, size_t size)
{
	ssize_t error = -EAGAIN;
	size_t done = 0;
	int tries = 0;

	if (!access_ok(to, size))
		return -EFAULT;
	while (done < size) {
		size_t here = min_t(size_t, size - done, PAGE_SIZE);
		u32 wanted = here - fault_in_safe_writeable(to + done, here);
		u32 there = wanted;
		size_t copied;

		if (!wanted || tries == MAX_TRIES) {
			error = -EFAULT;
			break;
		}
		copied = LOCKED(ring, part_to_user(&ring->mirror, to + done, &there));
		done += copied;
		tries = copied ? 0 : tries + 1;
		if (there < wanted)
			break;
		cond_resched();
	}
	return done ?: size ? error : 0;
}
EXPORT_SYMBOL_GPL(kring_mirror_locked_to_user);
