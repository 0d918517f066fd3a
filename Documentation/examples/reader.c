// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints the records of a kring channel, with nothing but <linux/kring.h>.
 *
 *	reader DEVICE       as the owner: pages are taken through a mapping, and consumed
 *	reader -o DEVICE    as an observer: images of pages come by read(), nothing is consumed
 *
 * Ends with the channel, and says then how many records were lost.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/kring.h>

static struct kring_meta meta = { .size = sizeof(meta) };
static __u64 next_seq[KRING_CPUS_MAX]; /* of each CPU; 0: none seen yet */
static __u64 printed, lost;

static void die(const char *what)
{
	fprintf(stderr, "reader: %s: %s\n", what, strerror(errno));
	exit(1);
}

static __u64 nanoseconds(__u64 stamp)
{
	__int128 ticks = (__s64)(stamp - meta.time_ticks);

	return meta.time_ns + (__u64)(ticks * meta.time_mult >> meta.time_shift);
}

/* Prints the records in [start, end) of a page or of an image of one; the first is number seq. */
static void print_records(const struct kring_page *page, __u32 start, __u32 end, __u64 seq)
{
	__u64 *next = &next_seq[page->cpu % KRING_CPUS_MAX];

	if (*next && seq != *next) {
		printf("cpu %u: %llu records lost\n", page->cpu, (unsigned long long)(seq - *next));
		lost += seq - *next;
	}
	while (start < end) {
		const char *at = (const char *)page + start;
		const struct kring_record *record = (const void *)at;
		__u64 space = KRING_RECORD_SPACE(record->size);
		__u64 stamp = (page->base & ~0xffffffffULL) | record->time_lo;

		if (record->type & KRING_RECORD_LONG_TIME) {
			stamp = *(const __u64 *)(at + space);
			space += sizeof(stamp);
		}
		start += space;
		if (record->type & KRING_RECORD_DISCARDED)
			continue; /* has no number */

		__u64 ns = nanoseconds(stamp);

		printf("%llu.%09llu cpu %u seq %llu type %u size %u\n", (unsigned long long)(ns / 1000000000),
		       (unsigned long long)(ns % 1000000000), page->cpu, (unsigned long long)seq++,
		       record->type & KRING_RECORD_TYPE, record->size);
		printed++;
	}
	*next = seq;
}

/* Takes all that a CPU's ring has now. */
static void take_ring(int fd, const char *map, __u32 cpu)
{
	const char *pages = map + meta.rings + cpu * meta.ring_stride + meta.pages_offset;

	for (;;) {
		struct kring_acquire acquire = { .size = sizeof(acquire), .cpu = cpu };
		struct kring_release release = { .size = sizeof(release), .cpu = cpu };

		if (ioctl(fd, KRING_IOC_ACQUIRE, &acquire)) {
			if (errno == EAGAIN || errno == ENODEV || errno == ENXIO)
				return; /* nothing now; nothing any more; the CPU has no ring yet */
			die("acquire");
		}
		print_records((const void *)(pages + (__u64)acquire.page * meta.page_size), acquire.start,
			      acquire.end, acquire.first);
		fflush(stdout); /* what is released does not come again */
		if (ioctl(fd, KRING_IOC_RELEASE, &release))
			die("release");
	}
}

static void own(int fd)
{
	const char *map = mmap(NULL, meta.map_size, PROT_READ, MAP_SHARED, fd, 0);
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	int ended = 0;

	if (map == MAP_FAILED)
		die("mmap");
	for (;;) {
		for (__u32 cpu = 0; cpu < meta.nr_cpus; cpu++)
			take_ring(fd, map, cpu);
		if (ended)
			break;
		/* Not for ever: a CPU may come online, and with it a ring that is nobody's yet. */
		if (poll(&wait, 1, 1000) < 0)
			die("poll");
		ended = wait.revents & POLLHUP;
	}
}

static void observe(int fd)
{
	size_t room = 64 * (size_t)meta.page_size; /* one page at least */
	char *buffer = malloc(room);
	ssize_t got;

	if (!buffer)
		die("buffer");
	while ((got = read(fd, buffer, room)) > 0) {
		const struct kring_page *image;

		for (ssize_t at = 0; at < got; at += KRING_COMMIT_OFFSET(image->commit)) {
			image = (const void *)(buffer + at);
			print_records(image, image->header, KRING_COMMIT_OFFSET(image->commit), image->first);
		}
		fflush(stdout);
	}
	if (got < 0)
		die("read");
}

int main(int argc, char **argv)
{
	int observer = argc == 3 && !strcmp(argv[1], "-o");
	int fd;

	if (argc != 2 + observer) {
		fprintf(stderr, "usage: reader [-o] /dev/kring/CHANNEL\n");
		return 2;
	}
	fd = open(argv[argc - 1], O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die(argv[argc - 1]);
	if (ioctl(fd, KRING_IOC_INFO, &meta))
		die("not a kring channel");
	if (observer)
		observe(fd);
	else
		own(fd);
	fprintf(stderr, "reader: %llu records, %llu lost\n", (unsigned long long)printed, (unsigned long long)lost);
	return 0;
}
