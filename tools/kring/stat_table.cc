/* SPDX-License-Identifier: GPL-2.0-only */
/* Layout of the reports; see stat_table.hh. */
#include "stat_table.hh"

#include <utility>

#include <kring/kring.h>

#include "verdict.hh"

static constexpr const char *columns = "{:<20} {:>4} {:>12} {:>12} {:>12} {:>12} {:>12} {:>12} {:>6} {:>6}  {}";

static std::string cpu_text(const sample &now)
{
	return now.ledger.cpu == KRING_CPU_ALL ? "all" : std::to_string(now.ledger.cpu);
}

/* Did it stop, does it add up, what was lost of what is reported, and why? */
static std::string ledger_text(const sample &now, const kring_ledger &reported)
{
	__s64 gap = ledger_gap(now.ledger);
	std::string text = now.ledger.fault ?
				   fmt::format("STOPPED on fault {}: see dmesg; ", kring_fault_name(now.ledger.fault)) :
				   "";

	text += gap ? fmt::format("off by {}", gap) : "exact";
	if (gap && now.is_skewed)
		text += " (sampled from sysfs while written)";
	return text + ", " + verdict_on(reported);
}

void stat_table::begin_report()
{
	constexpr unsigned int often = 20; /* reports */

	is_heading_due_ = reports_ < 2 || reports_ % often == 0;
	reports_++;
}

/* Before the first line of a report, if that comes to have one. */
void stat_table::add_heading()
{
	bool is_totals = reports_ == 1;

	if (std::exchange(is_heading_due_, false))
		out_.line(fmt::runtime(columns), "CHANNEL", "CPU", is_totals ? "written" : "written/s",
			  is_totals ? "read" : "read/s", is_totals ? "overwritten" : "overwr/s",
			  is_totals ? "dropped" : "dropped/s", is_totals ? "discarded" : "discarded/s", "unread",
			  "fill%", "lost%", "ledger");
}

void stat_table::add(const sample &now)
{
	std::pair key{now.channel, now.ledger.cpu};
	auto before = before_.find(key);
	const sample *earlier = before == before_.end() ? nullptr : &before->second;

	if (options_.json)
		add_json(now, earlier);
	else
		add_text(now, earlier);
	before_.insert_or_assign(key, now);
}

void stat_table::add_text(const sample &now, const sample *before)
{
	const kring_ledger &ledger = now.ledger;

	/* A channel that is new since the last report has no rates yet; its totals would read as such. */
	if (!before && reports_ > 1)
		return;
	add_heading();
	if (!before) {
		out_.line(fmt::runtime(columns), now.channel, cpu_text(now), ledger.committed, ledger.read,
			  ledger.overwritten, dropped_in_all(ledger), ledger.discarded, ledger.unread,
			  fmt::format("{:.1f}", fill_percent(ledger)), percent_text(lost_percent(ledger)),
			  ledger_text(now, ledger));
		return;
	}

	rates each = rates_between(before->ledger, ledger, now.time - before->time);
	kring_ledger news = since(before->ledger, ledger);

	out_.line(fmt::runtime(columns), now.channel, cpu_text(now), fmt::format("{:.0f}", each.committed),
		  fmt::format("{:.0f}", each.read), fmt::format("{:.0f}", each.overwritten),
		  fmt::format("{:.0f}", each.dropped), fmt::format("{:.0f}", each.discarded), ledger.unread,
		  fmt::format("{:.1f}", fill_percent(ledger)), percent_text(lost_percent(news)),
		  ledger_text(now, news));
}

/* {"full":1,...}: all causes, so that nobody has to ask which there are. */
static std::string drops_json(const kring_ledger &ledger)
{
	std::string text;

	for (__u32 cause = 0; cause < KRING_NR_DROPS; cause++)
		text += fmt::format(R"({}"{}":{})", cause ? "," : "", kring_drop_name(cause), ledger.dropped[cause]);
	return "{" + text + "}";
}

static std::string rates_json(const sample &now, const sample &before)
{
	double seconds = now.time - before.time;
	rates each = rates_between(before.ledger, now.ledger, seconds);
	kring_ledger news = since(before.ledger, now.ledger);

	return fmt::format(R"(,"interval":{:.6f},"rates":{{"written":{:.1f},"read":{:.1f},"overwritten":{:.1f},)"
			   R"("dropped":{:.1f},"discarded":{:.1f}}},"since":{{"written":{},"read":{},)"
			   R"("overwritten":{},"discarded":{},"dropped":{},"lost_percent":{:.6f},"verdict":{}}})",
			   seconds, each.committed, each.read, each.overwritten, each.dropped, each.discarded,
			   news.committed, news.read, news.overwritten, news.discarded, drops_json(news),
			   lost_percent(news), json_string(verdict_on(news)));
}

void stat_table::add_json(const sample &now, const sample *before)
{
	const kring_ledger &ledger = now.ledger;

	out_.line(
		R"({{"channel":{},"cpu":{},"written":{},"read":{},"overwritten":{},"unread":{},"discarded":{},)"
		R"("dropped":{},"lost_percent":{:.6f},"verdict":{},"pages":{},"pages_unread":{},"fill":{:.1f},"fault":"{}","gap":{},"source":"{}"{}}})",
		json_string(now.channel), ledger.cpu == KRING_CPU_ALL ? "null" : std::to_string(ledger.cpu),
		ledger.committed, ledger.read, ledger.overwritten, ledger.unread, ledger.discarded, drops_json(ledger),
		lost_percent(ledger), json_string(verdict_on(ledger)), ledger.pages, ledger.pages_unread,
		fill_percent(ledger), kring_fault_name(ledger.fault), ledger_gap(ledger),
		now.is_skewed ? "sysfs" : "device", before ? rates_json(now, *before) : "");
}
