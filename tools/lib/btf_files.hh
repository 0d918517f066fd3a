/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The BTF of modules, as files in a folder: each is loaded once, on top of the
 * kernel's. A module that is loaded anew has another one, as its folder in sysfs
 * has another inode.
 */
#ifndef LIBKRING_BTF_FILES_HH
#define LIBKRING_BTF_FILES_HH

#include <map>
#include <memory>
#include <string>

#include <bpf/btf.h>
#include <linux/types.h>

namespace kring
{

class btf_files {
public:
	/* modules: /sys/module, or empty: what is in the folder is of the modules that are asked for. */
	btf_files(std::string folder, std::string modules) : folder_{std::move(folder)}, modules_{std::move(modules)} {}

	/*
	 * Of the loading that the folder's inode tells; 0: of the kernel. nullptr: there is none, and why
	 * is a sentence about it.
	 */
	const btf *of_module(const std::string &module, __u64 inode, std::string &why);

private:
	struct loaded {
		std::unique_ptr<btf, void (*)(btf *)> types{nullptr, btf__free};
		std::string why;
	};

	const loaded &load(const std::string &module, __u64 inode);
	bool is_loaded(const std::string &module, __u64 inode) const;

	std::string folder_;
	std::string modules_;
	std::map<std::pair<std::string, __u64>, loaded> loaded_;
};

} /* namespace kring */

#endif
