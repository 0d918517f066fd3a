/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * Everything of kring that crosses into userspace: the page and record
 * layout, what a mapping holds, and the ioctls of /dev/kring/<channel>.
 *
 * Every integer is in the byte order of the machine that wrote it. Reserved
 * fields are zero when the kernel writes them and must be zero when a program
 * passes them. Structures that a program passes start with their own size, so
 * that both sides may grow.
 */
#ifndef _UAPI_LINUX_KRING_H
#define _UAPI_LINUX_KRING_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define KRING_MAGIC		0x676e726bU	/* "krng", in the first word of meta and pages */
#define KRING_ABI_VERSION	1

#define KRING_NAME_MAX		31	/* bytes of a channel's name, without the NUL */
#define KRING_TYPE_NAME_MAX	63	/* bytes of a record type's name, without the NUL */
#define KRING_ORDER_MAX		4	/* a page is PAGE_SIZE << order bytes */
#define KRING_CPUS_MAX		8192	/* CPU ids that the meta page can name */

/**
 * enum kring_kind - what a channel is made of, and with that what its device does
 * @KRING_KIND_TRACE:     a page ring for each CPU: a timeline of records
 * @KRING_KIND_FIFO:      a queue of bytes, elements or records
 * @KRING_KIND_MIRROR:    a queue of bytes, of any capacity, which may overwrite its oldest
 * @KRING_KIND_BROADCAST: records in slots, for any number of consumers
 */
enum kring_kind {
	KRING_KIND_TRACE	= 0,
	KRING_KIND_FIFO		= 1,
	KRING_KIND_MIRROR	= 2,
	KRING_KIND_BROADCAST	= 3,
};

/**
 * enum kring_mode - what a full ring does with one more record
 * @KRING_MODE_OVERWRITE: reuses its oldest page (flight recorder)
 * @KRING_MODE_DISCARD:   refuses the record, cause %KRING_DROP_FULL
 */
enum kring_mode {
	KRING_MODE_OVERWRITE	= 0,
	KRING_MODE_DISCARD	= 1,
};

/**
 * enum kring_clock - what stamps the records of a channel
 * @KRING_CLOCK_LOCAL:   nanoseconds, scheduler clock of the writing CPU; cheapest in ns,
 *                       may differ between CPUs by some microseconds on bad hardware
 * @KRING_CLOCK_MONO:    nanoseconds, CLOCK_MONOTONIC
 * @KRING_CLOCK_BOOT:    nanoseconds, CLOCK_BOOTTIME
 * @KRING_CLOCK_COUNTER: ticks of the CPU's counter (TSC, CNTVCT); struct kring_meta
 *                       has the conversion to nanoseconds
 */
enum kring_clock {
	KRING_CLOCK_LOCAL	= 0,
	KRING_CLOCK_MONO	= 1,
	KRING_CLOCK_BOOT	= 2,
	KRING_CLOCK_COUNTER	= 3,
};

/**
 * enum kring_drop - why a reserve was refused
 * @KRING_DROP_FULL:     discard mode, and the reader has not freed a page
 * @KRING_DROP_LAPPED:   nested writers outran the writer that they interrupted: the
 *                       next page is the one that is still being committed
 * @KRING_DROP_TOO_BIG:  larger than a page can hold
 * @KRING_DROP_TOO_DEEP: more nested writers than there are contexts
 * @KRING_DROP_DISABLED: the channel was disabled, or its ring stopped on a fault
 * @KRING_DROP_NO_CPU:   the CPU has no ring (memory was short when it came online);
 *                       counted per channel, not per ring
 * @KRING_NR_DROPS:      number of causes
 */
enum kring_drop {
	KRING_DROP_FULL		= 0,
	KRING_DROP_LAPPED	= 1,
	KRING_DROP_TOO_BIG	= 2,
	KRING_DROP_TOO_DEEP	= 3,
	KRING_DROP_DISABLED	= 4,
	KRING_DROP_NO_CPU	= 5,
	KRING_NR_DROPS		= 6,
};

