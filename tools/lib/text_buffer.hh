/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Text that is cut off where the caller's memory ends, but counted to its end, as snprintf() does. */
#ifndef LIBKRING_TEXT_BUFFER_HH
#define LIBKRING_TEXT_BUFFER_HH

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string_view>

#include <linux/types.h>

namespace kring
{

class text_buffer {
public:
	text_buffer(char *begin, size_t room) : begin_{begin}, room_{room} {}

	void put(char c)
	{
		if (length_ < room_)
			begin_[length_] = c;
		length_++;
	}

	void put(std::string_view text)
	{
		if (length_ < room_)
			memcpy(begin_ + length_, text.data(), std::min(text.size(), room_ - length_));
		length_ += text.size();
	}

	/* Any number that std::to_chars() writes in 32 characters. */
	template <class... T>
	void put_number(T... number)
	{
		char digits[32];

		put({digits, std::to_chars(digits, digits + sizeof(digits), number...).ptr});
	}

	void put_hex_byte(char byte)
	{
		constexpr char digits[] = "0123456789abcdef";

		put(digits[static_cast<unsigned char>(byte) >> 4]);
		put(digits[byte & 0xf]);
	}

	/* Ends the string, cutting it if need be; its whole length. */
	size_t finish()
	{
		if (room_)
			begin_[std::min(length_, room_ - 1)] = 0;
		return length_;
	}

private:
	char *begin_;
	size_t room_;
	size_t length_ = 0;
};

} /* namespace kring */

#endif
