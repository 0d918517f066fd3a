/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Writes a payload after a plan, in one of the styles of styles.hh. */
#ifndef LIBKRING_PAYLOAD_WRITER_HH
#define LIBKRING_PAYLOAD_WRITER_HH

#include "plan.hh"
#include "styles.hh"

namespace kring
{

/* The field's bits at the lowest end; sign-extended if it is signed. */
__u64 load_number(const field &at, const char *from);
/* What these bits are in a floating field. */
double to_real(const field &at, __u64 bits);
/* The name of an enumeration's value; empty for none. */
std::string_view name_of(const field &at, __u64 value);

template <class Style>
void put_hex(text_buffer &out, std::string_view bytes)
{
	if (Style::is_braced)
		out.put('"');
	for (char byte : bytes)
		out.put_hex_byte(byte);
	if (Style::is_braced)
		out.put('"');
}

template <class Style>
class payload_writer {
public:
	/* payload has at least plan.root.extent bytes. */
	static void write(text_buffer &out, const plan &plan, std::string_view payload)
	{
		payload_writer writer{out, payload};
		__u64 known = std::max(plan.size, plan.root.extent);

		if (Style::is_braced)
			out.put('{');
		if (plan.root.kind == field_kind::group)
			writer.put_fields(plan.root, payload.data());
		else
			writer.put_pair("value", plan.root, payload.data());
		/* More than the type has: shown all the same. */
		if (payload.size() > known && !plan.has_flexible) {
			writer.put_key("more");
			put_hex<Style>(out, payload.substr(known));
		}
		if (Style::is_braced)
			out.put('}');
	}

private:
	payload_writer(text_buffer &out, std::string_view payload) : out_{out}, end_{payload.data() + payload.size()} {}

	void put_key(std::string_view name)
	{
		if (!is_first_)
			out_.put(Style::separator);
		is_first_ = false;
		Style::key(out_, name);
	}

	void put_pair(std::string_view name, const field &at, const char *from)
	{
		put_key(name);
		put_value(at, from);
	}

	void put_fields(const field &group, const char *from)
	{
		for (const field &each : group.fields)
			put_pair(each.name, each, from + each.offset);
	}

	void put_value(const field &at, const char *from)
	{
		switch (at.kind) {
		case field_kind::integer:
			return put_integer(at, load_number(at, from));
		case field_kind::boolean:
			return Style::boolean(out_, load_number(at, from));
		case field_kind::character:
			return Style::character(out_, static_cast<char>(load_number(at, from)));
		case field_kind::pointer:
			return Style::address(out_, load_number(at, from));
		case field_kind::floating:
			return put_floating(at, from);
		case field_kind::enumeration:
			return put_enumeration(at, load_number(at, from));
		case field_kind::string:
			return put_string({from, elements(at, from)});
		case field_kind::array:
			return put_array(at, from);
		case field_kind::group:
			return put_group(at, from);
		case field_kind::opaque:
			return put_hex<Style>(out_, {from, at.size});
		}
	}

	void put_integer(const field &at, __u64 value)
	{
		if (at.is_signed)
			out_.put_number(static_cast<__s64>(value));
		else
			out_.put_number(value);
	}

	void put_enumeration(const field &at, __u64 value)
	{
		std::string_view name = name_of(at, value);

		if (name.empty())
			put_integer(at, value);
		else
			Style::word(out_, name);
	}

	/* JSON has no infinities, and nothing that is not a number. */
	void put_floating(const field &at, const char *from)
	{
		double value = to_real(at, load_number(at, from));

		if (Style::is_braced && !(value - value == 0))
			out_.put("null");
		else
			out_.put_number(value);
	}

	/* To its NUL or to its end. */
	void put_string(std::string_view text) { Style::string(out_, text.substr(0, text.find('\0'))); }

	void put_array(const field &at, const char *from)
	{
		const field &element = at.fields[0];
		__u64 count = elements(at, from);

		out_.put('[');
		for (__u64 i = 0; i < count; i++) {
			if (i)
				out_.put(Style::separator);
			put_value(element, from + i * element.size);
		}
		out_.put(']');
	}

	void put_group(const field &at, const char *from)
	{
		out_.put('{');
		is_first_ = true;
		put_fields(at, from);
		is_first_ = false;
		out_.put('}');
	}

	/* How many there are: of a flexible array as many as fit into what is left of the payload. */
	__u64 elements(const field &at, const char *from) const
	{
		__u64 left = static_cast<__u64>(end_ - from);
		const field &element = at.fields[0];

		if (!at.is_flexible)
			return at.count;
		return left < element.extent ? 0 : (left - element.extent) / element.size + 1;
	}

	text_buffer &out_;
	const char *end_;
	bool is_first_ = true;
};

} /* namespace kring */

#endif
