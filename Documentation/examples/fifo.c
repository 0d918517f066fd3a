// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints the samples that come out of a fifo channel, one a line:
 *
 *	kring create samples --kind fifo --size 64K
 *	fifo /dev/kring/samples
 *
 * A fifo of records gives one record to each read(), whole: a buffer that is too
 * small for it gets EMSGSIZE, and the record stays. Ends with the channel.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct sample {
	unsigned long long time, value;
};

int main(int argc, char **argv)
{
	struct sample samples[64];
	ssize_t size;
	int fd;

	if (argc != 2) {
		fprintf(stderr, "Usage: fifo DEVICE\n");
		return 2;
	}
	fd = open(argv[1], O_RDONLY);
	if (fd < 0) {
		fprintf(stderr, "fifo: %s: %s\n", argv[1], strerror(errno));
		return 1;
	}
	while ((size = read(fd, samples, sizeof(samples))) > 0)
		for (size_t at = 0; at < size / sizeof(samples[0]); at++)
			printf("%llu %llu\n", samples[at].time, samples[at].value);
	if (size < 0) {
		fprintf(stderr, "fifo: %s: %s\n", argv[1], strerror(errno));
		return 1;
	}
	return 0;
}