/**
 * struct kring_record - header of a record; the payload follows it
 * @time_lo: low half of the record's time stamp
 * @size:    bytes of payload, 0 to 65528
 * @type:    type id (%KRING_RECORD_TYPE), and KRING_RECORD_* flags
 *
 * Headers and payloads are 8-byte aligned, so that a payload may be used in
 * place as the C struct that was written. The stamp's high half is that of
 * the page's @base, unless %KRING_RECORD_LONG_TIME is set: then the whole
 * stamp follows the (padded) payload in 8 more bytes.
 */
struct kring_record {
	__u32	time_lo;
	__u16	size;
	__u16	type;
};

#define KRING_RECORD_TYPE	0x0fffU	/* type id */
#define KRING_RECORD_LONG_TIME	0x8000U	/* 8 bytes of full stamp behind the payload */
#define KRING_RECORD_DISCARDED	0x4000U	/* withdrawn by its writer; has no sequence number */
#define KRING_RECORD_RESERVED	0x3000U	/* zero */

#define KRING_TYPE_MAX		0x0fffU	/* ids 1 to 4095 are registered types; 0 is untyped */
#define KRING_PAYLOAD_MAX	65528U	/* whatever the page order */

/* Bytes that a payload of @size takes on a page, with a short stamp. @size at most KRING_PAYLOAD_MAX. */
#define KRING_RECORD_SPACE(size)	(((size) + sizeof(struct kring_record) + 7U) & ~7U)

/**
 * struct kring_page - header of a page; its records follow it
 * @seq:       number of this page in its ring's life, from 1; %KRING_SEQ_INVALID while it is reused
 * @commit:    how far the page is published: KRING_COMMIT_* below
 * @base:      time stamp from when the page was opened; gives records their high half
 * @first:     sequence number of the first record on the page; the ring's first record is 0
 * @dropped:   refusals by cause, as &enum kring_drop, from the ring's start until the page was opened
 * @discarded: records withdrawn, counted likewise
 * @magic:     %KRING_MAGIC
 * @version:   %KRING_ABI_VERSION
 * @header:    bytes of this header
 * @cpu:       whose ring it is
 * @size:      bytes of the page, a power of two
 * @id:        which page of the ring it is: its place in the mapping
 * @clock:     &enum kring_clock
 * @reserved:  zero
 *
 * A mapped page and an image that read() returns have the same layout. In an
 * image, records before the file's position have been left out: @first is
 * then the number of the first record that is there, and @commit covers the
 * image alone, so that an image is KRING_COMMIT_OFFSET(@commit) bytes long. It
 * never says %KRING_COMMIT_FINAL. One page may give several images, with one @seq.
 *
 * Between two images of one CPU, the second @first minus (the first @first
 * plus its count) records were lost to this reader, or passed over by lseek().
 */
struct kring_page {
	__u64	seq;
	__u64	commit;
	__u64	base;
	__u64	first;
	__u64	dropped[KRING_NR_DROPS];
	__u64	discarded;
	__u32	magic;
	__u16	version;
	__u16	header;
	__u32	cpu;
	__u32	size;
	__u32	id;
	__u32	clock;
	__u64	reserved[2];
};

#define KRING_SEQ_INVALID	(~(__u64)0)

/* The commit word: bytes from the page's start, final, number of records that are not discarded. */
#define KRING_COMMIT_OFFSET(word)	((__u32)(word) & 0x7fffffffU)
#define KRING_COMMIT_FINAL		((__u64)1 << 31)	/* nothing more will come on this page */
#define KRING_COMMIT_COUNT(word)	((__u32)((word) >> 32) & 0x7fffffffU)

