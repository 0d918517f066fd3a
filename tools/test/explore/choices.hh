/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The choices of an execution, and the next execution after it, depth-first.
 * What is explored is deterministic but for these: the same choices, the same
 * execution.
 */
#ifndef KRING_EXPLORE_CHOICES_HH
#define KRING_EXPLORE_CHOICES_HH

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "../../../src/core/platform.hh"

namespace kring::explore
{

/* The one of `ways` that was taken; 0 is the usual one. */
struct choice {
	u16 taken;
	u16 ways;
};

/* A choice of other than the usual: how many choices came before it, and which. */
struct deviation {
	u32 at;
	u32 taken;
};

class choices {
public:
	static constexpr u32 no_limit = ~u32{0};

	choices() { trail_.reserve(1 << 16); }

	/* A new search: below these deviations, with no more than `limit` of them in all. */
	void start(const std::vector<deviation> &fixed = {}, u32 limit = no_limit)
	{
		trail_.clear();
		fixed_ = fixed;
		limit_ = limit;
		begin();
	}

	/* An execution begins. */
	void begin()
	{
		at_ = 0;
		deviations_ = 0;
	}

	u32 choose(u32 ways)
	{
		if (ways < 2 || deviations_ == limit_)
			return 0;
		if (at_ == trail_.size())
			trail_.push_back({first_way(at_), static_cast<u16>(ways)});
		if (trail_[at_].ways != ways)
			fatal("an execution went another way than before with the same choices");

		u32 taken = trail_[at_++].taken;

		if (taken >= ways)
			fatal("these choices do not belong to this scenario");
		deviations_ += taken != 0;
		return taken;
	}

	/* The execution is over. False: it was the last one. */
	bool next()
	{
		while (trail_.size() > fixed_length()) {
			if (++trail_.back().taken < trail_.back().ways)
				return true;
			trail_.pop_back();
		}
		return false;
	}

	const std::vector<choice> &trail() const { return trail_; }

	std::vector<deviation> deviations() const
	{
		std::vector<deviation> found;

		for (u32 at = 0; at < trail_.size(); at++)
			if (trail_[at].taken)
				found.push_back({at, trail_[at].taken});
		return found;
	}

	[[noreturn]] static void fatal(const char *why)
	{
		std::fprintf(stderr, "explore: %s\n", why);
		std::exit(2);
	}

private:
	u32 fixed_length() const { return fixed_.empty() ? 0 : fixed_.back().at + 1; }
	u16 first_way(u32 at) const
	{
		for (const deviation &one : fixed_)
			if (one.at == at)
				return static_cast<u16>(one.taken);
		return 0;
	}

	std::vector<choice> trail_;
	std::vector<deviation> fixed_;
	u32 at_ = 0;
	u32 limit_ = no_limit;
	u32 deviations_ = 0;
};

} /* namespace kring::explore */

#endif
