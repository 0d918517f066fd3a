/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The records of all CPUs' rings as one sequence of items: of the records that
 * stand next in each lane, the oldest comes first. A lane where none stands may
 * still get an older one: the kernel is asked up to when there will be no more.
 */
#ifndef LIBKRING_STREAM_HH
#define LIBKRING_STREAM_HH

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string>
#include <utility>

#include "lane.hh"
#include "meta.hh"
#include "run_item.hh"

namespace kring
{

/* Which record comes first. */
enum class order {
	by_time, /* the oldest of all that are there or may still come */
	at_hand	 /* the oldest of those that are there */
};

/* A ledger, or -errno. Writers may give the kernel no chance to look: it is asked some times. */
template <class D>
int ask_ledger(D &device, __u32 cpu, kring_ledger &ledger)
{
	constexpr int tries_max = 3;
	int error = -EAGAIN;

	for (int tries = 0; tries < tries_max && error; tries++)
		error = device.ledger(cpu, ledger);
	return error;
}

/* D: meta(), ledger(), refresh_cpus() and horizon(), as class device; S: where D's pages come from. */
template <class D, page_source S>
class stream {
public:
	/* No cpus: all of them. */
	stream(D &device, S source, const std::vector<__u32> &cpus, order order = order::by_time)
		: device_{device}, source_{std::move(source)}, order_{order}, lanes_(device.meta().nr_cpus),
		  wanted_(device.meta().nr_cpus, cpus.empty())
	{
		for (__u32 cpu : cpus)
			if (cpu < wanted_.size())
				wanted_[cpu] = true;
	}

	/*
	 * Before the first next(). silent: what was lost until now is not told. A ring that comes later
	 * begins with nothing behind it.
	 */
	void start(bool silent)
	{
		for_each_ring(device_.meta(), [this, silent](__u32 cpu) {
			if (lane *at = find(cpu))
				start(at->losses, cpu, silent);
		});
		start(no_cpu_, KRING_CPU_ALL, silent);
	}

	/* As kring_stream__next(). */
	int next(const kring_item *&item)
	{
		item = &item_;
		if (current_ && walk())
			return 1;

		int got = begin(extent::in_order);

		/* It is in item_ already. */
		if (got == 1 && current_)
			step_over(run_);
		return got;
	}

	/* As kring_stream__next_run(). */
	int next_run(const kring_item *&item, kring_run *&run)
	{
		int got = begin(order_ == order::at_hand ? extent::page : extent::in_order);

		item = &item_;
		run = got == 1 && current_ ? &run_ : nullptr;
		return got;
	}

	/* As kring_stream__item(). */
	const kring_item *item(const kring_run_record &record)
	{
		fill(record);
		return &item_;
	}

	/* Is the record that was delivered last still what it was? */
	bool is_whole() { return !current_ || !current_->is_live || kring_run__is_whole(&run_); }

	/* Behind what was delivered last of a CPU that is read: the sequence number of what comes next. False: no such. */
	bool position(__u32 cpu, __u64 &seq) const
	{
		const lane *at = cpu < lanes_.size() ? lanes_[cpu].get() : nullptr;

		if (!at)
			return false;
		if (at != current_)
			seq = at->position;
		else
			seq = at->is_live && !at->is_still() ? run_.whole_seq : run_.seq;
		return true;
	}

	const std::string &message() const { return message_; }

private:
	/* How far a run goes. */
	enum class extent {
		in_order, /* while no other lane's record is older */
		page	  /* as far as there are records */
	};

	/* Of a heap: the oldest is first. */
	static bool later(const lane *left, const lane *right) { return left->ahead.stamp > right->ahead.stamp; }

	lane *find(__u32 cpu)
	{
		if (!wanted_[cpu])
			return nullptr;
		if (!lanes_[cpu]) {
			lanes_[cpu] = std::make_unique<lane>(cpu, source_.begins_at(cpu));
			open_lanes_++;
		}
		return lanes_[cpu]->broken ? nullptr : lanes_[cpu].get();
	}

	void start(loss_meter &losses, __u32 cpu, bool silent)
	{
		kring_ledger ledger;

		if (ask(cpu, ledger))
			losses.start(ledger, silent);
	}

