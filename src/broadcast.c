// SPDX-License-Identifier: GPL-2.0-only
/*
 * Broadcast rings for the kernel: their memory, what producers and consumers
 * call, sleeping, mappings. The algorithm is in src/core/broadcast_*.hh; devices
 * that hold such a ring are not made here.
 */

#include <linux/kprobes.h>
#include <linux/kring_broadcast.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/security.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <linux/wait.h>

#include "compat.h"
#include "core_broadcast.h"
#include "waker.h"

/**
 * struct kring_broadcast - a ring
 * @core:    the algorithm's part: where its memory is, and how it is divided
 * @header:  that memory, which programs map
 * @slots:   what follows the header's page
 * @size:    bytes of all, whole pages
 * @bytes:   of the slots
 * @waiting: a consumer sleeps and wants to be woken by the next record
 * @queue:   of such consumers
 * @waker:   leaves a producer's context
 */
struct kring_broadcast {
	struct kring_core_broadcast core;
	struct kring_broadcast_header *header;
	char *slots;
	size_t size;
	size_t bytes;
	int waiting;
	wait_queue_head_t queue;
	struct waker waker;
};

/* The core's consumer is the API's, and so is its record. */
static_assert(sizeof(struct kring_broadcast_consumer) == sizeof(struct kring_core_broadcast_consumer));
static_assert(offsetof(struct kring_broadcast_consumer, lost) == offsetof(struct kring_core_broadcast_consumer, lost));
static_assert(sizeof(struct kring_broadcast_record) == sizeof(struct kring_core_broadcast_record));
static_assert(offsetof(struct kring_broadcast_record, data) == offsetof(struct kring_core_broadcast_record, data));
static_assert(offsetof(struct kring_broadcast_record, size) == offsetof(struct kring_core_broadcast_record, size));

static struct kring_core_broadcast_consumer *core_consumer(struct kring_broadcast_consumer *consumer)
{
	return (struct kring_core_broadcast_consumer *)consumer;
}

static void wake_consumers(struct waker *waker)
{
	wake_up_all(&container_of(waker, struct kring_broadcast, waker)->queue);
}

struct kring_broadcast *kring_broadcast_alloc(unsigned int slots, size_t payload)
{
	struct kring_core_broadcast_geometry geometry = { .slots = slots, .first_slot = PAGE_SIZE };
	struct kring_broadcast *ring;
	int err;

	if (!is_power_of_2(slots) || slots < KRING_BROADCAST_SLOTS_MIN || !payload)
		return ERR_PTR(-EINVAL);
	if (slots > KRING_BROADCAST_SLOTS_MAX || payload > KRING_BROADCAST_PAYLOAD_MAX)
		return ERR_PTR(-E2BIG);

	geometry.payload = payload;
	geometry.slot_size = kring_core_broadcast_slot_size(payload);

	ring = kzalloc(sizeof(*ring), GFP_KERNEL);
	if (!ring)
		return ERR_PTR(-ENOMEM);
	init_waitqueue_head(&ring->queue);
	ring->bytes = (size_t)slots * geometry.slot_size;
	ring->size = PAGE_ALIGN(geometry.first_slot + ring->bytes);
	/* All or nothing, before much of it is taken from others. */
	if (ring->size >> PAGE_SHIFT <= si_mem_available())
		ring->header = vmalloc_user(ring->size);
	err = ring->header ? waker_init(&ring->waker, &ring->waiting, wake_consumers, NULL) : -ENOMEM;
	if (err) {
		vfree(ring->header);
		kfree(ring);
		return ERR_PTR(err);
	}
	ring->slots = (char *)ring->header + geometry.first_slot;
	kring_core_broadcast_init(&ring->core, ring->header, &geometry);
	return ring;
}
EXPORT_SYMBOL_GPL(kring_broadcast_alloc);

void kring_broadcast_free(struct kring_broadcast *ring)
{
	if (IS_ERR_OR_NULL(ring))
		return;
	waker_exit(&ring->waker);
	vfree(ring->header);
	kfree(ring);
}
EXPORT_SYMBOL_GPL(kring_broadcast_free);

/*
 * Producers. Not to be probed, nor what they call: a probe's handler may write
 * records itself.
 */

NOKPROBE_SYMBOL(kring_core_broadcast_reserve);
NOKPROBE_SYMBOL(kring_core_broadcast_commit);
NOKPROBE_SYMBOL(kring_core_broadcast_discard);

static const int error_of[] = {
	[KRING_CORE_BROADCAST_OK] = 0,
	[KRING_CORE_BROADCAST_TOO_BIG] = -EMSGSIZE,
	[KRING_CORE_BROADCAST_HELD] = -EBUSY,
	[KRING_CORE_BROADCAST_LAPPED] = -ESTALE,
	[KRING_CORE_BROADCAST_OVERTAKEN] = -ESTALE,
	[KRING_CORE_BROADCAST_NOT_OPEN] = -EINVAL,
};

