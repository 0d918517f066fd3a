/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * libkring: finds kring's channels, reads their records and decodes them.
 *
 * Errors: a function that returns int returns a negative errno, one that
 * returns a pointer returns NULL and sets errno. ENOMEM may come from each and
 * is not listed.
 *
 * Threads: an object may be used by one thread at a time; different objects by
 * different threads at once. Nothing is kept outside of objects.
 *
 * Growth: structures that a program passes begin with their size (@sz), what
 * lies behind it has its default. Structures that the library returns belong
 * to it and may get more fields at their end: a program never copies them.
 */
#ifndef KRING_KRING_H
#define KRING_KRING_H

#include <stdbool.h>
#include <stddef.h>

#include <kring/run.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Names of the UAPI header's numbers, as in sysfs: "trace", "overwrite", "too_big"...; "?" for unknown ones. */
const char *kring_kind_name(__u32 kind);
const char *kring_mode_name(__u32 mode);
const char *kring_clock_name(__u32 clock);
const char *kring_drop_name(__u32 cause);
const char *kring_fault_name(__u32 fault);

/*
 * Channels: what sysfs tells, which needs no permission on the device.
 */

/**
 * kring_list_channels - names of all channels, sorted
 * @names: out: an array, to be freed by one free(*names)
 *
 * Return: how many there are; -ENOENT the kring module is not loaded.
 */
int kring_list_channels(char ***names);

struct kring_channel;

/**
 * kring_channel__new - look at a channel
 * @name: of the channel
 *
 * Return: what it is at this moment, to be freed by kring_channel__free().
 * ENOENT: no such channel; EINVAL: no valid name; EPROTO: sysfs says what
 * cannot be.
 */
struct kring_channel *kring_channel__new(const char *name);
void kring_channel__free(struct kring_channel *channel);

/**
 * struct kring_channel_info - what a channel is
 * @name:      of the channel
 * @owner:     the module that made it
 * @size:      bytes of each CPU's ring; of other kinds than traces: bytes that it holds
 * @order:     a page is PAGE_SIZE << @order bytes
 * @page_size: bytes of a page
 * @pages:     pages of each ring's list
 * @mode:      &enum kring_mode
 * @clock:     &enum kring_clock
 * @enabled:   takes records
 * @nr_types:  registered record types
 * @nr_cpus:   number of CPUs that have a ring
 * @cpus:      their ids, ascending
 * @kind:      &enum kring_kind; all but @name, @owner, @size, of a mirror @mode, @kind and what
 *             follows is of traces, and zero for others
 * @unit:      of a fifo: bytes of an element; of a broadcast: of the largest record
 * @length:    of a fifo of records: bytes that a record's length takes
 */
struct kring_channel_info {
	const char *name;
	const char *owner;
	__u64 size;
	__u32 order;
	__u32 page_size;
	__u32 pages;
	__u32 mode;
	__u32 clock;
	__u32 enabled;
	__u32 nr_types;
	__u32 nr_cpus;
	const __u32 *cpus;
	__u32 kind;
	__u32 unit;
	__u32 length;
};

const struct kring_channel_info *kring_channel__info(const struct kring_channel *channel);

/**
 * struct kring_type - a C type that records of a channel are
 * @id:     in the records' headers
 * @size:   bytes of the C type
 * @name:   as in C, such as "struct my_event"
 * @module: whose BTF describes it; "vmlinux" for the kernel itself
 */
struct kring_type {
	__u32 id;
	__u32 size;
	const char *name;
	const char *module;
};

/* The @index-th type, 0 to nr_types - 1; NULL for any other index. */
const struct kring_type *kring_channel__type(const struct kring_channel *channel, __u32 index);

/**
 * kring_channel__ledger - where the records went until now
 * @channel: from kring_channel__new()
 * @cpu:     a CPU's id, or %KRING_CPU_ALL
 * @ledger:  out
 *
 * From the device where this process may open it: then a CPU's numbers are of
 * one moment. Else from sysfs, one after another, so that they may not add up
 * while records are written.
 *
 * Return: 0; 1 if it comes from sysfs; -ENXIO the CPU has no ring; -ENOENT the
 * channel is gone; -EOPNOTSUPP it is no trace.
 */