/**
 * struct kring_meta - a channel's description; first page of a mapping, and %KRING_IOC_INFO
 * @magic:       %KRING_MAGIC
 * @version:     %KRING_ABI_VERSION
 * @size:        bytes of this structure that are valid; in for %KRING_IOC_INFO: sizeof(struct kring_meta)
 * @mode:        &enum kring_mode
 * @clock:       &enum kring_clock
 * @page_size:   bytes of a page
 * @pages:       pages of each ring, the reader's page included; ids are 0 to @pages - 1
 * @nr_cpus:     CPU ids are 0 to @nr_cpus - 1; not each has a ring
 * @rings:       offset of CPU 0's area in the mapping
 * @ring_stride: bytes from one CPU's area to the next
 * @pages_offset: offset of page 0 in a CPU's area; page n is at n * @page_size behind it
 * @map_size:    bytes of the whole mapping
 * @time_ns:     nanoseconds (CLOCK_MONOTONIC) at @time_ticks
 * @time_ticks:  a stamp taken together with @time_ns
 * @time_mult:   ns = @time_ns + ((stamp - @time_ticks) * @time_mult >> @time_shift), signed
 *               difference, 128-bit product; for nanosecond clocks 1 and 0, with @time_ns == @time_ticks
 * @time_shift:  see @time_mult
 * @created:     nanoseconds (CLOCK_REALTIME) when the channel was made: tells it from others of its name
 * @gone:        not 0: the channel was destroyed; what is there is all. To be loaded with acquire
 * @kind:        &enum kring_kind; of others than traces, which have no mapping with this in it, only the
 *               following and @magic, @version, @size, @created and @gone are not zero
 * @capacity:    of a fifo or a mirror: bytes that it holds; of a broadcast: of all its records at their largest
 * @unit:        of a fifo: bytes of an element; of a broadcast: of the largest record
 * @length:      of a fifo of records: bytes that a record's length takes
 * @reserved:    zero
 * @cpus:        bit n of this bitmap: CPU n has a ring. Bits are only ever set.
 */
struct kring_meta {
	__u32	magic;
	__u32	version;
	__u32	size;
	__u32	mode;
	__u32	clock;
	__u32	page_size;
	__u32	pages;
	__u32	nr_cpus;
	__u64	rings;
	__u64	ring_stride;
	__u64	pages_offset;
	__u64	map_size;
	__u64	time_ns;
	__u64	time_ticks;
	__u32	time_mult;
	__u32	time_shift;
	__u64	created;
	__u32	gone;
	__u32	kind;
	__u64	capacity;
	__u32	unit;
	__u32	length;
	__u64	reserved;
	__u64	cpus[KRING_CPUS_MAX / 64];
};

/**
 * struct kring_ring - start of a CPU's area in the mapping
 * @commit_page: the page that is being published: KRING_POSITION_* below
 * @cpu:         whose ring it is
 * @directory_mask: entries of the directory minus one; their number is a power of two
 * @reserved:    zero
 *
 * Right behind this structure stands the directory, an array of __u32: the id
 * of page number seq is at [seq & @directory_mask]. It is a hint, to be checked
 * against the page's own seq.
 */
struct kring_ring {
	__u64	commit_page;
	__u32	cpu;
	__u32	directory_mask;
	__u64	reserved[6];
};

#define KRING_POSITION_SEQ(word)	((__u64)(word) >> 16)
#define KRING_POSITION_ID(word)		((__u32)(word) & 0xffffU)

/**
 * struct kring_acquire - %KRING_IOC_ACQUIRE: take the oldest unread records of a CPU
 * @size:        in: sizeof(struct kring_acquire)
 * @cpu:         in: whose ring
 * @flags:       in: zero, or %KRING_ACQUIRE_NEXT
 * @page:        out: id of the page that holds them
 * @start:       out: offset of the first of them on the page, in bytes
 * @end:         out: offset behind the last of them
 * @first:       out: sequence number of the first of them
 * @count:       out: how many they are, discarded records not counted
 * @reserved0:   zero
 * @overwritten: out: records of this ring overwritten before the owner took them, in all
 * @reserved:    zero
 *
 * The first successful or empty acquire makes the open file the ring's owner
 * until it is closed. The page stays as it is until %KRING_IOC_RELEASE, which
 * consumes the records; an owner that dies before has consumed nothing.
 * %KRING_ACQUIRE_NEXT releases what is acquired, if anything is, before it
 * acquires: one system call for each page. It is consumed then, also if nothing
 * is left to acquire.
 *
 * Errors: EAGAIN nothing to read; EBUSY another open file owns the ring;
 * EALREADY acquired and not yet released; ENXIO the CPU has no ring; EINVAL a
 * size, flag or reserved field is wrong; EIO the ring's list is broken; ENODEV
 * the channel is gone, and nothing is left to read.
 */
