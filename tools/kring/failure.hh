/* SPDX-License-Identifier: GPL-2.0-only */
/* What ends the program with a line on standard error: what is wrong, and what to do about it. */
#ifndef KRING_FAILURE_HH
#define KRING_FAILURE_HH

#include <stdexcept>
#include <string>

class failure : public std::runtime_error {
public:
	using std::runtime_error::runtime_error;
};

/* The command line asks for what cannot be. */
class usage_failure : public failure {
public:
	using failure::failure;
};

/* About opening or looking at a channel; error is a positive errno. */
failure channel_failure(const std::string &channel, int error);

/* About making a channel, ending it, and writing a record of so many bytes, likewise. */
failure control_failure(const std::string &channel, int error);
failure destroy_failure(const std::string &channel, int error);
failure write_failure(const std::string &channel, size_t size, int error);

/* About reading what is open. */
failure read_failure(const std::string &channel, int error);

/* One line that does not end the program. */
void warn(const std::string &line);

#endif
