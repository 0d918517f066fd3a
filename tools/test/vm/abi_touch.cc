/* SPDX-License-Identifier: GPL-2.0-only */
#include "abi_touch.hh"

#include <setjmp.h>
#include <signal.h>

namespace kring::abi
{
namespace
{

sigjmp_buf escape;
volatile bool is_touching;
struct sigaction before[2];

constexpr int faults[] = {SIGSEGV, SIGBUS};

void caught(int signal)
{
	if (is_touching)
		siglongjmp(escape, signal);
	/* Not ours: the instruction is run again, and ends the program. */
	::signal(signal, SIG_DFL);
}

template <class F>
int touch(F access)
{
	/* Without the signal mask, which SA_NODEFER leaves alone. */
	int signal = sigsetjmp(escape, 0);

	if (!signal) {
		is_touching = true;
		access();
	}
	is_touching = false;
	return signal;
}

} /* namespace */

fault_guard::fault_guard()
{
	struct sigaction action{};

	action.sa_handler = caught;
	action.sa_flags = SA_NODEFER;
	for (int i = 0; i < 2; i++)
		sigaction(faults[i], &action, &before[i]);
}

fault_guard::~fault_guard()
{
	for (int i = 0; i < 2; i++)
		sigaction(faults[i], &before[i], nullptr);
}

int touch_to_read(const char *at)
{
	return touch([=] { (void)*static_cast<const volatile char *>(at); });
}

int touch_to_write(char *at)
{
	volatile char *byte = at;

	/* An addition of nothing is an access to write from its beginning. */
	return touch([=] { __atomic_fetch_add(byte, 0, __ATOMIC_RELAXED); });
}

} /* namespace kring::abi */
