/* SPDX-License-Identifier: GPL-2.0-only */
/* A stream's items as lines: records with their fields, losses where they happened. */
#ifndef KRING_ITEM_PRINTER_HH
#define KRING_ITEM_PRINTER_HH

#include <set>
#include <vector>

#include "handles.hh"
#include "output.hh"

class item_printer {
public:
	/* The decoder is the caller's. */
	item_printer(output &out, kring_decoder &decoder, bool json);

	void print(const kring_item &item);

private:
	void print_record(const kring_item &item);
	void print_loss(const kring_item &item);
	/* The payload's fields; valid until the next call. */
	std::string_view fields_of(const kring_item &item);
	/* Once for each type: why its payloads are hex. */
	void explain_hex(__u32 type);

	output &out_;
	kring_decoder &decoder_;
	bool json_;
	std::vector<char> fields_;
	std::set<__u32> seen_types_;
};

/* A type's name without the keyword before it. */
std::string_view short_type_name(std::string_view name);

/* "overwritten", "dropped_full"...: as in sysfs. */
std::string cause_name(__u32 cause);

#endif
