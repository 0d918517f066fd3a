/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * A channel as sysfs describes it, and its ledger. The folder of the class is a
 * parameter; the C API's is class_folder.
 */
#ifndef LIBKRING_CHANNEL_HH
#define LIBKRING_CHANNEL_HH

#include "sysfs.hh"

#include <kring/kring.h>

namespace kring
{

inline constexpr const char *class_folder = "/sys/class/kring";
inline constexpr const char *device_folder = "/dev/kring/";

/* 1 to KRING_NAME_MAX bytes of [A-Za-z0-9_.-], not beginning with a dot: so it stays in its folder. */
bool is_channel_name(std::string_view name);

struct record_type {
	__u32 id = 0;
	__u32 size = 0;
	std::string name;
	std::string module;
	__u64 loaded = 0; /* inode of the module's folder in sysfs when it registered the type; 0: the kernel */
};

/* The lines "id size module inode name" of the attribute types. 0, or -EPROTO. */
int parse_types(std::string_view text, std::vector<record_type> &types);

class channel {
public:
	/* 0; -ENOENT no such channel; -EINVAL no valid name; -EPROTO sysfs says what cannot be. */
	int look(const sysfs_folder &channels, std::string_view name);

	const kring_channel_info &info() const { return info_; }
	const std::vector<record_type> &types() const { return types_; }
	const kring_type *type(__u32 index) const;

	/* From sysfs. 0, or -errno. */
	int ledger(__u32 cpu, kring_ledger &ledger) const;
	int number(std::string_view name, __u64 &value) const { return folder_.read(name, value); }

private:
	int read_kind();
	int read_trace();
	int read_other();
	int read_mode();
	int read_geometry();
	int read_types();
	int read_cpus();
	int ledger_of_cpu(__u32 cpu, kring_ledger &ledger) const;

	sysfs_folder folder_{""};
	std::string name_;
	std::string owner_;
	std::vector<__u32> cpus_;
	std::vector<record_type> types_;
	std::vector<kring_type> public_types_;
	kring_channel_info info_{};
};

} /* namespace kring */

struct kring_channel {
	kring::channel impl;
};

#endif
