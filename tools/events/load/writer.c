// SPDX-License-Identifier: GPL-2.0-only
/* Writes one record of kring_load, and counts what became of it. */
#include <linux/delay.h>
#include <linux/preempt.h>
#include <linux/string.h>

#include "load.h"

#define ONE_CALL_MAX 40	/* bytes of payload of a record that is made on the stack */
#define KICK_ONE_IN 8	/* so few that a chain of kicks always dies out */

DEFINE_PER_CPU(struct load_cpu, load_cpus);
atomic64_t load_left = ATOMIC64_INIT(0);

/* Different draws of one record take different bits. */
static bool one_in(unsigned int n, u64 random)
{
	return n && (u32)random % n == 0;
}

static unsigned int draw_length(u64 random)
{
	return load_options.min + (u32)random % (load_options.max - load_options.min + 1);
}

static void fill(struct kring_load_record *record, const struct kring_load_record *header, u64 random)
{
	unsigned int at;

	*record = *header;
	for (at = 0; at < header->length; at += sizeof(random)) {
		random = kring_load_mix(random, at);
		memcpy(record->payload + at, &random, min_t(size_t, sizeof(random), header->length - at));
	}
	record->checksum = kring_load_checksum(record);
}

/* The counter of this record's outcome. */
static u64 *write_in_one_call(struct load_count *count, struct kring_load_record *header, u64 random)
{
	u8 buffer[sizeof(*header) + ONE_CALL_MAX] __aligned(8);
	size_t size;

	header->length = min_t(u16, header->length, ONE_CALL_MAX);
	size = sizeof(*header) + header->length;
	fill((struct kring_load_record *)buffer, header, random);
	return kring_write(load_channel, load_type, buffer, size) ? &count->committed : &count->dropped;
}

static u64 *write_in_place(struct load_count *count, const struct kring_load_record *header, u64 random)
{
	struct kring_load_record *record = kring_reserve(load_channel, load_type, sizeof(*header) + header->length);

	if (!record)
		return &count->dropped;
	fill(record, header, random);
	if (header->context != KRING_LOAD_NMI && one_in(KICK_ONE_IN, random >> 8))
		load_kick(header->cpu);
	if (header->context == KRING_LOAD_TASK && load_options.hold_us)
		udelay(load_options.hold_us);
	if (one_in(load_options.discard, random >> 16)) {
		kring_discard(load_channel, record);
		return &count->discarded;
	}
	kring_commit(load_channel, record);
	return &count->committed;
}

/* False: nothing is left to write. Preemption is off for it all, so that a thread that lost its CPU counts right. */
bool load_attempt(enum kring_load_context context)
{
	struct kring_load_record header = { .context = context };
	struct load_count *count;
	struct load_cpu *self;
	u64 *outcome;
	u64 random;

	if (atomic64_dec_if_positive(&load_left) < 0)
		return false;
	preempt_disable();
	self = this_cpu_ptr(&load_cpus);
	count = &self->counts[context];
	header.cpu = smp_processor_id();
	header.number = count->attempted;
	/* Whoever interrupts this leaves the depth as it was. */
	header.depth = READ_ONCE(self->depth);
	WRITE_ONCE(count->attempted, count->attempted + 1);
	WRITE_ONCE(count->nested, count->nested + !!header.depth);
	WRITE_ONCE(self->depth, header.depth + 1);

	random = kring_load_mix(load_options.seed, header.number << 16 | header.cpu << 3 | context);
	header.length = draw_length(random >> 24);
	if (one_in(load_options.write, random))
		outcome = write_in_one_call(count, &header, random);
	else
		outcome = write_in_place(count, &header, random);

	WRITE_ONCE(*outcome, *outcome + 1);
	WRITE_ONCE(self->depth, header.depth);
	preempt_enable();
	return true;
}
