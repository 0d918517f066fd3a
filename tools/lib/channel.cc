/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Reading a channel's description from sysfs; see channel.hh. */
#include "channel.hh"

#include <algorithm>
#include <cerrno>

#include "names.hh"

namespace kring
{

bool is_channel_name(std::string_view name)
{
	auto is_allowed = [](char c) {
		return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
		       c == '.' || c == '-';
	};

	return !name.empty() && name.size() <= KRING_NAME_MAX && name[0] != '.' &&
	       std::all_of(name.begin(), name.end(), is_allowed);
}

/* Cuts the first word off text. */
static std::string_view take_word(std::string_view &text)
{
	size_t end = std::min(text.find(' '), text.size());
	std::string_view word = text.substr(0, end);

	text.remove_prefix(std::min(end + 1, text.size()));
	return word;
}

int parse_types(std::string_view text, std::vector<record_type> &types)
{
	types.clear();
	while (!text.empty()) {
		size_t end = std::min(text.find('\n'), text.size());
		std::string_view line = text.substr(0, end);
		__u64 id = 0;
		__u64 size = 0;
		__u64 loaded = 0;

		text.remove_prefix(std::min(end + 1, text.size()));
		if (!parse_number(take_word(line), id) || !parse_number(take_word(line), size))
			return -EPROTO;

		std::string_view module = take_word(line);

		if (!parse_number(take_word(line), loaded) || id == 0 || id > KRING_TYPE_MAX ||
		    size > KRING_PAYLOAD_MAX || module.empty() || line.empty())
			return -EPROTO;
		types.push_back({static_cast<__u32>(id), static_cast<__u32>(size), std::string{line},
				 std::string{module}, loaded});
	}
	return 0;
}

int channel::look(const sysfs_folder &channels, std::string_view name)
{
	if (!is_channel_name(name))
		return -EINVAL;
	folder_ = channels.below(name);
	name_ = name;
	if (!folder_.exists())
		return -ENOENT;

	int error = read_kind();

	if (!error)
		error = info_.kind == KRING_KIND_TRACE ? read_trace() : read_other();
	if (error)
		return error;
	info_.name = name_.c_str();
	info_.owner = owner_.c_str();
	info_.nr_types = static_cast<__u32>(types_.size());
	info_.nr_cpus = static_cast<__u32>(cpus_.size());
	info_.cpus = cpus_.data();
	return 0;
}

int channel::read_kind()
{
	std::string kind;
	int error = folder_.read("kind", kind);
	int number = number_of(kind_names, kind);

	info_.kind = static_cast<__u32>(number);
	return error ? error : number < 0 ? -EPROTO : 0;
}

int channel::read_trace()
{
	int error = read_geometry();

	if (!error)
		error = read_types();
	if (!error)
		error = read_cpus();
	return error;
}

int channel::read_other()
{
	int error = folder_.read("size", info_.size);

	if (!error)
		error = folder_.read("owner", owner_);
	if (!error && info_.kind == KRING_KIND_FIFO)
		error = folder_.read("element", info_.unit);
	if (!error && info_.kind == KRING_KIND_FIFO)
		error = folder_.read("length", info_.length);
	if (!error && info_.kind == KRING_KIND_BROADCAST)
		error = folder_.read("slot", info_.unit);
	if (!error && info_.kind == KRING_KIND_MIRROR)
		error = read_mode();
	return error;
}

int channel::read_mode()
{
	std::string mode;
	int error = folder_.read("mode", mode);
	int number = number_of(mode_names, mode);

	info_.mode = static_cast<__u32>(number);
	return error ? error : number < 0 ? -EPROTO : 0;
}

int channel::read_geometry()
{
	std::string clock;
	int error = folder_.read("size", info_.size);

	if (!error)
		error = folder_.read("order", info_.order);
	if (!error)
		error = folder_.read("page_size", info_.page_size);
	if (!error)
		error = folder_.read("pages", info_.pages);
	if (!error)
		error = folder_.read("enabled", info_.enabled);
	if (!error)
		error = read_mode();
	if (!error)
		error = folder_.read("clock", clock);
	if (!error)
		error = folder_.read("owner", owner_);
	if (error)
		return error;

	int clock_number = number_of(clock_names, clock);

	if (clock_number < 0 || info_.order > KRING_ORDER_MAX)
		return -EPROTO;
	info_.clock = static_cast<__u32>(clock_number);
	return 0;
}

int channel::read_types()
{
	std::string text;
	int error = folder_.read("types", text);

	if (!error)
		error = parse_types(text, types_);
	public_types_.clear();
	for (const record_type &type : types_)
		public_types_.push_back({type.id, type.size, type.name.c_str(), type.module.c_str()});
	return error;
}

/* Each CPU that has a ring has a folder cpuN. */
int channel::read_cpus()
{
	std::vector<std::string> names;
	int error = folder_.list(names);

	cpus_.clear();
	for (std::string_view name : names) {
		__u64 cpu = 0;

		if (name.starts_with("cpu") && parse_number(name.substr(3), cpu) && cpu < KRING_CPUS_MAX)
			cpus_.push_back(static_cast<__u32>(cpu));
	}
	std::sort(cpus_.begin(), cpus_.end());
	return error;
}

const kring_type *channel::type(__u32 index) const
{
	return index < public_types_.size() ? &public_types_[index] : nullptr;
}

static int read_fault(const sysfs_folder &folder, __u32 &fault)
{
	std::string name;
	int error = folder.read("fault", name);
	int number = number_of(fault_names, name);

	fault = static_cast<__u32>(number);
	return error ? error : number < 0 ? -EPROTO : 0;
}

/* The counters that a ring's folder and the channel's folder ledger have in common. */
static int read_counters(const sysfs_folder &folder, kring_ledger &ledger)
{
	int error = folder.read("committed", ledger.committed);

	if (!error)
		error = folder.read("read", ledger.read);
	if (!error)
		error = folder.read("overwritten", ledger.overwritten);
	if (!error)
		error = folder.read("unread", ledger.unread);
	if (!error)
		error = folder.read("discarded", ledger.discarded);
	for (size_t cause = 0; cause < drop_names.size() && !error; cause++)
		error = folder.read(std::string{"dropped_"} + drop_names[cause], ledger.dropped[cause]);
	if (!error)
		error = read_fault(folder, ledger.fault);
	return error;
}

int channel::ledger_of_cpu(__u32 cpu, kring_ledger &ledger) const
{
	sysfs_folder ring = folder_.below("cpu" + std::to_string(cpu));
	int error = read_counters(ring, ledger);

	if (error == -ENOENT)
		return folder_.exists() ? -ENXIO : -ENOENT;
	if (!error)
		error = ring.read("pages", ledger.pages);
	if (!error)
		error = ring.read("pages_unread", ledger.pages_unread);
	return error;
}

int channel::ledger(__u32 cpu, kring_ledger &ledger) const
{
	ledger = {};
	ledger.size = sizeof(ledger);
	ledger.cpu = cpu;
	if (cpu != KRING_CPU_ALL)
		return ledger_of_cpu(cpu, ledger);

	for (__u32 each : cpus_) {
		kring_ledger ring{};
		int error = ledger_of_cpu(each, ring);

		if (error)
			return error;
		ledger.pages += ring.pages;
		ledger.pages_unread += ring.pages_unread;
	}
	return read_counters(folder_.below("ledger"), ledger);
}

} /* namespace kring */
