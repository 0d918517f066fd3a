// SPDX-License-Identifier: GPL-2.0-only
/* kring_fifo: memory, records' errors, and copies from and to programs. The algorithm is in core/spsc_fifo.hh. */

#include <linux/errno.h>
#include <linux/export.h>
#include <linux/kring_fifo.h>
#include <linux/limits.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/overflow.h>

#include "core_linear.h"
#include "gated.h"
#include "spans.h"

static_assert(offsetof(struct kring_fifo, memory) == KRING_CORE_LINEAR_SIZE);

/* Only once all of it is good, so that one that was refused can be freed. */
static void fifo_set_up(struct kring_fifo *fifo, void *buffer, void *memory, size_t elements, size_t element_size,
			unsigned int length_size)
{
	kring_core_fifo_init(__kring_fifo_core(fifo), buffer, elements, element_size);
	fifo->memory = memory;
	fifo->length_size = length_size;
	fifo->no_empty = false;
}

static int fifo_alloc(struct kring_fifo *fifo, size_t elements, size_t element_size, unsigned int length_size,
		      gfp_t gfp)
{
	size_t bytes;
	void *memory;

	fifo->memory = NULL;
	if (!elements || elements > KRING_FIFO_ELEMENTS_MAX || !element_size || element_size > U32_MAX)
		return -EINVAL;
	elements = roundup_pow_of_two(elements);
	if (check_mul_overflow(elements, element_size, &bytes))
		return -EINVAL;
	memory = kvzalloc(bytes, gfp | __GFP_NOWARN);
	if (!memory)
		return -ENOMEM;
	fifo_set_up(fifo, memory, memory, elements, element_size, length_size);
	return 0;
}

static int fifo_init(struct kring_fifo *fifo, void *buffer, size_t elements, size_t element_size,
		     unsigned int length_size)
{
	size_t bytes;

	fifo->memory = NULL;
	if (!buffer || !kring_core_fifo_is_capacity(elements) || !element_size || element_size > U32_MAX ||
	    check_mul_overflow(elements, element_size, &bytes))
		return -EINVAL;
	fifo_set_up(fifo, buffer, NULL, elements, element_size, length_size);
	return 0;
}

/* A record's length alone has to find room. */
static bool fits_lengths(size_t bytes, unsigned int length_size)
{
	return kring_core_records_is_length_size(length_size) && bytes >= 2;
}

int kring_fifo_alloc(struct kring_fifo *fifo, size_t elements, size_t element_size, gfp_t gfp)
{
	return fifo_alloc(fifo, elements, element_size, 0, gfp);
}
EXPORT_SYMBOL_GPL(kring_fifo_alloc);

int kring_fifo_alloc_records(struct kring_fifo *fifo, size_t bytes, unsigned int length_size, gfp_t gfp)
{
	fifo->memory = NULL;
	return fits_lengths(bytes, length_size) ? fifo_alloc(fifo, bytes, 1, length_size, gfp) : -EINVAL;
}
EXPORT_SYMBOL_GPL(kring_fifo_alloc_records);

int kring_fifo_init(struct kring_fifo *fifo, void *buffer, size_t elements, size_t element_size)
{
	return fifo_init(fifo, buffer, elements, element_size, 0);
}
EXPORT_SYMBOL_GPL(kring_fifo_init);

int kring_fifo_init_records(struct kring_fifo *fifo, void *buffer, size_t bytes, unsigned int length_size)
{
	fifo->memory = NULL;
	return fits_lengths(bytes, length_size) ? fifo_init(fifo, buffer, bytes, 1, length_size) : -EINVAL;
}
EXPORT_SYMBOL_GPL(kring_fifo_init_records);

void kring_fifo_free(struct kring_fifo *fifo)
{
	kvfree(fifo->memory);
	fifo->memory = NULL;
}
EXPORT_SYMBOL_GPL(kring_fifo_free);

static int error_of(enum kring_core_record_status status)
{
	if (likely(status == KRING_CORE_RECORD_OK))
		return 0;
	switch (status) {
	case KRING_CORE_RECORD_EMPTY:
	case KRING_CORE_RECORD_FULL:
		return -EAGAIN;
	case KRING_CORE_RECORD_TOO_BIG:
	case KRING_CORE_RECORD_NO_ROOM:
		return -EMSGSIZE;
	default: /* spoiled */
		return -EIO;
	}
}

/* Nothing that this fifo takes, however much room there is. */
static bool is_no_record(const struct kring_fifo *fifo, size_t size)
{
	return !fifo->length_size || (fifo->no_empty && !size);
}

