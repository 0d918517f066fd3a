/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Making and ending channels through /dev/kring-control, as the C API has it. */
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/ioctl.h>

#include <kring/kring.h>

#include "channel.hh"
#include "file.hh"
#include "options.hh"

using namespace kring;

static int control(unsigned long request, void *arg)
{
	file device{open("/dev/kring-control", O_RDWR | O_CLOEXEC)};

	if (!device.is_open())
		return -errno;
	return ioctl(device.fd(), request, arg) ? -errno : 0;
}

int kring_control__create(const char *name, const kring_control_opts *opts)
{
	kring_control_opts mine;
	kring_control_create arg{};
	int error = copy_options(mine, opts);

	if (error)
		return error;
	if (!name || !is_channel_name(name))
		return -EINVAL;
	arg.size = sizeof(arg);
	strcpy(arg.name, name);
	arg.kind = mine.kind;
	arg.capacity = mine.capacity;
	arg.unit = mine.unit;
	arg.length = mine.length;
	arg.order = mine.order;
	arg.mode = mine.mode;
	arg.clock = mine.clock;
	arg.perm = mine.perm;
	arg.flags = mine.flags;
	return control(KRING_IOC_CREATE, &arg);
}

int kring_control__destroy(const char *name)
{
	kring_control_destroy arg{};

	if (!name || !is_channel_name(name))
		return -EINVAL;
	arg.size = sizeof(arg);
	strcpy(arg.name, name);
	return control(KRING_IOC_DESTROY, &arg);
}
