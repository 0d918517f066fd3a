/* SPDX-License-Identifier: GPL-2.0-only */
/* Channels that the tests make themselves, through /dev/kring-control. */
#ifndef KRING_TEST_ABI_CONTROL_HH
#define KRING_TEST_ABI_CONTROL_HH

#include <string>

#include "abi_channel.hh"

namespace kring::abi
{

/* All fields set as they must be. */
kring_control_create creation_of(const std::string &name, __u32 kind, __u64 capacity = 0);

/* Both return 0 or the errno. */
int create(const kring_control_create &wanted);
int destroy(const std::string &name);

/* A channel as long as this lives. */
class made {
public:
	explicit made(const kring_control_create &wanted);
	~made();
	made(const made &) = delete;

	/* O_NONBLOCK, unless the flags say otherwise. */
	descriptor open(int flags) const { return open_channel(name_, flags); }
	int destroy();

private:
	std::string name_;
	bool exists_;
};

} /* namespace kring::abi */

#endif
