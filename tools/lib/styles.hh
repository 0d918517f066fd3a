/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* How text and JSON look: what payload_writer puts around and into values. */
#ifndef LIBKRING_STYLES_HH
#define LIBKRING_STYLES_HH

#include "text_buffer.hh"

namespace kring
{

/* Length of the UTF-8 character that text begins with; 0 if it is none. */
size_t utf8_length(std::string_view text);

/* field=value field={a=1 b=[2 3]}; a string is quoted where it would not read as one word. */
struct text_style {
	static constexpr char separator = ' ';
	static constexpr bool is_braced = false; /* the whole payload */

	static void key(text_buffer &out, std::string_view name)
	{
		out.put(name);
		out.put('=');
	}
	static void boolean(text_buffer &out, bool value) { out.put(value ? "true" : "false"); }
	static void address(text_buffer &out, __u64 value)
	{
		out.put("0x");
		out.put_number(value, 16);
	}
	static void word(text_buffer &out, std::string_view value) { out.put(value); }
	static void character(text_buffer &out, char value);
	static void string(text_buffer &out, std::string_view value);
};

/* RFC 8259. Bytes that are not UTF-8 are taken for Latin-1. */
struct json_style {
	static constexpr char separator = ',';
	static constexpr bool is_braced = true;

	static void key(text_buffer &out, std::string_view name)
	{
		string(out, name);
		out.put(':');
	}
	static void boolean(text_buffer &out, bool value) { out.put(value ? "true" : "false"); }
	/* As a string: many readers of JSON take numbers for doubles. */
	static void address(text_buffer &out, __u64 value)
	{
		out.put("\"0x");
		out.put_number(value, 16);
		out.put('"');
	}
	static void word(text_buffer &out, std::string_view value) { string(out, value); }
	static void character(text_buffer &out, char value) { string(out, {&value, 1}); }
	static void string(text_buffer &out, std::string_view value);
};

} /* namespace kring */

#endif
