/* SPDX-License-Identifier: GPL-2.0-only */
/* Loading and unloading the modules in $KRING_MODULES, and having kring_load write. */
#ifndef KRING_TEST_ABI_MODULE_HH
#define KRING_TEST_ABI_MODULE_HH

#include <map>
#include <string>

#include "abi_os.hh"

namespace kring::abi
{

/* Both return 0 or the errno. name is as in the kernel: kring_load. */
int load_module(const std::string &name, const std::string &parameters = "");
int unload_module(const std::string &name);

bool is_loaded(const std::string &name);
/* What uses a module: others that need it, channels, open files, mappings. */
int users_of(const std::string &name);

/* kring_load, loaded as long as this lives; nothing is written until it is told so. */
class load {
public:
	/* All CPUs; records of 64 bytes of payload behind the header, unless the parameters say otherwise. */
	explicit load(const std::string &parameters = "");
	~load();
	load(const load &) = delete;

	/* Attempts so many records, and returns when it is done. */
	void write(number records);
	/* The same; returns at once. */
	void start(number records);
	bool is_running() const;
	void wait(unsigned seconds = 60) const;
	void stop();
	/* One record from each context, but "task", on that CPU, and from the others after the delay. 0 or the errno. */
	int kick(unsigned cpu) const;
	void set_delay(unsigned ns) const;
	/* rmmod, while files may be open: 0 or the errno. */
	int unload();

	/* kring_load's own counts, by name; see tools/events/load/counts.c. */
	std::map<std::string, number> counts() const;
	number count(const std::string &name) const { return counts().at(name); }
	/* The same of one CPU, all contexts together. */
	number count_of(unsigned cpu, const std::string &name) const;

private:
	bool loaded_ = false;
	descriptor kick_;
};

} /* namespace kring::abi */

#endif
