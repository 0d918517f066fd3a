/* SPDX-License-Identifier: GPL-2.0-only */
/* `kring create`: a channel that no module has to make. */
#include <cerrno>
#include <charconv>
#include <initializer_list>
#include <string_view>

#include "channel_lines.hh"
#include "command.hh"
#include "failure.hh"
#include "handles.hh"
#include "sizes.hh"

namespace
{

using name_function = const char *(*)(__u32);

/* The number that name_of() has this name for. */
__u32 number_of(name_function name_of, const std::string &name, const char *option)
{
	std::string names;

	for (__u32 number = 0; std::string_view{name_of(number)} != "?"; number++) {
		if (name == name_of(number))
			return number;
		names += fmt::format("{}{}", number ? ", " : "", name_of(number));
	}
	throw usage_failure{fmt::format("--{}: there is no '{}', only {}", option, name, names)};
}

__u64 size_of(const std::string &text, const char *option)
try {
	return text.empty() ? 0 : parse_size(text);
} catch (const std::invalid_argument &error) {
	throw usage_failure{fmt::format("--{}: {}", option, error.what())};
}

__u32 small_size_of(const std::string &text, const char *option)
{
	__u64 size = size_of(text, option);

	if (size > 1U << 31)
		throw usage_failure{fmt::format("--{}: {} bytes are too many", option, size)};
	return static_cast<__u32>(size);
}

__u32 perm_of(const std::string &text)
{
	__u32 perm = 0;
	auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), perm, 8);

	if (error != std::errc{} || end != text.data() + text.size() || !perm || perm & ~0666U)
		throw usage_failure{
			fmt::format("--perm: '{}' is none of the octal modes up to 666, such as 0640", text)};
	return perm;
}

void refuse(__u32 kind, std::initializer_list<std::pair<bool, const char *>> given)
{
	for (auto [is_given, option] : given)
		if (is_given)
			throw usage_failure{
				fmt::format("--{} is not for channels of kind {}", option, kring_kind_name(kind))};
}

/* What one kind has and another has not would be told by the kernel, too, but only in its log. */
void check_kind(const create_options &options, __u32 kind)
{
	bool mode = !options.mode.empty(), clock = !options.clock.empty(), order = options.order != 0;
	bool element = !options.element.empty(), slot = !options.slot.empty(), length = options.length != 0;

	switch (kind) {
	case KRING_KIND_TRACE:
		return refuse(kind,
			      {{element, "element"}, {slot, "slot"}, {length, "length"}, {options.locked, "locked"}});
	case KRING_KIND_FIFO:
		return refuse(kind, {{slot, "slot"},
				     {mode, "mode"},
				     {clock, "clock"},
				     {order, "order"},
				     {options.disabled, "disabled"},
				     {element && length, "element with --length"}});
	case KRING_KIND_MIRROR:
		return refuse(kind, {{element, "element"},
				     {slot, "slot"},
				     {length, "length"},
				     {clock, "clock"},
				     {order, "order"},
				     {options.disabled, "disabled"}});
	default:
		return refuse(kind, {{element, "element"},
				     {length, "length"},
				     {mode, "mode"},
				     {clock, "clock"},
				     {order, "order"},
				     {options.locked, "locked"},
				     {options.disabled, "disabled"}});
	}
}

kring_control_opts parse(const create_options &options)
{
	kring_control_opts opts{};

	opts.sz = sizeof(opts);
	opts.kind = number_of(kring_kind_name, options.kind, "kind");
	check_kind(options, opts.kind);
	opts.capacity = size_of(options.size, "size");
	if (!opts.capacity && opts.kind != KRING_KIND_TRACE)
		throw usage_failure{fmt::format("--size is needed for a channel of kind {}", options.kind)};
	opts.unit = small_size_of(options.element.empty() ? options.slot : options.element,
				  options.element.empty() ? "slot" : "element");
	opts.length = options.length;
	opts.order = options.order;
	if (!options.mode.empty())
		opts.mode = number_of(kring_mode_name, options.mode, "mode");
	if (!options.clock.empty())
		opts.clock = number_of(kring_clock_name, options.clock, "clock");
	if (!options.perm.empty())
		opts.perm = perm_of(options.perm);
	opts.flags = (options.disabled ? KRING_CREATE_DISABLED : 0) | (options.locked ? KRING_CREATE_LOCKED : 0);
	return opts;
}

} /* namespace */

int run_create(const create_options &options)
{
	kring_control_opts opts = parse(options);
	/* Throws for a name that cannot be. */
	int error = look_if_there(options.channel) ? -EEXIST : kring_control__create(options.channel.c_str(), &opts);

	if (error)
		throw control_failure(options.channel, -error);
	if (options.json) {
		output out;

		print_json(out, *look_at(options.channel));
		out.flush();
	}
	return exit_done;
}
