/* SPDX-License-Identifier: GPL-2.0-only */
/* `kring stat`: how much is written, read and lost, and whether the ledger adds up. */
#include <algorithm>
#include <cerrno>
#include <ctime>

#include "command.hh"
#include "failure.hh"
#include "handles.hh"
#include "interrupt.hh"
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

class statistics {
public:
	explicit statistics(const stat_options &options) : options_{options}, table_{out_, options} {}

	int run();

private:
	/* False: no channel is left. */
	bool report();
	void add(const kring_channel &channel, __u32 cpu);

	const stat_options &options_;
	output out_;
	stat_table table_;
	bool is_exact_ = true;
};

void statistics::add(const kring_channel &channel, __u32 cpu)
{
	sample now;

	if (!take_sample(channel, cpu, now))
		return;
	is_exact_ &= ledger_gap(now.ledger) == 0;
	table_.add(now);
}

bool statistics::report()
{
	bool any = false;

	table_.begin_report();
	for (const std::string &name : options_.channels.empty() ? list_channels() : options_.channels) {
		/* Looked at anew each time: CPUs come, channels go. */
		channel_handle channel = look_if_there(name);

		if (!channel)
			continue;
		any = true;
		add(*channel, KRING_CPU_ALL);
		if (!options_.per_cpu)
			continue;

		const kring_channel_info &info = *kring_channel__info(channel.get());

		std::for_each(info.cpus, info.cpus + info.nr_cpus, [&](__u32 cpu) { add(*channel, cpu); });
	}
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
			warn(options_.channels.empty() ? "no channels: load a module that makes one" :
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
