/* SPDX-License-Identifier: GPL-2.0-only */
#include "abi_refusal.hh"

#include "abi_log.hh"

namespace kring::abi
{

using lines = std::vector<std::string>;

bool no_channels()
{
	return entries_of("/dev/kring").empty() && entries_of("/sys/class/kring").empty();
}

void expect_refused(const std::string &module, const std::string &parameters, int error, const std::string &line)
{
	kernel_log log;
	bool had_none = no_channels();

	EXPECT_EQ(load_module(module, parameters), error) << module << " " << parameters;
	EXPECT_EQ(log.take(), (lines{"3 " + line})) << module << " " << parameters;
	EXPECT_FALSE(is_loaded(module)) << parameters;
	EXPECT_EQ(no_channels(), had_none) << module << " " << parameters;
}

void expect_no_value(const std::string &module, const std::string &parameter, const std::string &value, int error)
{
	expect_refused(module, parameter + "=" + value, error,
		       module + ": `" + value + "' invalid for parameter `" + parameter + "'");
}

void expect_accepted(const std::string &module, const std::string &parameters)
{
	kernel_log log;

	EXPECT_EQ(load_module(module, parameters), 0) << module << " " << parameters;
	EXPECT_EQ(unload_module(module), 0);
	EXPECT_EQ(log.take(), lines{}) << module << " " << parameters;
}

} /* namespace kring::abi */
