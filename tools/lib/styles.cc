/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Strings in text and JSON; see styles.hh. */
#include "styles.hh"

namespace kring
{

size_t utf8_length(std::string_view text)
{
	auto byte = [&](size_t at) { return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U; };
	auto follows = [&](size_t at) { return (byte(at) & 0xc0) == 0x80; };
	unsigned int first = byte(0);

	if (first < 0x80)
		return text.empty() ? 0 : 1;
	/* No longer form than needed, no surrogate, nothing beyond U+10FFFF. */
	if (first >= 0xc2 && first <= 0xdf)
		return follows(1) ? 2 : 0;
	if (first >= 0xe0 && first <= 0xef) {
		if ((first == 0xe0 && byte(1) < 0xa0) || (first == 0xed && byte(1) > 0x9f))
			return 0;
		return follows(1) && follows(2) ? 3 : 0;
	}
	if (first >= 0xf0 && first <= 0xf4) {
		if ((first == 0xf0 && byte(1) < 0x90) || (first == 0xf4 && byte(1) > 0x8f))
			return 0;
		return follows(1) && follows(2) && follows(3) ? 4 : 0;
	}
	return 0;
}

static bool is_printable(char c)
{
	return c >= ' ' && c <= '~';
}

/* A word that no reader of name=value takes apart. */
static bool is_plain(std::string_view value)
{
	return !value.empty() && std::all_of(value.begin(), value.end(),
					     [](char c) { return c > ' ' && c <= '~' && !strchr("\"'\\{}[]=", c); });
}

static void put_escaped(text_buffer &out, char c, char quote)
{
	if (c == quote || c == '\\')
		out.put('\\');
	if (is_printable(c)) {
		out.put(c);
		return;
	}
	out.put("\\x");
	out.put_hex_byte(c);
}

void text_style::character(text_buffer &out, char value)
{
	out.put('\'');
	put_escaped(out, value, '\'');
	out.put('\'');
}

void text_style::string(text_buffer &out, std::string_view value)
{
	if (is_plain(value))
		return out.put(value);
	out.put('"');
	for (char c : value)
		put_escaped(out, c, '"');
	out.put('"');
}

void json_style::string(text_buffer &out, std::string_view value)
{
	out.put('"');
	while (!value.empty()) {
		size_t length = utf8_length(value);
		char c = value[0];

		if (length == 1 && (c == '"' || c == '\\'))
			out.put('\\');
		if (length > 1 || (length == 1 && is_printable(c))) {
			out.put(value.substr(0, length));
		} else {
			out.put("\\u00");
			out.put_hex_byte(c);
		}
		value.remove_prefix(length ? length : 1);
	}
	out.put('"');
}

} /* namespace kring */
