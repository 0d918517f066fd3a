/* SPDX-License-Identifier: GPL-2.0-only */
/* Error numbers in words; see failure.hh. */
#include "failure.hh"

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

failure channel_failure(const std::string &channel, int error)
{
	switch (error) {
	case ENOENT:
		return failure{
			fmt::format("no channel '{}': see `kring ls`; is the module that makes it loaded?", channel)};
	case EINVAL:
		return failure{fmt::format("'{}' cannot be a channel's name: 1 to 31 of A-Z a-z 0-9 _ . -", channel)};
	case EACCES:
		return failure{fmt::format("not permitted to open channel '{0}': run as root, or change the mode of "
					   "/dev/kring/{0}",
					   channel)};
	case EPERM:
		return failure{fmt::format("the kernel is locked down: channel '{}' cannot be read", channel)};
	case EBUSY:
		return failure{
			fmt::format("another program owns channel '{}': stop it, or read without --own", channel)};
	case EPROTO:
		return failure{fmt::format("channel '{}' is of another version of kring: use the kring that came with "
					   "the module",
					   channel)};
	case EIO:
		return failure{fmt::format("channel '{}' stopped on a fault: see the kernel's log (dmesg)", channel)};
	case ESTALE:
		return failure{fmt::format("channel '{}': it has no such place as --from names: was it made anew? See "
					   "`kring ls`",
					   channel)};
	case ENXIO:
		return failure{
			fmt::format("channel '{}': a CPU that --from names has no ring: see `kring ls`", channel)};
	default:
		return failure{fmt::format("channel '{}': {}", channel, strerror(error))};
	}
}

void warn(const std::string &line)
{
	fmt::print(stderr, "kring: {}\n", line);
}
