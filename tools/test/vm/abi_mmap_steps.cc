/* SPDX-License-Identifier: GPL-2.0-only */
#include "abi_mmap_steps.hh"

#include <unistd.h>

namespace kring::abi
{
namespace
{

constexpr size_t page = mmap_view::page;
using state = mmap_view::state;

/* Addresses for so many pages, with nothing behind them. */
char *make_place(size_t size)
{
	return static_cast<char *>(mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

void fork_it(mmap_view &view)
{
	EXPECT_EQ(in_child([&] { return !view.wrong().empty(); }), 0);
}

/* Unmapped in the child, in parts: the parent's stays. */
void child_unmaps(mmap_view &view)
{
	EXPECT_EQ(in_child([&] {
			  for (number number = 0; number < view.cells.size(); number += 2)
				  munmap(view.at(number), page);
			  return 0;
		  }),
		  0);
}

void grandchild(mmap_view &view)
{
	EXPECT_EQ(in_child([&] { return in_child([&] { return !view.wrong().empty(); }); }), 0);
}

void keep_from_children(mmap_view &view)
{
	EXPECT_EQ(madvise(view.at(), view.size(), MADV_DONTFORK), 0);
	view.is_inherited = false;
	EXPECT_EQ(in_child([&] {
			  view.lose();
			  return !view.wrong().empty();
		  }),
		  0);
}

void give_to_children_again(mmap_view &view)
{
	EXPECT_EQ(madvise(view.at(), view.size(), MADV_DONTFORK), 0);
	EXPECT_EQ(madvise(view.at(), view.size(), MADV_DOFORK), 0);
	fork_it(view);
}

/* Which it never was kept from. */
void give_to_children(mmap_view &view)
{
	EXPECT_EQ(madvise(view.at(), view.size(), MADV_DOFORK), 0);
	fork_it(view);
}

void move(mmap_view &view)
{
	char *from = view.at(), *to = make_place(view.size());
	auto cells = view.cells;

	EXPECT_EQ(mremap(from, view.size(), view.size(), MREMAP_MAYMOVE | MREMAP_FIXED, to), to);
	view.set(state::gone);
	EXPECT_EQ(view.wrong(), "") << "where it was";
	view.moved_to(to);
	view.cells = cells;
}

/* Takes a page out of the middle: two mappings stay, and a third is elsewhere. */
void move_middle(mmap_view &view)
{
	char *to = make_place(page);

	EXPECT_EQ(mremap(view.at(1), page, page, MREMAP_MAYMOVE | MREMAP_FIXED, to), to);
	view.cells[1].is = state::gone;
	EXPECT_EQ(munmap(to, page), 0);
}

void shrink(mmap_view &view)
{
	EXPECT_EQ(mremap(view.at(), view.size(), page, 0), view.at());
	for (number number = 1; number < view.cells.size(); number++)
		view.cells[number].is = state::gone;
}

void grow(mmap_view &view)
{
	for (int flags : {0, MREMAP_MAYMOVE}) {
		EXPECT_EQ(error_of(mremap(view.at(), view.size(), view.size() + page, flags)), EFAULT);
		EXPECT_EQ(error_of(mremap(view.at(view.cells.size() - 1), page, 2 * page, flags)), EFAULT);
	}
}

void duplicate(mmap_view &view)
{
	EXPECT_EQ(error_of(mremap(view.at(), 0, view.size(), MREMAP_MAYMOVE)), EFAULT);
	EXPECT_EQ(error_of(mremap(view.at(), view.size(), view.size(), MREMAP_MAYMOVE | MREMAP_DONTUNMAP)), EINVAL);
}

/* Allowed of what the kernel calls shared: of a file that is open for writing, too. */
void remap(mmap_view &view)
{
	int error = error_of(remap_file_pages(view.at(), view.size(), 0, 0, 0));

	EXPECT_EQ(error, view.is_writable_file() ? 0 : EINVAL);
	for (number number = 0; !error && number < view.cells.size(); number++)
		view.cells[number].offset = number * page;
}

void unmap_first(mmap_view &view)
{
	EXPECT_EQ(munmap(view.at(), page), 0);
	view.cells.front().is = state::gone;
}

void unmap_last(mmap_view &view)
{
	EXPECT_EQ(munmap(view.at(view.cells.size() - 1), page), 0);
	view.cells.back().is = state::gone;
}

void unmap_every_other(mmap_view &view)
{
	for (number number = 1; number < view.cells.size(); number += 2) {
		EXPECT_EQ(munmap(view.at(number), page), 0);
		view.cells[number].is = state::gone;
	}
}

void replace_middle(mmap_view &view)
{
	EXPECT_EQ(mmap(view.at(1), page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0),
		  view.at(1));
	view.cells[1].is = state::replaced;
}

void raise_protection(mmap_view &view)
{
	for (int protection : {PROT_WRITE, PROT_EXEC, PROT_READ | PROT_WRITE, PROT_READ | PROT_EXEC,
			       PROT_WRITE | PROT_EXEC, PROT_READ | PROT_WRITE | PROT_EXEC}) {
		EXPECT_EQ(error_of(mprotect(view.at(), view.size(), protection)), EACCES) << protection;
		EXPECT_EQ(error_of(mprotect(view.at(view.cells.size() - 1), page, protection)), EACCES) << protection;
	}
}

void forbid(mmap_view &view)
{
	EXPECT_EQ(mprotect(view.at(), view.size(), PROT_NONE), 0);
	view.set(state::forbidden);
	raise_protection(view);
}

void forbid_middle(mmap_view &view)
{
	EXPECT_EQ(mprotect(view.at(1), page, PROT_NONE), 0);
	view.cells[1].is = state::forbidden;
}

void allow(mmap_view &view)
{
	forbid(view);
	EXPECT_EQ(mprotect(view.at(), view.size(), PROT_READ), 0);
	view.set(state::shown);
}

/*
 * What cannot grow is nothing that the kernel locks: it looks for all the pages
 * at once, fails where there is none, and that was all.
 */
void lock(mmap_view &view)
{
	int expected = view.has(state::forbidden) || view.has_hole() ? ENOMEM : 0;

	EXPECT_EQ(error_of(mlock(view.at(), view.size())), expected);
	EXPECT_EQ(error_of(mlock2(view.at(), view.size(), MLOCK_ONFAULT)), expected);
	EXPECT_EQ(view.wrong(), "") << "locked";
}

void lock_and_unlock(mmap_view &view)
{
	lock(view);
	EXPECT_EQ(munlock(view.at(), page), 0) << "a part";
	EXPECT_EQ(munlock(view.at(), view.size()), 0);
}

void drop_pages(mmap_view &view)
{
	EXPECT_EQ(madvise(view.at(), view.size(), MADV_DONTNEED), 0);
	EXPECT_EQ(view.wrong(), "") << "dropped";
	madvise(view.at(), view.size(), MADV_PAGEOUT);
	madvise(view.at(), view.size(), MADV_COLD);
}

void populate(mmap_view &view)
{
	int expected = view.has(state::forbidden) ? EINVAL : view.has_hole() ? EFAULT : 0;

	EXPECT_EQ(error_of(madvise(view.at(), view.size(), MADV_POPULATE_READ)), expected);
	EXPECT_EQ(error_of(madvise(view.at(), view.size(), MADV_POPULATE_WRITE)), EINVAL);
}

} /* namespace */

const std::vector<mmap_step> mmap_steps = {
	{"nothing", 1, [](mmap_view &) {}},
	{"fork", 1, fork_it},
	{"fork, and the child unmaps", 1, child_unmaps},
	{"fork twice", 1, grandchild},
	{"MADV_DONTFORK", 1, keep_from_children},
	{"MADV_DONTFORK, MADV_DOFORK", 1, give_to_children_again},
	{"MADV_DOFORK", 1, give_to_children},
	{"mremap elsewhere", 1, move},
	{"mremap of a middle page", 3, move_middle},
	{"mremap smaller", 2, shrink},
	{"mremap larger", 1, grow},
	{"mremap to a second one", 1, duplicate},
	{"remap_file_pages", 1, remap},
	{"munmap of the first page", 1, unmap_first},
	{"munmap of the last page", 1, unmap_last},
	{"munmap of every other page", 2, unmap_every_other},
	{"other memory over a middle page", 3, replace_middle},
	{"mprotect to more", 1, raise_protection},
	{"mprotect to nothing", 1, forbid},
	{"mprotect of a middle page", 3, forbid_middle},
	{"mprotect to nothing and back", 1, allow},
	{"mlock", 1, lock},
	{"mlock, munlock", 1, lock_and_unlock},
	{"MADV_DONTNEED", 1, drop_pages},
	{"MADV_POPULATE", 1, populate},
};

} /* namespace kring::abi */
