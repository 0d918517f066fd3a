/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Recordings: the records of a channel in a file, with what it takes to read and
 * decode them anywhere: the channel's description, its record types and the BTF
 * of these, and its ledgers, so that what was lost is told as it is live.
 */
#ifndef KRING_RECORDING_H
#define KRING_RECORDING_H

#include <kring/kring.h>

#ifdef __cplusplus
extern "C" {
#endif

struct kring_recorder;

/**
 * struct kring_recorder_opts - zero in a field means its default
 * @sz:      sizeof(struct kring_recorder_opts)
 * @flags:   %KRING_STREAM_NEWEST: begin behind all that is there
 * @nr_cpus: length of @cpus
 * @cpus:    record these CPUs' rings only; default all
 */
struct kring_recorder_opts {
	size_t sz;
	__u32 flags;
	__u32 nr_cpus;
	const __u32 *cpus;
};

/**
 * kring_recorder__new - record a channel, as an observer: nothing is taken away from anybody
 * @channel: its name
 * @file:    open for writing, and empty; stays the caller's
 * @opts:    or NULL for all defaults
 *
 * The types that the channel has now are recorded with their BTF; others when
 * the first record of them comes.
 *
 * Return: a recorder, to be freed by kring_recorder__free(); errors as of
 * kring_stream__open() and write().
 */
struct kring_recorder *kring_recorder__new(const char *channel, int file, const struct kring_recorder_opts *opts);

/* Without kring_recorder__end() the recording lacks its end. */
void kring_recorder__free(struct kring_recorder *recorder);

/**
 * kring_recorder__record - record what is there, as much as one read() gives
 * @recorder: from kring_recorder__new()
 *
 * Return: how many bytes were read; 0: nothing is there now, see
 * kring_recorder__fd(); -ENODEV: nothing is left, and the channel is gone;
 * -EBADMSG: what was read is no page. After an error of write() what was
 * recorded before can still be read.
 */
int kring_recorder__record(struct kring_recorder *recorder);

/* Readable when there is something to record. */
int kring_recorder__fd(const struct kring_recorder *recorder);

/* Records where the records went until now, behind all else: 0, or -errno of write(). */
int kring_recorder__end(struct kring_recorder *recorder);

struct kring_recording;

/**
 * kring_recording__open - look through a recording
 * @path: of a regular file that is written to no more
 *
 * Return: to be freed by kring_recording__free(), behind its streams. EPROTO: it is no
 * recording, or of a version or byte order that this library does not know;
 * ESPIPE: it is no regular file; errors as of open().
 */
struct kring_recording *kring_recording__open(const char *path);
void kring_recording__free(struct kring_recording *recording);

/* Of the channel. */
const char *kring_recording__name(const struct kring_recording *recording);

/* False: its end is missing, the recorder was killed or the file is damaged; what comes before can be read. */
bool kring_recording__is_whole(const struct kring_recording *recording);

/**
 * kring_recording__stream - read a recording
 * @recording: from kring_recording__open()
 * @opts:      or NULL for all defaults; of @flags only %KRING_STREAM_UNORDERED may be there, and makes no difference
 *
 * Return: a stream as if all of it were written now and the channel then
 * destroyed: at the end kring_stream__next() returns -ENODEV. It has no file
 * descriptor to wait for: kring_stream__fd() returns -1.
 */
struct kring_stream *kring_recording__stream(const struct kring_recording *recording,
					     const struct kring_stream_opts *opts);

/* Decodes its records by the BTF that is recorded; may live longer than the recording. */
struct kring_decoder *kring_recording__decoder(const struct kring_recording *recording);

#ifdef __cplusplus
}
#endif

#endif
