/* SPDX-License-Identifier: GPL-2.0-only */
/* `kring stat`: how much is written, read and lost, and whether the ledger adds up. */
#include <algorithm>
#include <cerrno>
#include <ctime>

#include "command.hh"
#include "failure.hh"
#include "handles.hh"
#include "interrupt.hh"
#include "stat_other.hh"
#include "stat_table.hh"

namespace
{

double now_in_seconds()
{
	timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

/* False: the channel, or the CPU's ring, is gone. */
bool take_sample(const kring_channel &channel, __u32 cpu, sample &taken)
{
	constexpr int tries_max = 5;

	taken.channel = kring_channel__info(&channel)->name;
	for (int tries = 0; tries < tries_max; tries++) {
		int got = kring_channel__ledger(&channel, cpu, &taken.ledger);

		taken.time = now_in_seconds();
		taken.is_skewed = got == 1;
		if (got == -ENOENT || got == -ENXIO || got == -ENODEV)
			return false;
		if (got < 0 && got != -EAGAIN)
			throw channel_failure(taken.channel, -got);
		/* Writers were in the way; or numbers that were read one after another do not fit. */
		if (got == 0 || (got == 1 && !ledger_gap(taken.ledger)))
			return true;
	}
	if (!taken.is_skewed)
		throw channel_failure(taken.channel, EAGAIN);
	return true;
}

/* The channel's numbers as those of its CPUs, so that a report agrees with itself; no_cpu has no CPU. */
void sum_up(sample &all, const std::vector<sample> &cpus)
{
	kring_ledger &sum = all.ledger;
	__u64 no_cpu = sum.dropped[KRING_DROP_NO_CPU];

	sum = {};
	sum.cpu = KRING_CPU_ALL;
	for (const sample &each : cpus) {
		const kring_ledger &ledger = each.ledger;

		sum.committed += ledger.committed;
		sum.read += ledger.read;
		sum.overwritten += ledger.overwritten;
		sum.unread += ledger.unread;
		sum.discarded += ledger.discarded;
		sum.pages += ledger.pages;
		sum.pages_unread += ledger.pages_unread;
		sum.fault = sum.fault ? sum.fault : ledger.fault;
		for (__u32 cause = 0; cause < KRING_NR_DROPS; cause++)
			sum.dropped[cause] += ledger.dropped[cause];
		all.is_skewed |= each.is_skewed;
	}
	sum.dropped[KRING_DROP_NO_CPU] = no_cpu;
}

class statistics {
public:
	explicit statistics(const stat_options &options) : options_{options}, table_{out_, options} {}

	int run();

private:
	/* False: no channel is left. */
	bool report();
	void add(const kring_channel &channel);

	const stat_options &options_;
	output out_;
	stat_table table_;
	bool is_exact_ = true;
};

void statistics::add(const kring_channel &channel)
{
	const kring_channel_info &info = *kring_channel__info(&channel);
	std::vector<sample> cpus;
	sample all;

	if (!take_sample(channel, KRING_CPU_ALL, all))
		return;
	for (__u32 i = 0; options_.per_cpu && i < info.nr_cpus; i++) {
		sample one;

		if (take_sample(channel, info.cpus[i], one))
			cpus.push_back(one);
	}
	if (options_.per_cpu)
		sum_up(all, cpus);
	cpus.insert(cpus.begin(), all);
	for (const sample &each : cpus) {
		is_exact_ &= ledger_gap(each.ledger) == 0;
		table_.add(each);
	}
}

bool statistics::report()
{
	std::vector<channel_handle> others;
	bool any = false;

	table_.begin_report();
	for (const std::string &name : options_.channels.empty() ? list_channels() : options_.channels) {
		/* Looked at anew each time: CPUs come, channels go. */
		channel_handle channel = look_if_there(name);

		if (!channel)
			continue;
		any = true;
		if (kring_channel__info(channel.get())->kind == KRING_KIND_TRACE)
			add(*channel);
		else
			others.push_back(std::move(channel));
	}
	for (const channel_handle &channel : others)
		print_other(out_, *channel, options_.json);
	out_.flush();
	return any;
}

int statistics::run()
{
	for (const std::string &name : options_.channels)
		look_at(name);
	catch_interrupts();

	double next = now_in_seconds();

	for (__u64 reports = 1;; reports++) {
		if (!report()) {
			warn(options_.channels.empty() ?
				     "no channels: load a module that makes one, or see `kring create --help`" :
				     "the channels are gone");
			break;
		}
		if (reports == options_.count || out_.is_closed())
			break;
		next += options_.interval;
		wait_for(-1, std::max(next - now_in_seconds(), 0.0));
		if (is_interrupted())
			break;
	}
	return options_.check && !is_exact_ ? exit_failed : exit_done;
}

} /* namespace */

int run_stat(const stat_options &options)
{
	return statistics{options}.run();
}
