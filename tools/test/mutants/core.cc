/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The core of a mutant, on the platforms of the tests. Linked before the tests'
 * objects, which were compiled once and without inlining: of functions that are
 * there several times the linker takes the first.
 */
#include "../broadcast_fixture.hh"
#include "../nesting_scene.hh"

namespace kring
{

using namespace test;

template class page_ring<platform_native>;
template class page_ring<platform_nesting>;
template class page_ring_reader<platform_native>;
template class page_ring_reader<platform_nesting>;
template class page_ring_check<platform_native>;
template class page_ring_check<platform_nesting>;
template class page_observer<platform_native>;
template class page_observer<platform_nesting>;

/* Members that are templates of a view, which no test's class brings with it. */
template u64 page_observer<platform_native>::bytes_published(const ring_memory &);
template u64 page_observer<platform_native>::bytes_passed(const ring_memory &) const;

/* With these come the templates that are members: of a clock, of a view. */
template class test::test_ring<platform_native>;
template class test::test_ring<platform_nesting, nesting_clock>;
template class test::test_observer<platform_native>;
template class test::test_observer<platform_nesting>;

template class broadcast_ring<platform_native>;
template class broadcast_ring<platform_nesting>;
template class broadcast_consumer<platform_native>;
template class broadcast_consumer<platform_nesting>;
template class test::broadcast_producer<platform_native>;
template class test::broadcast_producer<platform_nesting>;
template class test::broadcast_reader<platform_native>;
template class test::broadcast_reader<platform_nesting>;

} /* namespace kring */
