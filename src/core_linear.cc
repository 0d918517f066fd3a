/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Instantiates the linear rings' templates for the kernel platform and hands
 * them out through the seam. No logic.
 */
#include "core_linear.h"

#include "core/mirror_fifo.hh"
#include "core/platform_kernel.hh"
#include "core/record_fifo.hh"

using platform = kring::platform_kernel;

struct kring_core_fifo {
	kring::spsc_fifo<platform> elements;
};

struct kring_core_mirror {
	kring::mirror_fifo<platform> bytes;
};

static_assert(sizeof(kring_core_fifo) == KRING_CORE_LINEAR_SIZE && alignof(kring_core_fifo) == 64);
static_assert(sizeof(kring_core_mirror) == KRING_CORE_LINEAR_SIZE && alignof(kring_core_mirror) == 64);
static_assert(static_cast<int>(kring::record_status::spoiled) == KRING_CORE_RECORD_SPOILED);

namespace
{

using records = kring::record_fifo<platform>;

kring_core_record_status seam(kring::record_status status)
{
	return static_cast<kring_core_record_status>(status);
}

} /* namespace */

bool kring_core_fifo_is_capacity(__u64 elements)
{
	return kring::spsc_fifo<platform>::is_capacity(elements);
}

void kring_core_fifo_init(kring_core_fifo *core, void *memory, __u32 elements, __u32 element_size)
{
	core->elements.init(memory, elements, element_size);
}

void kring_core_fifo_reset(kring_core_fifo *core)
{
	core->elements.reset();
}

bool kring_core_fifo_peek_one(kring_core_fifo *core, void *element, __u32 size)
{
	return core->elements.peek_one(element, size);
}

__u32 kring_core_fifo_in(kring_core_fifo *core, const void *from, __u32 count)
{
	return core->elements.in(from, count);
}

__u32 kring_core_fifo_out(kring_core_fifo *core, void *to, __u32 count)
{
	return core->elements.out(to, count);
}

__u32 kring_core_fifo_out_peek(kring_core_fifo *core, void *to, __u32 count)
{
	return core->elements.peek(to, count);
}

__u32 kring_core_fifo_skip(kring_core_fifo *core, __u32 count)
{
	return core->elements.skip(count);
}

__u32 kring_core_fifo_prepare_in(kring_core_fifo *core, __u32 count, kring_spans *spans)
{
	return core->elements.prepare_in(count, *spans);
}

bool kring_core_fifo_finish_in(kring_core_fifo *core, __u32 count)
{
	return core->elements.finish_in(count);
}

__u32 kring_core_fifo_prepare_out(kring_core_fifo *core, __u32 count, kring_spans *spans)
{
	return core->elements.prepare_out(count, *spans);
}

bool kring_core_fifo_finish_out(kring_core_fifo *core, __u32 count)
{
	return core->elements.finish_out(count);
}

__u32 kring_core_fifo_producer_pos(const kring_core_fifo *core)
{
	return core->elements.producer_pos();
}

__u32 kring_core_fifo_consumer_pos(const kring_core_fifo *core)
{
	return core->elements.consumer_pos();
}

__u32 kring_core_fifo_batch_in(kring_core_fifo *core, __u32 *pos, const void *from, __u32 count)
{
	kring::spsc_fifo<platform>::put_batch batch{core->elements, *pos};

	count = batch.in(from, count);
	*pos = batch.pos();
	return count;
}

__u32 kring_core_fifo_batch_out(kring_core_fifo *core, __u32 *pos, void *to, __u32 count)
{
	kring::spsc_fifo<platform>::get_batch batch{core->elements, *pos};

	count = batch.out(to, count);
	*pos = batch.pos();
	return count;
}

void kring_core_fifo_publish(kring_core_fifo *core, __u32 pos)
{
	kring::spsc_fifo<platform>::put_batch{core->elements, pos}.publish();
}

void kring_core_fifo_release(kring_core_fifo *core, __u32 pos)
{
	kring::spsc_fifo<platform>::get_batch{core->elements, pos}.release();
}

__u32 kring_core_fifo_len(const kring_core_fifo *core)
{
	return core->elements.len();
}

