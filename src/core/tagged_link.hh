/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Words that carry a page's id beside something that makes them unique: the
 * links of the page list, and positions in a ring's life.
 */
#ifndef KRING_CORE_TAGGED_LINK_HH
#define KRING_CORE_TAGGED_LINK_HH

#include "platform.hh"

namespace kring
{

/*
 * normal  the page behind the link is an ordinary page of the list
 * head    it is the head page: the reader or the next overwriting writer takes it
 * update  a writer is moving the head away from it; the reader waits
 */
enum class link_flag : u64 { normal = 0, head = 1, update = 2 };

/*
 * A page's `next`: version (46 bits), id of the page behind it (16), flag (2).
 * Whoever changes a link counts its version up, so that a helper which is late
 * fails, whatever the link has come to say meanwhile.
 */
class tagged_link {
public:
	constexpr explicit tagged_link(u64 word) : word_{word} {}
	constexpr tagged_link(u32 page, link_flag flag) : word_{u64{page} << 2 | static_cast<u64>(flag)} {}

	constexpr u64 word() const { return word_; }
	constexpr u32 page() const { return static_cast<u32>(word_ >> 2) & 0xffff; }
	constexpr link_flag flag() const { return static_cast<link_flag>(word_ & 3); }
	constexpr bool is(link_flag flag) const { return this->flag() == flag; }

	/* What replaces this link: the next version. */
	constexpr tagged_link to(u32 page, link_flag flag) const
	{
		u64 version = (word_ & ~(version_one - 1)) + version_one;

		return tagged_link{version | tagged_link{page, flag}.word_};
	}

private:
	static constexpr u64 version_one = u64{1} << 18;

	u64 word_;
};

/* A page and its number in the ring's life (48 bits; counts pages for years before it wraps). */
class position {
public:
	constexpr explicit position(u64 word) : word_{word} {}
	constexpr position(u64 seq, u32 page) : word_{seq << 16 | page} {}

	constexpr u64 word() const { return word_; }
	constexpr u64 seq() const { return KRING_POSITION_SEQ(word_); }
	constexpr u32 page() const { return KRING_POSITION_ID(word_); }
	constexpr bool same(position other) const { return word_ == other.word_; }

private:
	u64 word_;
};

} /* namespace kring */

#endif
