// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints the records of a broadcast channel, with libkring.
 *
 *	broadcast DEVICE
 *
 * Begins with the oldest record and ends with the channel; says each time how
 * many records it was too late for. Between records that are there, it makes no
 * system call but those of printing.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kring/broadcast.h>

static void die(const char *what)
{
	fprintf(stderr, "broadcast: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void print(const struct kring_broadcast_item *item)
{
	const unsigned char *bytes = item->payload;
	__u32 i;

	if (item->lost)
		printf("%llu records lost\n", (unsigned long long)item->lost);
	printf("%llu:", (unsigned long long)item->ticket);
	for (i = 0; i < item->size; i++)
		printf(" %02x", bytes[i]);
	printf("\n");
}

int main(int argc, char **argv)
{
	const struct kring_broadcast_item *item;
	struct kring_broadcast *consumer;
	unsigned long long received = 0;
	int fd, result;

	if (argc != 2) {
		fprintf(stderr, "usage: broadcast DEVICE\n");
		return 2;
	}
	fd = open(argv[1], O_RDONLY | O_NONBLOCK);
	if (fd < 0)
		die(argv[1]);
	consumer = kring_broadcast__open_fd(fd, NULL);
	if (!consumer)
		die(argv[1]);

	while ((result = kring_broadcast__next(consumer, &item)) != -ENODEV) {
		if (result == 1) {
			print(item);
			received++;
		} else if (result == 0) {
			result = kring_broadcast__wait(consumer, -1);
			if (result < 0) {
				errno = -result;
				die("wait");
			}
		}
	}
	printf("received %llu, lost %llu\n", received, (unsigned long long)kring_broadcast__lost(consumer));
	kring_broadcast__free(consumer);
	return 0;
}
