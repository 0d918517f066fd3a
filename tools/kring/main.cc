/* SPDX-License-Identifier: GPL-2.0-only */
/* The program kring: its sub-commands, and how it fails. */
#include <algorithm>
#include <exception>
#include <string_view>

#include <fmt/format.h>
#include <kring/kring.h>

#include "command.hh"
#include "failure.hh"

/* The sub-command that was named, for a pointer to its help. */
static std::string help_of(const CLI::App &app)
{
	auto named = app.get_subcommands();

	return named.empty() ? "kring --help" : fmt::format("kring {} --help", named[0]->get_name());
}

static int fail_usage(const CLI::App &app, const std::string &what)
{
	warn(fmt::format("{}; see `{}`", what, help_of(app)));
	return exit_usage;
}

static bool is_command(const CLI::App &app, std::string_view word)
{
	auto commands = app.get_subcommands([](const CLI::App *) { return true; });

	return std::any_of(commands.begin(), commands.end(), [=](auto *each) { return each->get_name() == word; });
}

int main(int argc, char **argv)
{
	CLI::App app{"Reads what kernel code writes to kring's channels.", "kring"};
	int status = exit_done;

	app.set_version_flag("--version", fmt::format("kring {} (ABI {})", KRING_VERSION, KRING_ABI_VERSION));
	app.require_subcommand(1);
	app.footer("Exit status: 0 done; 1 failed, or a ledger does not add up; 2 wrong usage. See kring(1).");
	add_ls(app, status);
	add_stat(app, status);
	add_read(app, status);

	if (argc > 1 && argv[1][0] != '-' && !is_command(app, argv[1]))
		return fail_usage(app, fmt::format("there is no sub-command '{}'", argv[1]));
	try {
		app.parse(argc, argv);
	} catch (const CLI::ParseError &error) {
		/* --help and --version come as errors with a zero code. */
		return error.get_exit_code() ? fail_usage(app, error.what()) : app.exit(error);
	} catch (const usage_failure &error) {
		return fail_usage(app, error.what());
	} catch (const std::exception &error) {
		warn(error.what());
		return exit_failed;
	}
	return status;
}
