/* SPDX-License-Identifier: GPL-2.0-only */
/* Formats of the lines; see item_printer.hh. */
#include "item_printer.hh"

#include <cstring>

#include "failure.hh"

std::string_view short_type_name(std::string_view name)
{
	for (std::string_view keyword : {"struct ", "union ", "enum "})
		if (name.starts_with(keyword))
			return name.substr(keyword.size());
	return name;
}

std::string cause_name(__u32 cause)
{
	return cause == KRING_LOSS_OVERWRITTEN ? "overwritten" : fmt::format("dropped_{}", kring_drop_name(cause));
}

item_printer::item_printer(output &out, kring_decoder &decoder, bool json)
	: out_{out}, decoder_{decoder}, json_{json}, fields_(4096)
{
}

void item_printer::print(const kring_item &item)
{
	if (item.kind == KRING_ITEM_RECORD)
		print_record(item);
	else if (item.kind == KRING_ITEM_LOSS)
		print_loss(item);
}

void item_printer::explain_hex(__u32 type)
{
	if (!seen_types_.insert(type).second)
		return;

	const char *why = kring_decoder__why_hex(&decoder_, type);

	if (!why || !type)
		return;
	out_.flush();
	warn(fmt::format("type {} '{}' is shown as hex: {}", type, kring_decoder__type_name(&decoder_, type), why));
}

std::string_view item_printer::fields_of(const kring_item &item)
{
	auto write = json_ ? kring_decoder__json : kring_decoder__text;

	for (;;) {
		int length = write(&decoder_, item.type, item.payload, item.size, fields_.data(), fields_.size());

		if (length < 0)
			throw failure{fmt::format("decoding a record: {}", strerror(-length))};
		if (static_cast<size_t>(length) < fields_.size())
			return {fields_.data(), static_cast<size_t>(length)};
		fields_.resize(static_cast<size_t>(length) + 1);
	}
}

void item_printer::print_record(const kring_item &item)
{
	explain_hex(item.type);

	std::string_view type = short_type_name(kring_decoder__type_name(&decoder_, item.type));
	std::string_view fields = fields_of(item);

	if (json_)
		out_.line(R"({{"time":{},"cpu":{},"seq":{},"type":{},"fields":{}}})", item.time, item.cpu, item.seq,
			  json_string(type), fields);
	else
		out_.line("[{:5}.{:06}] {:<3} {}  {}", item.time / 1000000000, item.time / 1000 % 1000000, item.cpu,
			  type, fields);
}

void item_printer::print_loss(const kring_item &item)
{
	bool is_some_cpu = item.cpu != KRING_CPU_ALL;

	if (json_) {
		out_.line(R"({{"lost":{},"cause":"{}","cpu":{},"seq":{},"time":{},"earlier":{}}})", item.lost,
			  cause_name(item.cause), is_some_cpu ? std::to_string(item.cpu) : "null", item.seq,
			  item.time ? std::to_string(item.time) : "null", item.earlier != 0);
		return;
	}
	out_.line("--- {}: lost {} record{} ({}){} ---",
		  is_some_cpu ? fmt::format("cpu {}", item.cpu) : "CPUs without a ring", item.lost,
		  item.lost == 1 ? "" : "s", cause_name(item.cause), item.earlier ? " before this began" : "");
}
