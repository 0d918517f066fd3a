/* SPDX-License-Identifier: GPL-2.0-only */
/* Running programs of the guest, and taking apart what they print. */
#ifndef KRING_TEST_ABI_PROGRAM_HH
#define KRING_TEST_ABI_PROGRAM_HH

#include <string>
#include <vector>

#include <sys/types.h>

namespace kring::abi
{

/* A program that was started: its output goes to files. */
class program {
public:
	explicit program(const std::vector<std::string> &words);
	~program();
	program(const program &) = delete;

	/* Its exit status, or minus the signal that ended it. */
	int wait();
	void interrupt();
	pid_t id() const { return id_; }

	std::string out() const;
	std::string err() const;

private:
	std::string folder_;
	pid_t id_ = 0;
	int status_ = -1;
};

struct result {
	int status;
	std::string out, err;
};

/* From start to end; words are divided by blanks. */
result run(const std::string &words);

/* Each without its end of line; what follows the last one counts, too. */
std::vector<std::string> lines_of(const std::string &text);

/* Is this one JSON value, and nothing else? */
bool is_json(const std::string &text);

} /* namespace kring::abi */

#endif
