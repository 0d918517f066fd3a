/* SPDX-License-Identifier: GPL-2.0-only */
#include "abi_mmap_target.hh"

#include <cstring>

namespace kring::abi
{
mmap_target::mmap_target()
	: files_{open_channel("load", O_RDONLY), open_channel("load", O_WRONLY), open_channel("load", O_RDWR)},
	  whole_{files_[O_RDONLY].fd(), info_of(files_[O_RDONLY].fd()).map_size}, refs_{whole_},
	  users_{users_of("kring")}
{
	char byte;

	load_.write(300);
	for (size_t offset = 0; offset < size(); offset += page_)
		is_there_.push_back(peek(whole_.at(offset), &byte, 1));
	refs_before_ = refs_.now();
	EXPECT_FALSE(refs_before_.empty()) << "/proc/kcore does not show the pages' references";
}

void mmap_target::destroy()
{
	EXPECT_EQ(load_.unload(), 0);
	/* The module that used kring on behalf of the channel. */
	users_--;
}

bool mmap_target::is_same(const char *at, number offset) const
{
	return !memcmp(at, whole_.at(offset), page_);
}

testing::AssertionResult mmap_target::is_as_before() const
{
	int users = 0;
	std::vector<int> refs;

	if (eventually([&] {
		    users = users_of("kring");
		    refs = refs_.now();
		    return users == users_ && refs == refs_before_;
	    }))
		return testing::AssertionSuccess();
	return testing::AssertionFailure()
	       << "kring has " << users << " users, before " << users_ << "; references of the pages "
	       << testing::PrintToString(refs) << ", before " << testing::PrintToString(refs_before_);
}

} /* namespace kring::abi */
