/* SPDX-License-Identifier: GPL-2.0-only */
/* `kring ls`: which channels there are, and what records they have. */
#include "channel_lines.hh"
#include "command.hh"
#include "failure.hh"
#include "handles.hh"
#include "output.hh"

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
		warn("no channels: load a module that makes one, or see `kring create --help`");
	if (!options.json && !found.empty())
		print_heads(out);
	for (const channel_handle &channel : found) {
		if (options.json)
			print_json(out, *channel);
		else
			print_text(out, *channel, options.types || !all);
	}
	out.flush();
	return exit_done;
}
