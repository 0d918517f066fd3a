/* SPDX-License-Identifier: GPL-2.0-only */
#include "abi_mmap_view.hh"

#include <algorithm>
#include <csignal>

#include "abi_touch.hh"

namespace kring::abi
{

mmap_view::mmap_view(const mmap_target &channel, int mode, number first, number count, int protection, int flags)
	: channel_{channel}, file_{open_channel("load", mode)}, is_writable_file_{mode == O_RDWR},
	  at_{static_cast<char *>(
		  mmap(nullptr, count * page, protection, flags, file_.fd(), static_cast<off_t>(first * page)))}
{
	state first_state = protection & PROT_READ ? state::shown : state::forbidden;

	EXPECT_NE(static_cast<void *>(at_), MAP_FAILED) << "errno " << errno;
	for (number number = first; number < first + count; number++)
		cells.push_back({number * page, first_state});
}

mmap_view::~mmap_view()
{
	unmap();
}

void mmap_view::unmap()
{
	munmap(at_, size());
	lose();
}

void mmap_view::set(state now)
{
	for (cell &cell : cells)
		cell.is = now;
}

bool mmap_view::has(state wanted) const
{
	return std::any_of(cells.begin(), cells.end(), [=](const cell &cell) { return cell.is == wanted; });
}

bool mmap_view::has_hole() const
{
	return std::any_of(cells.begin(), cells.end(), [this](const cell &cell) { return !channel_.has(cell.offset); });
}

std::string mmap_view::wrong(number number) const
{
	const cell &cell = cells[number];
	int may_write = cell.is == state::replaced ? 0 : SIGSEGV;
	int may_read = may_write;

	if (cell.is == state::shown)
		may_read = channel_.has(cell.offset) ? 0 : SIGBUS;
	if (int got = touch_to_read(at(number)); got != may_read)
		return "to read: " + std::to_string(got);
	if (int got = touch_to_write(at(number)); got != may_write)
		return "to write: " + std::to_string(got);
	if (cell.is == state::shown && may_read == 0 && !channel_.is_same(at(number), cell.offset))
		return "has other bytes";
	return {};
}

std::string mmap_view::wrong() const
{
	for (number number = 0; number < cells.size(); number++)
		if (std::string what = wrong(number); !what.empty())
			return "page " + std::to_string(number) + " " + what;
	return {};
}

} /* namespace kring::abi */