struct kring_acquire {
	__u32	size;
	__u32	cpu;
	__u32	flags;
	__u32	page;
	__u32	start;
	__u32	end;
	__u64	first;
	__u32	count;
	__u32	reserved0;
	__u64	overwritten;
	__u64	reserved[2];
};

#define KRING_ACQUIRE_NEXT	0x1U	/* release first */

/**
 * struct kring_release - %KRING_IOC_RELEASE: consume what was acquired
 * @size:  in: sizeof(struct kring_release)
 * @cpu:   in: whose ring
 * @flags: in: zero
 * @reserved: zero
 *
 * Errors: EINVAL nothing is acquired by this file, or a field is wrong; ENXIO
 * the CPU has no ring.
 */
struct kring_release {
	__u32	size;
	__u32	cpu;
	__u32	flags;
	__u32	reserved;
};

/**
 * struct kring_ledger - %KRING_IOC_LEDGER: where a ring's, or a channel's, records went
 * @size:        in: sizeof(struct kring_ledger)
 * @cpu:         in: whose ring, or %KRING_CPU_ALL
 * @committed:   published records; = @read + @overwritten + @unread
 * @read:        consumed by the owner
 * @overwritten: their page was reused before the owner took it
 * @unread:      still there
 * @discarded:   reserved, then withdrawn
 * @dropped:     refused, by cause
 * @pages:       pages of the ring's list, the reader's page not counted
 * @pages_unread: pages that hold unread records; may be @pages + 1
 * @fault:       0, or the &enum kring_fault of the first ring that stopped
 * @flags:       in: zero
 * @reserved:    zero
 *
 * Each ring is sampled while it is being written: the identities hold exactly
 * for what had been published at that moment. EINVAL, ENXIO as for acquire.
 */
struct kring_ledger {
	__u32	size;
	__u32	cpu;
	__u64	committed;
	__u64	read;
	__u64	overwritten;
	__u64	unread;
	__u64	discarded;
	__u64	dropped[KRING_NR_DROPS];
	__u32	pages;
	__u32	pages_unread;
	__u32	fault;
	__u32	flags;
	__u64	reserved[2];
};

#define KRING_CPU_ALL		(~(__u32)0)

/**
 * struct kring_wakeup - %KRING_IOC_WAKEUP: when this open file's waiters are woken
 * @size:        in: sizeof(struct kring_wakeup)
 * @watermark:   in: bytes that have to be there; 0 and 1 mean any record, which is what a file begins with
 * @deadline_us: in: microseconds after which fewer are enough, %KRING_DEADLINE_MIN at least; not looked
 *               at if @watermark is 0 or 1
 * @flags:       in: zero
 *
 * poll() and a read() that waits find records only when @watermark bytes are
 * there for this file to read or, if it owns rings, to acquire; or, whatever
 * comes first, @deadline_us after the first of the records that are there was
 * published, or was seen by a poll() or read() that waits, if nobody waited
 * before. An acquire, and a read() with O_NONBLOCK, take what is there. The
 * end of the channel is told at once. No sleep ends earlier; by the watermark
 * about a millisecond later, by the deadline as exactly as timers are.
 *
 * Bytes are those of pages: of records with their headers, and of pages that
 * were left for the next, whole. A @watermark of more than a ring's pages but
 * one counts as those: a CPU that writes alone reaches it before its ring is full.
 *
 * Holds for those who sleep already, too; what is there is late from now on.
 *
 * Errors, which change nothing: EINVAL a size, flag or deadline is wrong.
 */
struct kring_wakeup {
	__u32	size;
	__u32	watermark;
	__u32	deadline_us;
	__u32	flags;
};

#define KRING_DEADLINE_MIN	1000U	/* microseconds: for so long wakeups are gathered anyway */

/**
 * struct kring_horizon - %KRING_IOC_HORIZON: up to when are the records complete?
 * @size:  in: sizeof(struct kring_horizon)
 * @cpu:   in: whose ring, or %KRING_CPU_ALL
 * @flags: in: zero
 * @reserved0: zero
 * @time:  out: in the channel's clock; each record with a stamp before it is published by now, of all
 *         that come later none has
 * @reserved: zero
 *
 * To merge CPUs by time: ask, read what there is, deliver what is older than @time. Interrupts the
 * CPU, or all that have a ring; writers pay nothing. A CPU that is offline is complete up to now; should
 * it come back with a %KRING_CLOCK_LOCAL that is behind those of others, its records are late by that.
 *
 * Errors: EAGAIN some writer had a record open whenever it was looked, within some milliseconds;
 * EINTR a signal came; EINVAL, ENXIO as for acquire.
 */
