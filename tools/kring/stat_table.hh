/* SPDX-License-Identifier: GPL-2.0-only */
/* The reports of `kring stat`: totals first, then what happened in each interval. */
#ifndef KRING_STAT_TABLE_HH
#define KRING_STAT_TABLE_HH

#include <map>
#include <string>

#include "output.hh"
#include "rates.hh"
#include "stat_options.hh"

/* A ledger, of when and from where. cpu in it: KRING_CPU_ALL for a channel's. */
struct sample {
	std::string channel;
	kring_ledger ledger;
	double time;	/* seconds */
	bool is_skewed; /* from sysfs: its numbers are not of one moment */
};

class stat_table {
public:
	stat_table(output &out, const stat_options &options) : out_{out}, options_{options} {}

	/* Before each report. */
	void begin_report();
	void add(const sample &now);

private:
	void add_heading();
	void add_text(const sample &now, const sample *before);
	void add_json(const sample &now, const sample *before);

	output &out_;
	const stat_options &options_;
	std::map<std::pair<std::string, __u32>, sample> before_;
	unsigned int reports_ = 0;
	bool is_heading_due_ = false;
};

#endif
