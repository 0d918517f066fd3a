/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kring's kernel API: channels, and writing records to them.
 *
 * Who may call what, and where:
 *
 *   function                     task  softirq  hardirq  NMI   may sleep
 *   kring_create, kring_destroy  yes   no       no       no    yes
 *   kring_register_type          yes   no       no       no    yes
 *   kring_enable, kring_disable  yes   no       no       no    yes
 *   kring_reserve                yes   yes      yes      yes   no
 *   kring_commit, kring_discard  yes   yes      yes      yes   no
 *   kring_write                  yes   yes      yes      yes   no
 *
 * The writing functions may be called with any lock held, the runqueue's
 * included, and from tracing callbacks: they take no lock, do not sleep, do not
 * fault, wake nobody directly and are not traced themselves.
 *
 *	struct my_event { u64 address; u32 length; };
 *
 *	channel = kring_create("my_driver", NULL);
 *	type = kring_register_type(channel, struct my_event);
 *	...
 *	struct my_event *event = kring_reserve(channel, type, sizeof(*event));
 *
 *	if (event) {
 *		event->address = address;
 *		event->length = length;
 *		kring_commit(channel, event);
 *	}
 */
#ifndef _LINUX_KRING_H
#define _LINUX_KRING_H

#include <linux/compiler.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/types.h>

#include <uapi/linux/kring.h>

struct kring_core;

/**
 * struct kring_channel - what writers need of a channel; the rest is private
 * @rings:   the ring of each CPU, NULL where there is none
 * @waiting: a reader sleeps and wants to be woken by the next commit
 * @clock:   &enum kring_clock
 */
struct kring_channel {
	struct kring_core * __percpu *rings;
	int waiting;
	u32 clock;
};

/**
 * struct kring_config - how a channel is to be; zero in a field means its default
 * @size:   bytes for each CPU's ring, rounded up to whole pages; default 1 MiB; at least two pages
 *          (smaller non-zero sizes are rounded up to that), at most 65534 pages
 * @order:  a page is PAGE_SIZE << @order bytes, 0 to %KRING_ORDER_MAX
 * @mode:   &enum kring_mode; default overwrite
 * @clock:  &enum kring_clock; default local
 * @perm:   permission bits of /dev/kring/<name>, at most 0666; default 0600
 * @flags:  %KRING_CREATE_DISABLED: kring_enable() lets records in
 */
struct kring_config {
	size_t size;
	unsigned int order;
	enum kring_mode mode;
	enum kring_clock clock;
	umode_t perm;
	unsigned int flags;
};

struct kring_channel *__kring_create(const char *name, const struct kring_config *config, struct module *owner);

/**
 * kring_create - make a channel, /dev/kring/<name> and /sys/class/kring/<name>/
 * @name:   1 to %KRING_NAME_MAX bytes of [A-Za-z0-9_.-], not beginning with a dot
 * @config: or NULL for all defaults
 *
 * Each possible CPU gets its ring when it is online, from its own memory node.
 * The calling module is the channel's owner.
 *
 * Return: the channel, or an ERR_PTR and one line in the kernel log that says
 * why: EINVAL name, size, order, mode, clock, permission or flag is not valid;
 * ENAMETOOLONG; EEXIST the name is taken; E2BIG more pages than a ring can
 * have; ENOMEM; EOPNOTSUPP this machine's counter cannot be a clock.
 */
#define kring_create(name, config) __kring_create(name, config, THIS_MODULE)

/**
 * kring_destroy - end a channel
 * @channel: from kring_create(), or NULL or an ERR_PTR, which do nothing
 *
 * No writer may be in or enter a writing function of the channel any more; the
 * caller sees to that (unregister the callback, wait for it). Programs that
 * wait get end of file and EPOLLHUP; what they have mapped stays until they
 * unmap it.
 */
void kring_destroy(struct kring_channel *channel);

/**
 * kring_enable - let records in
 * @channel: from kring_create()
 */
void kring_enable(struct kring_channel *channel);

/**
 * kring_disable - refuse records, cause %KRING_DROP_DISABLED
 * @channel: from kring_create()
 *
 * Records that are open when it is called may still be committed. When it
 * returns, no new ones can be opened.
 */
void kring_disable(struct kring_channel *channel);

int __kring_register_type(struct kring_channel *channel, const char *name, size_t size, struct module *owner);

/**
 * kring_register_type - name the C struct that some records are
 * @channel: from kring_create()
 * @type:    a C type, such as struct my_event; tools decode it by its BTF
 *
 * The same type registered again gives the same id, if its module was not loaded anew meanwhile.
 *
 * Return: the type id for kring_reserve(), 1 to %KRING_TYPE_MAX, or EINVAL a name
 * that is empty or longer than %KRING_TYPE_NAME_MAX or a size larger than a
 * record; EEXIST the name has another size or module; ENOSPC no id is left; ENOMEM.
 */