struct kring_horizon {
	__u32	size;
	__u32	cpu;
	__u32	flags;
	__u32	reserved0;
	__u64	time;
	__u64	reserved[2];
};

/**
 * struct kring_broadcast_image - what read() of a broadcast gives for each record; the payload follows
 * @seq:      number of the record in the channel's life, from 0
 * @lost:     records that this open file has lost before it, since the one that it was given before
 * @size:     bytes of payload, behind which zeros follow up to the next multiple of 8
 * @reserved: zero
 */
struct kring_broadcast_image {
	__u64	seq;
	__u64	lost;
	__u32	size;
	__u32	reserved;
};

/* Bytes that a record of @size bytes takes in what is read. */
#define KRING_BROADCAST_SPACE(size)	((sizeof(struct kring_broadcast_image) + (size) + 7U) & ~(__u64)7)

/**
 * struct kring_control_create - %KRING_IOC_CREATE: make a channel
 * @size:     in: sizeof(struct kring_control_create)
 * @kind:     in: &enum kring_kind
 * @name:     in: its name; ends with a NUL, what is behind that is not looked at
 * @capacity: in: bytes; of a trace: of each CPU's ring, 0 means 1 MiB
 * @unit:     in: of a fifo: bytes of an element, 0 means 1; of a broadcast: of its largest record; else 0
 * @length:   in: of a fifo of records: bytes that a record's length takes, 1 or 2; else 0
 * @order:    in: of a trace: a page is PAGE_SIZE << @order bytes; else 0
 * @mode:     in: of a trace or a mirror: &enum kring_mode; else 0
 * @clock:    in: of a trace: &enum kring_clock; else 0
 * @perm:     in: permission bits of /dev/kring/<name>, at most 0666; 0 means 0600
 * @flags:    in: KRING_CREATE_*
 * @reserved: in: zero
 *
 * The channel stays until %KRING_IOC_DESTROY, or until kring is unloaded.
 *
 * Errors, each with a line in the kernel's log: EINVAL a size, a name or another field is not valid;
 * ENAMETOOLONG; EEXIST the name is taken; E2BIG more than a channel can have; ENOMEM; EOPNOTSUPP this
 * machine's counter cannot be a clock. EPERM: the caller has not CAP_SYS_ADMIN.
 */
struct kring_control_create {
	__u32	size;
	__u32	kind;
	char	name[KRING_NAME_MAX + 1];
	__u64	capacity;
	__u32	unit;
	__u32	length;
	__u32	order;
	__u32	mode;
	__u32	clock;
	__u32	perm;
	__u32	flags;
	__u32	reserved[5];
};

#define KRING_CREATE_DISABLED	0x1U	/* of a trace: takes no records until it is enabled */
#define KRING_CREATE_LOCKED	0x2U	/* of a fifo or a mirror: any number of programs may read and write */

/**
 * struct kring_control_destroy - %KRING_IOC_DESTROY: end a channel that %KRING_IOC_CREATE made
 * @size:  in: sizeof(struct kring_control_destroy)
 * @flags: in: zero
 * @name:  in: its name, with a NUL
 *
 * Programs that have it open get end of file and POLLHUP; what they have mapped stays until they unmap it.
 *
 * Errors: ENOENT no channel has this name; EPERM a module made the channel, which ends when that is
 * unloaded, or the caller has not CAP_SYS_ADMIN; EINVAL a size, flag or name is wrong.
 */
struct kring_control_destroy {
	__u32	size;
	__u32	flags;
	char	name[KRING_NAME_MAX + 1];
};

/**
 * enum kring_fault - why a ring stopped
 * @KRING_FAULT_NONE:      it did not
 * @KRING_FAULT_COMMIT:    commit or discard of a pointer that is not the innermost open record
 * @KRING_FAULT_LINK:      the page list is not what its flags say
 * @KRING_FAULT_RECORD:    an open record's header was overwritten
 * @KRING_FAULT_LOOP:      a loop passed its bound
 */
