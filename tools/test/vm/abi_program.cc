/* SPDX-License-Identifier: GPL-2.0-only */
#include "abi_program.hh"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <sstream>

#include "abi_os.hh"

namespace kring::abi
{

namespace
{

[[noreturn]] void become(const std::vector<std::string> &words, const std::string &folder)
{
	std::vector<char *> arguments;

	for (const std::string &word : words)
		arguments.push_back(const_cast<char *>(word.c_str()));
	arguments.push_back(nullptr);
	dup2(open((folder + "/out").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600), STDOUT_FILENO);
	dup2(open((folder + "/err").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600), STDERR_FILENO);
	execvp(arguments[0], arguments.data());
	_exit(127);
}

} /* namespace */

program::program(const std::vector<std::string> &words) : folder_{"/tmp/abi-XXXXXX"}
{
	EXPECT_NE(mkdtemp(folder_.data()), nullptr);
	id_ = fork();
	if (id_ == 0)
		become(words, folder_);
}

program::~program()
{
	if (id_) {
		kill(id_, SIGKILL);
		wait();
	}
	std::filesystem::remove_all(folder_);
}

int program::wait()
{
	if (id_)
		status_ = end_of(id_);
	id_ = 0;
	return status_;
}

void program::interrupt()
{
	kill(id_, SIGINT);
}

std::string program::out() const
{
	return read_text(folder_ + "/out");
}

std::string program::err() const
{
	return read_text(folder_ + "/err");
}

result run(const std::string &words)
{
	std::istringstream text{words};
	std::vector<std::string> list;

	for (std::string word; text >> word;)
		list.push_back(word);

	program program{list};
	int status = program.wait();

	return {status, program.out(), program.err()};
}

std::vector<std::string> lines_of(const std::string &text)
{
	std::istringstream stream{text};
	std::vector<std::string> lines;

	for (std::string line; std::getline(stream, line);)
		lines.push_back(line);
	return lines;
}

namespace
{

/* RFC 8259, without keeping anything. Each function passes over what it is named after. */
class json_text {
public:
	explicit json_text(const std::string &text) : at_{text.c_str()}, end_{at_ + text.size()} {}

	bool is_whole() { return value() && at_ == end_; }

private:
	bool one_of(const char *characters) { return at_ < end_ && strchr(characters, *at_) ? at_++, true : false; }

	bool digits()
	{
		const char *begin = at_;

		while (one_of("0123456789"))
			;
		return at_ > begin;
	}

	bool number()
	{
		one_of("-");
		if (!one_of("0") && !digits())
			return false;
		if (one_of(".") && !digits())
			return false;
		if (one_of("eE")) {
			one_of("+-");
			return digits();
		}
		return true;
	}

	bool word(const std::string &expected)
	{
		if (expected.compare(0, std::string::npos, at_, std::min<size_t>(expected.size(), end_ - at_)))
			return false;
		at_ += expected.size();
		return true;
	}

	bool escape()
	{
		if (!one_of("u"))
			return one_of("\"\\/bfnrt");
		for (int count = 0; count < 4; count++)
			if (!one_of("0123456789abcdefABCDEF"))
				return false;
		return true;
	}

	bool string()
	{
		if (!one_of("\""))
			return false;
		while (at_ < end_ && *at_ != '"') {
			auto byte = static_cast<unsigned char>(*at_++);

			if (byte < ' ' || (byte == '\\' && !escape()))
				return false;
		}
		return one_of("\"");
	}

	bool member() { return string() && one_of(":") && value(); }

	template <typename Element>
	bool list(const char *close, Element element)
	{
		if (one_of(close))
			return true;
		do {
			if (!element())
				return false;
		} while (one_of(","));
		return one_of(close);
	}

	bool value()
	{
		if (one_of("{"))
			return list("}", [this] { return member(); });
		if (one_of("["))
			return list("]", [this] { return value(); });
		if (at_ < end_ && *at_ == '"')
			return string();
		return word("true") || word("false") || word("null") || number();
	}

	const char *at_;
	const char *end_;
};

} /* namespace */

bool is_json(const std::string &text)
{
	return json_text{text}.is_whole();
}

} /* namespace kring::abi */
