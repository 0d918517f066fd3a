/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A folder of attributes in sysfs: one value a file. Knows nothing of channels. */
#ifndef LIBKRING_SYSFS_HH
#define LIBKRING_SYSFS_HH

#include <string>
#include <string_view>
#include <vector>

#include <linux/types.h>

namespace kring
{

/* Digits and nothing else, in decimal; false if value is none or too large. */
bool parse_number(std::string_view text, __u64 &value);

class sysfs_folder {
public:
	explicit sysfs_folder(std::string path) : path_{std::move(path)} {}

	sysfs_folder below(std::string_view name) const { return sysfs_folder{path_ + '/' + std::string{name}}; }
	bool exists() const;

	/* What is in it, sorted, without the dot entries. 0 or -errno. */
	int list(std::vector<std::string> &names) const;

	/* The attribute's text without the newline at its end. 0 or -errno. */
	int read(std::string_view name, std::string &text) const;

	/* -EPROTO: it is no number, or too large for the type. */
	int read(std::string_view name, __u64 &value) const;
	int read(std::string_view name, __u32 &value) const;

private:
	std::string path_;
};

} /* namespace kring */

#endif