enum kring_fault {
	KRING_FAULT_NONE	= 0,
	KRING_FAULT_COMMIT	= 1,
	KRING_FAULT_LINK	= 2,
	KRING_FAULT_RECORD	= 3,
	KRING_FAULT_LOOP	= 4,
};

/*
 * /dev/kring/<channel>, by system call
 *
 * open()  starts at each ring's oldest record. Each open file has its own
 *	   position, and takes nothing away from others. ENODEV: the channel is
 *	   gone; EPERM: the kernel is locked down, which is only about reading.
 * read()  copies as many images (struct kring_page) as fit and are there, of all
 *	   CPUs in turn, one behind the other. Waits until there is one, but
 *	   with O_NONBLOCK: EAGAIN. 0: the channel is gone, and all of it was
 *	   read. EINVAL: the buffer is smaller than a page of the channel.
 * write() adds one record of type 0, of all that the call (writev(), too) passes,
 *	   to the ring of the CPU that it runs on. Never waits. 0 bytes are no
 *	   record. A record that is refused leaves nothing behind. EMSGSIZE: more than
 *	   a page holds, which is its size less 144 bytes; ENOSPC: in discard mode,
 *	   the ring is full; ESHUTDOWN: the channel is disabled; EAGAIN: interrupts
 *	   took all room, it may be tried again; ENXIO: the CPU has no ring; EIO: its
 *	   ring stopped on a fault; ENODEV: the channel is gone; EFAULT; EBADF: not
 *	   open for writing. The ledger counts what a ring refused, by cause.
 * lseek() to (0, SEEK_SET), the oldest records, or (0, SEEK_END), behind the newest;
 *	   returns 0. EINVAL: any other place. There is no pread(): ESPIPE.
 * poll()  POLLIN: there is something to read(); for a file that owns rings: to
 *	   acquire from one of these. POLLOUT: it is open for writing. POLLHUP: the
 *	   channel is gone; with POLLIN, not all of it was read.
 * mmap()  MAP_SHARED and PROT_READ; struct kring_meta has the layout. Touching what
 *	   belongs to a CPU without a ring: SIGBUS. EINVAL: private, or beyond
 *	   the end; EPERM: writable, executable, or the kernel is locked down.
 *
 * A program that reads the mapping without owning has its position in its own
 * memory, of which poll() knows nothing. To wait, it seeks to (0, SEEK_END), looks
 * at the mapping a last time, and polls. An edge-triggered epoll (EPOLLET) tells of
 * records that come after a read(), an acquire or a poll() has found nothing, or
 * after an lseek() to the end.
 *
 * Readers that wait are woken within some milliseconds of a record, not at once,
 * so that many records make one wakeup; %KRING_IOC_WAKEUP makes them wait for more.
 */

#define KRING_IOC_MAGIC		'k'
#define KRING_IOC_INFO		_IOWR(KRING_IOC_MAGIC, 0xc0, struct kring_meta)
#define KRING_IOC_ACQUIRE	_IOWR(KRING_IOC_MAGIC, 0xc1, struct kring_acquire)
#define KRING_IOC_RELEASE	_IOW(KRING_IOC_MAGIC, 0xc2, struct kring_release)
#define KRING_IOC_LEDGER	_IOWR(KRING_IOC_MAGIC, 0xc3, struct kring_ledger)
#define KRING_IOC_WAKEUP	_IOW(KRING_IOC_MAGIC, 0xc4, struct kring_wakeup)
#define KRING_IOC_HORIZON	_IOWR(KRING_IOC_MAGIC, 0xc5, struct kring_horizon)

