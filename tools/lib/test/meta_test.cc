/* SPDX-License-Identifier: GPL-2.0-only */
/* Channels' descriptions that cannot be, and stamps in nanoseconds. */
#include <gtest/gtest.h>

#include "image.hh"

namespace kring::test
{
namespace
{

TEST(meta_test, sound)
{
	EXPECT_EQ(why_bad_meta(make_meta(1)), nullptr);
	EXPECT_EQ(why_bad_meta(make_meta(KRING_CPUS_MAX)), nullptr);
}

TEST(meta_test, each_field_that_cannot_be)
{
	using change = void (*)(kring_meta &);

	for (change each : {change{[](kring_meta &meta) { meta.magic = 0; }},
			    change{[](kring_meta &meta) { meta.kind = KRING_KIND_FIFO; }},
			    change{[](kring_meta &meta) { meta.version++; }},
			    change{[](kring_meta &meta) { meta.size = 64; }},
			    change{[](kring_meta &meta) { meta.nr_cpus = 0; }},
			    change{[](kring_meta &meta) { meta.nr_cpus = KRING_CPUS_MAX + 1; }},
			    change{[](kring_meta &meta) { meta.page_size = 0; }},
			    change{[](kring_meta &meta) { meta.page_size = 4097; }},
			    change{[](kring_meta &meta) { meta.page_size = 1U << 31; }},
			    change{[](kring_meta &meta) { meta.pages = 0; }},
			    change{[](kring_meta &meta) { meta.pages = ~0U; }},
			    change{[](kring_meta &meta) { meta.pages++; }},
			    change{[](kring_meta &meta) { meta.rings += 4; }},
			    change{[](kring_meta &meta) { meta.rings = ~0ULL << 3; }},
			    change{[](kring_meta &meta) { meta.ring_stride = ~0ULL << 3; }},
			    change{[](kring_meta &meta) { meta.ring_stride = 0; }},
			    change{[](kring_meta &meta) { meta.pages_offset = ~0ULL << 3; }},
			    change{[](kring_meta &meta) { meta.map_size--; }},
			    change{[](kring_meta &meta) { meta.time_mult = 0; }},
			    change{[](kring_meta &meta) { meta.time_shift = 64; }}}) {
		kring_meta meta = make_meta(2);

		each(meta);
		EXPECT_NE(why_bad_meta(meta), nullptr);
	}
}

TEST(meta_test, has_ring)
{
	kring_meta meta = make_meta(70);

	meta.cpus[1] = 1;
	EXPECT_TRUE(has_ring(meta, 63));
	EXPECT_TRUE(has_ring(meta, 64));
	EXPECT_FALSE(has_ring(meta, 65));
	EXPECT_FALSE(has_ring(meta, 70));
	EXPECT_FALSE(has_ring(meta, ~0U));
}

TEST(meta_test, nanosecond_clocks_stay_as_they_are)
{
	kring_meta meta = make_meta(1);

	for (__u64 stamp : {__u64{0}, __u64{1}, ~__u64{0}, __u64{1} << 63})
		EXPECT_EQ(to_ns(meta, stamp), stamp);
}

/* A counter of 2.5 GHz: 0.4 ns a tick. */
TEST(meta_test, counter_before_and_behind_the_reference)
{
	kring_meta meta = make_meta(1);

	meta.time_shift = 24;
	meta.time_mult = static_cast<__u32>(0.4 * (1 << 24) + 0.5);
	meta.time_ns = 1000000000000;
	meta.time_ticks = 5000000000;
	EXPECT_EQ(to_ns(meta, 5000000000), 1000000000000U);
	EXPECT_NEAR(static_cast<double>(to_ns(meta, 7500000000)), 1001000000000.0, 100);
	EXPECT_NEAR(static_cast<double>(to_ns(meta, 2500000000)), 999000000000.0, 100);
	/* A hundred years on, the product has more than 64 bits. */
	EXPECT_NEAR(static_cast<double>(to_ns(meta, 5000000000 + 7884000000000000000)) / 1e18, 3.1536 + 1e-6, 1e-6);
}

} /* namespace */
} /* namespace kring::test */
