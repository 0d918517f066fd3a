/* SPDX-License-Identifier: GPL-2.0-only */
/* What happens in an execution of a linear ring, a line for each access. */
#include <cinttypes>
#include <cstdio>
#include <cstring>

#include "scene.hh"

namespace kring::explore
{
namespace
{

using text = char[96];

const char *side_of(u64 offset)
{
	return offset < sizeof(fifo_type) / 2 ? "producer's" : "consumer's";
}

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

void print_who(const machine &machine)
{
	std::printf("cpu %u (%s) ", machine.cpu(),
		    machine.cpu() == 0 ? "producer" :
		    machine.cpu() == 1 ? "consumer" :
					 "stranger");
}

} /* namespace */

std::string about(const scenario &scenario, const past &past)
{
	char words[160];

	std::snprintf(words, sizeof(words), "%s: capacity %u; before: %u put, %u taken, %u put", scenario.name,
		      scenario.pages, past.fill, past.takes, past.refill);
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
