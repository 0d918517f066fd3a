/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Channels in this process, which the streams of the C API are opened of by
 * name; for what is built upon that API alone. simulated_api.cc is linked
 * instead of the library's stream.cc.
 */
#ifndef LIBKRING_TEST_SIMULATED_API_HH
#define LIBKRING_TEST_SIMULATED_API_HH

#include <memory>
#include <string>

#include <linux/types.h>

namespace kring::test
{

class simulated_device;

/* There as long as this object is. Its rings are small, and overwritten. */
class simulated_channel {
public:
	simulated_channel(const std::string &name, __u32 nr_cpus);
	~simulated_channel();
	simulated_channel(const simulated_channel &) = delete;

	/* The first word of a record is its number in its ring. */
	void write(__u32 cpu, unsigned int records = 1, __u32 size = 64);
	/* More than a ring has room for. */
	void overwrite(__u32 cpu) { write(cpu, 4 * 4096 / 64); }
	/* Of a ring that is on its first page: its first record is none any more. */
	void damage(__u32 cpu);
	__u64 written(__u32 cpu) const;

private:
	std::string name_;
	std::unique_ptr<simulated_device> device_;
};

} /* namespace kring::test */

#endif
