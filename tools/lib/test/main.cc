/* SPDX-License-Identifier: GPL-2.0-only */
/* The tests of libkring and of what kring computes; the last line says how many there were. */
#include <cstdio>

#include <gtest/gtest.h>

int main(int argc, char **argv)
{
	testing::InitGoogleTest(&argc, argv);

	int result = RUN_ALL_TESTS();
	const testing::UnitTest &all = *testing::UnitTest::GetInstance();

	std::printf("check-lib: %d passed, %d failed, %d skipped\n", all.successful_test_count(),
		    all.failed_test_count(), all.skipped_test_count());
	return result || all.test_to_run_count() == 0;
}