/*
 * /dev/kring/<channel> of a fifo or a mirror
 *
 * open()  EBUSY: another open file, or the kernel, holds a side that it is to be opened for: the consumer's
 *	   for reading, the producer's for writing. With %KRING_CREATE_LOCKED, files may share one.
 * read()  takes what is there, as much as there is room for; of a fifo of records, one. Waits until there
 *	   is something, but with O_NONBLOCK: EAGAIN. 0: the channel is gone, and all was read. EINVAL: of a
 *	   fifo of elements, the size is no multiple of one; EMSGSIZE: the record is larger, and stays.
 * write() adds all, and waits for room, until a signal comes, a buffer faults or the channel ends; with
 *	   O_NONBLOCK, what there is room for, or EAGAIN. A record is added whole or not at all. A mirror in mode
 *	   overwrite always has room. EINVAL as for read(); EMSGSIZE: the record can never have room; ENODEV:
 *	   the channel is gone.
 * poll()  POLLIN, POLLOUT: there is something, there is room; for a record perhaps not enough. POLLHUP: gone.
 *
 * 0 bytes are nothing. What could not be copied, since a buffer faults, is still there, or was not added: EFAULT,
 * or the count of what was. Each piece of a writev() is a write() of its own.
 *
 * /dev/kring/<channel> of a broadcast
 *
 * open()  starts at the oldest record. Each open file has its own place and takes nothing away from others.
 * read()  copies as many whole records as fit and are there, each with a struct kring_broadcast_image before it.
 *	   Waits until there is one, but with O_NONBLOCK: EAGAIN. 0: the channel is gone, and all was read.
 *	   EMSGSIZE: the next record does not fit, and stays.
 * write() adds one record, of all that the call (writev(), too) passes; never waits. EMSGSIZE: larger than a slot;
 *	   EAGAIN: another producer was stopped in the slot, or was faster: try again; ENODEV: the channel is gone.
 * lseek() to (0, SEEK_SET), the oldest record, (0, SEEK_END), behind the newest, or (n, SEEK_SET), record n, up
 *	   to the next to come: what is gone from there on counts as lost; (0, SEEK_CUR) changes nothing. Returns
 *	   the number of the record that is next. EINVAL: any other place. There is no pread(): ESPIPE.
 * poll()  POLLIN: there is something to read; POLLOUT: it is open for writing; POLLHUP: the channel is gone.
 * mmap()  as of a trace; linux/kring_broadcast.h has the layout.
 */

/*
 * /dev/kring-control: makes and ends channels, for CAP_SYS_ADMIN. A channel that was made here belongs to
 * nobody's module: `owner` in sysfs says "kring". Unloading kring ends it, which is refused while it is open.
 */

#define KRING_IOC_CREATE	_IOW(KRING_IOC_MAGIC, 0xc8, struct kring_control_create)
#define KRING_IOC_DESTROY	_IOW(KRING_IOC_MAGIC, 0xc9, struct kring_control_destroy)

#ifdef __cplusplus
#define _KRING_ASSERT(cond, what) static_assert(cond, what)
#else
#define _KRING_ASSERT(cond, what) _Static_assert(cond, what)
#endif

_KRING_ASSERT(sizeof(struct kring_record) == 8, "record header");
_KRING_ASSERT(sizeof(struct kring_page) == 128, "page header");
_KRING_ASSERT(__builtin_offsetof(struct kring_page, dropped) == 32, "page header");
_KRING_ASSERT(__builtin_offsetof(struct kring_page, magic) == 88, "page header");
_KRING_ASSERT(sizeof(struct kring_meta) == 1152, "meta");
_KRING_ASSERT(__builtin_offsetof(struct kring_meta, rings) == 32, "meta");
_KRING_ASSERT(__builtin_offsetof(struct kring_meta, cpus) == 128, "meta");
_KRING_ASSERT(sizeof(struct kring_ring) == 64, "ring");
_KRING_ASSERT(sizeof(struct kring_acquire) == 64, "acquire");
_KRING_ASSERT(sizeof(struct kring_release) == 16, "release");
_KRING_ASSERT(sizeof(struct kring_ledger) == 128, "ledger");
_KRING_ASSERT(sizeof(struct kring_wakeup) == 16, "wakeup");
_KRING_ASSERT(sizeof(struct kring_horizon) == 40, "horizon");
_KRING_ASSERT(sizeof(struct kring_broadcast_image) == 24, "broadcast image");
_KRING_ASSERT(sizeof(struct kring_control_create) == 96, "create");
_KRING_ASSERT(__builtin_offsetof(struct kring_control_create, capacity) == 40, "create");
_KRING_ASSERT(sizeof(struct kring_control_destroy) == 40, "destroy");

#endif /* _UAPI_LINUX_KRING_H */