int kring_channel__ledger(const struct kring_channel *channel, __u32 cpu, struct kring_ledger *ledger);

/**
 * kring_channel__number - a number that sysfs has of the channel now
 * @channel: from kring_channel__new()
 * @name:    of the file, such as "used" or "ledger/published": see Documentation/uapi.rst
 * @value:   out
 *
 * Return: 0; -ENOENT its kind has no such number, or the channel is gone; -EPROTO it is none.
 */
int kring_channel__number(const struct kring_channel *channel, const char *name, __u64 *value);

/*
 * Control: channels that programs make and end, for who may administer the system.
 */

/**
 * struct kring_control_opts - what to make; zero in a field means its default
 * @sz:       sizeof(struct kring_control_opts)
 * @capacity: this and the rest: see struct kring_control_create
 */
struct kring_control_opts {
	size_t sz;
	__u64 capacity;
	__u32 kind;
	__u32 unit;
	__u32 length;
	__u32 order;
	__u32 mode;
	__u32 clock;
	__u32 perm;
	__u32 flags;
};

/**
 * kring_control__create - make a channel, which stays until it is destroyed or kring is unloaded
 * @name: 1 to %KRING_NAME_MAX bytes of [A-Za-z0-9_.-], not beginning with a dot
 * @opts: or NULL for all defaults
 *
 * Return: 0; -ENOENT the kring module is not loaded; -EACCES, -EPERM not permitted; -EINVAL a name or
 * an option is not valid, and the kernel's log has the reason; -EEXIST the name is taken; others as of
 * %KRING_IOC_CREATE.
 */
int kring_control__create(const char *name, const struct kring_control_opts *opts);

/**
 * kring_control__destroy - end a channel that a program made
 * @name: of the channel
 *
 * Return: 0; -ENOENT there is no such channel, or the kring module is not loaded; -EPERM a module made
 * it, or not permitted; -EACCES not permitted; -EINVAL no valid name.
 */
int kring_control__destroy(const char *name);

/*
 * Streams: the records of a channel, and what was lost between them.
 */

struct kring_stream;

/* For struct kring_stream_opts. */
#define KRING_STREAM_OWN       0x1U /* be the owning reader: records are consumed, read in place */
#define KRING_STREAM_NEWEST    0x2U /* begin behind all that is there (not with OWN); default: at the oldest */
#define KRING_STREAM_UNORDERED 0x4U /* the oldest record that is at hand comes next; default: none that is older will */
#define KRING_STREAM_SPIN      0x8U /* kring_stream__fd() is not polled: looking for records makes no system call */
#define KRING_STREAM_COPY      0x10U /* map nothing, read() pages; UNORDERED (not with OWN, SPIN, positions) */
#define KRING_STREAM_IN_PLACE  0x20U /* records are not copied: see kring_stream__is_whole() (not with OWN, COPY) */

/**
 * struct kring_position - a place in a CPU's ring, which holds as long as the channel is there
 * @channel: which channel of this name: &kring_meta.created; 0: the one that is there
 * @seq:     sequence number of a record
 * @cpu:     whose ring
 * @reserved: zero
 */
struct kring_position {
	__u64 channel;
	__u64 seq;
	__u32 cpu;
	__u32 reserved;
};

/**
 * struct kring_stream_opts - how to read; zero in a field means its default
 * @sz:      sizeof(struct kring_stream_opts)
 * @flags:   KRING_STREAM_*
 * @nr_cpus: length of @cpus
 * @cpus:    read these CPUs' rings only; default all
 * @buffer:  for %KRING_STREAM_COPY: bytes to read at once; default 16 pages, at least 256 KiB
 * @positions: where to begin, by CPU; CPUs that are not named: as the flags say. Not with OWN
 * @nr_positions: length of @positions
 * @watermark:   poll() of kring_stream__fd() waits until so many bytes are there; default any record
 * @deadline_us: or so many microseconds since the first of them came, %KRING_DEADLINE_MIN at least;
 *               not looked at without @watermark. See struct kring_wakeup
 * @reserved: zero
 */
struct kring_stream_opts {
	size_t sz;
	__u32 flags;
	__u32 nr_cpus;
	const __u32 *cpus;
	size_t buffer;
	const struct kring_position *positions;
	__u32 nr_positions;
	__u32 watermark;
	__u32 deadline_us;
	__u32 reserved;
};

