/* SPDX-License-Identifier: GPL-2.0-only */
/* What happens in an execution of a broadcast ring, a line for each access. */
#include <cinttypes>
#include <cstdio>
#include <cstring>

#include "scene.hh"

namespace kring::explore
{
namespace
{

using text = char[96];

const char *name_of(slot_state state)
{
	return state.is_held() ? state.is_void() ? "passed" : "held" : state.is_void() ? "empty" : "ready";
}

void print_number(text &out, u64 value)
{
	std::snprintf(out, sizeof(out), value > 0xffffffff ? "%#" PRIx64 : "%" PRIu64, uint64_t{value});
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

/* Who: "cpu 0" or, so many producers deep, "cpu 0 >>". */
void print_who(const machine &machine)
{
	std::printf("cpu %u %-5.*s", machine.cpu(),
		    machine.cpu() == machine::writers_cpu ? static_cast<int>(machine.depth()) : 0, ">>>>>");
}

} /* namespace */

std::string about(const scenario &scenario, const past &past)
{
	char words[160];

	std::snprintf(words, sizeof(words), "%s: %u slots; before: %u records written, %u opened, %u written",
		      scenario.name, scenario.pages, past.fill, past.takes, past.refill);
	return words;
}

void machine::trace(const char *operation, const void *at, u64 value, u32 back, const std::source_location &where) const
{
	const char *file = std::strrchr(where.file_name(), '/');
	text name = "";
	text what = "";

	describe(memory_.offset_of(at), name, what, value);
	print_who(*this);
	std::printf("%s:%u  %s %s: %s", file ? file + 1 : where.file_name(), where.line(), operation, name, what);
	if (back)
		std::printf("   STALE by %u", back);
	std::printf("\n");
}

void machine::say(const char *what) const
{
	if (!tracing_ || !running_)
		return;
	print_who(*this);
	std::printf("%s\n", what);
}

} /* namespace kring::explore */
