/* SPDX-License-Identifier: GPL-2.0-only */
/* The parsing; see start_place.hh. */
#include "start_place.hh"

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <string>

namespace
{

/* All of the word, or nothing. */
template <class T>
bool parse_number(std::string_view word, T &number)
{
	auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);

	return error == std::errc{} && end == word.data() + word.size();
}

kring_position parse_position(std::string_view word)
{
	kring_position position{};
	size_t colon = word.find(':');

	if (colon == word.npos || !parse_number(word.substr(0, colon), position.cpu) ||
	    !parse_number(word.substr(colon + 1), position.seq))
		throw std::invalid_argument{"'" + std::string{word} +
					    "' is no place: it has to be oldest, newest, or CPU:SEQ such as 0:1234"};
	return position;
}

} /* namespace */

start_place parse_start_place(std::string_view word)
{
	start_place place;

	if (word == "oldest" || word == "newest") {
		place.newest = word == "newest";
		return place;
	}
	for (size_t at = 0; at <= word.size();) {
		size_t end = std::min(word.find(',', at), word.size());
		kring_position position = parse_position(word.substr(at, end - at));

		for (const kring_position &other : place.positions)
			if (other.cpu == position.cpu)
				throw std::invalid_argument{"CPU " + std::to_string(position.cpu) + " has two places"};
		place.positions.push_back(position);
		at = end + 1;
	}
	return place;
}
