/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Consumers of broadcast channels, as the C API has them: the core's consumer over a mapping. */
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include <fcntl.h>
#include <kring/broadcast.h>
#include <poll.h>

#include "../../src/core/broadcast_consumer.hh"
#include "broadcast_mapping.hh"
#include "channel.hh"
#include "file.hh"
#include "guard.hh"
#include "options.hh"
#include "platform_mapped.hh"

using namespace kring;

struct kring_broadcast {
	int start(int with_fd, const kring_broadcast_opts &opts);
	status find();

	file device; /* unless the caller has it */
	int fd = -1;
	broadcast_mapping mapping;
	broadcast_consumer<platform_mapped> cursor{};
	broadcast_record found{};
	kring_broadcast_item item{};
	std::unique_ptr<__u64[]> copy;
	__u64 lost_told = 0; /* with the items so far */
	bool confirmed = true;
};

int kring_broadcast::start(int with_fd, const kring_broadcast_opts &opts)
{
	constexpr __u32 ways = KRING_BROADCAST_FROM_NEWEST | KRING_BROADCAST_FROM_TICKET;

	if (opts.flags & ~ways || opts.flags == ways || opts.reserved)
		return -EINVAL;
	fd = with_fd;

	int error = mapping.map(fd);

	if (error)
		return error;
	if (opts.flags & KRING_BROADCAST_FROM_TICKET && opts.ticket > platform_mapped::load(mapping.header().claimed))
		return -ESTALE;
	if (opts.flags & KRING_BROADCAST_FROM_TICKET)
		cursor.seek(opts.ticket);
	else if (opts.flags & KRING_BROADCAST_FROM_NEWEST)
		cursor.seek_newest(mapping.view());
	else
		cursor.seek_oldest(mapping.view());
	copy = std::make_unique_for_overwrite<__u64[]>((mapping.header().payload + 7) / 8);
	return 0;
}

status kring_broadcast::find()
{
	status is = cursor.look(mapping.view(), found);

	if (is == status::ok)
		item = {found.ticket, cursor.lost() - lost_told, found.data, found.size};
	return is;
}

static kring_broadcast *open(int fd, file device, const kring_broadcast_opts *opts)
{
	return guarded_new<kring_broadcast>([&](kring_broadcast &consumer) {
		kring_broadcast_opts mine;
		int error = copy_options(mine, opts);

		consumer.device = std::move(device);
		return error ? error : consumer.start(fd, mine);
	});
}

kring_broadcast *kring_broadcast__open(const char *channel, const kring_broadcast_opts *opts)
{
	if (!channel || !is_channel_name(channel)) {
		errno = EINVAL;
		return nullptr;
	}

	char path[sizeof("/dev/kring/") + KRING_NAME_MAX];

	snprintf(path, sizeof(path), "%s%s", device_folder, channel);

	file device{::open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
	int fd = device.fd();

	return device.is_open() ? open(fd, std::move(device), opts) : nullptr;
}

kring_broadcast *kring_broadcast__open_fd(int fd, const kring_broadcast_opts *opts)
{
	return open(fd, {}, opts);
}

void kring_broadcast__free(kring_broadcast *consumer)
{
	delete consumer;
}

/* How the C API says what a look found. */
static int result_of(const kring_broadcast &consumer, status status, bool was_gone)
{
	if (status == status::ok)
		return 1;
	if (status == status::busy)
		return -EAGAIN;
	/* The next ticket may have been given out, and its producer gone without an end of it. */
	return was_gone && !consumer.cursor.readable(consumer.mapping.view()) ? -ENODEV : 0;
}

int kring_broadcast__look(kring_broadcast *consumer, const kring_broadcast_item **item)
{
	bool gone = consumer->mapping.is_gone();
	status found = consumer->find();

	consumer->confirmed = found != status::ok;
	*item = &consumer->item;
	return result_of(*consumer, found, gone);
}

bool kring_broadcast__confirm(kring_broadcast *consumer)
{
	if (consumer->confirmed || !consumer->cursor.confirm(consumer->mapping.view(), consumer->found))
		return false;
	consumer->confirmed = true;
	consumer->lost_told = consumer->cursor.lost();
	return true;
}

int kring_broadcast__next(kring_broadcast *consumer, const kring_broadcast_item **item)
{
	constexpr int tries_max = 100;

	for (int tries = 0; tries < tries_max; tries++) {
		int found = kring_broadcast__look(consumer, item);

		if (found != 1)
			return found;
		memcpy(consumer->copy.get(), consumer->item.payload, consumer->item.size);
		if (kring_broadcast__confirm(consumer)) {
			consumer->item.payload = consumer->copy.get();
			return 1;
		}
	}
	return -EAGAIN;
}

__u64 kring_broadcast__lost(const kring_broadcast *consumer)
{
	return consumer->cursor.lost();
}

__u64 kring_broadcast__ticket(const kring_broadcast *consumer)
{
	return consumer->cursor.next();
}

__u64 kring_broadcast__behind(const kring_broadcast *consumer)
{
	__u64 claimed = platform_mapped::load(consumer->mapping.header().claimed);

	return claimed > consumer->cursor.next() ? claimed - consumer->cursor.next() : 0;
}

__u32 kring_broadcast__payload_max(const kring_broadcast *consumer)
{
	return consumer->mapping.view().geometry().payload;
}

int kring_broadcast__fd(const kring_broadcast *consumer)
{
	return consumer->fd;
}

/* The kernel has a consumer for each open file: it is put where this one is. */
int kring_broadcast__arm(kring_broadcast *consumer)
{
	bool gone = consumer->mapping.is_gone();

	if (lseek(consumer->fd, static_cast<off_t>(consumer->cursor.next()), SEEK_SET) < 0)
		return -errno;
	return gone ? -ENODEV : 0;
}

int kring_broadcast__wait(kring_broadcast *consumer, int timeout_ms)
{
	if (consumer->cursor.readable(consumer->mapping.view()))
		return 1;

	int error = kring_broadcast__arm(consumer);

	if (error)
		return error == -ENODEV ? 1 : error;

	pollfd what{consumer->fd, POLLIN, 0};
	int ready = poll(&what, 1, timeout_ms);

	return ready < 0 ? -errno : ready > 0;
}
