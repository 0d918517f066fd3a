/* SPDX-License-Identifier: GPL-2.0-only */
/* The code of Documentation/rings.rst: each ring holds its capacity, and gives back what was put, in any sequence. */
#include <deque>

#include <gtest/gtest.h>

#include "../../Documentation/examples/full_or_empty.hh"

namespace
{

/* All sequences of so many puts and gets: a bit each. */
template <class R> void expect_all_sequences(unsigned int operations)
{
	for (unsigned int sequence = 0; sequence < 1U << operations; sequence++) {
		R ring;
		std::deque<int> model;
		int next = 0;

		for (unsigned int at = 0; at < operations; at++)
			if (sequence >> at & 1) {
				bool fits = model.size() < R::capacity;

				ASSERT_EQ(ring.put(next), fits) << "sequence " << sequence << ", operation " << at;
				if (fits)
					model.push_back(next);
				next++;
			} else {
				int value = -1;

				ASSERT_EQ(ring.get(value), !model.empty())
					<< "sequence " << sequence << ", operation " << at;
				if (model.empty())
					continue;
				ASSERT_EQ(value, model.front());
				model.pop_front();
			}
	}
}

TEST(full_or_empty, one_slot_free)
{
	expect_all_sequences<examples::one_slot_free<2>>(12);
	expect_all_sequences<examples::one_slot_free<4>>(14);
	expect_all_sequences<examples::one_slot_free<5>>(14);
}

TEST(full_or_empty, fill_count)
{
	expect_all_sequences<examples::fill_count<1>>(12);
	expect_all_sequences<examples::fill_count<3>>(14);
	expect_all_sequences<examples::fill_count<4>>(14);
}

TEST(full_or_empty, mirror_bit)
{
	expect_all_sequences<examples::mirror_bit<1>>(12);
	expect_all_sequences<examples::mirror_bit<3>>(14);
	expect_all_sequences<examples::mirror_bit<4>>(14);
}

TEST(full_or_empty, free_running)
{
	expect_all_sequences<examples::free_running<1>>(12);
	expect_all_sequences<examples::free_running<2>>(14);
	expect_all_sequences<examples::free_running<4>>(14);
}

TEST(full_or_empty, last_operation)
{
	expect_all_sequences<examples::last_operation<1>>(12);
	expect_all_sequences<examples::last_operation<3>>(14);
	expect_all_sequences<examples::last_operation<4>>(14);
}

} /* namespace */
