/* SPDX-License-Identifier: GPL-2.0-only */
/* The record of kring_load.ko, and how a program sees that it has come through unharmed. */
#ifndef KRING_LOAD_H
#define KRING_LOAD_H

#include <linux/types.h>

/**
 * enum kring_load_context - what wrote a record; each but the last may interrupt those before it
 * @KRING_LOAD_TASK:     a kernel thread
 * @KRING_LOAD_SOFTIRQ:  a tasklet
 * @KRING_LOAD_IRQ:      an interrupt from this or another CPU
 * @KRING_LOAD_NMI:      a non-maskable one
 * @KRING_LOAD_DYING:    a CPU's last steps when it goes offline
 * @KRING_LOAD_CONTEXTS: how many there are
 */
enum kring_load_context {
	KRING_LOAD_TASK		= 0,
	KRING_LOAD_SOFTIRQ	= 1,
	KRING_LOAD_IRQ		= 2,
	KRING_LOAD_NMI		= 3,
	KRING_LOAD_DYING	= 4,
	KRING_LOAD_CONTEXTS	= 5,
};

/**
 * struct kring_load_record - one record
 * @number:   of this attempt among all those of its CPU and context, from 0; numbers that are
 *            missing were discarded, dropped, or lost to the reader
 * @checksum: kring_load_checksum() of the rest
 * @cpu:      that wrote it
 * @length:   bytes of payload
 * @context:  &enum kring_load_context
 * @depth:    how many other records of this module were open on the CPU at that moment
 * @payload:  @length pseudo-random bytes
 */
struct kring_load_record {
	__u64	number;
	__u64	checksum;
	__u32	cpu;
	__u16	length;
	__u8	context;
	__u8	depth;
	__u8	payload[];
};

static inline __u64 kring_load_mix(__u64 sum, __u64 word)
{
	sum = (sum ^ word) * 0x9e3779b97f4a7c15ULL;
	return sum ^ sum >> 32;
}

/* Of all fields but the checksum; bytes are in the order of the machine that wrote the record. */
static inline __u64 kring_load_checksum(const struct kring_load_record *record)
{
	const __u8 *payload = record->payload;
	__u64 sum = kring_load_mix(record->number, record->cpu);
	unsigned int left = record->length;
	__u64 word;

	sum = kring_load_mix(sum, record->length | record->context << 16 | (__u64)record->depth << 24);
	for (; left >= sizeof(word); left -= sizeof(word), payload += sizeof(word)) {
		__builtin_memcpy(&word, payload, sizeof(word));
		sum = kring_load_mix(sum, word);
	}
	for (word = 0; left; left--)
		word = word << 8 | *payload++;
	return kring_load_mix(sum, word);
}

/* Whether @size bytes at @record are one, complete and unharmed. They need not be aligned. */
static inline int kring_load_intact(const void *record, __u64 size)
{
	const struct kring_load_record *it = (const struct kring_load_record *)record;

	return size >= sizeof(*it) && it->length == size - sizeof(*it) && it->context < KRING_LOAD_CONTEXTS &&
	       it->checksum == kring_load_checksum(it);
}

#endif /* KRING_LOAD_H */
