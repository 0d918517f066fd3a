/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Loading BTF with libbpf; see btf_files.hh. */
#include "btf_files.hh"

#include <cerrno>
#include <cstring>

namespace kring
{

namespace
{

constexpr const char *kernel = "vmlinux";

} /* namespace */

const btf *btf_files::of_module(const std::string &module, std::string &why)
{
	const loaded &found = load(module);

	why = found.why;
	return found.types.get();
}

const btf_files::loaded &btf_files::load(const std::string &module)
{
	auto [at, is_new] = loaded_.try_emplace(module);
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
		const loaded &base = load(kernel);

		if (!base.types) {
			result.why = base.why;
			return result;
		}
		types = btf__parse_raw_split(path.c_str(), base.types.get());
	}
	if (types)
		result.types.reset(types);
	else if (errno == ENOENT)
		result.why = "there is no BTF of '" + module + "' (" + path + "): was it built with BTF?";
	else
		result.why = "the BTF of '" + module + "' (" + path + ") cannot be read: " + strerror(errno);
	return result;
}

} /* namespace kring */
