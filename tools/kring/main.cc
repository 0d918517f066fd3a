/* SPDX-License-Identifier: GPL-2.0-only */
/* The program kring: its command line, and how it fails. */
#include <algorithm>
#include <charconv>
#include <exception>
#include <sstream>
#include <stdexcept>
#include <string_view>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <kring/kring.h>

#include "command.hh"
#include "failure.hh"
#include "output.hh"

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

static void add_ls(CLI::App &app, ls_options &options, int &status)
{
	CLI::App *command = app.add_subcommand("ls", "List channels, and the record types of those that are named");

	command->add_option("CHANNEL", options.channels, "Only these, with their record types");
	command->add_flag("--types", options.types, "With the record types of all channels");
	command->add_flag("--json", options.json, "One JSON object a line");
	command->footer("Needs no permission on /dev/kring. See kring-ls(1).");
	command->callback([&] { status = run_ls(options); });
}

static void add_stat(CLI::App &app, stat_options &options, int &status)
{
	CLI::App *command = app.add_subcommand("stat", "Show how much is written, read and lost");

	command->add_option("CHANNEL|INTERVAL|COUNT", options.words,
			    "Channels (default: all), then seconds between reports, then how many reports");
	command->add_option("--channel", options.channels, "A channel whose name is a number")->type_name("NAME");
	command->add_flag("-c,--per-cpu", options.per_cpu, "A line for each CPU, too");
	command->add_flag("--check", options.check, "Exit status 1 if a ledger does not add up");
	command->add_flag("--json", options.json, "One JSON object a line");
	command->footer("kring stat [CHANNEL...] [INTERVAL [COUNT]]\n\n"
			"The first report has totals, later ones records a second. A ledger is exact if\n"
			"written = read + overwritten + unread. Who may not open a channel's device gets the\n"
			"numbers from sysfs. See kring-stat(1).");
	command->callback([&] {
		try {
			split_words(options);
		} catch (const std::invalid_argument &error) {
			throw usage_failure{error.what()};
		}
		status = run_stat(options);
	});
}

/* Empty if it is none. A conversion would take a negative one for a large one. */
static std::string wrong_count(const std::string &word)
{
	__u64 count = 0;
	auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), count);

	return count && error == std::errc{} && end == word.data() + word.size() ?
		       "" :
		       fmt::format("'{}' is no count: a number, 1 or more", word);
}

static std::string wrong_filter(const std::string &text)
{
	return text.find_first_not_of(" \t\n") == text.npos ?
		       "an empty filter: what is wanted, such as 'prev_pid == 42'? See kring-read(1)" :
		       "";
}

static void add_read(CLI::App &app, read_options &options, int &status)
{
	CLI::App *command = app.add_subcommand("read", "Show the records of a channel, one a line, as they come");
	CLI::Option *drain = command->add_flag("--drain", options.drain, "End behind what was written when it began");

	CLI::Option *input = command->add_option("-i,--input", options.input, "Read a file that `kring record` made");

	input->type_name("FILE");
	command->add_option("CHANNEL", options.channel, "Name of the channel, see `kring ls`; not with --input");
	command->add_option("-n,--count", options.count, "End after N records (losses do not count)")
		->type_name("N")
		->check(wrong_count);
	command->add_option("-C,--cpus", options.cpus, "Records of these CPUs only, such as 0,2-3")->type_name("LIST");
	command->add_option("-f,--filter", options.filter,
			    "Only records that match, such as 'prev_pid == 42 && comm ~ k*'")
		->type_name("EXPR")
		->check(wrong_filter);
	command->add_option("--from", options.from,
			    "Begin at the oldest record that is there, behind the newest, or at record SEQ of a CPU")
		->type_name("oldest|newest|CPU:SEQ,...")
		->capture_default_str();
	command->add_flag("--follow", options.follow, "Wait for more when nothing is left (default)")
		->excludes(drain)
		->excludes(input);
	command->add_flag("--json", options.json, "One JSON object a line");
	command->add_flag("--own", options.own, "Be the owning reader: consume the records, through mmap")
		->excludes(input);
	command->add_flag("--unordered", options.unordered,
			  "Show what is at hand at once, though another CPU may still come with something older");
	command->add_flag("-q,--quiet", options.quiet, "No summary on standard error at the end");
	command->footer("Losses are shown where they happened: '--- cpu 1: lost 345 records (overwritten) ---'.\n"
			"See kring-read(1).");
	command->callback([&] {
		if (options.channel.empty() && options.input.empty())
			throw usage_failure{"CHANNEL is required"};
		if (!options.channel.empty() && !options.input.empty())
			throw usage_failure{fmt::format("--input reads a file: channel '{}' cannot be read beside it",
							options.channel)};
		status = options.input.empty() ? run_read(options) : run_read_recording(options);
	});
}

