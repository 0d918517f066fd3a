/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A trace channel inside the shim: what its parts (mapping, sysfs, wakeups,
 * clocks, types) share. What it has in common with the other kinds is in endpoint.h.
 *
 * Lifetime. As in endpoint.h; a ring's folder in sysfs holds a reference, too.
 * kring_destroy() takes the name, the device node and the sysfs folder away,
 * marks the channel dead, wakes all and drops its reference; rings and pages go
 * with the last one.
 *
 * Locks. channel->lock > channel_ring->lock. channel->files_lock is the
 * innermost but for the queues that are woken under it. Writers take none.
 */
#ifndef KRING_CHANNEL_H
#define KRING_CHANNEL_H

#include <linux/cpuhotplug.h>
#include <linux/cpumask.h>
#include <linux/hrtimer.h>
#include <linux/irq_work.h>
#include <linux/kobject.h>
#include <linux/kring.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>

#include "core.h"
#include "endpoint.h"
#include "waker.h"

struct channel;

/**
 * struct channel_ring - the ring of one CPU; made once, stays until the channel goes
 * @channel: whose it is
 * @core:    the ring in the core; behind this structure's own allocation
 * @cpu:     whose ring it is
 * @shared:  struct kring_ring and directory; whole pages, mapped by programs
 * @pages:   the ring's pages, by id; channel->nr_pages of them
 * @lock:    serialises the reader's calls
 * @owner:   the open file that owns the ring, or NULL; under @lock
 * @kobj:    sysfs folder cpuN of the channel
 * @fault_reported: that it stopped was said
 * @told:    when a writer last asked for a wakeup
 */
struct channel_ring {
	struct channel *channel;
	struct kring_core *core;
	unsigned int cpu;
	struct kring_ring *shared;
	void **pages;
	struct mutex lock;
	struct file *owner;
	struct kobject kobj;
	bool fault_reported;
	ktime_t told;
};

/**
 * struct record_type - a C type that records of a channel are
 * @name:   as written in C
 * @size:   bytes
 * @module: name of the module that registered it, whose BTF has it; "vmlinux" if built in
 * @loaded: tells this loading of the module from all others: the inode of its folder in sysfs; 0 if built in
 */
struct record_type {
	char name[KRING_TYPE_NAME_MAX + 1];
	u32 size;
	char module[MODULE_NAME_LEN];
	u64 loaded;
};

/**
 * struct channel - see the head of this file
 * @public:     what writers see
 * @endpoint:       what it has in common with other kinds: name, device, end
 * @rings:      by CPU id, NULL where none; published with smp_store_release(), never cleared
 * @meta:       a page; struct kring_meta, mapped by programs
 * @lock:       @types, @enabled
 * @hotplug:    in the hotplug core's list of channels
 * @size:       bytes of a ring's list
 * @page_size:  bytes of a page
 * @order:      of a page
 * @list_pages: pages in a ring's list
 * @nr_pages:   @list_pages + 1
 * @shared_size: bytes of a ring's shared memory before its pages, whole PAGE_SIZEs
 * @mode:       &enum kring_mode
 * @enabled:    takes records
 * @live:       it is complete and has its names
 * @no_ring:    records refused on CPUs without a ring
 * @types:      id 1 is types[0]
 * @nr_types:   valid ones
 * @files:      that are open, each with its sleeping readers
 * @files_lock: of @files, and of what their &struct channel_file says of waking
 * @waker:      a writer was asked to wake readers
 * @wake_timer: gathers wakeups
 * @deadline_timer: for the earliest deadline of those who sleep
 * @published:  bytes in all rings when @wake_timer last looked
 * @fault_work: reports a fault outside the context that met it
 */
struct channel {
	struct kring_channel public;
	struct endpoint endpoint;
	struct channel_ring **rings;
	struct kring_meta *meta;
	struct mutex lock;
	struct hlist_node hotplug;

	size_t size;
	u32 page_size;
	unsigned int order;
	u32 list_pages;
	u32 nr_pages;
	size_t shared_size;
	enum kring_mode mode;
	bool enabled;
	bool live;
	atomic64_t no_ring;

