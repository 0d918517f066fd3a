/* SPDX-License-Identifier: GPL-2.0-only */
/* What `kring stat` is asked for. */
#ifndef KRING_STAT_OPTIONS_HH
#define KRING_STAT_OPTIONS_HH

#include <string>
#include <vector>

#include <linux/types.h>

struct stat_options {
	std::vector<std::string> words;	   /* as on the command line: channels, then interval and count */
	std::vector<std::string> channels; /* none: all there are */
	double interval = 0;		   /* seconds; 0: one report only */
	__u64 count = 0;		   /* reports; 0: without end */
	bool per_cpu = false;
	bool check = false;
	bool json = false;
};

/*
 * Takes words apart: the numbers at their end are interval and count, what
 * comes before are channels. Throws std::invalid_argument with a sentence.
 */
void split_words(stat_options &options);

#endif