	/* False: writers gave the kernel no chance to look, however often it was asked. */
	bool ask(__u32 cpu, kring_ledger &ledger)
	{
		if (ask_ledger(device_, cpu, ledger))
			return false;
		/* What the rings refused is told by their own lanes. */
		if (cpu == KRING_CPU_ALL)
			std::fill_n(ledger.dropped, +KRING_DROP_NO_CPU, 0);
		return true;
	}

	/* No lane's record waits: is there more? */
	void gather()
	{
		/* Lanes that a failure kept from being looked at may have pages, which fetch() would overwrite. */
		if (std::exchange(failed_, false))
			look_again();
		if (ready_.empty() && !error_)
			fetch();
		turned_ = false;
	}

	void fetch()
	{
		int error = source_.fetch([this](__u32 cpu) { return find(cpu); });

		end_ = error == -ENODEV ? error : 0;
		if (error && !end_)
			fail(error, "reading");
		look_again();
	}

	/* No lane can get a record any more that belongs before the oldest one here. */
	bool is_settled() const
	{
		return order_ == order::at_hand || ready_.front()->ahead.stamp < horizon_ ||
		       ready_.size() == open_lanes_;
	}

	/* Up to which stamp the records of a lane that was the first one come before those of the others. */
	__u64 limit(const lane &first) const
	{
		__u64 others = ready_.empty() ? ~__u64{0} : ready_.front()->ahead.stamp;
		bool may_come = order_ == order::by_time && ready_.size() + 1 < open_lanes_;

		return std::max(first.ahead.stamp, may_come ? std::min(others, horizon_ - 1) : others);
	}

	/* No clock is behind the others by so much: it was set back, as the counter is by a suspend. */
	bool was_set_back(__u64 complete) const
	{
		constexpr __u64 differ_max = 1'000'000'000;
		__u64 stamp = ready_.front()->ahead.stamp;

		return stamp > complete && to_ns(device_.meta(), stamp) - to_ns(device_.meta(), complete) > differ_max;
	}

	/* Asks up to when all is there, then looks what that is. False: not now, a writer has a record open. */
	bool settle()
	{
		/* Clocks that differ between CPUs, or stand still, may name a time that is not late enough. */
		for (int tries = 0; tries < settle_tries_max; tries++) {
			__u64 complete;
			int error = device_.horizon(complete);

			if (error == -EAGAIN || error == -EINTR)
				return false;
			if (error) {
				fail(error, error == -ENOTTY ? "the kring module is too old to order CPUs' records: "
							       "open with KRING_STREAM_UNORDERED" :
							       "ordering");
				return false;
			}
			find_all();
			look_again();
			if (error_)
				return false;
			horizon_ = complete;
			if (is_settled() || was_set_back(complete))
				return true;
		}
		return false;
	}

	void find_all()
	{
		device_.refresh_cpus();
		for_each_ring(device_.meta(), [this](__u32 cpu) { find(cpu); });
	}

	void look_again()
	{
		for (const std::unique_ptr<lane> &each : lanes_)
			if (each && !each->waiting && !each->broken && !error_)
				advance(*each);
	}

	/* To the lane's next record, if there is one now. */
	void advance(lane &at)
	{
		at.waiting = false;
		for (;;) {
			step next = at.next();

			if (next == step::record) {
				at.waiting = true;
				ready_.push_back(&at);
				std::push_heap(ready_.begin(), ready_.end(), later);
				return;
			}

			int turned = next == step::malformed ? -EBADMSG : source_.next_page(at);

			if (turned <= 0) {
				if (turned == -ENODEV)
					end_ = turned;
				else if (turned < 0)
					fail(at, turned);
				return;
			}
			turned_ = true;
		}
	}

	/* A run of records, the first of them in item_, or a loss in there: as next() returns. */
	int begin(extent extent)
	{
		if (current_)
			finish(*std::exchange(current_, nullptr));
		if (ready_.empty() && !error_)
			gather();
		if (error_)
			return std::exchange(error_, 0);
		if (ready_.empty())
			return tell_refusals() ? 1 : end_;
		if (!is_settled() && !settle()) {
			source_.hold_back();
			return error_ ? std::exchange(error_, 0) : -EAGAIN;
		}
		deliver(*ready_.front(), extent);
		return 1;
	}