static __always_inline void closed(struct kring_broadcast *ring)
{
	/*
	 * [broadcast:W1] pairs with [broadcast:W2]: of the state that the core has just changed by an atomic
	 * instruction, and `waiting`, either this sees what the sleeper stored, or that what this did.
	 */
	smp_mb__after_atomic();
	if (unlikely(READ_ONCE(ring->waiting)))
		waker_ask(&ring->waker);
}

/* May it be asked whether this is an open record? */
static __always_inline bool is_in_slots(const struct kring_broadcast *ring, const void *payload)
{
	size_t at = (const char *)payload - ring->slots - sizeof(struct kring_broadcast_slot);

	return likely(at < ring->bytes && IS_ALIGNED(at, sizeof(struct kring_broadcast_slot)));
}

/* In any context, and perhaps for each record: once is enough to find who it is. */
static notrace noinline int not_open(void)
{
	pr_err_once("broadcast: commit or discard of what is no open record, by %pS\n", __builtin_return_address(0));
	return -EINVAL;
}

NOKPROBE_SYMBOL(not_open);

notrace void *kring_broadcast_reserve(struct kring_broadcast *ring, size_t size)
{
	struct kring_core_broadcast_reserved reserved = kring_core_broadcast_reserve(&ring->core, size);

	if (likely(reserved.payload))
		return reserved.payload;
	/* It was passed over: who waits for the record that is open there has lost it, and goes on. */
	if (reserved.status == KRING_CORE_BROADCAST_HELD)
		closed(ring);
	return ERR_PTR(error_of[reserved.status]);
}
EXPORT_SYMBOL_GPL(kring_broadcast_reserve);
NOKPROBE_SYMBOL(kring_broadcast_reserve);

notrace int kring_broadcast_commit(struct kring_broadcast *ring, void *payload)
{
	enum kring_core_broadcast_status status = KRING_CORE_BROADCAST_NOT_OPEN;

	if (is_in_slots(ring, payload))
		status = kring_core_broadcast_commit(&ring->core, payload);
	if (unlikely(status == KRING_CORE_BROADCAST_NOT_OPEN))
		return not_open();
	closed(ring);
	return error_of[status];
}
EXPORT_SYMBOL_GPL(kring_broadcast_commit);
NOKPROBE_SYMBOL(kring_broadcast_commit);

notrace void kring_broadcast_discard(struct kring_broadcast *ring, void *payload)
{
	if (!is_in_slots(ring, payload) ||
	    kring_core_broadcast_discard(&ring->core, payload) == KRING_CORE_BROADCAST_NOT_OPEN)
		not_open();
	else
		closed(ring);
}
EXPORT_SYMBOL_GPL(kring_broadcast_discard);
NOKPROBE_SYMBOL(kring_broadcast_discard);

notrace int kring_broadcast_write(struct kring_broadcast *ring, const void *data, size_t size)
{
	void *payload = kring_broadcast_reserve(ring, size);

	if (IS_ERR(payload))
		return PTR_ERR(payload);
	memcpy(payload, data, size);
	return kring_broadcast_commit(ring, payload);
}
EXPORT_SYMBOL_GPL(kring_broadcast_write);
NOKPROBE_SYMBOL(kring_broadcast_write);

/*
 * Consumers.
 */

void kring_broadcast_start(const struct kring_broadcast *ring, struct kring_broadcast_consumer *consumer,
			   enum kring_broadcast_place place)
{
	if (place == KRING_BROADCAST_OLDEST)
		kring_core_broadcast_seek_oldest(&ring->core, core_consumer(consumer));
	else
		kring_core_broadcast_seek_newest(&ring->core, core_consumer(consumer));
}
EXPORT_SYMBOL_GPL(kring_broadcast_start);

int kring_broadcast_look(const struct kring_broadcast *ring, struct kring_broadcast_consumer *consumer,
			 struct kring_broadcast_record *record)
{
	switch (kring_core_broadcast_look(&ring->core, core_consumer(consumer),
					  (struct kring_core_broadcast_record *)record)) {
	case KRING_CORE_BROADCAST_FOUND:
		return 0;
	case KRING_CORE_BROADCAST_EMPTY:
		return -EAGAIN;
	default:
		return -EBUSY;
	}
}
EXPORT_SYMBOL_GPL(kring_broadcast_look);

