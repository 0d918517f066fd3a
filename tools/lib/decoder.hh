/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The record types of a channel with their plans. */
#ifndef LIBKRING_DECODER_HH
#define LIBKRING_DECODER_HH

#include <memory>

#include "btf_files.hh"
#include "channel.hh"
#include "payload_writer.hh"

namespace kring
{

class decoder {
public:
	/* As class btf_files has them. */
	decoder(std::vector<record_type> types, std::string btf_folder, std::string modules_folder = {})
		: btf_{std::move(btf_folder), std::move(modules_folder)}
	{
		set_types(std::move(types));
	}

	/*
	 * Plans are made at once, while the modules are there. Types that are known already keep theirs,
	 * also when their module has gone.
	 */
	void set_types(std::vector<record_type> types);
	/* Of a recording: btf has nothing but what the type needs, and ends with it; why: there is none, and why. */
	void set_type(record_type type, std::string_view btf, std::string why);
	/* For that: nullptr if there is no such type. */
	const record_type *type(__u32 id) const;
	std::string btf_of(__u32 id);

	bool knows(__u32 id) const { return id == 0 || types_.contains(id); }

	/* Of the types that are known, ascending; without 0. */
	std::vector<__u32> ids() const;

	const char *name(__u32 id) const;
	const char *why_hex(__u32 id) const;
	/* Stays where it is; nullptr: why_hex() says why there is none. */
	const plan *plan_of(__u32 id) const;

	template <class Style>
	size_t write(__u32 id, std::string_view payload, char *buffer, size_t room) const
	{
		text_buffer out{buffer, room};
		const plan *plan = plan_of(id);

		if (plan && payload.size() >= plan->root.extent)
			payload_writer<Style>::write(out, *plan, payload);
		else
			write_hex<Style>(out, payload);
		return out.finish();
	}

private:
	struct known_type {
		record_type type;
		std::unique_ptr<plan> made; /* null: why_not says why */
		std::string why_not;
	};

	template <class Style>
	static void write_hex(text_buffer &out, std::string_view payload)
	{
		if (Style::is_braced)
			out.put('{');
		Style::key(out, "hex");
		put_hex<Style>(out, payload);
		if (Style::is_braced)
			out.put('}');
	}

	std::string try_plan(const record_type &type, plan &made);
	static std::string check_size(const record_type &type, const plan &made);
	void add(record_type type, std::unique_ptr<plan> made, std::string why_not);

	btf_files btf_;
	std::map<__u32, known_type> types_;
};

} /* namespace kring */

#endif
