/* SPDX-License-Identifier: GPL-2.0-only */
/* Which items `kring read` prints, wherever they come from, and how many there were. */
#ifndef KRING_ITEM_CHOICE_HH
#define KRING_ITEM_CHOICE_HH

#include "command.hh"
#include "item_printer.hh"

class item_choice {
public:
	/* Throws a usage_failure if the filter is none. */
	item_choice(const read_options &options, decoder_handle decoder);

	/* Counts it, and prints it if it is wanted. */
	void take(const kring_item &item);
	/* As many records were printed as were asked for, or nobody reads them any more. */
	bool is_over() const { return (options_.count && shown_ == options_.count) || out_.is_closed(); }
	output &out() { return out_; }
	/* The last line on standard error, when all else is printed. */
	void finish();

private:
	void count(const kring_item &item);
	bool is_wanted(const kring_item &item);

	const read_options &options_;
	decoder_handle decoder_;
	filter_handle filter_; /* null: all records are wanted */
	output out_;
	item_printer printer_;
	__u64 records_ = 0;
	__u64 shown_ = 0;
	__u64 overwritten_ = 0;
	__u64 dropped_ = 0;
	__u64 earlier_ = 0;
};

#endif