bool kring_broadcast_confirm(const struct kring_broadcast *ring, struct kring_broadcast_consumer *consumer,
			     const struct kring_broadcast_record *record)
{
	return kring_core_broadcast_confirm(&ring->core, core_consumer(consumer),
					    (const struct kring_core_broadcast_record *)record);
}
EXPORT_SYMBOL_GPL(kring_broadcast_confirm);

ssize_t kring_broadcast_next(const struct kring_broadcast *ring, struct kring_broadcast_consumer *consumer,
			     void *buffer, size_t size)
{
	struct kring_broadcast_record record;
	unsigned int tries;
	int err;

	for (tries = 0; tries < 100; tries++) {
		err = kring_broadcast_look(ring, consumer, &record);
		if (err)
			return err;
		if (record.size > size) {
			/* Of a record that is being overwritten, the size means nothing. */
			struct kring_broadcast_consumer whole = *consumer;

			if (kring_broadcast_confirm(ring, &whole, &record))
				return -EMSGSIZE;
			continue;
		}
		/* The next lap may overwrite it meanwhile; then it is not confirmed. */
		data_race(memcpy(buffer, record.data, record.size));
		if (kring_broadcast_confirm(ring, consumer, &record))
			return record.size;
	}
	return -EBUSY;
}
EXPORT_SYMBOL_GPL(kring_broadcast_next);

bool kring_broadcast_readable(const struct kring_broadcast *ring, const struct kring_broadcast_consumer *consumer)
{
	return kring_core_broadcast_readable(&ring->core, (const struct kring_core_broadcast_consumer *)consumer);
}
EXPORT_SYMBOL_GPL(kring_broadcast_readable);

struct wait_queue_head *kring_broadcast_queue(struct kring_broadcast *ring)
{
	return &ring->queue;
}
EXPORT_SYMBOL_GPL(kring_broadcast_queue);

bool kring_broadcast_arm(struct kring_broadcast *ring, const struct kring_broadcast_consumer *consumer)
{
	WRITE_ONCE(ring->waiting, 1);
	/* [broadcast:W2] pairs with [broadcast:W1]: the next record wakes, or is seen here. */
	smp_mb();
	return kring_broadcast_readable(ring, consumer);
}
EXPORT_SYMBOL_GPL(kring_broadcast_arm);

/*
 * The ring as a whole.
 */

void kring_broadcast_ledger(const struct kring_broadcast *ring, struct kring_broadcast_ledger *ledger)
{
	const struct kring_broadcast_header *header = ring->header;
	unsigned int cause;

	ledger->discarded = READ_ONCE(header->discarded);
	for (cause = 0; cause < KRING_NR_BROADCAST_DROPS; cause++)
		ledger->dropped[cause] = READ_ONCE(header->dropped[cause]);
	ledger->claimed = READ_ONCE(header->claimed);
	ledger->published = ledger->claimed - ledger->discarded - ledger->dropped[KRING_BROADCAST_DROP_HELD] -
			    ledger->dropped[KRING_BROADCAST_DROP_LAPPED] -
			    ledger->dropped[KRING_BROADCAST_DROP_OVERTAKEN];
}
EXPORT_SYMBOL_GPL(kring_broadcast_ledger);

size_t kring_broadcast_size(const struct kring_broadcast *ring)
{
	return ring->size;
}
EXPORT_SYMBOL_GPL(kring_broadcast_size);

size_t kring_broadcast_payload_max(const struct kring_broadcast *ring)
{
	return ring->header->payload;
}
EXPORT_SYMBOL_GPL(kring_broadcast_payload_max);

int kring_broadcast_mmap(struct kring_broadcast *ring, struct vm_area_struct *vma)
{
	int err;

	err = security_locked_down(LOCKDOWN_TRACEFS);
	if (err)
		return err;
	/* Not VM_SHARED: a shared mapping of a file that is open for reading only loses that flag. */
	if (!(vma->vm_flags & VM_MAYSHARE))
		return -EINVAL;
	if (vma->vm_flags & (VM_WRITE | VM_EXEC))
		return -EPERM;
	/* Each page that is shown holds its own reference: they outlive the ring. */
	err = remap_vmalloc_range(vma, ring->header, vma->vm_pgoff);
	if (err)
		return err;
	vm_flags_mod(vma, VM_DONTEXPAND | VM_DONTDUMP, VM_MAYWRITE | VM_MAYEXEC);
	return 0;
}
EXPORT_SYMBOL_GPL(kring_broadcast_mmap);

void kring_broadcast_set_gone(struct kring_broadcast *ring)
{
	/* [endpoint:E], for programs, which load it with acquire. */
	smp_store_release(&ring->header->gone, 1);
	wake_up_all(&ring->queue);
}
EXPORT_SYMBOL_GPL(kring_broadcast_set_gone);
