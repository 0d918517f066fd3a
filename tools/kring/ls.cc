/* SPDX-License-Identifier: GPL-2.0-only */
/* `kring ls`: which channels there are, and what records they have. */
#include "command.hh"
#include "failure.hh"
#include "handles.hh"
#include "output.hh"

namespace
{

constexpr const char *row = "{:<20} {:<9} {:<7} {:>10} {:>6} {:>6} {:>4} {:>5} {:<3} {}";

void print_types(output &out, const kring_channel &channel)
{
	for (__u32 i = 0; const kring_type *type = kring_channel__type(&channel, i); i++)
		out.line("    {:>4} {:<40} {:>5} bytes  {}", type->id, type->name, type->size, type->module);
}

void print_text(output &out, const kring_channel &channel, bool types)
{
	const kring_channel_info &info = *kring_channel__info(&channel);

	out.line(fmt::runtime(row), info.name, kring_mode_name(info.mode), kring_clock_name(info.clock), info.size,
		 info.pages, info.page_size, info.nr_cpus, info.nr_types, info.enabled ? "on" : "off", info.owner);
	if (types)
		print_types(out, channel);
}

void print_json(output &out, const kring_channel &channel)
{
	const kring_channel_info &info = *kring_channel__info(&channel);
	std::string types;
	std::vector<__u32> cpus{info.cpus, info.cpus + info.nr_cpus};

	for (__u32 i = 0; const kring_type *type = kring_channel__type(&channel, i); i++)
		types += fmt::format(R"({}{{"id":{},"name":{},"size":{},"module":{}}})", i ? "," : "", type->id,
				     json_string(type->name), type->size, json_string(type->module));
	out.line(R"({{"channel":{},"mode":"{}","clock":"{}","size":{},"order":{},"page_size":{},"pages":{},)"
		 R"("cpus":[{}],"enabled":{},"owner":{},"types":[{}]}})",
		 json_string(info.name), kring_mode_name(info.mode), kring_clock_name(info.clock), info.size,
		 info.order, info.page_size, info.pages, fmt::join(cpus, ","), info.enabled != 0,
		 json_string(info.owner), types);
}

} /* namespace */

int run_ls(const ls_options &options)
{
	bool all = options.channels.empty();
	std::vector<channel_handle> found;
	output out;

	/* One that was there a moment ago and is not any more is no error, unless it was asked for. */
	for (const std::string &name : all ? list_channels() : options.channels) {
		channel_handle channel = all ? look_if_there(name) : look_at(name);

		if (channel)
			found.push_back(std::move(channel));
	}
	if (found.empty())
		warn("no channels: load a module that makes one");
	if (!options.json && !found.empty())
		out.line(fmt::runtime(row), "CHANNEL", "MODE", "CLOCK", "BYTES/CPU", "PAGES", "PAGE", "CPUS", "TYPES",
			 "ON", "OWNER");
	for (const channel_handle &channel : found) {
		if (options.json)
			print_json(out, *channel);
		else
			print_text(out, *channel, options.types || !all);
	}
	out.flush();
	return exit_done;
}