static void add_record(CLI::App &app, record_options &options, int &status)
{
	CLI::App *command = app.add_subcommand("record", "Write a channel's records to a file, to be read anywhere");

	command->add_option("CHANNEL", options.channel, "Name of the channel, see `kring ls`")->required();
	command->add_option("FILE", options.file, "The recording; what it has is replaced")->required();
	command->add_option("-C,--cpus", options.cpus, "Records of these CPUs only, such as 0,2-3")->type_name("LIST");
	command->add_flag("--drain", options.drain, "End behind what was written when it began");
	command->add_option("--from", options.from, "Begin at the oldest record that is there, or behind the newest")
		->type_name("oldest|newest")
		->capture_default_str();
	command->add_flag("-q,--quiet", options.quiet, "No summary on standard error at the end");
	command->footer("Ends at a signal or with the channel. `kring read --input FILE` shows what is in there, also\n"
			"on a machine that has neither the module nor its kernel. See kring-record(1).");
	command->callback([&] { status = run_record(options); });
}

static void add_create(CLI::App &app, create_options &options, int &status)
{
	CLI::App *command = app.add_subcommand("create", "Make a channel, which stays until it is destroyed");

	command->add_option("CHANNEL", options.channel, "Its name")->required();
	command->add_option("--kind", options.kind, "What it is made of")
		->type_name("trace|fifo|mirror|broadcast")
		->capture_default_str();
	command->add_option("--size", options.size, "Bytes that it holds; of a trace: for each CPU (default 1M)")
		->type_name("SIZE");
	command->add_option("--element", options.element, "fifo: bytes of an element (default 1)")->type_name("SIZE");
	command->add_option("--length", options.length, "fifo of records: bytes that a record's length takes")
		->type_name("1|2")
		->check(CLI::IsMember({1, 2}));
	command->add_option("--slot", options.slot, "broadcast: bytes of the largest record")->type_name("SIZE");
	command->add_option("--order", options.order, "trace: a page is the system's page size << N bytes")
		->type_name("N")
		->check(CLI::Range(0, KRING_ORDER_MAX));
	command->add_option("--mode", options.mode, "trace, mirror: what is done when it is full (default overwrite)")
		->type_name("overwrite|discard");
	command->add_option("--clock", options.clock, "trace: what stamps its records (default local)")
		->type_name("local|mono|boot|counter");
	command->add_option("--perm", options.perm, "Permission bits of its device (default 0600)")->type_name("MODE");
	command->add_flag("--locked", options.locked, "fifo, mirror: any number of programs may read and write");
	command->add_flag("--disabled", options.disabled, "trace: takes no records until it is enabled");
	command->add_flag("--json", options.json, "Print what was made, as `kring ls --json` does");
	command->footer("Needs CAP_SYS_ADMIN. See kring-create(1).");
	command->callback([&] { status = run_create(options); });
}

static void add_destroy(CLI::App &app, destroy_options &options, int &status)
{
	CLI::App *command = app.add_subcommand("destroy", "End channels that `kring create` made");

	command->add_option("CHANNEL", options.channels, "Their names")->required();
	command->add_flag("--json", options.json, "One JSON object a line");
	command->footer("Needs CAP_SYS_ADMIN. See kring-destroy(1).");
	command->callback([&] { status = run_destroy(options); });
}

static void add_write(CLI::App &app, write_options &options, int &status)
{
	CLI::App *command = app.add_subcommand("write", "Write records to a channel, beside those of the kernel");

	command->add_option("CHANNEL", options.channel, "Name of the channel, see `kring ls`")->required();
	command->add_option("TEXT", options.words,
			    "One record, the words with spaces between them; default: a record of each line of "
			    "standard input");
	command->add_flag("--json", options.json, "Print how much was written");
	command->footer("Empty lines are no records, but of byte fifos and mirrors. See kring-write(1).");
	command->callback([&] { status = run_write(options); });
}

/* What --help and --version ask for. */
static int show(const CLI::App &app, const CLI::ParseError &error)
{
	std::ostringstream text;
	int status = app.exit(error, text);
	output out;

	out.text(text.str());
	out.flush();
	return status;
}

static void parse_and_run(CLI::App &app, int argc, char **argv, int &status)
{
	try {
		app.parse(argc, argv);
	} catch (const CLI::ParseError &error) {
		/* --help and --version come as errors with a zero code. */
		status = error.get_exit_code() ? fail_usage(app, error.what()) : show(app, error);
	}
}

int main(int argc, char **argv)
{
	CLI::App app{"Makes, reads and writes kring's channels.", "kring"};
	ls_options ls;
	stat_options stat;
	read_options read;
	record_options record;
	create_options create;
	destroy_options destroy;
	write_options write;
	int status = exit_done;

	app.set_version_flag("--version", fmt::format("kring {} (ABI {})", KRING_VERSION, KRING_ABI_VERSION));
	app.require_subcommand(1);
	app.footer("Exit status: 0 done; 1 failed, or a ledger does not add up; 2 wrong usage. See kring(1).");
	add_ls(app, ls, status);
	add_stat(app, stat, status);
	add_read(app, read, status);
	add_record(app, record, status);
	add_write(app, write, status);
	add_create(app, create, status);
	add_destroy(app, destroy, status);

	if (argc > 1 && argv[1][0] != '-' && !is_command(app, argv[1]))
		return fail_usage(app, fmt::format("there is no sub-command '{}'", argv[1]));
	try {
		parse_and_run(app, argc, argv, status);
	} catch (const usage_failure &error) {
		return fail_usage(app, error.what());
	} catch (const std::exception &error) {
		warn(error.what());
		return exit_failed;
	}
	return status;
}
