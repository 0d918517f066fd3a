/* SPDX-License-Identifier: GPL-2.0-only */
/* What happens in an execution, a line for each access. */
#include <cstring>

#include "tracing.hh"

namespace kring::explore
{
namespace
{

/* Who: "cpu 0" or, so many writers deep, "cpu 0 >>". */
void print_who(const machine &machine)
{
	int depth = machine.cpu() == machine::writers_cpu ? static_cast<int>(machine.depth()) : 0;

	std::printf("cpu %u%s %-5.*s", machine.cpu(), role_of(machine.cpu()), depth, ">>>>>");
}

} /* namespace */

void print_number(text &out, u64 value)
{
	std::snprintf(out, sizeof(out), value > 0xffffffff ? "%#" PRIx64 : "%" PRIu64, uint64_t{value});
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
