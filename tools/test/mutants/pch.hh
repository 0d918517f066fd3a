/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Included before everything else by what check-mutants compiles: headers that
 * no mutant changes, precompiled. What the core wants inlined is a call after
 * this, so that tests compiled once call the core of each mutant.
 */
#ifndef KRING_TEST_MUTANTS_PCH_HH
#define KRING_TEST_MUTANTS_PCH_HH

#include <algorithm>
#include <cinttypes>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "../platform_nesting.hh"

#define always_inline noinline

#endif
