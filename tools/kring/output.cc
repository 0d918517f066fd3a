/* SPDX-License-Identifier: GPL-2.0-only */
/* Writing to standard output; see output.hh. */
#include "output.hh"

#include <cerrno>
#include <csignal>
#include <cstring>

#include <unistd.h>

#include "failure.hh"
#include "interrupt.hh"

output::output() : is_terminal_{isatty(STDOUT_FILENO) == 1}
{
	/* A reader that went away is seen by write(). */
	signal(SIGPIPE, SIG_IGN);
}

output::~output()
{
	try {
		flush();
	} catch (const failure &) {
	}
}

void output::flush()
{
	const char *at = text_.data();
	size_t left = is_closed_ ? 0 : text_.size();

	while (left) {
		ssize_t written = write_interruptibly(STDOUT_FILENO, at, left);

		if (written >= 0) {
			at += written;
			left -= static_cast<size_t>(written);
		} else if (errno == EPIPE) {
			is_closed_ = true;
			left = 0;
		} else if (errno == EINTR) {
			text_.clear();
			throw failure{
				fmt::format("interrupted, with {} bytes that standard output did not take", left)};
		} else {
			text_.clear();
			throw failure{fmt::format("standard output: {}", strerror(errno))};
		}
	}
	text_.clear();
}

std::string json_string(std::string_view text)
{
	std::string quoted = "\"";

	for (char c : text) {
		if (c == '"' || c == '\\')
			quoted += '\\';
		if (c >= ' ' && c <= '~')
			quoted += c;
		else
			quoted += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
	}
	return quoted + '"';
}
