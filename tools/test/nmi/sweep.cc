/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Interrupts writers of small rings in every state, before each access that they
 * make to shared memory, and before each access of what has interrupted them.
 */
#include "sweep.h"

#include <initializer_list>

#include "interruptions.hh"
#include "scene.hh"

using namespace kring::nmi;
using kring::u32;
using kring::u64;

struct sweep {
	/* False: some of what was to interrupt found the operation at its end, or the sweep has ended. */
	bool attempt(nmi_trial trial);
	void all_pasts(u32 share, u32 shares);
	bool is_new(const nmi_trial &past);

	void once(const nmi_trial &past, act outer, nmi_context where, act inner);
	void twice(const nmi_trial &past, act first, act second);
	void nested(const nmi_trial &past, act outer, act middle, act inner);
	void deepest(const nmi_trial &past, act middle, act inner);
	void on_ring(const nmi_trial &past);
	void at_page_end(const nmi_trial &past);

	/* Where one in thin_ begins: elsewhere each time. */
	u32 phase() { return turn_++ % thin_; }

	interruptions interruptions_;
	scene scene_;
	nmi_results results_;
	u64 shapes_[1024];
	u32 shapes_known_;
	u32 thin_;
	u32 turn_;
	bool ended_;
};

namespace
{

constexpr struct {
	const char *label;
	const char *file;
	u32 line;
} steps[] = {
#include "steps.h"
};

/* What may be interrupted, and what may interrupt. */
constexpr act outers[] = {act::write,	act::write_max, act::discard, act::discard_under,
			  act::refused, act::toggle,	act::fault};
constexpr act inners[] = {act::write, act::write_max, act::discard, act::discard_under, act::refused,
			  act::fault, act::burst,     act::wrap,    act::toggle,	act::tick};

nmi_injection injection(u32 at, nmi_context where, act what)
{
	return {at, static_cast<__u8>(where), static_cast<__u8>(what)};
}

nmi_trial trial(const nmi_trial &past, act outer)
{
	nmi_trial trial = past;

	trial.outer = static_cast<__u8>(outer);
	return trial;
}

nmi_trial with(nmi_trial trial, u32 level, nmi_injection injection)
{
	nmi_level &due = trial.levels[level];

	due.injections[due.count++] = injection;
	return trial;
}

bool is_file(const char *path, const char *name)
{
	u64 length = __builtin_strlen(path);
	u64 tail = __builtin_strlen(name);

	return length >= tail && __builtin_strcmp(path + length - tail, name) == 0;
}

} /* namespace */

namespace kring::nmi
{

void point(place where)
{
	if (sweep *here = sweep_here())
		here->interruptions_.point(where);
}

u64 scene_clock::now(const char *file, u32 line)
{
	point({file, line});
	return sweep_here()->scene_.now();
}

} /* namespace kring::nmi */

void sweep_interrupt(sweep *sweep)
{
	const interruptions &now = sweep->interruptions_;

	sweep->scene_.perform(static_cast<act>(now.what()), now.level());
}

bool sweep::attempt(nmi_trial trial)
{
	if (ended_)
		return false;
	scene_.prepare(trial);
	interruptions_.begin(trial);
	scene_.perform(static_cast<act>(trial.outer), 0);

	bool reached = interruptions_.end();

	results_.wrong = scene_.finish();
	if (!interruptions_.reliable())
		results_.wrong = "an interruption did not come";
	if (results_.wrong)
		results_.failed = trial;
	results_.trials += reached;
	ended_ = results_.wrong || !sweep_goes_on();
	return reached && !ended_;
}

/* At every access of an operation. */
void sweep::once(const nmi_trial &past, act outer, nmi_context where, act inner)
{
	for (u32 at = 0; attempt(with(trial(past, outer), 0, injection(at, where, inner))); at++) {
	}
}

/* At every two accesses, one after the other. */
void sweep::twice(const nmi_trial &past, act first, act second)
{
	for (u32 at = 0;; at++) {
		nmi_trial one = with(trial(past, act::write), 0, injection(at, NMI_NMI, first));

		if (!attempt(one))
			break;
		for (u32 then = at + phase(); attempt(with(one, 0, injection(then, NMI_NMI, second))); then += thin_) {
		}
	}
}

/* At every access of what happens at every access. */
void sweep::nested(const nmi_trial &past, act outer, act middle, act inner)
{
	for (u32 at = 0;; at++) {
		nmi_trial one = with(trial(past, outer), 0, injection(at, NMI_IRQ, middle));

		if (!attempt(one))
			break;
		for (u32 in = phase(); attempt(with(one, 1, injection(in, NMI_NMI, inner))); in += thin_) {
		}
	}
}

