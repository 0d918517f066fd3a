/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Prints what fuzzing begins with, a line each: target, name, and the input in
 * hexadecimal. Images are the core's own, and what can be wrong with them.
 */
#include <cstdio>

#include <gtest/gtest.h>

#include "../simulated_kernel.hh"

using namespace kring;
using namespace kring::test;

namespace
{

constexpr shape small{.list_pages = 4, .page_size = 4096, .overwrite = true};

template <class... T>
std::string bytes_of(T... values)
{
	std::string bytes;

	(bytes.append(reinterpret_cast<const char *>(&values), sizeof(values)), ...);
	return bytes;
}

void print(const char *target, const char *name, const std::string &bytes)
{
	printf("%s %s ", target, name);
	for (unsigned char byte : bytes)
		printf("%02x", byte);
	printf("\n");
}

/* As read() gives it, of records with so many bytes. */
std::string real_image(std::initializer_list<__u32> sizes, __u32 cpu = 0)
{
	simulated_ring ring{cpu, small};
	std::string image;

	for (__u32 size : sizes)
		ring.write(size);
	ring.read_image(image);
	return image;
}

/* With the value at an offset replaced. */
template <class T>
std::string with(std::string image, size_t offset, T value)
{
	memcpy(&image[offset], &value, sizeof(value));
	return image;
}

constexpr size_t first_record = sizeof(kring_page), size_at = offsetof(kring_record, size),
		 type_at = offsetof(kring_record, type);

/* Of one that is whole. */
const std::string real = real_image({8, 24, 0, 13});

struct variant {
	const char *name;
	std::string image;
};

const std::vector<variant> variants = {
	{"real", real},
	{"empty", real.substr(0, sizeof(kring_page))},
	{"cut", real.substr(0, real.size() - 8)},
	{"no-page", with<__u32>(real, offsetof(kring_page, magic), 0)},
	{"odd-size", with<__u32>(real, offsetof(kring_page, size), 4095)},
	{"too-far", with<__u32>(real, offsetof(kring_page, commit), 4096)},
	{"in-header", with<__u32>(real, offsetof(kring_page, commit), 64)},
	{"miscounted", with<__u32>(real, offsetof(kring_page, commit) + 4, 99)},
	{"other-cpu", with<__u32>(real, offsetof(kring_page, cpu), 7)},
	{"last-number", with<__u64>(real, offsetof(kring_page, first), ~0ULL - 1)},
	{"refusals", with<__u64>(real, offsetof(kring_page, dropped), 5)},
	{"large-record", with<__u16>(real, first_record + size_at, 0xfff8)},
	{"larger-record", with<__u16>(real, first_record + size_at, 0xffff)},
	{"reserved-flag", with<__u16>(real, first_record + type_at, 0x1001)},
	{"long-stamp", image{0, 0}.add(1ULL << 40, "payload", KRING_RECORD_LONG_TIME).bytes()},
	{"discarded", image{0, 0}.add(1, "", KRING_RECORD_DISCARDED).add(2).bytes()},
};

void page_seeds()
{
	for (const variant &each : variants) {
		print("page", each.name, bytes_of(__u8{0}, __u8{0}, __u16{0}, __u16{0}) + each.image);
		print("page", (std::string{"torn-"} + each.name).c_str(),
		      bytes_of(__u8{1}, __u8{1}, __u16{0}, __u16{0}) + real +
			      with<__u16>(real, first_record + 16 + size_at, 0xffff));
	}
	print("page", "span", bytes_of(__u8{0}, __u8{0}, __u16{128}, static_cast<__u16>(real.size())) + real);
}

/* As items.hh takes it: two CPUs, pages of 4096 bytes, three of them; nanoseconds; 3 refused before. */
std::string channel()
{
	return bytes_of(__u8{1}, __u8{0}, __u8{1}) + bytes_of(__u32{1}, __u8{0}, __u64{0}) +
	       bytes_of(__u8{0}, __u8{0}, __u8{0}, __u8{3});
}

void images_seeds()
{
	auto piece = [](const std::string &bytes) { return bytes_of(static_cast<__u16>(bytes.size())) + bytes; };

	for (const variant &each : variants)
		print("images", each.name,
		      channel() + bytes_of(__u8{0}) + piece(each.image + real_image({16}, 1)) +
			      piece(with<__u64>(real, offsetof(kring_page, first), 9)));
	print("images", "twice", channel() + bytes_of(__u8{2}) + piece(real + real));
	print("images", "error", channel() + bytes_of(__u8{3}) + bytes_of(__u16{0xffff}) + piece(real));
}

void owner_seeds()
{
	auto span = [](const std::string &image, __u16 start, size_t end, __u16 count) {
		return bytes_of(__u8{2}, __u8{0}, start, static_cast<__u16>(end), count, __u8{0}, __u8{0}) +
		       bytes_of(static_cast<__u16>(image.size())) + image;
	};

	for (const variant &each : variants)
		print("owner", each.name, channel() + span(each.image, sizeof(kring_page), each.image.size(), 4));
	print("owner", "backwards", channel() + span(real, 256, 128, 4));
	print("owner", "torn", channel() + span(real, 128, real.size(), 4) + span(variants[11].image, 128, 4096, 4));
}

/* Page 0 of CPU 0 holds the image, and is the commit page of a ring with three pages; then it changes. */
void mapped_seeds()
{
	auto piece = [](__u8 page, const std::string &bytes) {
		return bytes_of(static_cast<__u8>(page * 2), static_cast<__u16>(bytes.size())) + bytes;
	};
	kring_ring ring{};

	ring.commit_page = __u64{1} << 16;

	const std::string begin = channel() + bytes_of(__u8{0}) + piece(3, bytes_of(ring));
	const std::string later = with<__u64>(real, offsetof(kring_page, seq), 4);

	for (const variant &each : variants)
		print("mapped", each.name, begin + piece(0, each.image) + piece(0, later));
	for (__u8 how : {1, 2, 3, 10})
		print("mapped", ("begin-" + std::to_string(how)).c_str(),
		      channel() + bytes_of(how) + piece(3, bytes_of(ring)) + piece(0, real) + piece(1, later));
	ring.commit_page = ~__u64{0};
	print("mapped", "commit-page", begin + piece(0, real) + piece(3, bytes_of(ring)));
}

/* Steps are numbers: these make structs with a few fields of what was made before. */
void types_seeds()
{
	const std::string steps[] = {
		bytes_of(__u8{3}, __u8{1}, __u16{4}, __u8{1}),	    /* an array */
		bytes_of(__u8{1}, __u8{0}, __u8{2}, __u8{2}, 5, 7), /* an enumeration */
		bytes_of(__u8{5}, __u8{3}),			    /* a number with a point */
		bytes_of(__u8{8}, __u8{1}, __u16{16}, __u8{2}, __u8{1}, __u16{0}, __u8{1}, __u8{1}, __u8{1}, __u16{4},
			 __u8{1}, __u8{3}),
		bytes_of(__u8{8}, __u8{1}, __u16{8}, __u8{1}, __u8{0}, __u8{7}, __u16{3}, __u8{1}, __u8{1}),
	};
	std::string all;

	for (const std::string &step : steps) {
		all += step;
		print("types", ("types-" + std::to_string(all.size())).c_str(),
		      bytes_of(__u8{4}, __u8{8}, ~0ULL) + all + steps[3]);
	}
}

void text_seeds()
{
	print("text", "types", "1 24 producer 77 struct my_event\n2 8 producer 78 u64");
	print("text", "large-type", "4095 65528 vmlinux 18446744073709551615 struct task struct");
	print("text", "cpus", "0,2-3,63");
	print("text", "all-cpus", "0-63,0-63,0-63");
	print("text", "number", "18446744073709551616");
	print("text", "name", "my_channel-0.1");
	print("text", "quoted", "a \"b\"\\ \xc3\xa4 \xe2\x82\xac \xf0\x9f\x90\xa7 \xed\xa0\x80 \x01");
}

/* Behind the channel's description: a chunk of each kind. */
void recordings_seeds()
{
	auto chunk = [](__u32 kind, const std::string &content) {
		return bytes_of(kind, static_cast<__u32>(content.size())) + content;
	};
	kring_ledger ledger{};
	std::string whole = bytes_of(__u8{0}) + chunk(5, real + real_image({16}, 1)) + chunk(6, {});

	ledger.dropped[0] = 7;
	ledger.committed = 9;
	print("recordings", "pages", whole);
	print("recordings", "cut", whole.substr(0, whole.size() - 30));
	print("recordings", "twice", bytes_of(__u8{3}) + chunk(5, real) + chunk(5, real));
	print("recordings", "ledgers",
	      bytes_of(__u8{2}) + chunk(3, bytes_of(ledger)) + chunk(5, real) + chunk(4, bytes_of(ledger)));
	print("recordings", "type",
	      bytes_of(__u8{0}) +
		      chunk(2, bytes_of(__u32{1}, __u32{8}, __u32{3}, __u32{3}, __u32{2}, __u32{0}) + "u64mod??"));
	/* BTF of an int: header, type, strings. */
	print("recordings", "type-with-btf",
	      bytes_of(__u8{0}) +
		      chunk(2, bytes_of(__u32{1}, __u32{4}, __u32{3}, __u32{0}, __u32{0}, __u32{45}) + "u32" +
				       bytes_of(__u16{0xeb9f}, __u8{1}, __u8{0}, __u32{24}, __u32{0}, __u32{16},
						__u32{16}, __u32{5}) +
				       bytes_of(__u32{1}, __u32{1U << 24}, __u32{4}, __u32{32}) +
				       std::string("\0u32\0", 5)));
}

void filters_seeds()
{
	const char *const texts[] = {"a == -42 && b == 'R'",
				     "!(c == true || d <= 0.5)",
				     "e ~ k*r? && e != \"a\\x41\"",
				     "f == OFF || f !~ O*",
				     "g.x > 0x2a && h[1].y < -3",
				     "i && !z[3]",
				     "type == record || cpu == 0",
				     "time > 1.5s && seq >= 7 && size != 8us",
				     "((fields.a == 1))"};
	unsigned int number = 0;

	for (const char *text : texts)
		print("filters", ("filters-" + std::to_string(number++)).c_str(),
		      bytes_of(__u8{1}, __u8{96}, __u8{8}, ~0ULL) + text);
}

} /* namespace */

int main()
{
	page_seeds();
	images_seeds();
	owner_seeds();
	mapped_seeds();
	types_seeds();
	text_seeds();
	filters_seeds();
	recordings_seeds();
	return 0;
}
