/* SPDX-License-Identifier: GPL-2.0-only */
#include "abi_page_refs.hh"

#include <elf.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <set>

namespace kring::abi
{
namespace
{

constexpr size_t page = 4096;
/* sizeof(struct page), and where in it _refcount is. */
constexpr number page_struct = 64, refcount_offset = 52;

template <class T>
T read_at(int fd, off_t offset)
{
	T value{};

	EXPECT_EQ(pread(fd, &value, sizeof(value), offset), static_cast<ssize_t>(sizeof(value)));
	return value;
}

number symbol(const std::string &wanted)
{
	std::ifstream symbols{"/proc/kallsyms"};
	std::string address, kind, name, rest;

	while (symbols >> address >> kind >> name && std::getline(symbols, rest))
		if (name == wanted)
			return std::stoull(address, nullptr, 16);
	return 0;
}

/* Where the file has an address of the kernel's; -1: nowhere. */
off_t place_of(int core, number address)
{
	auto header = read_at<Elf64_Ehdr>(core, 0);

	for (unsigned i = 0; i < header.e_phnum; i++) {
		auto part = read_at<Elf64_Phdr>(core, static_cast<off_t>(header.e_phoff + i * sizeof(Elf64_Phdr)));

		if (part.p_type == PT_LOAD && address >= part.p_vaddr && address - part.p_vaddr < part.p_memsz)
			return static_cast<off_t>(part.p_offset + (address - part.p_vaddr));
	}
	return -1;
}

/* The array of them; its address is itself in a variable of the kernel's. 0: not to be found. */
number page_structs(int core)
{
	number variable = symbol("vmemmap_base");
	off_t place = variable ? place_of(core, variable) : -1;

	return place < 0 ? 0 : read_at<number>(core, place);
}

/* Frame numbers; an allocation of several frames counts at its first one, which is aligned to it. */
std::set<number> frames_of(const mapping &map)
{
	constexpr number frame_mask = (1ULL << 55) - 1;
	descriptor table{open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC)};
	const kring_meta &meta = map.meta();
	std::set<number> frames;

	for (size_t offset = 0; offset < map.size(); offset += page) {
		char byte;

		if (!peek(map.at(offset), &byte, 1))
			continue;

		auto entry = reinterpret_cast<number>(map.at(offset)) / page * sizeof(number);
		number frame = read_at<number>(table.fd(), static_cast<off_t>(entry)) & frame_mask;
		bool in_ring = offset >= meta.rings && (offset - meta.rings) % meta.ring_stride >= meta.pages_offset;

		frames.insert(in_ring ? frame & ~number{meta.page_size / page - 1} : frame);
	}
	return frames;
}

} /* namespace */

page_refs::page_refs(const mapping &map) : kernel_{open("/proc/kcore", O_RDONLY | O_CLOEXEC)}
{
	static const number pages = kernel_.is_open() ? page_structs(kernel_.fd()) : 0;

	for (number frame : pages ? frames_of(map) : std::set<number>{})
		counters_.push_back(place_of(kernel_.fd(), pages + frame * page_struct + refcount_offset));
}

std::vector<int> page_refs::now() const
{
	std::vector<int> references;

	for (off_t counter : counters_)
		references.push_back(read_at<int>(kernel_.fd(), counter));
	return references;
}

} /* namespace kring::abi */