	struct record_type *types;
	u32 nr_types;

	struct list_head files;
	spinlock_t files_lock;
	struct waker waker;
	struct hrtimer wake_timer;
	struct hrtimer deadline_timer;
	u64 published;
	struct irq_work fault_work;
};

static inline struct channel *to_channel(struct kring_channel *public)
{
	return container_of(public, struct channel, public);
}

static inline struct channel *endpoint_to_channel(struct endpoint *endpoint)
{
	return container_of(endpoint, struct channel, endpoint);
}

/* channel.c */
int channel_set_enabled(struct channel *channel, bool enabled);

/* config.c */
int config_check(const char *name, const struct kring_config *config);
/* Of a checked @config: the channel's geometry, mode, clock. -E2BIG. */
int config_apply(struct channel *channel, const struct kring_config *config);
/* Fills channel->meta. */
void config_describe(struct channel *channel);

/* rings.c */
/* What the core's status is to a program. */
int core_errno(enum kring_core_status status);
int rings_init(void);
void rings_exit(void);
/* Makes a ring for each CPU that is online, and for those to come. */
int rings_start(struct channel *channel);
/* No new ones from here on. */
void rings_stop(struct channel *channel);
/* The ring of @cpu, or NULL; any @cpu number may be asked. */
struct channel_ring *channel_ring(struct channel *channel, unsigned int cpu);
/* The same, but NULL if @owner, which may be NULL, does not own it. */
struct channel_ring *channel_ring_of(struct channel *channel, unsigned int cpu, const struct file *owner);
/* Published in all rings or, if @owner is not NULL, in those that it owns; see kring_core_bytes_published(). */
u64 channel_bytes(struct channel *channel, const struct file *owner);
/* Fills all of @ledger but size and flags: of @cpu, or of all with KRING_CPU_ALL. -ENXIO: no such ring. */
int channel_ledger(struct channel *channel, u32 cpu, struct kring_ledger *ledger);
/* Of a ring: it stopped on a fault. Any context. */
void channel_stopped(void *channel, u32 cpu, u32 fault);
void rings_report_faults(struct irq_work *work);

/* horizon.c */
/*
 * The time before which all records of @cpu, which has a ring, or with KRING_CPU_ALL of all are published.
 * -EAGAIN: a writer had a record open however often it was looked; -EINTR; -ENOMEM. Sleeps.
 */
int channel_horizon(struct channel *channel, u32 cpu, u64 *time);

/* pages.c: memory of rings */
int ring_alloc(struct channel_ring *ring);
void ring_free(struct channel_ring *ring);

/* types.c */
/* Renders "id size module name" lines; a kvmalloc'd string for the caller to kvfree(), or an ERR_PTR. */
char *types_show(struct channel *channel);

/* mmap.c */
struct vm_area_struct;
int channel_mmap(struct file *file, struct vm_area_struct *vma);

/* sysfs.c */
extern const struct attribute_group *channel_groups[];
/* Does nothing if the ring has its folder already. */
int sysfs_add_ring(struct channel_ring *ring);
/* Does nothing if it has none. */
void sysfs_remove_ring(struct channel_ring *ring);

/* wakeup.c */
/* An error: as if it had not been called. Sleeps. */
int wakeup_init(struct channel *channel);
/* Waits until no wakeup is on its way; none may come any more. */
void wakeup_exit(struct channel *channel);
/* Before a reader looks for data a last time and sleeps: the next commit will wake it. Sleeps. */
void wakeup_arm(struct channel *channel);
/* Wakes all readers now: the channel is gone, or a CPU that could not do so itself. */
void wakeup_all(struct channel *channel);
/* Under files_lock: has sleepers thought of at that time, as long as the channel lives. */
void wakeup_by(struct channel *channel, ktime_t when);

/* clock.c */
/* -EOPNOTSUPP: this machine cannot have it. */
int clock_check(enum kring_clock clock);
u64 clock_now(enum kring_clock clock);
/* Fills the conversion to nanoseconds. */
void clock_describe(enum kring_clock clock, struct kring_meta *meta);
const char *clock_name(enum kring_clock clock);
const char *mode_name(enum kring_mode mode);

#endif