/**
 * kring_stream__open - read a channel
 * @channel: its name
 * @opts:    or NULL for all defaults
 *
 * Without %KRING_STREAM_OWN the stream is an observer: it takes nothing away
 * from anybody.
 *
 * Return: a stream, to be freed by kring_stream__free(). ENOENT: no such
 * channel; EACCES, EPERM: not permitted; EINVAL: name or options are not
 * valid; ESTALE: a position is of a channel that is gone, or was not come to
 * yet; ENXIO: it is of a CPU without a ring; EPROTO: the device is not a kring
 * channel that this library knows; ENOTTY: a kernel that knows no watermarks.
 */
struct kring_stream *kring_stream__open(const char *channel, const struct kring_stream_opts *opts);

/* What an owning stream has delivered from a page but not passed by is unread again. */
void kring_stream__free(struct kring_stream *stream);

enum kring_item_kind {
	KRING_ITEM_RECORD = 1,
	KRING_ITEM_LOSS = 2,
};

/* struct kring_item's @cause, beside &enum kring_drop. */
#define KRING_LOSS_OVERWRITTEN 0x100U

/**
 * struct kring_item - a record, or a loss
 * @kind:    &enum kring_item_kind
 * @cpu:     whose ring; %KRING_CPU_ALL for a loss on CPUs without a ring
 * @seq:     of the record; of a loss: the sequence number that was to come next
 * @time:    nanoseconds (CLOCK_MONOTONIC for the counter clock, else the channel's clock);
 *           of a loss: of the record behind it, 0 if there is none yet
 * @stamp:   record: as it was written, in the channel's clock
 * @payload: record: 8-byte aligned
 * @size:    record: bytes of @payload
 * @type:    record: type id, 0 for none
 * @lost:    loss: how many records
 * @cause:   loss: %KRING_LOSS_OVERWRITTEN, or why they were refused, &enum kring_drop
 * @earlier: loss: before the stream began, so not this reader's fault
 *
 * Overwritten records are exactly those that would stand here. Refused records
 * have no place of their own: they are told before the first page that was
 * opened after the refusal, or when there is nothing left to read.
 */
struct kring_item {
	__u32 kind;
	__u32 cpu;
	__u64 seq;
	__u64 time;
	__u64 stamp;
	const void *payload;
	__u32 size;
	__u32 type;
	__u64 lost;
	__u32 cause;
	__u32 earlier;
};

/**
 * kring_stream__next - the next record or loss
 * @stream: from kring_stream__open()
 * @item:   out: valid until the next call with this stream
 *
 * Within a CPU items come in sequence, over CPUs by time: if some CPU has no
 * record here, the kernel is asked whether it may still publish an older one
 * than is at hand (see struct kring_horizon), for which the CPUs are interrupted.
 * With %KRING_STREAM_UNORDERED the oldest at hand comes at once. An owning
 * stream consumes a page's records when it passes behind the last of them.
 *
 * Never waits for records. An observer that maps makes no system call while
 * there are some at hand, but to order them.
 *
 * Return: 1, an item; 0, nothing is left now; -EAGAIN, records are there, and a
 * writer may still come with one that is older: poll() does not wait then, call
 * again; -ENODEV, nothing is left and the
 * channel is gone; -EBADMSG, a page or record is malformed; -EBUSY, another
 * open file owns a ring; -EIO, a ring's list is broken; -ENOTTY, a kernel that cannot
 * tell what is complete: open the stream with %KRING_STREAM_UNORDERED. After EBADMSG, EBUSY and EIO
 * the ring that they are about is left out; other rings may be read on.
 */
int kring_stream__next(struct kring_stream *stream, const struct kring_item **item);

/**
 * kring_stream__next_run - the next records of a CPU, as many as may be delivered without a look at others
 * @stream: from kring_stream__open()
 * @item:   out: the first of them, or a loss; valid until the next call with this stream
 * @run:    out: to be walked with kring_run__next(), from @item on; NULL for a loss; valid likewise
 *
 *	while (kring_stream__next_run(stream, &item, &run) == 1)
 *		while (run && kring_run__next(run, &record))
 *			use(record.payload);
 *
 * What was not walked when the stream goes on comes again. With %KRING_STREAM_UNORDERED a run is all that is
 * at hand of a page. kring_stream__position() moves with the walk; in place, not behind what was found
 * overwritten.
 *
 * Return: as kring_stream__next().
 */
