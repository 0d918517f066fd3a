/* SPDX-License-Identifier: GPL-2.0-only */
/* A mapping, and beside it what a program must find at each of its pages after all that was done to it. */
#ifndef KRING_TEST_ABI_MMAP_VIEW_HH
#define KRING_TEST_ABI_MMAP_VIEW_HH

#include "abi_mmap_target.hh"

namespace kring::abi
{

class mmap_view {
public:
	static constexpr size_t page = 4096;

	enum class state {
		gone,	   /* unmapped */
		forbidden, /* mapped without a right to read */
		shown,	   /* the channel's page at offset, or nothing if it has none there */
		replaced   /* by the program's own memory */
	};
	struct cell {
		number offset;
		state is;
	};

	/* Opens a file of its own, and maps count pages from page number first on. */
	mmap_view(const mmap_target &channel, int mode, number first, number count, int protection, int flags);
	~mmap_view();
	mmap_view(const mmap_view &) = delete;

	char *at(number number = 0) const { return at_ + number * page; }
	size_t size() const { return cells.size() * page; }
	const mmap_target &channel() const { return channel_; }
	bool is_writable_file() const { return is_writable_file_; }
	bool has(state wanted) const;
	/* Any of the channel. */
	bool is_mapped() const { return has(state::shown) || has(state::forbidden); }
	bool has_hole() const;

	void set(state now);
	/* In a process that did not inherit it. */
	void lose() { set(state::gone); }
	/* Stands elsewhere now. */
	void moved_to(char *at) { at_ = at; }

	/* The first page that is not as the cells say, as "page 3 to read: 7"; empty if there is none. */
	std::string wrong() const;

	void close_file() { file_.close(); }
	void unmap();

	std::vector<cell> cells;
	bool is_inherited = true;

private:
	std::string wrong(number number) const;

	const mmap_target &channel_;
	descriptor file_;
	bool is_writable_file_;
	char *at_;
};

} /* namespace kring::abi */

#endif
