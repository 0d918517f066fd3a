/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The parser, by recursive descent; see filter_syntax.hh. */
#include "filter_syntax.hh"

#include <algorithm>
#include <charconv>
#include <utility>

namespace kring
{

namespace
{

bool is_name_begin(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

/* Of a value that is not quoted: all but what may come behind it. */
bool is_word(char c)
{
	return static_cast<unsigned char>(c) > ' ' && std::string_view{"()&|<>=\"'"}.find(c) == std::string_view::npos;
}

/* -1: it is none. */
int hex_digit(char c)
{
	constexpr std::string_view digits = "0123456789abcdefABCDEF";
	size_t found = digits.find(c);

	return found == digits.npos ? -1 : static_cast<int>(found < 16 ? found : found - 6);
}

class filter_parser {
public:
	filter_parser(std::string_view text, filter_syntax &made) : text_{text}, made_{made} {}

	bool parse();
	const std::string &error() const { return error_; }

private:
	bool parse_any(unsigned int depth);
	bool parse_all(unsigned int depth);
	bool parse_one(unsigned int depth);
	bool parse_comparison();
	bool parse_path(comparison &made);
	bool parse_index(comparison &made);
	bool parse_operator(comparison &made);
	bool parse_value(comparison &made);
	bool parse_quoted(comparison &made);
	bool parse_escape(char &c);
	bool fail_behind();

	bool is_at_end() const { return at_ == text_.size(); }
	/* The character that is next; 0 at the end. */
	char next() const { return is_at_end() ? '\0' : text_[at_]; }
	void skip_space()
	{
		while (is_space(next()))
			at_++;
	}
	/* Passes by these characters, if they come next. */
	bool take(std::string_view what)
	{
		skip_space();
		if (!text_.substr(at_).starts_with(what))
			return false;
		at_ += what.size();
		return true;
	}
	/* What was parsed since node first becomes operands of one more node before it. */
	void wrap(size_t first, filter_operation operation)
	{
		size_t length = made_.nodes.size() - first + 1;

		made_.nodes.insert(made_.nodes.begin() + static_cast<std::ptrdiff_t>(first), {operation, length, 0});
	}
	bool fail(size_t at, const std::string &what)
	{
		error_ = at_column(at, what);
		return false;
	}
	/* Something else was to come next. */
	bool expect(const std::string &what)
	{
		if (is_at_end())
			return fail(at_, "the filter ends where " + what + " is expected");
		return fail(at_, "'" + std::string{text_.substr(at_, 10)} + "' stands where " + what + " is expected");
	}

	std::string_view text_;
	filter_syntax &made_;
	size_t at_ = 0;
	std::string error_;
};

bool filter_parser::parse()
{
	return parse_any(0) && (is_at_end() || fail_behind());
}

/* A comparison is over, and what comes does not go on from there. */
bool filter_parser::fail_behind()
{
	if (next() == ')')
		return fail(at_, "')' closes what no '(' has opened");
	if (next() == '=')
		return fail(at_, "'=' is no operator: equal is '=='");
	if (next() == '&' || next() == '|')
		return fail(at_, std::string{"'"} + next() + "' is no operator: and is '&&', or is '||'");
	return expect("an operator, '&&', '||' or the end");
}

bool filter_parser::parse_any(unsigned int depth)
{
	size_t first = made_.nodes.size();
	bool alone = true;

	for (; parse_all(depth); alone = false) {
		if (take("||"))
			continue;
		if (!alone)
			wrap(first, filter_operation::any);
		return true;
	}
	return false;
}

bool filter_parser::parse_all(unsigned int depth)
{
	size_t first = made_.nodes.size();
	bool alone = true;

	for (; parse_one(depth); alone = false) {
		if (take("&&"))
			continue;
		if (!alone)
			wrap(first, filter_operation::all);
		return true;
	}
	return false;
}

bool filter_parser::parse_one(unsigned int depth)
{
	size_t first = made_.nodes.size();

	skip_space();
	if (depth > filter_depth_max)
		return fail(at_,
			    "'(' and '!' stand in each other more than " + std::to_string(filter_depth_max) + " deep");

	size_t begin = at_;

	if (take("!")) {
		if (!parse_one(depth + 1))
			return false;
		wrap(first, filter_operation::negate);
		return true;
	}
	if (!take("("))
		return parse_comparison();
	if (!parse_any(depth + 1))
		return false;
	if (take(")"))
		return true;
	return is_at_end() ? fail(begin, "this '(' is never closed") : fail_behind();
}

bool filter_parser::parse_comparison()
{
	comparison made;

	if (made_.comparisons.size() == filter_comparisons_max)
		return fail(at_, "there are more than " + std::to_string(filter_comparisons_max) + " comparisons");
	if (!parse_path(made) || !parse_operator(made))
		return false;
	made_.nodes.push_back({filter_operation::compare, 1, made_.comparisons.size()});
	made_.comparisons.push_back(std::move(made));
	skip_space();
	return true;
}

bool filter_parser::parse_path(comparison &made)
{
	made.field_at = at_;
	do {
		size_t begin = at_;

		if (!is_name_begin(next()))
			return expect("the name of a field");
		while (is_name_begin(next()) || is_digit(next()))
			at_++;
		made.path.push_back({std::string{text_.substr(begin, at_ - begin)}, 0});
		while (next() == '[')
			if (!parse_index(made))
				return false;
	} while (next() == '.' && ++at_);
	made.field = text_.substr(made.field_at, at_ - made.field_at);
	return true;
}

bool filter_parser::parse_index(comparison &made)
{
	const char *end = text_.data() + text_.size();
	path_step step;
	auto [behind, error] = std::from_chars(text_.data() + ++at_, end, step.index);

	if (error != std::errc{} || behind == end || *behind != ']')
		return expect("the number of an element, and ']'");
	at_ = static_cast<size_t>(behind - text_.data()) + 1;
	made.path.push_back(std::move(step));
	return true;
}

bool filter_parser::parse_operator(comparison &made)
{
	constexpr std::pair<std::string_view, relation> operators[] = {
		{"==", relation::equal},	 {"!=", relation::unequal}, {"<=", relation::less_equal},
		{">=", relation::greater_equal}, {"<", relation::less},	    {">", relation::greater},
		{"!~", relation::unlike},	 {"~", relation::like},
	};

	for (auto [sign, how] : operators) {
		if (!take(sign))
			continue;
		made.how = how;
		return parse_value(made);
	}
	return true;
}

bool filter_parser::parse_value(comparison &made)
{
	skip_space();
	made.value_at = at_;
	if (next() == '"' || next() == '\'')
		return parse_quoted(made);
	while (is_word(next()))
		at_++;
	made.value = text_.substr(made.value_at, at_ - made.value_at);
	return !made.value.empty() || expect("a value, such as 42, 0x2a, NAME or \"text\",");
}

bool filter_parser::parse_quoted(comparison &made)
{
	char quote = text_[at_++];

	made.is_quoted = true;
	while (!is_at_end() && next() != quote) {
		char c = text_[at_++];

		if (c == '\\' && !parse_escape(c))
			return false;
		made.value += c;
	}
	if (is_at_end())
		return fail(made.value_at, std::string{"the text behind this "} + quote + " has no end");
	at_++;
	return true;
}

/* Behind a backslash; as payloads are written in text. */
bool filter_parser::parse_escape(char &c)
{
	size_t begin = at_ - 1;

	c = next();
	if (c == '\\' || c == '"' || c == '\'') {
		at_++;
		return true;
	}

	int high = at_ + 2 < text_.size() ? hex_digit(text_[at_ + 1]) : -1;
	int low = at_ + 2 < text_.size() ? hex_digit(text_[at_ + 2]) : -1;

	if (c != 'x' || high < 0 || low < 0)
		return fail(begin, "behind a backslash comes \\, a quote, or xNN with two hexadecimal digits");
	c = static_cast<char>(high << 4 | low);
	at_ += 3;
	return true;
}

} /* namespace */

std::string at_column(size_t at, std::string_view what)
{
	return "column " + std::to_string(at + 1) + ": " + std::string{what};
}

std::string parse_filter(std::string_view text, filter_syntax &made)
{
	made = {};

	filter_parser parser{text, made};

	parser.parse();
	return parser.error();
}

} /* namespace kring */
