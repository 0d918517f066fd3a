/* SPDX-License-Identifier: GPL-2.0-only */
/* `kring read`: the records of a channel, live. */
#include <algorithm>
#include <cerrno>
#include <string_view>

#include "command.hh"
#include "failure.hh"
#include "interrupt.hh"
#include "item_choice.hh"
#include "wanted.hh"

namespace
{

/*
 * For --drain, by CPU: the number of the first record that is not yet written. A
 * reader may be recorded by what it reads, and then never finds nothing left.
 */
std::vector<__u64> next_records(const kring_channel &channel)
{
	const kring_channel_info &info = *kring_channel__info(&channel);
	std::vector<__u64> next(KRING_CPUS_MAX);

	std::for_each(info.cpus, info.cpus + info.nr_cpus, [&](__u32 cpu) {
		kring_ledger ledger{};
		int got = kring_channel__ledger(&channel, cpu, &ledger);

		if (got < 0 && got != -ENXIO)
			throw channel_failure(info.name, -got);
		next[cpu] = ledger.committed;
	});
	return next;
}

/* Without being woken: refusals wake nobody. */
constexpr double look_anyway = 1.0; /* seconds */

class reading {
public:
	explicit reading(const read_options &options);
	int run();

private:
	static stream_handle open(const read_options &options);
	/* Prints what is there. False: that was all, for good. */
	bool print_what_is_there();
	void stop_for(int error);
	/* Rings that stopped since the last time: nothing will come of them, and poll() does not say so. */
	void tell_faults();
	bool is_later(const kring_item &item) const
	{
		return options_.drain && item.kind == KRING_ITEM_RECORD && item.seq >= drain_until_[item.cpu];
	}

	const read_options &options_;
	channel_handle channel_;
	item_choice items_;
	std::vector<__u64> drain_until_;
	stream_handle stream_;
	std::vector<bool> is_stopped_ = std::vector<bool>(KRING_CPUS_MAX);
	bool is_failed_ = false;
};

stream_handle reading::open(const read_options &options)
{
	std::vector<__u32> cpus = wanted_cpus(options.cpus);
	start_place place = wanted_place(options.from);
	kring_stream_opts opts{};

	if (options.own && options.from != "oldest")
		throw usage_failure{fmt::format("--own takes the oldest records: it cannot be combined with --from {}",
						options.from)};
	opts.sz = sizeof(opts);
	opts.flags = (options.own ? KRING_STREAM_OWN : 0) | (place.newest ? KRING_STREAM_NEWEST : 0) |
		     (options.unordered ? KRING_STREAM_UNORDERED : 0);
	opts.cpus = cpus.data();
	opts.nr_cpus = static_cast<__u32>(cpus.size());
	opts.positions = place.positions.data();
	opts.nr_positions = static_cast<__u32>(place.positions.size());

	stream_handle stream = open_stream(options.channel, opts);
	__u32 nr_cpus = kring_stream__meta(stream.get())->nr_cpus;

	if (!cpus.empty() && cpus.back() >= nr_cpus)
		throw usage_failure{fmt::format("--cpus: this machine has no CPU {}, its highest possible is {}",
						cpus.back(), nr_cpus - 1)};
	return stream;
}

reading::reading(const read_options &options)
	: options_{options}, channel_{look_at(options.channel)}, items_{options, open_decoder(*channel_)},
	  drain_until_{options.drain ? next_records(*channel_) : std::vector<__u64>{}}, stream_{open(options)}
{
}

int reading::run()
{
	catch_interrupts();
	while (print_what_is_there() && !is_interrupted()) {
		items_.out().flush();
		tell_faults();
		if (options_.drain || items_.is_over())
			break;
		wait_for(kring_stream__fd(stream_.get()), look_anyway);
	}
	items_.finish();
	return is_failed_ ? exit_failed : exit_done;
}

bool reading::print_what_is_there()
{
	constexpr unsigned int often = 1024; /* looks for signals in between */

	for (unsigned int items = 1;; items++) {
		const kring_item *item;
		int got = kring_stream__next(stream_.get(), &item);

		if (got == 0 || (got == -EAGAIN && !options_.drain))
			return true;
		if (got == -EAGAIN) {
			wait_for(-1, 0.001);
			if (is_interrupted())
				return false;
			continue;
		}
		if (got == -ENODEV) {
			items_.out().flush();
			warn(fmt::format("channel '{}' is gone", options_.channel));
			return false;
		}
		if (got < 0) {
			stop_for(-got);
			continue;
		}
		if (is_later(*item))
			return false;
		items_.take(*item);
		if (items_.is_over() || (items % often == 0 && is_interrupted()))
			return false;
	}
}

void reading::tell_faults()
{
	kring_ledger ledger{};
	const kring_channel_info &info = *kring_channel__info(channel_.get());

	if (kring_channel__ledger(channel_.get(), KRING_CPU_ALL, &ledger) < 0 || ledger.fault == KRING_FAULT_NONE)
		return;
	for (__u32 i = 0; i < info.nr_cpus; i++) {
		__u32 cpu = info.cpus[i];

		if (is_stopped_[cpu] || kring_channel__ledger(channel_.get(), cpu, &ledger) < 0 ||
		    ledger.fault == KRING_FAULT_NONE)
			continue;
		is_stopped_[cpu] = is_failed_ = true;
		warn(fmt::format("channel '{}', cpu {}: the ring stopped on a fault ({}), see the kernel's log (dmesg)",
				 options_.channel, cpu, kring_fault_name(ledger.fault)));
	}
}

/* One ring is no more to be read: the others are. All else ends the program. */
void reading::stop_for(int error)
{
	const char *about = kring_stream__message(stream_.get());

	items_.out().flush();
	if (error != EIO && error != EBADMSG)
		throw read_failure(options_.channel, error);
	if (std::string_view{about}.substr(0, 3) != "cpu")
		throw failure{fmt::format("channel '{}': what was read is no kring page", options_.channel)};
	warn(fmt::format("channel '{}', {}: {}", options_.channel, about,
			 error == EIO ? "its page list is broken, see the kernel's log (dmesg)" :
					"a page is malformed, the ring is not read any more"));
	is_failed_ = true;
}

} /* namespace */

int run_read(const read_options &options)
{
	channel_handle channel = look_at(options.channel);
	const kring_channel_info &info = *kring_channel__info(channel.get());

	return info.kind == KRING_KIND_TRACE ? reading{options}.run() : run_read_device(options, info);
}
