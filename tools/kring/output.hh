/* SPDX-License-Identifier: GPL-2.0-only */
/* Standard output, gathered: written when it is much, when asked, and by the line on a terminal. */
#ifndef KRING_OUTPUT_HH
#define KRING_OUTPUT_HH

#include <string>
#include <string_view>

#include <fmt/format.h>

class output {
public:
	output();
	/* What is left is written; nobody is told of an error any more. */
	~output();

	template <class... T>
	void line(fmt::format_string<T...> format, T &&...values)
	{
		fmt::format_to(std::back_inserter(text_), format, std::forward<T>(values)...);
		text_.push_back('\n');
		if (is_terminal_ || text_.size() >= much)
			flush();
	}

	/* As it is, without an end of line. */
	void text(std::string_view text)
	{
		text_.append(text.data(), text.data() + text.size());
		if (is_terminal_ || text_.size() >= much)
			flush();
	}

	/* Throws a failure if it cannot be written, unless the reader is gone: then is_closed() is true. */
	void flush();
	bool is_closed() const { return is_closed_; }

private:
	static constexpr size_t much = 64 << 10;

	fmt::memory_buffer text_;
	bool is_terminal_;
	bool is_closed_ = false;
};

/* As a JSON string, with its quotes. */
std::string json_string(std::string_view text);

#endif
