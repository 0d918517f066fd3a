/* SPDX-License-Identifier: GPL-2.0-only */
/* The sub-commands, a file each, and what each is asked for. main.cc has their command lines. */
#ifndef KRING_COMMAND_HH
#define KRING_COMMAND_HH

#include <kring/kring.h>

#include "stat_options.hh"

/* What the program exits with; told in kring(1). */
enum exit_status {
	exit_done = 0,
	exit_failed = 1, /* and one line on standard error; or a ledger that does not add up */
	exit_usage = 2,
};

struct ls_options {
	std::vector<std::string> channels;
	bool types = false;
	bool json = false;
};

struct read_options {
	std::string channel;
	std::string input; /* a recording, instead of a channel */
	std::string cpus;
	std::string from = "oldest";
	std::string filter; /* empty: all records */
	__u64 count = 0;    /* 0: no limit */
	bool json = false;
	bool own = false;
	bool unordered = false;
	bool drain = false;
	bool follow = false;
	bool quiet = false;
};

struct record_options {
	std::string channel;
	std::string file;
	std::string cpus;
	std::string from = "oldest";
	bool drain = false;
	bool quiet = false;
};

struct create_options {
	std::string channel;
	std::string kind = "trace";
	std::string size;
	std::string element;
	std::string slot;
	std::string mode;
	std::string clock;
	std::string perm;
	__u32 length = 0;
	__u32 order = 0;
	bool locked = false;
	bool disabled = false;
	bool json = false;
};

struct destroy_options {
	std::vector<std::string> channels;
	bool json = false;
};

struct write_options {
	std::string channel;
	std::vector<std::string> words;
	bool json = false;
};

/* Each returns an exit status, or throws a failure. */
int run_ls(const ls_options &options);
int run_stat(const stat_options &options);
int run_read(const read_options &options);
int run_read_recording(const read_options &options);
int run_record(const record_options &options);
/* Of a channel that is no trace. */
int run_read_device(const read_options &options, const kring_channel_info &info);
int run_create(const create_options &options);
int run_destroy(const destroy_options &options);
int run_write(const write_options &options);

#endif
