/* SPDX-License-Identifier: GPL-2.0-only */
/* What a target takes from the bytes that it is given, and what it holds against libkring. */
#ifndef LIBKRING_FUZZ_INPUT_HH
#define LIBKRING_FUZZ_INPUT_HH

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>

/* Begins a target: LLVM's libFuzzer calls it with one input after another. */
#define FUZZ_TARGET extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)

namespace kring::fuzz
{

/* A promise that was broken is reported as a crash is. */
inline void require(bool holds)
{
	if (!holds)
		std::abort();
}

class input {
public:
	input(const uint8_t *data, size_t size) : rest_{reinterpret_cast<const char *>(data), size} {}

	/* Zero where the input has ended. */
	template <class T>
	T take()
	{
		std::string_view bytes = take_bytes(sizeof(T));
		T value{};

		memcpy(&value, bytes.data(), bytes.size());
		return value;
	}
	/* As many as there are, at most. */
	std::string_view take_bytes(size_t most)
	{
		std::string_view bytes = rest_.substr(0, most);

		rest_.remove_prefix(bytes.size());
		return bytes;
	}
	std::string_view take_rest() { return take_bytes(rest_.size()); }
	size_t size() const { return rest_.size(); }

private:
	std::string_view rest_;
};

/* Memory of that size to the byte, so that the sanitizer sees what is read behind it. Aligned as records are. */
class memory {
public:
	explicit memory(size_t size) : bytes_{new char[size]()}, size_{size} {}
	explicit memory(std::string_view bytes) : memory{bytes.size()} { set(bytes); }

	/* Of the first bytes; the others stay. */
	void set(std::string_view bytes)
	{
		if (!bytes.empty())
			memcpy(bytes_.get(), bytes.data(), std::min(bytes.size(), size_));
	}
	const char *at() const { return bytes_.get(); }
	size_t size() const { return size_; }

private:
	std::unique_ptr<char[]> bytes_;
	size_t size_;
};

/* Reads each byte, as a program does with a payload. */
inline void look_at(const void *from, size_t size)
{
	const auto *bytes = static_cast<const unsigned char *>(from);
	unsigned char sum = 0;

	for (size_t at = 0; at < size; at++)
		sum = static_cast<unsigned char>(sum + bytes[at]);
	/* For the compiler, somebody wants to know. */
	asm volatile("" : : "r"(sum));
}

} /* namespace kring::fuzz */

#endif
