/* SPDX-License-Identifier: GPL-2.0-only */
/* How a linear ring's words, CPUs and values are called in traces. */
#include <cinttypes>
#include <cstdio>
#include <cstring>

#include "scene.hh"
#include "../tracing.hh"

namespace kring::explore
{
namespace
{

const char *side_of(u64 offset)
{
	return offset < sizeof(fifo_type) / 2 ? "producer's" : "consumer's";
}

} /* namespace */

void describe(u64 offset, text &name, text &what, u64 value)
{
	if (offset >= offsetof(shared_memory, bytes)) {
		std::snprintf(name, sizeof(name), "byte %" PRIu64, uint64_t{offset - offsetof(shared_memory, bytes)});
		std::snprintf(what, sizeof(what), "%#" PRIx64, uint64_t{value});
	} else if (offset >= offsetof(shared_memory, mirror)) {
		std::snprintf(name, sizeof(name), "%s word", side_of(offset - offsetof(shared_memory, mirror)));
		std::snprintf(what, sizeof(what), "%" PRIu64 "%s", uint64_t{value & 0x7fffffff},
			      value >> 31 ? ", mirrored" : "");
	} else {
		std::snprintf(name, sizeof(name), "%s position", side_of(offset));
		std::snprintf(what, sizeof(what), "%d", static_cast<int>(value));
	}
}

const char *role_of(u32 cpu)
{
	return cpu == 0 ? " (producer)" : cpu == 1 ? " (consumer)" : " (stranger)";
}

std::string about(const scenario &scenario, const past &past)
{
	char words[160];

	std::snprintf(words, sizeof(words), "%s: capacity %u; before: %u put, %u taken, %u put", scenario.name,
		      scenario.pages, past.fill, past.takes, past.refill);
	return words;
}

} /* namespace kring::explore */
