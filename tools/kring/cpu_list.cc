/* SPDX-License-Identifier: GPL-2.0-only */
/* Parsing lists of CPUs; see cpu_list.hh. */
#include "cpu_list.hh"

#include <algorithm>
#include <charconv>
#include <stdexcept>

static unsigned int parse_cpu(std::string_view text, std::string_view list, unsigned int limit)
{
	unsigned int cpu = 0;
	auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), cpu);

	if (error == std::errc::result_out_of_range || (error == std::errc{} && cpu >= limit))
		throw std::invalid_argument{"CPU " + std::string{text} + " cannot be: the highest possible is " +
					    std::to_string(limit - 1)};
	if (error != std::errc{} || end != text.data() + text.size())
		throw std::invalid_argument{"'" + std::string{list} + "' is no list of CPUs: write it like 0,2-3"};
	return cpu;
}

std::vector<unsigned int> parse_cpu_list(std::string_view text, unsigned int limit)
{
	std::vector<unsigned int> cpus;
	std::string_view rest = text;

	for (;;) {
		std::string_view part = rest.substr(0, rest.find(','));
		size_t dash = part.find('-');
		unsigned int first = parse_cpu(part.substr(0, dash), text, limit);
		unsigned int last = dash == part.npos ? first : parse_cpu(part.substr(dash + 1), text, limit);

		if (first > last)
			throw std::invalid_argument{"'" + std::string{part} +
						    "' is no range of CPUs: write the lower first"};
		for (unsigned int cpu = first; cpu <= last; cpu++)
			cpus.push_back(cpu);
		if (part.size() == rest.size())
			break;
		rest.remove_prefix(part.size() + 1);
	}
	std::sort(cpus.begin(), cpus.end());
	cpus.erase(std::unique(cpus.begin(), cpus.end()), cpus.end());
	return cpus;
}
