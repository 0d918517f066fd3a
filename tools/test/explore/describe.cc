/* SPDX-License-Identifier: GPL-2.0-only */
/* How a page ring's words, and their values, are called in traces. */
#include <cinttypes>
#include <cstdio>
#include <cstring>

#include "shared_memory.hh"
#include "tracing.hh"

namespace kring::explore
{
namespace
{

const char *flag_name(link_flag flag)
{
	return flag == link_flag::head ? " head" : flag == link_flag::update ? " update" : "";
}

void print_link(text &out, u64 value)
{
	tagged_link link{value};

	std::snprintf(out, sizeof(out), "page %u%s, version %" PRIu64, link.page(), flag_name(link.flag()),
		      uint64_t{value >> 18});
}

void print_write_word(text &out, u64 value)
{
	write_word word{value};

	std::snprintf(out, sizeof(out), "offset %u, %u records%s", word.offset(), word.count(),
		      word.is_sealed() ? ", sealed" : "");
}

void print_position(text &out, u64 value)
{
	std::snprintf(out, sizeof(out), "number %" PRIu64 ", page %u", uint64_t{position{value}.seq()},
		      position{value}.page());
}

/* The name of a page's word, and how its value reads. */
void describe_page(u64 offset, text &name, text &what, u64 value)
{
	static constexpr struct {
		u64 offset;
		const char *name;
	} fields[] = {{offsetof(kring_page, seq), "seq"},
		      {offsetof(kring_page, commit), "commit"},
		      {offsetof(kring_page, base), "base"},
		      {offsetof(kring_page, first), "first"},
		      {offsetof(kring_page, dropped), "dropped"},
		      {offsetof(kring_page, discarded), "discarded"},
		      {offsetof(kring_page, magic), "header"},
		      {sizeof(kring_page), "record"},
		      {page_size, "beyond the page"}};
	u64 page = offset / page_size;
	u64 field = 0;

	offset %= page_size;
	while (fields[field + 1].offset <= offset)
		field++;
	std::snprintf(name, sizeof(name), "page %" PRIu64 " %s", uint64_t{page}, fields[field].name);
	if (offset > fields[field].offset)
		std::snprintf(name + std::strlen(name), 24, "+%" PRIu64, uint64_t{offset - fields[field].offset});
	offset == offsetof(kring_page, commit) ? print_write_word(what, value) : print_number(what, value);
}

void describe_slot(u64 offset, text &name, text &what, u64 value)
{
	bool is_link = offset % sizeof(page_slot) == offsetof(page_slot, next);

	std::snprintf(name, sizeof(name), "slot %" PRIu64 " %s", uint64_t{offset / sizeof(page_slot)},
		      is_link ? "next" : "write");
	is_link ? print_link(what, value) : print_write_word(what, value);
}

} /* namespace */

void describe(u64 offset, text &name, text &what, u64 value)
{
	if (offset < offsetof(shared_memory, ring))
		return describe_page(offset, name, what, value);
	if (offset >= offsetof(shared_memory, slots) && offset < offsetof(shared_memory, writers))
		return describe_slot(offset - offsetof(shared_memory, slots), name, what, value);
	if (offset == offsetof(shared_memory, ring) + offsetof(kring_ring, commit_page)) {
		std::snprintf(name, sizeof(name), "commit_page");
		return print_position(what, value);
	}
	if (offset >= offsetof(shared_memory, writers))
		std::snprintf(name, sizeof(name), "ring +%" PRIu64,
			      uint64_t{offset - offsetof(shared_memory, writers)});
	else if (offset < offsetof(shared_memory, directory))
		std::snprintf(name, sizeof(name), "ring's header");
	else
		std::snprintf(name, sizeof(name), "directory +%" PRIu64,
			      uint64_t{offset - offsetof(shared_memory, directory)});
	print_number(what, value);
}

const char *role_of(u32)
{
	return "";
}

std::string about(const scenario &scenario, const past &past)
{
	char words[160];

	std::snprintf(words, sizeof(words),
		      "%s: %u pages, %s; before: %u records written, %u spans read, %u records written", scenario.name,
		      scenario.pages, scenario.overwrite ? "overwrite" : "discard", past.fill, past.takes, past.refill);
	return words;
}

} /* namespace kring::explore */