	/* What was walked of a run is behind us; on to what comes behind that. */
	void finish(lane &at)
	{
		at.go_on_behind(run_);
		advance(at);
		while (std::exchange(turned_, false)) {
			size_t known = open_lanes_;

			/* What is on a ring that comes after this is newer than all that the lanes have. */
			if (S::maps)
				find_all();
			/* In order, lanes that are idle are looked at with the horizon. */
			if (order_ == order::at_hand || open_lanes_ != known)
				look_again();
		}
	}

	void deliver(lane &at, extent extent)
	{
		item_ = {};
		if (at.losses.take(item_)) {
			item_.time = to_ns(device_.meta(), at.ahead.stamp);
			item_.cpu = at.cpu;
			if (item_.cause == KRING_LOSS_OVERWRITTEN)
				at.position = item_.seq + item_.lost;
			return;
		}
		std::pop_heap(ready_.begin(), ready_.end(), later);
		ready_.pop_back();
		item_.kind = KRING_ITEM_RECORD;
		item_.cpu = at.cpu;
		fill({at.ahead.payload, at.ahead.seq, at.ahead.stamp, at.ahead.size, at.ahead.type});
		run_ = at.run(extent == extent::page ? ~__u64{0} : limit(at));
		came_ = true;
		current_ = &at;
	}

	/* To the next record of the run, if there is one, and if this one was whole. */
	bool walk()
	{
		kring_run_record record;

		if (current_->is_live && !kring_run__is_whole(&run_))
			return false;
		if (!kring_run__next(&run_, &record) || !current_->is_still())
			return false;
		fill(record);
		return true;
	}

	static void step_over(kring_run &run)
	{
		kring_run_record record;

		kring_run__next(&run, &record);
	}

	void fill(const kring_run_record &record) { set_record(item_, record, to_ns(device_.meta(), record.stamp)); }

	/*
	 * Nothing is left to read: records refused since the last page was opened are in the ledger only.
	 * Asks for each lane's once, so that a writer which is refused all the time does not keep us here.
	 */
	bool tell_refusals()
	{
		/* Asking costs system calls: who looks all the time is told behind records only. */
		if (!source_.rests() && asking_ == 0 && !asked_ && !std::exchange(came_, false))
			return false;
		for (; asking_ <= lanes_.size(); asking_++, asked_ = false) {
			bool is_last = asking_ == lanes_.size();
			lane *at = is_last ? nullptr : lanes_[asking_].get();

			if (!is_last && (!at || at->broken))
				continue;

			loss_meter &losses = is_last ? no_cpu_ : at->losses;
			__u32 cpu = is_last ? KRING_CPU_ALL : at->cpu;
			kring_ledger ledger;

			if (!std::exchange(asked_, true) && ask(cpu, ledger))
				losses.refuse(ledger.dropped);
			if (losses.take(item_)) {
				item_.cpu = cpu;
				return true;
			}
		}
		asking_ = 0;
		return false;
	}

	void fail(int error, const std::string &about)
	{
		error_ = error;
		failed_ = true;
		message_ = about;
	}

	void fail(lane &at, int error)
	{
		at.broken = true;
		open_lanes_--;
		at.records.reset();
		at.images.clear();
		fail(error, "cpu " + std::to_string(at.cpu));
	}

	static constexpr int settle_tries_max = 100;

	D &device_;
	S source_;
	order order_;
	__u64 horizon_ = 0;			   /* all records stamped before it are in their lanes */
	std::vector<std::unique_ptr<lane>> lanes_; /* by CPU */
	size_t open_lanes_ = 0;			   /* those that are not broken */
	std::vector<bool> wanted_;		   /* by CPU */
	std::vector<lane *> ready_;		   /* those that wait, as a heap */
	lane *current_ = nullptr;		   /* whose record, or run, was delivered last */
	kring_run run_{};			   /* how far that was walked */
	loss_meter no_cpu_;
	kring_item item_{};
	std::string message_;
	bool turned_ = false; /* a lane went to another page: it is time to look at the idle ones */
	bool failed_ = false; /* something did since the last look at all lanes, and ended that */
	bool asked_ = false;
	bool came_ = true;  /* a record did, since the refusals were asked for */
	size_t asking_ = 0; /* whose refusals are being told; behind all CPUs: those without a ring */
	int error_ = 0;
	int end_ = 0;
};

} /* namespace kring */

#endif
