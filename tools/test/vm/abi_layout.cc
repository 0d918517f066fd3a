/* SPDX-License-Identifier: GPL-2.0-only */
/* A module is loaded anew, and its struct has another layout of the same size: no record is misread. */
#include <bpf/btf.h>
#include <kring/kring.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstring>

#include "abi_program.hh"
#include "abi_test.hh"

namespace kring::abi
{
namespace
{

template <class T>
using handle = std::unique_ptr<T, void (*)(T *)>;

class layouts : public clean_test {};

/* kring_example as if its source had the members of struct example_tick the other way round. */
std::string example_of_another_layout()
{
	const char *folder = getenv("KRING_MODULES");
	std::string path = std::string{folder ? folder : "/lib/kring"} + "/kring_example.ko";
	std::string file = read_text(path);
	handle<btf> base{btf__load_vmlinux_btf(), btf__free};
	handle<btf> types{btf__parse_split(path.c_str(), base.get()), btf__free};
	__u32 size = 0;
	const void *bytes = types ? btf__raw_data(types.get(), &size) : nullptr;
	size_t found = bytes ? file.find(std::string_view{static_cast<const char *>(bytes), size}) : file.npos;

	EXPECT_NE(found, file.npos);
	for (__u32 id = base ? btf__type_cnt(base.get()) : ~0U; found != file.npos && id < btf__type_cnt(types.get());
	     id++) {
		const btf_type *type = btf__type_by_id(types.get(), id);

		if (std::string_view{btf__name_by_offset(types.get(), type->name_off)} != "example_tick")
			continue;

		auto at = reinterpret_cast<const char *>(btf_members(type)) - static_cast<const char *>(bytes);
		auto *members = reinterpret_cast<btf_member *>(&file[found + static_cast<size_t>(at)]);

		std::swap(members[0].name_off, members[1].name_off);
		std::swap(members[0].type, members[1].type);
		return file;
	}
	ADD_FAILURE() << "its BTF has no struct example_tick";
	return file;
}

handle<kring_channel> example()
{
	return {kring_channel__new("example"), kring_channel__free};
}

handle<kring_decoder> decoder_of(const handle<kring_channel> &channel)
{
	return {kring_decoder__new(channel.get(), nullptr), kring_decoder__free};
}

/* The first record of a channel of that name, as long as the stream is there. */
const kring_item *first_of(const handle<kring_stream> &stream)
{
	const kring_item *item = nullptr;

	EXPECT_TRUE(eventually([&] { return kring_stream__next(stream.get(), &item) == 1; }));
	return item;
}

std::string text_of(const handle<kring_decoder> &decoder, const kring_item &item)
{
	char text[200];

	EXPECT_GT(kring_decoder__text(decoder.get(), item.type, item.payload, item.size, text, sizeof(text)), 0);
	return text;
}

handle<kring_stream> open_example()
{
	return {kring_stream__open("example", nullptr), kring_stream__free};
}

TEST_F(layouts, of_a_module_that_was_loaded_anew)
{
	std::string other = example_of_another_layout();

	ASSERT_EQ(load_module("kring_example"), 0);

	handle<kring_channel> old = example();
	handle<kring_decoder> early = decoder_of(old);
	handle<kring_stream> stream = open_example();

	/* It has records before it goes. */
	first_of(open_example());
	EXPECT_EQ(run("kring record example /tmp/example --drain").status, 0);
	ASSERT_EQ(unload_module("kring_example"), 0);

	handle<kring_decoder> between = decoder_of(old);

	ASSERT_EQ(error_of(syscall(SYS_init_module, other.data(), other.size(), "")), 0);

	handle<kring_decoder> late = decoder_of(old);
	const kring_item *record = first_of(stream);

	ASSERT_TRUE(record);
	EXPECT_EQ(text_of(early, *record).rfind("number=0 worker=", 0), 0U) << text_of(early, *record);
	for (const auto *each : {&between, &late}) {
		EXPECT_EQ(text_of(*each, *record).rfind("hex=00000000", 0), 0U) << text_of(*each, *record);
		EXPECT_NE(std::string{kring_decoder__why_hex(each->get(), record->type)}.find("was unloaded since"),
			  std::string::npos);
	}

	EXPECT_NE(run("kring read -i /tmp/example -n 1").out.find("example_tick  number=0 worker="), std::string::npos);
	EXPECT_EQ(unlink("/tmp/example"), 0);

	handle<kring_stream> anew = open_example();

	record = first_of(anew);
	ASSERT_TRUE(record);
	EXPECT_EQ(text_of(decoder_of(example()), *record).rfind("worker=0 number=", 0), 0U);
	EXPECT_EQ(unload_module("kring_example"), 0);
}

} /* namespace */
} /* namespace kring::abi */
