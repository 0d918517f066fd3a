/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Reading attributes; see sysfs.hh. */
#include "sysfs.hh"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <memory>

#include <dirent.h>
#include <fcntl.h>

#include "file.hh"

namespace kring
{

bool parse_number(std::string_view text, __u64 &value)
{
	auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);

	return error == std::errc{} && end == text.data() + text.size();
}

/* A file that was open when its channel went away says no such device: the same to us. */
static int error_of(int number)
{
	return number == ENODEV ? -ENOENT : -number;
}

bool sysfs_folder::exists() const
{
	return access(path_.c_str(), F_OK) == 0;
}

int sysfs_folder::list(std::vector<std::string> &names) const
{
	std::unique_ptr<DIR, int (*)(DIR *)> folder{opendir(path_.c_str()), closedir};

	names.clear();
	if (!folder)
		return error_of(errno);
	while (const dirent *entry = readdir(folder.get()))
		if (entry->d_name[0] != '.')
			names.emplace_back(entry->d_name);
	std::sort(names.begin(), names.end());
	return 0;
}

int sysfs_folder::read(std::string_view name, std::string &text) const
{
	file attribute{open((path_ + '/' + std::string{name}).c_str(), O_RDONLY | O_CLOEXEC)};
	char part[4096];
	ssize_t got;

	text.clear();
	if (!attribute.is_open())
		return error_of(errno);
	while ((got = ::read(attribute.fd(), part, sizeof(part))) > 0)
		text.append(part, static_cast<size_t>(got));
	if (got < 0)
		return error_of(errno);
	if (text.ends_with('\n'))
		text.pop_back();
	return 0;
}

int sysfs_folder::read(std::string_view name, __u64 &value) const
{
	std::string text;
	int error = read(name, text);

	if (error)
		return error;
	return parse_number(text, value) ? 0 : -EPROTO;
}

int sysfs_folder::read(std::string_view name, __u32 &value) const
{
	__u64 wide = 0;
	int error = read(name, wide);

	value = static_cast<__u32>(wide);
	return error ? error : value == wide ? 0 : -EPROTO;
}

} /* namespace kring */
