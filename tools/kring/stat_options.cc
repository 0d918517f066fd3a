/* SPDX-License-Identifier: GPL-2.0-only */
/* Telling channels from numbers; see stat_options.hh. */
#include "stat_options.hh"

#include <charconv>
#include <stdexcept>

/* A number beyond all limits is one, too: left as it is, 0. */
template <class T>
static bool parse(const std::string &word, T &number)
{
	auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);

	return error != std::errc::invalid_argument && end == word.data() + word.size();
}

void split_words(stat_options &options)
{
	size_t at = 0;
	size_t words = options.words.size();

	while (at < words && !parse(options.words[at], options.interval))
		options.channels.push_back(options.words[at++]);
	if (at == words) {
		options.count = 1;
		return;
	}
	/* A day is longer than anybody waits, and keeps infinities out. */
	if (!(options.interval >= 0.01 && options.interval <= 86400))
		throw std::invalid_argument{"interval " + options.words[at] + " cannot be: 0.01 to 86400 seconds"};
	if (++at < words && (!parse(options.words[at], options.count) || !options.count))
		throw std::invalid_argument{"'" + options.words[at] +
					    "' is no count of reports (channels come before the "
					    "interval; one whose name is a number needs --channel)"};
	if (++at < words)
		throw std::invalid_argument{"'" + options.words[at] + "' is one word too many"};
}
