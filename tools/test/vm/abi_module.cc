/* SPDX-License-Identifier: GPL-2.0-only */
#include "abi_module.hh"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

namespace kring::abi
{

namespace
{

const std::string parameter = "/sys/module/kring_load/parameters/";

} /* namespace */

int load_module(const std::string &name, const std::string &parameters)
{
	const char *folder = getenv("KRING_MODULES");
	descriptor file{open(((folder ? folder : "/lib/kring") + ("/" + name + ".ko")).c_str(), O_RDONLY | O_CLOEXEC)};

	if (!file.is_open())
		return errno;
	return error_of(syscall(SYS_finit_module, file.fd(), parameters.c_str(), 0));
}

int unload_module(const std::string &name)
{
	return error_of(syscall(SYS_delete_module, name.c_str(), O_NONBLOCK));
}

bool is_loaded(const std::string &name)
{
	return exists("/sys/module/" + name);
}

int users_of(const std::string &name)
{
	return static_cast<int>(read_number("/sys/module/" + name + "/refcnt"));
}

load::load(const std::string &parameters)
{
	int error = load_module("kring_load", "min=64 max=64 " + parameters);

	loaded_ = !error;
	EXPECT_EQ(error, 0) << "kring_load " << parameters;
	/* Open all the time, so that a kick is quick. */
	kick_ = descriptor{open((parameter + "kick").c_str(), O_WRONLY | O_CLOEXEC)};
}

load::~load()
{
	if (loaded_) {
		EXPECT_EQ(unload(), 0);
	}
}

int load::unload()
{
	int error = unload_module("kring_load");

	loaded_ = error;
	return error;
}

void load::start(number records)
{
	ASSERT_EQ(write_text(parameter + "records", std::to_string(records)), 0);
	ASSERT_EQ(write_text(parameter + "run", "1"), 0);
}

bool load::is_running() const
{
	return read_value(parameter + "run") == "1";
}

void load::wait(unsigned seconds) const
{
	EXPECT_TRUE(eventually([&] { return !is_running(); }, seconds)) << "kring_load does not end its run";
}

void load::stop()
{
	EXPECT_EQ(write_text(parameter + "run", "0"), 0);
}

int load::kick(unsigned cpu) const
{
	std::string text = std::to_string(cpu);

	return error_of(pwrite(kick_.fd(), text.data(), text.size(), 0));
}

void load::set_delay(unsigned ns) const
{
	EXPECT_EQ(write_text(parameter + "delay", std::to_string(ns)), 0);
}

void load::write(number records)
{
	start(records);
	wait();
}

std::map<std::string, number> load::counts() const
{
	std::ifstream file{"/sys/kernel/debug/kring_load/counts"};
	std::map<std::string, number> counts;
	std::string name;
	number value;

	while (file >> name >> value)
		counts[name] = value;
	return counts;
}

number load::count_of(unsigned cpu, const std::string &name) const
{
	const std::string begin = "cpu" + std::to_string(cpu) + ".", end = "." + name;
	number sum = 0;

	for (const auto &[key, value] : counts())
		if (key.starts_with(begin) && key.ends_with(end))
			sum += value;
	return sum;
}

} /* namespace kring::abi */
