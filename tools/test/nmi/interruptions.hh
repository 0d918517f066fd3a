/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counts the accesses of an operation, and of what interrupts it, and has the
 * interruptions of a trial come at theirs. Remembers at which places of the
 * source they came.
 */
#ifndef KRING_NMI_INTERRUPTIONS_HH
#define KRING_NMI_INTERRUPTIONS_HH

#include "platform_nmi.hh"
#include "sweep.h"

namespace kring::nmi
{

class interruptions {
public:
	struct visit {
		place where;
		u64 interrupted; /* how often */
	};
	static constexpr u32 max_visits = 256;

	/* From here on the trial's operation runs. */
	void begin(const nmi_trial &trial)
	{
		trial_ = &trial;
		level_ = 0;
		frames_[0] = {};
		all_due_ = true;
	}
	/* It has ended. True if it was long enough for all that was to interrupt it. */
	bool end()
	{
		leave();
		trial_ = nullptr;
		return all_due_;
	}

	/* An access is about to be made. */
	void point(place where)
	{
		if (!trial_ || level_ == NMI_NMI)
			return;

		const nmi_level &due = trial_->levels[level_];
		frame &frame = frames_[level_];
		u32 at = frame.accesses++;
		visit &here = visit_of(where);

		while (frame.done < due.count && due.injections[frame.done].at == at) {
			here.interrupted++;
			interrupt(due.injections[frame.done++]);
		}
	}

	/* For what interrupts: what it is to do, and how many others it has interrupted. */
	__u8 what() const { return what_; }
	u32 level() const { return level_; }

	u64 taken(u32 context) const { return taken_[context]; }
	/* Each that was to come, came. */
	bool reliable() const { return !missed_; }
	/* max_visits of them; those without a file are empty. */
	const visit &visited(u32 at) const { return visits_[at]; }

	void add(const interruptions &other)
	{
		for (u32 context = 0; context < NMI_CONTEXTS; context++)
			taken_[context] += other.taken_[context];
		for (const visit &visit : other.visits_)
			if (visit.where.file)
				visit_of(visit.where).interrupted += visit.interrupted;
	}

private:
	struct frame {
		u32 accesses;
		u32 done;
	};

	void interrupt(const nmi_injection &injection)
	{
		what_ = injection.what;
		level_++;
		frames_[level_] = {};
		if (context_take(static_cast<nmi_context>(injection.where)))
			taken_[injection.where]++;
		else
			missed_ = true;
		leave();
		level_--;
	}
	void leave()
	{
		if (level_ != NMI_NMI && frames_[level_].done != trial_->levels[level_].count)
			all_due_ = false;
	}

	/* The core has not half as many accesses. */
	visit &visit_of(place where)
	{
		u32 at = where.line % max_visits;

		while (visits_[at].where.file &&
		       (visits_[at].where.line != where.line || visits_[at].where.file != where.file))
			at = (at + 1) % max_visits;
		visits_[at].where = where;
		return visits_[at];
	}

	const nmi_trial *trial_;
	frame frames_[NMI_CONTEXTS];
	u32 level_; /* how many are interrupted */
	__u8 what_;
	bool all_due_;
	bool missed_;
	u64 taken_[NMI_CONTEXTS];
	visit visits_[max_visits];
};

} /* namespace kring::nmi */

#endif