#define kring_register_type(channel, type)						\
	((void)(type *)0 /* without a mention besides sizeof, a type is not in BTF */,	\
	 __kring_register_type(channel, #type, sizeof(type), THIS_MODULE))

/* Not for callers: what the functions below are made of. */
void *kring_core_reserve_local(struct kring_core *core, u64 step, u32 size_and_type);
void *kring_core_reserve_mono(struct kring_core *core, u64 step, u32 size_and_type);
void *kring_core_reserve_boot(struct kring_core *core, u64 step, u32 size_and_type);
void *kring_core_reserve_counter(struct kring_core *core, u64 step, u32 size_and_type);
void kring_core_commit(struct kring_core *core, const void *payload);
void kring_core_discard(struct kring_core *core, const void *payload);
void __kring_no_ring(struct kring_channel *channel);
void __kring_wake(struct kring_channel *channel);

/* What a record adds to its page's commit word. A size that no page holds stays one, whatever its width. */
static __always_inline u64 __kring_step(size_t size)
{
	return 1ULL << 32 | (size <= KRING_PAYLOAD_MAX ? KRING_RECORD_SPACE(size) : SZ_1G);
}

static __always_inline u32 __kring_size_and_type(size_t size, u32 type)
{
	return (u32)(size & 0xffff) | (type & KRING_RECORD_TYPE) << 16;
}

/**
 * kring_reserve - open a record
 * @channel: from kring_create()
 * @type:    from kring_register_type(), or 0 for a record without a type
 * @size:    bytes of payload; 0 is a record too; at most what a page holds less 144 bytes
 *
 * Preemption is off from here until kring_commit() or kring_discard(), which
 * must follow on the same CPU; records that are open at the same time are
 * closed in reverse order. The payload is 8-byte aligned and not cleared.
 *
 * The algorithm: Documentation/design.rst, after Rostedt's "ring-buffer: make
 * lockless" (2009).
 *
 * Return: the payload, or NULL; the ledger has the cause.
 */
static __always_inline void *kring_reserve(struct kring_channel *channel, u32 type, size_t size)
{
	u32 size_and_type = __kring_size_and_type(size, type);
	u64 step = __kring_step(size);
	struct kring_core *core;
	void *payload;

	preempt_disable_notrace();
	core = __this_cpu_read(*channel->rings);
	if (unlikely(!core)) {
		__kring_no_ring(channel);
		preempt_enable_notrace();
		return NULL;
	}
	if (likely(channel->clock == KRING_CLOCK_LOCAL))
		payload = kring_core_reserve_local(core, step, size_and_type);
	else if (channel->clock == KRING_CLOCK_MONO)
		payload = kring_core_reserve_mono(core, step, size_and_type);
	else if (channel->clock == KRING_CLOCK_COUNTER)
		payload = kring_core_reserve_counter(core, step, size_and_type);
	else
		payload = kring_core_reserve_boot(core, step, size_and_type);
	if (unlikely(!payload))
		preempt_enable_notrace();
	return payload;
}

/* What commit and discard do after the core. */
static __always_inline void __kring_closed(struct kring_channel *channel)
{
	if (unlikely(READ_ONCE(channel->waiting)))
		__kring_wake(channel);
	preempt_enable_notrace();
}

/**
 * kring_commit - publish an open record
 * @channel: that it was reserved from
 * @payload: from kring_reserve()
 *
 * A nested record is seen by readers when the outermost one is committed.
 * Any other pointer than that of the innermost open record stops the ring of
 * this CPU and is reported once in the kernel log.
 */
static __always_inline void kring_commit(struct kring_channel *channel, const void *payload)
{
	struct kring_core *core = this_cpu_read(*channel->rings); /* after misuse, preemption may be on */

	if (unlikely(!core))
		return; /* nor was there a record to open */
	kring_core_commit(core, payload);
	__kring_closed(channel);
}

/**
 * kring_discard - withdraw an open record
 * @channel: that it was reserved from
 * @payload: from kring_reserve()
 *
 * As kring_commit(), but readers never see the record; the ledger counts it.
 */
static __always_inline void kring_discard(struct kring_channel *channel, const void *payload)
{
	struct kring_core *core = this_cpu_read(*channel->rings); /* after misuse, preemption may be on */

	if (unlikely(!core))
		return; /* nor was there a record to open */
	kring_core_discard(core, payload);
	__kring_closed(channel);
}

/**
 * kring_write - reserve, copy and commit in one call
 * @channel: from kring_create()
 * @type:    as for kring_reserve()
 * @data:    @size bytes, which must not fault
 * @size:    bytes of payload
 *
 * Return: true, or false if the record was refused; the ledger has the cause.
 */
static __always_inline bool kring_write(struct kring_channel *channel, u32 type, const void *data, size_t size)
{
	void *payload = kring_reserve(channel, type, size);

	if (unlikely(!payload))
		return false;
	memcpy(payload, data, size);
	kring_commit(channel, payload);
	return true;
}

#endif /* _LINUX_KRING_H */
