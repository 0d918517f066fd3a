/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Loading BTF with libbpf; see btf_files.hh. */
#include "btf_files.hh"

#include <cerrno>
#include <cstring>

#include <sys/stat.h>

namespace kring
{

namespace
{

constexpr const char *kernel = "vmlinux";

} /* namespace */

const btf *btf_files::of_module(const std::string &module, __u64 inode, std::string &why)
{
	const loaded &found = load(module, inode);

	why = found.why;
	return found.types.get();
}

/* This loading of it, and no other. */
bool btf_files::is_loaded(const std::string &module, __u64 inode) const
{
	struct stat folder;

	return modules_.empty() || inode == 0 ||
	       (!stat((modules_ + '/' + module).c_str(), &folder) && folder.st_ino == inode);
}

const btf_files::loaded &btf_files::load(const std::string &module, __u64 inode)
{
	auto [at, is_new] = loaded_.try_emplace({module, inode});
	loaded &result = at->second;

	if (!is_new)
		return result;
	if (module.empty() || module[0] == '.' || module.find('/') != std::string::npos) {
		result.why = "'" + module + "' is no module's name";
		return result;
	}

	std::string path = folder_ + '/' + module;
	btf *types;

	if (module == kernel) {
		types = btf__parse_raw(path.c_str());
	} else {
		const loaded &base = load(kernel, 0);

		if (!base.types) {
			result.why = base.why;
			return result;
		}
		types = btf__parse_raw_split(path.c_str(), base.types.get());
	}

	int error = errno;

	/* Asked afterwards: a module that is loaded still was so when its BTF was read. */
	result.types.reset(types);
	if (!is_loaded(module, inode)) {
		result.types.reset();
		result.why = "module '" + module +
			     "' was unloaded since it registered the type: what is loaded now may have another layout";
	} else if (!types && error == ENOENT) {
		result.why = "there is no BTF of '" + module + "' (" + path + "): was it built with BTF?";
	} else if (!types) {
		result.why = "the BTF of '" + module + "' (" + path + ") cannot be read: " + strerror(error);
	}
	return result;
}

} /* namespace kring */
