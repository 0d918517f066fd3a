/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The soak's readers. Each reads a channel's records as they are written, until
 * the writers have stopped and nothing is left.
 */
#ifndef KRING_TEST_SOAK_READERS_HH
#define KRING_TEST_SOAK_READERS_HH

#include <atomic>
#include <latch>
#include <string>

#include "soak_verifier.hh"

namespace kring::soak
{

/* What readers and their starter tell each other. */
struct signals {
	std::latch ready;		   /* each reader stands at the ring's first record */
	std::atomic<bool> writers_stopped; /* nothing more will come */
};

int open_channel(const std::string &channel);

/* The owner: acquires spans, and reads them in place through a mapping. */
void own(const std::string &channel, verifier &verifier, signals &signals);

/* An observer in the kernel: read(). */
void observe_images(const std::string &channel, verifier &verifier, signals &signals);

/* An observer in this program, over a mapping. */
void observe_pages(const std::string &channel, verifier &verifier, signals &signals);

} /* namespace kring::soak */

#endif
