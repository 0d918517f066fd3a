/* SPDX-License-Identifier: GPL-2.0-only */
/* The machine that is explored: what its CPUs do when. */
#include "machine.hh"

namespace kring::explore
{
namespace
{

namespace context = boost::context;

/* Each CPU has one stack, whatever execution it is in. */
class cpu_stack {
public:
	explicit cpu_stack(u32 cpu) : cpu_{cpu} {}

	context::stack_context allocate() const
	{
		context::stack_context stack;

		stack.size = sizeof(stacks[cpu_]);
		stack.sp = stacks[cpu_] + sizeof(stacks[cpu_]);
		return stack;
	}
	void deallocate(context::stack_context &) const {}

private:
	alignas(64) static inline char stacks[machine::cpus][256 << 10];

	u32 cpu_;
};

} /* namespace */

void machine::run(const work &work, const bounds &bounds)
{
	work_ = work;
	bounds_ = bounds;
	nested_left_ = bounds.nested;
	preemptions_left_ = bounds.preemptions;
	stale_left_ = bounds.stale;
	accesses_ = 0;
	depth_ = 0;
	raced_ = false;
	unfinished_ = (1U << work.nr_cpus) - 1;
	next_ = unfinished_;
	memory_.begin(bounds.stale != 0);

	while (unfinished_) {
		u32 way = choices_.choose(static_cast<u32>(std::popcount(next_)));

		current_ = static_cast<u32>(std::countr_zero(bit(next_, way)));

		context::fiber &fiber = fibers_[current_];

		if (!fiber)
			fiber = context::fiber{std::allocator_arg, cpu_stack{current_}, [this](context::fiber &&from) {
						       scheduler_ = std::move(from);
						       work_.on_cpu(current_);
						       running_ = false;
						       unfinished_ &= ~(1U << current_);
						       next_ = unfinished_;
						       return std::move(scheduler_);
					       }};
		running_ = true;
		fiber = std::move(fiber).resume();
		running_ = false;
	}
}

void machine::let_others_come_first(bool shared)
{
	for (bool may_leave = shared;;) {
		bool may_nest = nested_left_ && current_ == writers_cpu && depth_ < bounds_.depth;
		u32 kinds = may_nest ? work_.nr_nested : 0;
		u32 others = may_leave && preemptions_left_ ? this->others() : 0;
		u32 way = choices_.choose(1 + kinds + static_cast<u32>(std::popcount(others)));

		if (way == 0)
			return;
		if (way <= kinds) {
			interrupt(way - 1);
			continue;
		}
		preemptions_left_--;
		may_leave = false;
		leave(bit(others, way - 1 - kinds));
	}
}

/* One of the CPUs in the set `to` goes on, until this one does. */
void machine::leave(u32 to)
{
	next_ = to;
	scheduler_ = std::move(scheduler_).resume();
}

void machine::interrupt(u32 kind)
{
	nested_left_--;
	depth_++;
	work_.nested(kind);
	depth_--;
}

} /* namespace kring::explore */
