/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The BTF of modules, as files in a folder: each is loaded once, on top of the kernel's. */
#ifndef LIBKRING_BTF_FILES_HH
#define LIBKRING_BTF_FILES_HH

#include <map>
#include <memory>
#include <string>

#include <bpf/btf.h>

namespace kring
{

class btf_files {
public:
	explicit btf_files(std::string folder) : folder_{std::move(folder)} {}

	/* nullptr: there is none, and why is a sentence about it. */
	const btf *of_module(const std::string &module, std::string &why);

private:
	struct loaded {
		std::unique_ptr<btf, void (*)(btf *)> types{nullptr, btf__free};
		std::string why;
	};

	const loaded &load(const std::string &module);

	std::string folder_;
	std::map<std::string, loaded> loaded_;
};

} /* namespace kring */

#endif
