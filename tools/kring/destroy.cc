/* SPDX-License-Identifier: GPL-2.0-only */
/* `kring destroy`: the end of channels that `kring create` made. */
#include "command.hh"
#include "failure.hh"
#include "output.hh"

#include <kring/kring.h>

/* Goes on with the others after one that cannot be ended. */
int run_destroy(const destroy_options &options)
{
	int status = exit_done;
	output out;

	for (const std::string &channel : options.channels) {
		int error = kring_control__destroy(channel.c_str());

		if (error) {
			warn(destroy_failure(channel, -error).what());
			status = exit_failed;
		} else if (options.json) {
			out.line(R"({{"channel":{},"destroyed":true}})", json_string(channel));
		}
	}
	out.flush();
	return status;
}
