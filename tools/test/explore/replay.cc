/* SPDX-License-Identifier: GPL-2.0-only */
/* One execution, named in a line, done again with all that happens in it. */
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <sstream>

#include "search.hh"

namespace kring::explore
{

std::string name_of(const execution &execution)
{
	std::ostringstream name;
	const char *comma = "";

	name << execution.what->name << ':' << execution.past << ':';
	for (const deviation &one : execution.deviations) {
		name << comma << one.at << '=' << one.taken;
		comma = ",";
	}
	return name.str();
}

bool parse(const std::string &text, execution &execution)
{
	std::istringstream in{text};
	std::string name;
	char mark = 0;

	std::getline(in, name, ':');
	execution = {nullptr, 0, {}};
	for (const scenario &one : scenarios)
		if (one.name == name)
			execution.what = &one;
	if (!execution.what || !(in >> execution.past >> mark) || mark != ':' ||
	    execution.past >= execution.what->pasts.size())
		return false;
	while (in.peek() != EOF) {
		deviation one{};

		if (!(in >> one.at >> mark >> one.taken) || mark != '=')
			return false;
		execution.deviations.push_back(one);
		if (in.peek() != EOF && (!(in >> mark) || mark != ','))
			return false;
	}
	return true;
}

bool replay(const execution &execution, effort effort)
{
	const past &past = execution.what->pasts[execution.past];

	std::printf("%s\n", about(*execution.what, past).c_str());
	set_up(*execution.what, past);
	simulated.choices_.start(execution.deviations, static_cast<u32>(execution.deviations.size()));
	simulated.tracing_ = true;

	const char *wrong = run_once(bounds_of(*execution.what, effort));

	simulated.tracing_ = false;
	std::printf("%s\n", wrong ? wrong : "nothing is wrong");
	return wrong;
}

} /* namespace kring::explore */
