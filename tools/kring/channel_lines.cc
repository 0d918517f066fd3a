/* SPDX-License-Identifier: GPL-2.0-only */
/* Lines about channels; see channel_lines.hh. */
#include "channel_lines.hh"

#include <vector>

namespace
{

constexpr const char *row = "{:<20} {:<9} {:<9} {:<7} {:>10} {:>6} {:>6} {:>4} {:>5} {:<3} {}";

void print_types(output &out, const kring_channel &channel)
{
	for (__u32 i = 0; const kring_type *type = kring_channel__type(&channel, i); i++)
		out.line("    {:>4} {:<40} {:>5} bytes  {}", type->id, type->name, type->size, type->module);
}

} /* namespace */

void print_heads(output &out)
{
	out.line(fmt::runtime(row), "CHANNEL", "KIND", "MODE", "CLOCK", "BYTES", "PAGES", "PAGE", "CPUS", "TYPES", "ON",
		 "OWNER");
}

void print_text(output &out, const kring_channel &channel, bool types)
{
	const kring_channel_info &info = *kring_channel__info(&channel);

	/* What other kinds do not have. */
	if (info.kind != KRING_KIND_TRACE) {
		out.line(fmt::runtime(row), info.name, kring_kind_name(info.kind),
			 info.kind == KRING_KIND_MIRROR ? kring_mode_name(info.mode) : "-", "-", info.size, "-", "-",
			 "-", "-", "-", info.owner);
		return;
	}
	out.line(fmt::runtime(row), info.name, kring_kind_name(info.kind), kring_mode_name(info.mode),
		 kring_clock_name(info.clock), info.size, info.pages, info.page_size, info.nr_cpus, info.nr_types,
		 info.enabled ? "on" : "off", info.owner);
	if (types)
		print_types(out, channel);
}

static void print_json_of_other(output &out, const kring_channel_info &info)
{
	std::string rest;

	if (info.kind == KRING_KIND_FIFO)
		rest = fmt::format(R"("element":{},"length":{},)", info.unit, info.length);
	if (info.kind == KRING_KIND_MIRROR)
		rest = fmt::format(R"("mode":"{}",)", kring_mode_name(info.mode));
	if (info.kind == KRING_KIND_BROADCAST)
		rest = fmt::format(R"("slot":{},)", info.unit);
	out.line(R"({{"channel":{},"kind":"{}","size":{},{}"owner":{}}})", json_string(info.name),
		 kring_kind_name(info.kind), info.size, rest, json_string(info.owner));
}

void print_json(output &out, const kring_channel &channel)
{
	const kring_channel_info &info = *kring_channel__info(&channel);

	if (info.kind != KRING_KIND_TRACE)
		return print_json_of_other(out, info);

	std::string types;
	std::vector<__u32> cpus{info.cpus, info.cpus + info.nr_cpus};

	for (__u32 i = 0; const kring_type *type = kring_channel__type(&channel, i); i++)
		types += fmt::format(R"({}{{"id":{},"name":{},"size":{},"module":{}}})", i ? "," : "", type->id,
				     json_string(type->name), type->size, json_string(type->module));
	out.line(R"({{"channel":{},"kind":"{}","mode":"{}","clock":"{}","size":{},"order":{},"page_size":{},)"
		 R"("pages":{},"cpus":[{}],"enabled":{},"owner":{},"types":[{}]}})",
		 json_string(info.name), kring_kind_name(info.kind), kring_mode_name(info.mode),
		 kring_clock_name(info.clock), info.size, info.order, info.page_size, info.pages, fmt::join(cpus, ","),
		 info.enabled != 0, json_string(info.owner), types);
}
