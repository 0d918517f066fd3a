/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Channels, as the C API has them. */
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "channel.hh"
#include "device.hh"
#include "guard.hh"

using namespace kring;

/* An array of pointers with the strings behind it, so that one free() frees all. */
static char **pack(const std::vector<std::string> &names)
{
	size_t room = names.size() * sizeof(char *);

	for (const std::string &name : names)
		room += name.size() + 1;

	char **packed = static_cast<char **>(malloc(room ? room : 1));

	if (!packed)
		return nullptr;

	char *at = reinterpret_cast<char *>(packed + names.size());

	for (size_t i = 0; i < names.size(); i++) {
		packed[i] = at;
		memcpy(at, names[i].c_str(), names[i].size() + 1);
		at += names[i].size() + 1;
	}
	return packed;
}

int kring_list_channels(char ***names)
{
	return guarded([=] {
		std::vector<std::string> found;
		int error = sysfs_folder{class_folder}.list(found);

		if (error)
			return error;
		*names = pack(found);
		return *names ? static_cast<int>(found.size()) : -ENOMEM;
	});
}

kring_channel *kring_channel__new(const char *name)
{
	return guarded_new<kring_channel>([=](kring_channel &channel) {
		return name ? channel.impl.look(sysfs_folder{class_folder}, name) : -EINVAL;
	});
}

void kring_channel__free(kring_channel *channel)
{
	delete channel;
}

const kring_channel_info *kring_channel__info(const kring_channel *channel)
{
	return &channel->impl.info();
}

const kring_type *kring_channel__type(const kring_channel *channel, __u32 index)
{
	return channel->impl.type(index);
}

int kring_channel__ledger(const kring_channel *channel, __u32 cpu, kring_ledger *ledger)
{
	return guarded([=] {
		device device;

		if (channel->impl.info().kind != KRING_KIND_TRACE)
			return -EOPNOTSUPP;

		/* Opened anew each time: who only watches must not keep the owner's module from being unloaded. */
		if (!device.open(channel->impl.info().name))
			return device.ledger(cpu, *ledger);

		int error = channel->impl.ledger(cpu, *ledger);

		return error ? error : 1;
	});
}

int kring_channel__number(const kring_channel *channel, const char *name, __u64 *value)
{
	return guarded([=] { return channel->impl.number(name, *value); });
}
