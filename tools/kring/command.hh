/* SPDX-License-Identifier: GPL-2.0-only */
/* The sub-commands, a file each: what each adds to the program's command line. */
#ifndef KRING_COMMAND_HH
#define KRING_COMMAND_HH

#include <CLI/CLI.hpp>

/* What the program exits with; told in kring(1). */
enum exit_status {
	exit_done = 0,
	exit_failed = 1, /* and one line on standard error; or a ledger that does not add up */
	exit_usage = 2,
};

/* Each sets status when its sub-command is run. */
void add_ls(CLI::App &app, int &status);
void add_stat(CLI::App &app, int &status);
void add_read(CLI::App &app, int &status);

#endif