/* A task, a softirq, an interrupt, an NMI. */
void sweep::deepest(const nmi_trial &past, act middle, act inner)
{
	for (u32 at = phase();; at += thin_) {
		nmi_trial two = with(trial(past, act::write), 0, injection(at, NMI_SOFTIRQ, act::write));

		if (!attempt(two))
			break;
		for (u32 in = phase();; in += thin_) {
			nmi_trial three = with(two, 1, injection(in, NMI_IRQ, middle));

			if (!attempt(three))
				break;
			for (u32 deep = phase(); attempt(with(three, 2, injection(deep, NMI_NMI, inner)));
			     deep += thin_) {
			}
		}
	}
}

void sweep::on_ring(const nmi_trial &past)
{
	for (act outer : outers)
		for (act inner : inners)
			once(past, outer, NMI_NMI, inner);
}

/* Where a write moves the tail. */
void sweep::at_page_end(const nmi_trial &past)
{
	for (nmi_context where : {NMI_SOFTIRQ, NMI_IRQ})
		for (act inner : {act::write, act::burst, act::discard_under})
			once(past, act::write, where, inner);
	for (act first : {act::write, act::burst, act::wrap, act::tick})
		for (act second : {act::write, act::burst, act::discard_under})
			twice(past, first, second);
	for (act outer : {act::write, act::discard})
		for (act middle : {act::write, act::burst})
			for (act inner : {act::write, act::wrap, act::discard})
				nested(past, outer, middle, inner);
	for (act middle : {act::write, act::discard_under})
		for (act inner : {act::write, act::burst})
			deepest(past, middle, inner);
}

bool sweep::is_new(const nmi_trial &past)
{
	scene_.prepare(past);

	u64 shape = scene_.shape() * 31 + past.pages * 2 + past.overwrite;

	for (u32 at = 0; at < shapes_known_; at++)
		if (shapes_[at] == shape)
			return false;
	if (shapes_known_ < sizeof(shapes_) / sizeof(shapes_[0]))
		shapes_[shapes_known_++] = shape;
	return true;
}

/* Rings that differ in shape: fresh, filling, full, lapped; read from not at all, in part, up to the open page. */
void sweep::all_pasts(u32 share, u32 shares)
{
	u32 found = 0;

	for (u32 pages : {2U, 3U})
		for (bool overwrite : {false, true})
			for (u32 fill :
			     {0U, 1U, 4U, 5U, 9U, 10U, 5 * pages - 1, 5 * pages, 5 * pages + 4, 10 * pages + 5})
				for (u32 takes : {0U, 1U, 2U, 9U})
					for (u32 refill : {0U, 4U, 5U, 9U, 10U, 14U, 15U}) {
						nmi_trial past{pages, overwrite, fill, takes, refill, 0, {}};

						if (!is_new(past) || found++ % shares != share)
							continue;

						bool page_end = scene_.is_at_page_end();

						on_ring(past);
						if (page_end)
							at_page_end(past);
					}
}

unsigned long sweep_size(void)
{
	return sizeof(sweep);
}

void sweep_run(sweep *sweep, u32 share, u32 shares, u32 thin)
{
	sweep->thin_ = thin;
	sweep->all_pasts(share, shares);
}

void sweep_add(sweep *sum, const sweep *other)
{
	sum->results_.trials += other->results_.trials;
	if (other->results_.wrong) {
		sum->results_.wrong = other->results_.wrong;
		sum->results_.failed = other->results_.failed;
	}
	sum->interruptions_.add(other->interruptions_);
	sum->scene_.add(other->scene_);
}

const nmi_results *sweep_results(sweep *sweep)
{
	for (u32 at = 0; at < NMI_CONTEXTS; at++) {
		sweep->results_.taken[at] = sweep->interruptions_.taken(at);
		sweep->results_.records[at] = sweep->scene_.committed_at(at);
	}
	return &sweep->results_;
}

const char *sweep_act_name(__u8 act)
{
	static constexpr const char *names[] = {"write", "write_max", "discard", "discard_under", "refused",
						"fault", "burst",     "wrap",	 "toggle",	  "tick"};

	return names[act];
}

bool sweep_step(const sweep *sweep, u32 index, nmi_place *step)
{
	if (index >= sizeof(steps) / sizeof(steps[0]))
		return false;
	*step = {steps[index].label, steps[index].file, steps[index].line, 0};
	for (u32 at = 0; at < interruptions::max_visits; at++) {
		const interruptions::visit &visit = sweep->interruptions_.visited(at);

		if (visit.where.file && visit.where.line == step->line && is_file(visit.where.file, step->file))
			step->interrupted += visit.interrupted;
	}
	return true;
}

bool sweep_access(const sweep *sweep, u32 index, nmi_place *access)
{
	for (u32 at = 0; at < interruptions::max_visits; at++) {
		const interruptions::visit &visit = sweep->interruptions_.visited(at);

		if (visit.where.file && index-- == 0) {
			*access = {nullptr, visit.where.file, visit.where.line, visit.interrupted};
			return true;
		}
	}
	return false;
}
