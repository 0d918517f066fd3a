/* SPDX-License-Identifier: GPL-2.0-only */
/* libkring's streams, as far as they need a kernel; tools/lib/test has the rest. */
#include <kring/kring.h>
#include <poll.h>

#include "abi_test.hh"
#include "abi_wakeup.hh"

namespace kring::abi
{
namespace
{

class streams : public clean_test {};

TEST_F(streams, are_readable_at_their_watermark)
{
	for (__u32 flags : {0U, KRING_STREAM_OWN}) {
		load load{"cpus=0"};
		kring_stream_opts opts{};
		const kring_item *item;

		opts.sz = sizeof(opts);
		opts.flags = flags;
		opts.watermark = 10 * record_bytes;
		opts.deadline_us = ~0U;

		kring_stream *stream = kring_stream__open("load", &opts);

		ASSERT_TRUE(stream);
		for (unsigned times = 0; times < 3; times++) {
			EXPECT_EQ(kring_stream__next(stream, &item), 0);
			load.write(9);
			EXPECT_EQ(poll_now(kring_stream__fd(stream)), 0);
			load.write(1);
			EXPECT_EQ(poll_now(kring_stream__fd(stream), POLLIN), POLLIN);
			for (unsigned records = 0; records < 10; records++)
				EXPECT_EQ(kring_stream__next(stream, &item), 1);
		}
		kring_stream__free(stream);
	}
}

TEST_F(streams, are_readable_at_their_deadline)
{
	load load;
	kring_stream_opts opts{};
	double begin = now();

	opts.sz = sizeof(opts);
	opts.watermark = ~0U;
	opts.deadline_us = 50000;

	kring_stream *stream = kring_stream__open("load", &opts);

	ASSERT_TRUE(stream);
	load.write(1);
	EXPECT_EQ(poll_now(kring_stream__fd(stream), POLLIN, static_cast<int>(patience * 1000)), POLLIN);
	EXPECT_GE(now() - begin, 0.05);
	kring_stream__free(stream);
}

} /* namespace */
} /* namespace kring::abi */
