/* SPDX-License-Identifier: GPL-2.0-only */
/* Filtering and counting; see item_choice.hh. */
#include "item_choice.hh"

#include <cstring>

#include "failure.hh"

item_choice::item_choice(const read_options &options, decoder_handle decoder)
	: options_{options}, decoder_{std::move(decoder)}, filter_{open_filter(*decoder_, options.filter)},
	  printer_{out_, *decoder_, options.json}
{
}

void item_choice::take(const kring_item &item)
{
	count(item);
	if (!is_wanted(item))
		return;
	shown_ += item.kind == KRING_ITEM_RECORD;
	printer_.print(item);
}

void item_choice::count(const kring_item &item)
{
	if (item.kind == KRING_ITEM_RECORD)
		records_++;
	else if (item.earlier)
		earlier_ += item.lost;
	else if (item.cause == KRING_LOSS_OVERWRITTEN)
		overwritten_ += item.lost;
	else
		dropped_ += item.lost;
}

bool item_choice::is_wanted(const kring_item &item)
{
	int matches = filter_ ? kring_filter__matches(filter_.get(), &item) : 1;

	if (matches < 0)
		throw failure{fmt::format("--filter: {}", strerror(-matches))};
	return matches;
}

void item_choice::finish()
{
	out_.flush();
	if (!options_.quiet && !out_.is_closed())
		warn(fmt::format("{} records read, {}{} lost ({} overwritten, {} dropped); {} before this began",
				 records_, filter_ ? fmt::format("{} shown, ", shown_) : "", overwritten_ + dropped_,
				 overwritten_, dropped_, earlier_));
}
