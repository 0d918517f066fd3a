/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The seam of the linear rings, as core.h is the page ring's. Each side of a
 * ring is one caller at a time; nothing here allocates, locks or sleeps.
 */
#ifndef KRING_CORE_LINEAR_H
#define KRING_CORE_LINEAR_H

#include "../include/linux/kring_spans.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of either struct below, aligned to 64. */
#define KRING_CORE_LINEAR_SIZE 128

/* A queue of elements, or of bytes in which records stand. Counts are of elements. */
struct kring_core_fifo;

bool kring_core_fifo_is_capacity(__u64 elements);
/* @core: KRING_CORE_LINEAR_SIZE bytes; @memory: elements * element_size bytes */
void kring_core_fifo_init(struct kring_core_fifo *core, void *memory, __u32 elements, __u32 element_size);
void kring_core_fifo_reset(struct kring_core_fifo *core);

/* One element, which stays. False as well: the fifo's elements are of another size. */
bool kring_core_fifo_peek_one(struct kring_core_fifo *core, void *element, __u32 size);

__u32 kring_core_fifo_in(struct kring_core_fifo *core, const void *from, __u32 count);
__u32 kring_core_fifo_out(struct kring_core_fifo *core, void *to, __u32 count);
__u32 kring_core_fifo_out_peek(struct kring_core_fifo *core, void *to, __u32 count);
__u32 kring_core_fifo_skip(struct kring_core_fifo *core, __u32 count);

__u32 kring_core_fifo_prepare_in(struct kring_core_fifo *core, __u32 count, struct kring_spans *spans);
bool kring_core_fifo_finish_in(struct kring_core_fifo *core, __u32 count);
__u32 kring_core_fifo_prepare_out(struct kring_core_fifo *core, __u32 count, struct kring_spans *spans);
bool kring_core_fifo_finish_out(struct kring_core_fifo *core, __u32 count);

/* Batches: *pos begins at the side's position, goes on with each part, and is published or released in the end. */
__u32 kring_core_fifo_producer_pos(const struct kring_core_fifo *core);
__u32 kring_core_fifo_consumer_pos(const struct kring_core_fifo *core);
__u32 kring_core_fifo_batch_in(struct kring_core_fifo *core, __u32 *pos, const void *from, __u32 count);
__u32 kring_core_fifo_batch_out(struct kring_core_fifo *core, __u32 *pos, void *to, __u32 count);
void kring_core_fifo_publish(struct kring_core_fifo *core, __u32 pos);
void kring_core_fifo_release(struct kring_core_fifo *core, __u32 pos);

__u32 kring_core_fifo_len(const struct kring_core_fifo *core);
__u32 kring_core_fifo_capacity(const struct kring_core_fifo *core);
__u32 kring_core_fifo_element_size(const struct kring_core_fifo *core);

enum kring_core_record_status {
	KRING_CORE_RECORD_OK,
	KRING_CORE_RECORD_EMPTY,
	KRING_CORE_RECORD_FULL,
	KRING_CORE_RECORD_TOO_BIG,
	KRING_CORE_RECORD_NO_ROOM,
	KRING_CORE_RECORD_SPOILED,
};

bool kring_core_records_is_length_size(__u32 bytes);
/* In the order of the shim's functions, which so leave arguments where they are. */
enum kring_core_record_status kring_core_records_put(struct kring_core_fifo *core, const void *from, __u64 size,
						     __u32 length_size);
enum kring_core_record_status kring_core_records_get(struct kring_core_fifo *core, void *to, __u64 room, __u32 *size,
						     __u32 length_size);
enum kring_core_record_status kring_core_records_peek(struct kring_core_fifo *core, void *to, __u64 room, __u32 *size,
						      __u32 length_size);
enum kring_core_record_status kring_core_records_skip(struct kring_core_fifo *core, __u32 length_size);
enum kring_core_record_status kring_core_records_prepare_put(struct kring_core_fifo *core, __u32 length_size,
							     __u64 size, struct kring_spans *payload);
void kring_core_records_finish_put(struct kring_core_fifo *core, __u32 length_size, __u32 size);
enum kring_core_record_status kring_core_records_prepare_get(struct kring_core_fifo *core, __u32 length_size,
							     struct kring_spans *payload, __u32 *size);
void kring_core_records_finish_get(struct kring_core_fifo *core, __u32 length_size, __u32 size);

/* A ring of bytes of any capacity. */
struct kring_core_mirror;

bool kring_core_mirror_is_capacity(__u64 bytes);
/* @core: KRING_CORE_LINEAR_SIZE bytes */
void kring_core_mirror_init(struct kring_core_mirror *core, void *memory, __u32 capacity);
void kring_core_mirror_reset(struct kring_core_mirror *core);
__u32 kring_core_mirror_put(struct kring_core_mirror *core, const void *from, __u32 size);
__u32 kring_core_mirror_get(struct kring_core_mirror *core, void *to, __u32 size);
__u32 kring_core_mirror_peek(struct kring_core_mirror *core, void *to, __u32 size);
__u32 kring_core_mirror_skip(struct kring_core_mirror *core, __u32 size);
bool kring_core_mirror_putchar(struct kring_core_mirror *core, __u8 byte);
bool kring_core_mirror_getchar(struct kring_core_mirror *core, void *byte);
__u32 kring_core_mirror_prepare_put(struct kring_core_mirror *core, __u32 size, struct kring_spans *spans);
bool kring_core_mirror_finish_put(struct kring_core_mirror *core, __u32 size);
__u32 kring_core_mirror_prepare_get(struct kring_core_mirror *core, __u32 size, struct kring_spans *spans);
bool kring_core_mirror_finish_get(struct kring_core_mirror *core, __u32 size);
__u32 kring_core_mirror_data_len(const struct kring_core_mirror *core);
__u32 kring_core_mirror_capacity(const struct kring_core_mirror *core);

/* While nobody else is at work on the ring: under a lock of all producers and consumers. Bytes that were lost. */
__u32 kring_core_mirror_put_force(struct kring_core_mirror *core, const void *from, __u32 size);

#ifdef __cplusplus
}
#endif

#endif
