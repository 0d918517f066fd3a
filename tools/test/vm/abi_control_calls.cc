/* SPDX-License-Identifier: GPL-2.0-only */
#include "abi_control.hh"

#include <gtest/gtest.h>
#include <sys/ioctl.h>

namespace kring::abi
{

namespace
{

int control(unsigned long request, const void *arg)
{
	descriptor file{open("/dev/kring-control", O_RDWR | O_CLOEXEC)};

	EXPECT_TRUE(file.is_open()) << errno;
	return error_of(ioctl(file.fd(), request, arg));
}

} /* namespace */

kring_control_create creation_of(const std::string &name, __u32 kind, __u64 capacity)
{
	kring_control_create wanted{};

	wanted.size = sizeof(wanted);
	wanted.kind = kind;
	wanted.capacity = capacity;
	name.copy(wanted.name, sizeof(wanted.name));
	return wanted;
}

int create(const kring_control_create &wanted)
{
	return control(KRING_IOC_CREATE, &wanted);
}

int destroy(const std::string &name)
{
	kring_control_destroy doomed{};

	doomed.size = sizeof(doomed);
	name.copy(doomed.name, sizeof(doomed.name));
	return control(KRING_IOC_DESTROY, &doomed);
}

made::made(const kring_control_create &wanted) : name_{wanted.name}
{
	int error = create(wanted);

	EXPECT_EQ(error, 0) << name_;
	exists_ = !error;
}

made::~made()
{
	if (exists_) {
		EXPECT_EQ(destroy(), 0) << name_;
	}
}

int made::destroy()
{
	exists_ = false;
	return abi::destroy(name_);
}

} /* namespace kring::abi */
