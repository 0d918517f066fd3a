/* SPDX-License-Identifier: GPL-2.0-only */
/* What is wrong with an option, said of that option; see wanted.hh. */
#include "wanted.hh"

#include <fmt/format.h>

#include "cpu_list.hh"
#include "failure.hh"

std::vector<__u32> wanted_cpus(const std::string &list)
{
	try {
		return list.empty() ? std::vector<__u32>{} : parse_cpu_list(list, KRING_CPUS_MAX);
	} catch (const std::invalid_argument &error) {
		throw usage_failure{fmt::format("--cpus: {}", error.what())};
	}
}

start_place wanted_place(const std::string &word)
{
	try {
		return parse_start_place(word);
	} catch (const std::invalid_argument &error) {
		throw usage_failure{fmt::format("--from: {}", error.what())};
	}
}