int kring_fifo_put_record(struct kring_fifo *fifo, const void *from, size_t size)
{
	if (is_no_record(fifo, size))
		return -EINVAL;
	return error_of(kring_core_records_put(__kring_fifo_core(fifo), from, size, fifo->length_size));
}
EXPORT_SYMBOL_GPL(kring_fifo_put_record);

int kring_fifo_get_record(struct kring_fifo *fifo, void *to, size_t room, u32 *size)
{
	if (!fifo->length_size)
		return -EINVAL;
	return error_of(kring_core_records_get(__kring_fifo_core(fifo), to, room, size, fifo->length_size));
}
EXPORT_SYMBOL_GPL(kring_fifo_get_record);

int kring_fifo_peek_record(struct kring_fifo *fifo, void *to, size_t room, u32 *size)
{
	if (!fifo->length_size)
		return -EINVAL;
	return error_of(kring_core_records_peek(__kring_fifo_core(fifo), to, room, size, fifo->length_size));
}
EXPORT_SYMBOL_GPL(kring_fifo_peek_record);

int kring_fifo_skip_record(struct kring_fifo *fifo)
{
	if (!fifo->length_size)
		return -EINVAL;
	return error_of(kring_core_records_skip(__kring_fifo_core(fifo), fifo->length_size));
}
EXPORT_SYMBOL_GPL(kring_fifo_skip_record);

static ssize_t record_from_user(struct kring_fifo *fifo, const void __user *from, size_t size, const struct gate *gate)
{
	struct kring_core_fifo *core = __kring_fifo_core(fifo);
	struct kring_spans payload;
	int error;

	if (is_no_record(fifo, size))
		return -EINVAL;
	error = error_of(kring_core_records_prepare_put(core, fifo->length_size, size, &payload));
	if (error)
		return error;
	if (kring_spans_from_user(&payload, from, 1) != size)
		return -EFAULT;
	if (!gate_enter(gate))
		return -ENODEV;
	kring_core_records_finish_put(core, fifo->length_size, size);
	gate_leave();
	return size;
}

static ssize_t record_to_user(struct kring_fifo *fifo, void __user *to, size_t room)
{
	struct kring_core_fifo *core = __kring_fifo_core(fifo);
	struct kring_spans payload;
	u32 size;
	int error = error_of(kring_core_records_prepare_get(core, fifo->length_size, &payload, &size));

	if (error)
		return error;
	if (size > room)
		return -EMSGSIZE;
	if (kring_spans_to_user(to, &payload, 1) != size)
		return -EFAULT;
	kring_core_records_finish_get(core, fifo->length_size, size);
	return size;
}

/* Elements, of `size` bytes; 0 is that nothing was asked for. */
static ssize_t elements_of(struct kring_fifo *fifo, size_t size)
{
	u32 element_size = kring_fifo_element_size(fifo);

	return size % element_size ? -EINVAL : min_t(size_t, size / element_size, KRING_FIFO_ELEMENTS_MAX);
}

ssize_t fifo_from_user(struct kring_fifo *fifo, const void __user *from, size_t size, const struct gate *gate)
{
	u32 element_size = kring_fifo_element_size(fifo);
	ssize_t count = elements_of(fifo, size);
	struct kring_spans spans;

	if (fifo->length_size)
		return record_from_user(fifo, from, size, gate);
	if (count <= 0)
		return count;
	if (!kring_fifo_prepare_in(fifo, count, &spans))
		return -EAGAIN;
	count = kring_spans_from_user(&spans, from, element_size) / element_size;
	if (!count)
		return -EFAULT;
	if (!gate_enter(gate))
		return -ENODEV;
	kring_fifo_finish_in(fifo, count);
	gate_leave();
	return count * element_size;
}

ssize_t kring_fifo_from_user(struct kring_fifo *fifo, const void __user *from, size_t size)
{
	return fifo_from_user(fifo, from, size, NULL);
}
EXPORT_SYMBOL_GPL(kring_fifo_from_user);

ssize_t kring_fifo_to_user(struct kring_fifo *fifo, void __user *to, size_t size)
{
	u32 element_size = kring_fifo_element_size(fifo);
	ssize_t count = elements_of(fifo, size);
	struct kring_spans spans;

	if (fifo->length_size)
		return record_to_user(fifo, to, size);
	if (count <= 0)
		return count;
	if (!kring_fifo_prepare_out(fifo, count, &spans))
		return -EAGAIN;
	count = kring_spans_to_user(to, &spans, element_size) / element_size;
	kring_fifo_finish_out(fifo, count);
	return count ? count * element_size : -EFAULT;
}
EXPORT_SYMBOL_GPL(kring_fifo_to_user);