__u32 kring_core_fifo_capacity(const kring_core_fifo *core)
{
	return core->elements.capacity();
}

__u32 kring_core_fifo_element_size(const kring_core_fifo *core)
{
	return core->elements.element_size();
}

bool kring_core_records_is_length_size(__u32 bytes)
{
	return records::is_length_size(bytes);
}

kring_core_record_status kring_core_records_put(kring_core_fifo *core, const void *from, __u64 size, __u32 length_size)
{
	return seam(records{core->elements, length_size}.put(from, size));
}

kring_core_record_status kring_core_records_get(kring_core_fifo *core, void *to, __u64 room, __u32 *size,
						__u32 length_size)
{
	return seam(records{core->elements, length_size}.get(to, room, *size));
}

kring_core_record_status kring_core_records_peek(kring_core_fifo *core, void *to, __u64 room, __u32 *size,
						 __u32 length_size)
{
	return seam(records{core->elements, length_size}.peek(to, room, *size));
}

kring_core_record_status kring_core_records_skip(kring_core_fifo *core, __u32 length_size)
{
	return seam(records{core->elements, length_size}.skip());
}

kring_core_record_status kring_core_records_prepare_put(kring_core_fifo *core, __u32 length_size, __u64 size,
							kring_spans *payload)
{
	return seam(records{core->elements, length_size}.prepare_put(size, *payload));
}

void kring_core_records_finish_put(kring_core_fifo *core, __u32 length_size, __u32 size)
{
	records{core->elements, length_size}.finish_put(size);
}

kring_core_record_status kring_core_records_prepare_get(kring_core_fifo *core, __u32 length_size, kring_spans *payload,
							__u32 *size)
{
	return seam(records{core->elements, length_size}.prepare_get(*payload, *size));
}

void kring_core_records_finish_get(kring_core_fifo *core, __u32 length_size, __u32 size)
{
	records{core->elements, length_size}.finish_get(size);
}

bool kring_core_mirror_is_capacity(__u64 bytes)
{
	return kring::mirror_fifo<platform>::is_capacity(bytes);
}

void kring_core_mirror_init(kring_core_mirror *core, void *memory, __u32 capacity)
{
	core->bytes.init(memory, capacity);
}

void kring_core_mirror_reset(kring_core_mirror *core)
{
	core->bytes.reset();
}

__u32 kring_core_mirror_put(kring_core_mirror *core, const void *from, __u32 size)
{
	return core->bytes.put(from, size);
}

__u32 kring_core_mirror_get(kring_core_mirror *core, void *to, __u32 size)
{
	return core->bytes.get(to, size);
}

__u32 kring_core_mirror_peek(kring_core_mirror *core, void *to, __u32 size)
{
	return core->bytes.peek(to, size);
}

__u32 kring_core_mirror_skip(kring_core_mirror *core, __u32 size)
{
	return core->bytes.skip(size);
}

bool kring_core_mirror_putchar(kring_core_mirror *core, __u8 byte)
{
	return core->bytes.putchar(byte);
}

bool kring_core_mirror_getchar(kring_core_mirror *core, void *byte)
{
	return core->bytes.getchar(*static_cast<__u8 *>(byte));
}

__u32 kring_core_mirror_prepare_put(kring_core_mirror *core, __u32 size, kring_spans *spans)
{
	return core->bytes.prepare_put(size, *spans);
}

bool kring_core_mirror_finish_put(kring_core_mirror *core, __u32 size)
{
	return core->bytes.finish_put(size);
}

__u32 kring_core_mirror_prepare_get(kring_core_mirror *core, __u32 size, kring_spans *spans)
{
	return core->bytes.prepare_get(size, *spans);
}

bool kring_core_mirror_finish_get(kring_core_mirror *core, __u32 size)
{
	return core->bytes.finish_get(size);
}

__u32 kring_core_mirror_data_len(const kring_core_mirror *core)
{
	return core->bytes.data_len();
}

__u32 kring_core_mirror_capacity(const kring_core_mirror *core)
{
	return core->bytes.capacity();
}

__u32 kring_core_mirror_put_force(kring_core_mirror *core, const void *from, __u32 size)
{
	return kring::mirror_fifo<platform>::sole_user{core->bytes}.put_force(from, size);
}
