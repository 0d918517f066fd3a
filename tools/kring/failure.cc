/* SPDX-License-Identifier: GPL-2.0-only */
/* Error numbers in words; see failure.hh. */
#include "failure.hh"

#include <cerrno>
#include <cstring>

#include <unistd.h>

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

static failure not_permitted()
{
	return failure{"not permitted to make or end channels: run as root (CAP_SYS_ADMIN)"};
}

failure control_failure(const std::string &channel, int error)
{
	switch (error) {
	case ENOENT:
		return failure{"kring is not loaded: `modprobe kring`"};
	case EACCES:
	case EPERM:
		return not_permitted();
	case EEXIST:
		return failure{fmt::format("there is a channel '{}' already: see `kring ls`", channel)};
	case ENAMETOOLONG:
		return channel_failure(channel, EINVAL);
	case EINVAL:
	case E2BIG:
		return failure{
			fmt::format("channel '{}' cannot be: see the last line in the kernel's log (dmesg)", channel)};
	case EOPNOTSUPP:
		return failure{"this machine's counter is not stable enough to be a clock: use another --clock"};
	default:
		return failure{fmt::format("channel '{}' was not made: {}", channel, strerror(error))};
	}
}

failure destroy_failure(const std::string &channel, int error)
{
	bool is_loaded = !access("/dev/kring-control", F_OK);

	if (error == EACCES || (error == EPERM && geteuid()))
		return not_permitted();
	if (error == EPERM)
		return failure{fmt::format("channel '{}' was made by a module, which ends it: see OWNER in `kring ls`",
					   channel)};
	if (error == ENOENT && !is_loaded)
		return control_failure(channel, error);
	return channel_failure(channel, error);
}

failure write_failure(const std::string &channel, size_t size, int error)
{
	switch (error) {
	case EMSGSIZE:
		return failure{fmt::format("channel '{}': a record of {} bytes is larger than one can be there: see "
					   "`kring ls`",
					   channel, size)};
	case ENOSPC:
		return failure{fmt::format("channel '{}' is full: see that it is read with --own", channel)};
	case ESHUTDOWN:
		return failure{
			fmt::format("channel '{0}' is disabled: write 1 to /sys/class/kring/{0}/enabled", channel)};
	case EBUSY:
		return failure{fmt::format("another program, or the kernel, writes to channel '{0}': see `held` and "
					   "`locked` in /sys/class/kring/{0}",
					   channel)};
	case ENODEV:
		return failure{fmt::format("channel '{}' is gone", channel)};
	case EAGAIN:
		return failure{fmt::format("channel '{}': other writers were in the way: try again", channel)};
	case ENXIO:
		return failure{fmt::format("channel '{}': this CPU has no ring", channel)};
	default:
		return channel_failure(channel, error);
	}
}

failure read_failure(const std::string &channel, int error)
{
	if (error == ENOTTY)
		return failure{fmt::format("channel '{}': the kring module that is loaded cannot order the records of "
					   "several CPUs: use --unordered, or the module that came with this kring",
					   channel)};
	return channel_failure(channel, error);
}

void warn(const std::string &line)
{
	fmt::print(stderr, "kring: {}\n", line);
}