int kring_stream__next_run(struct kring_stream *stream, const struct kring_item **item, struct kring_run **run);

/**
 * kring_stream__item - a run's record as an item, for what takes one, such as kring_filter__matches()
 * @stream: from kring_stream__open()
 * @record: from kring_run__next(), of the run that the stream gave last
 *
 * Return: the item, valid until the next call with this stream.
 */
const struct kring_item *kring_stream__item(struct kring_stream *stream, const struct kring_run_record *record);

/**
 * kring_stream__is_whole - was it still whole: the record that kring_stream__next() returned last?
 * @stream: from kring_stream__open()
 *
 * With %KRING_STREAM_IN_PLACE payloads stand where the kernel writes, and are overwritten at any time: use
 * one, then ask. A record that is not asked about is asked about when the stream goes on.
 *
 * Return: 1: it is received; always for other streams. 0: what was read of it is worth nothing, and the
 * stream will tell it as lost.
 */
int kring_stream__is_whole(struct kring_stream *stream);

/* A record's stamp in nanoseconds, as &kring_item.time has it. */
__u64 kring_stream__time(const struct kring_stream *stream, __u64 stamp);

/**
 * kring_stream__fd - for poll: readable when kring_stream__next() has something, or enough
 * @stream: from kring_stream__open()
 *
 * Refusals wake nobody: to see them in time, call kring_stream__next() now and
 * then without being woken.
 */
int kring_stream__fd(const struct kring_stream *stream);

/**
 * kring_stream__position - where to go on after the last item, in another stream or after a crash
 * @stream:   from kring_stream__open()
 * @cpu:      whose ring
 * @position: out: for &kring_stream_opts.positions
 *
 * Return: 0; -ENXIO: the CPU has no ring, or is not read.
 */
int kring_stream__position(const struct kring_stream *stream, __u32 cpu, struct kring_position *position);

/* Says about what the last error was: "cpu 3: ..."; empty if there was none. */
const char *kring_stream__message(const struct kring_stream *stream);

/* The channel's description as of kring_stream__open(). */
const struct kring_meta *kring_stream__meta(const struct kring_stream *stream);

/*
 * Readers: streams of one or more channels, whose items are handed to
 * functions; for programs that are built around one epoll loop.
 */

struct kring_reader;

/*
 * Called with each record, valid until the function returns. Return: 0 to go on; a negative number to stop,
 * which the call that consumes returns then; the record counts as consumed.
 */
typedef int (*kring_record_fn)(void *ctx, const struct kring_item *record);

/* Called with each loss, before the record that comes after it. */
typedef void (*kring_loss_fn)(void *ctx, const struct kring_item *loss);

/**
 * struct kring_reader_opts - of one channel; zero in a field means its default
 * @sz:      sizeof(struct kring_reader_opts)
 * @on_loss: default: losses are not told
 * @stream:  how to read; default as kring_stream__open() has it; not %KRING_STREAM_IN_PLACE
 */
struct kring_reader_opts {
	size_t sz;
	kring_loss_fn on_loss;
	const struct kring_stream_opts *stream;
};

/**
 * kring_reader__new - read a channel
 * @channel:   its name
 * @on_record: called by the functions below, in their thread
 * @ctx:       passed to it, and to @on_loss
 * @opts:      or NULL for all defaults
 *
 * Return: a reader, to be freed by kring_reader__free(); errors as of kring_stream__open().
 */
struct kring_reader *kring_reader__new(const char *channel, kring_record_fn on_record, void *ctx,
				       const struct kring_reader_opts *opts);
void kring_reader__free(struct kring_reader *reader);

/* One more channel, likewise: 0 or -errno. Between channels there is no order. */
int kring_reader__add(struct kring_reader *reader, const char *channel, kring_record_fn on_record, void *ctx,
		      const struct kring_reader_opts *opts);

