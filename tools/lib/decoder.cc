/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Decoding, as the C API has it; see decoder.hh. */
#include "decoder_api.hh"

#include <cerrno>

#include "btf_subset.hh"
#include "guard.hh"
#include "options.hh"

namespace kring
{

void decoder::set_types(std::vector<record_type> types)
{
	for (record_type &type : types) {
		if (knows(type.id))
			continue;

		auto made = std::make_unique<plan>();
		std::string why_not = try_plan(type, *made);

		add(std::move(type), std::move(made), std::move(why_not));
	}
}

void decoder::set_type(record_type type, std::string_view btf, std::string why)
{
	auto made = std::make_unique<plan>();
	std::unique_ptr<struct btf, void (*)(struct btf *)> types{
		why.empty() ? btf__new(btf.data(), static_cast<__u32>(btf.size())) : nullptr, btf__free};

	if (why.empty() && (!types || btf__type_cnt(types.get()) < 2))
		why = "its BTF in the recording is damaged";
	if (why.empty())
		why = make_plan(*types, btf__type_cnt(types.get()) - 1, *made);
	if (why.empty())
		why = check_size(type, *made);
	add(std::move(type), std::move(made), std::move(why));
}

void decoder::add(record_type type, std::unique_ptr<plan> made, std::string why_not)
{
	__u32 id = type.id;

	if (!why_not.empty())
		made.reset();
	types_.emplace(id, known_type{std::move(type), std::move(made), std::move(why_not)});
}

const record_type *decoder::type(__u32 id) const
{
	auto found = types_.find(id);

	return found == types_.end() ? nullptr : &found->second.type;
}

std::string decoder::btf_of(__u32 id)
{
	const record_type *wanted = type(id);
	std::string why;
	const btf *types = wanted ? btf_.of_module(wanted->module, wanted->loaded, why) : nullptr;

	return types ? btf_subset(*types, find_record_type(*types, wanted->name)) : std::string{};
}

std::vector<__u32> decoder::ids() const
{
	std::vector<__u32> ids;

	for (const auto &each : types_)
		ids.push_back(each.first);
	return ids;
}

const char *decoder::name(__u32 id) const
{
	auto found = types_.find(id);

	return found != types_.end() ? found->second.type.name.c_str() : id ? "unknown" : "untyped";
}

const char *decoder::why_hex(__u32 id) const
{
	auto found = types_.find(id);

	if (plan_of(id))
		return nullptr;
	if (found == types_.end())
		return id ? "its type is not registered" : "it was written without a type";
	return found->second.why_not.c_str();
}

const plan *decoder::plan_of(__u32 id) const
{
	auto found = types_.find(id);

	return found == types_.end() ? nullptr : found->second.made.get();
}

std::string decoder::try_plan(const record_type &type, plan &made)
{
	std::string why;
	const btf *btf = btf_.of_module(type.module, type.loaded, why);

	if (!btf)
		return why;
	why = make_plan(*btf, type.name, made);
	if (!why.empty())
		return "in the BTF of '" + type.module + "': " + why;
	return check_size(type, made);
}

std::string decoder::check_size(const record_type &type, const plan &made)
{
	if (made.size != type.size)
		return "its BTF has it with " + std::to_string(made.size) + " bytes, the channel with " +
		       std::to_string(type.size);
	return {};
}

} /* namespace kring */

using namespace kring;

void kring_decoder::look_again(__u32 id)
{
	kring::channel now;

	if (impl->knows(id) || id == missed || channel.empty())
		return;
	missed = id;
	if (!now.look(sysfs_folder{class_folder}, channel))
		impl->set_types(now.types());
}

kring_decoder *kring_decoder__new(const kring_channel *channel, const kring_decoder_opts *opts)
{
	return guarded_new<kring_decoder>([=](kring_decoder &made) {
		kring_decoder_opts mine;
		int error = copy_options(mine, opts);

		if (error)
			return error;
		made.channel = channel->impl.info().name;
		if (mine.btf_dir)
			made.impl.emplace(channel->impl.types(), mine.btf_dir);
		else
			made.impl.emplace(channel->impl.types(), "/sys/kernel/btf", "/sys/module");
		return 0;
	});
}

void kring_decoder__free(kring_decoder *decoder)
{
	delete decoder;
}

const char *kring_decoder__type_name(kring_decoder *decoder, __u32 type)
{
	guarded([=] {
		decoder->look_again(type);
		return 0;
	});
	return decoder->impl->name(type);
}

const char *kring_decoder__why_hex(kring_decoder *decoder, __u32 type)
{
	const char *why = "memory is short";

	guarded([&] {
		decoder->look_again(type);
		why = decoder->impl->why_hex(type);
		return 0;
	});
	return why;
}

int kring_decoder__text(kring_decoder *decoder, __u32 type, const void *payload, size_t size, char *buffer, size_t room)
{
	return guarded([=] { return decoder->write<text_style>(type, payload, size, buffer, room); });
}

int kring_decoder__json(kring_decoder *decoder, __u32 type, const void *payload, size_t size, char *buffer, size_t room)
{
	return guarded([=] { return decoder->write<json_style>(type, payload, size, buffer, room); });
}
