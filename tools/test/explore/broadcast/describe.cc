/* SPDX-License-Identifier: GPL-2.0-only */
/* How a broadcast ring's words, and their values, are called in traces. */
#include <cinttypes>
#include <cstdio>
#include <cstring>

#include "scene.hh"
#include "../tracing.hh"

namespace kring::explore
{
namespace
{

const char *name_of(slot_state state)
{
	return state.is_held() ? state.is_void() ? "passed" : "held" : state.is_void() ? "empty" : "ready";
}

void describe_slot(u64 offset, text &name, text &what, u64 value)
{
	u64 slot = offset / sizeof(now.shared.slots[0]);
	u64 word = offset % sizeof(now.shared.slots[0]) / sizeof(u64);
	slot_state state{value};

	std::snprintf(name, sizeof(name), word == 0 ? "slot %" PRIu64 : "slot %" PRIu64 " word %" PRIu64,
		      uint64_t{slot}, uint64_t{word});
	if (word == 0 && value)
		std::snprintf(what, sizeof(what), "%s %" PRIu64, name_of(state), uint64_t{state.ticket()});
	else
		print_number(what, value);
}

} /* namespace */

void describe(u64 offset, text &name, text &what, u64 value)
{
	if (offset >= offsetof(shared_memory, slots))
		return describe_slot(offset - offsetof(shared_memory, slots), name, what, value);
	std::snprintf(name, sizeof(name), "%s",
		      offset == offsetof(kring_broadcast_header, claimed)   ? "claimed" :
		      offset == offsetof(kring_broadcast_header, discarded) ? "discarded" :
									      "dropped");
	print_number(what, value);
}

const char *role_of(u32)
{
	return "";
}

std::string about(const scenario &scenario, const past &past)
{
	char words[160];

	std::snprintf(words, sizeof(words), "%s: %u slots; before: %u records written, %u opened, %u written",
		      scenario.name, scenario.pages, past.fill, past.takes, past.refill);
	return words;
}

} /* namespace kring::explore */