/**
 * kring_reader__poll - wait for records, then consume all that are there
 * @reader:     from kring_reader__new()
 * @timeout_ms: the longest wait; 0: none, -1: for ever
 *
 * Return: how many records; 0: none came in time; -EINTR: a signal came before any; what a record function
 * returned; -ENODEV: all channels are gone, and everything was read; others as of kring_stream__next().
 */
int kring_reader__poll(struct kring_reader *reader, int timeout_ms);

/* All that is there, without waiting; returns as kring_reader__poll(). */
int kring_reader__consume(struct kring_reader *reader);

/* At most @max records, without waiting; returns as kring_reader__poll(). */
int kring_reader__consume_n(struct kring_reader *reader, size_t max);

/* Readable when kring_reader__consume() has something, once that has found everything consumed. */
int kring_reader__epoll_fd(const struct kring_reader *reader);

/*
 * Decoding: a plan for each record type, made once from the BTF of the module
 * that registered it.
 */

struct kring_decoder;

/**
 * struct kring_decoder_opts - zero in a field means its default
 * @sz:      sizeof(struct kring_decoder_opts)
 * @btf_dir: folder with a BTF file for each module and for vmlinux; default /sys/kernel/btf, which is that
 *           of the modules that are loaded now: one that was loaded anew since it registered a type has no
 *           BTF for it any more, for the layout may be another
 */
struct kring_decoder_opts {
	size_t sz;
	const char *btf_dir;
};

/**
 * kring_decoder__new - decode the records of a channel
 * @channel: its types are taken over, and their BTF is read; it may be freed before the decoder
 * @opts:    or NULL for all defaults
 */
struct kring_decoder *kring_decoder__new(const struct kring_channel *channel, const struct kring_decoder_opts *opts);
void kring_decoder__free(struct kring_decoder *decoder);

/* The type's name as registered; "untyped" for 0, "unknown" for an id that is not registered. */
const char *kring_decoder__type_name(struct kring_decoder *decoder, __u32 type);

/* Why payloads of @type are written as hex: a sentence without a period; NULL if they are decoded. */
const char *kring_decoder__why_hex(struct kring_decoder *decoder, __u32 type);

/**
 * kring_decoder__text - write a payload as "field=value field={a=1 b=[2 3]}"
 * @decoder: from kring_decoder__new()
 * @type:    type id
 * @payload: the record's
 * @size:    its bytes
 * @buffer:  out: a string, cut off if it is longer
 * @room:    bytes of @buffer, with the NUL
 *
 * A payload that the type cannot be, for being too short, is written as hex.
 *
 * Return: length of the whole string, as snprintf() does.
 */
int kring_decoder__text(struct kring_decoder *decoder, __u32 type, const void *payload, size_t size, char *buffer,
			size_t room);

/* Likewise as a JSON object; {"hex":"00ff"} where it cannot be decoded. Addresses are strings. */
int kring_decoder__json(struct kring_decoder *decoder, __u32 type, const void *payload, size_t size, char *buffer,
			size_t room);

/*
 * Filters: "prev_pid == 42 && comm ~ k*"; kring-read(1) has the language.
 */

struct kring_filter;

/**
 * kring_filter__new - choose records by their fields
 * @decoder: has the record types; not to be freed before the filter
 * @text:    such as "type == sched_switch && (prev_pid == 42 || next_pid == 42)"
 * @why:     out: what is wrong with @text, "column 1: ..."; empty if nothing is; cut off if it is longer
 * @room:    bytes of @why, with the NUL; may be 0
 *
 * Return: a filter, to be freed by kring_filter__free(). EINVAL: @text is none of these types, see @why.
 */
struct kring_filter *kring_filter__new(struct kring_decoder *decoder, const char *text, char *why, size_t room);
void kring_filter__free(struct kring_filter *filter);

/**
 * kring_filter__matches - is this one wanted?
 * @filter: from kring_filter__new()
 * @item:   from kring_stream__next(), or as a reader's function gets it
 *
 * A record that does not have a field which is compared matches neither that
 * comparison nor its negation. Memory is taken only with the first record of a type.
 *
 * Return: 1; 0: no. A loss always matches.
 */
int kring_filter__matches(struct kring_filter *filter, const struct kring_item *item);

#ifdef __cplusplus
}
#endif

#endif
