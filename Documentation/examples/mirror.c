// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copies what is there of a mirror channel, and what comes, to standard output:
 *
 *	kring create log --kind mirror --size 1000
 *	mirror /dev/kring/log
 *
 * Ends with the channel.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char text[1000];
	ssize_t size;
	int fd;

	if (argc != 2) {
		fprintf(stderr, "Usage: mirror DEVICE\n");
		return 2;
	}
	fd = open(argv[1], O_RDONLY);
	if (fd < 0) {
		fprintf(stderr, "mirror: %s: %s\n", argv[1], strerror(errno));
		return 1;
	}
	while ((size = read(fd, text, sizeof(text))) > 0) {
		fwrite(text, 1, size, stdout);
		fflush(stdout);
	}
	if (size < 0) {
		fprintf(stderr, "mirror: %s: %s\n", argv[1], strerror(errno));
		return 1;
	}
	return 0;
}
