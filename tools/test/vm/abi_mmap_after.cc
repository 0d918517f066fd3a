/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What happens to a mapping after mmap(): each step of abi_mmap_steps.cc to
 * mappings of many shapes, then each way in which a mapping comes to its end.
 */
#include <csignal>
#include <cstdio>
#include <memory>

#include <unistd.h>

#include "abi_mmap_steps.hh"
#include "abi_test.hh"
#include "abi_touch.hh"

namespace kring::abi
{
namespace
{

struct shape {
	number first, count; /* pages */
	int protection, flags, mode;
};

struct ending {
	const char *name;
	void (*run)(mmap_view &view);
};

class mmap_after : public clean_test {
protected:
	/* Of a channel with so many pages: all, the first, some inside a page of the ring, and with a hole, the last. */
	static std::vector<shape> all_shapes(number pages)
	{
		const std::pair<number, number> places[] = {{0, pages}, {0, 1}, {1, 2}, {3, 4}, {5, 5}, {pages - 1, 1}};
		std::vector<shape> all;

		for (auto [first, count] : places)
			for (int protection : {PROT_READ, PROT_NONE})
				for (int flags : {0, MAP_POPULATE})
					for (int mode : {O_RDWR, O_RDONLY})
						if (mode == O_RDWR || count == pages)
							all.push_back(
								{first, count, protection, flags | MAP_SHARED, mode});
		return all;
	}

	static std::string describe(const shape &shape, const mmap_step &step, const char *ending)
	{
		return std::to_string(shape.count) + " pages from " + std::to_string(shape.first) + ", protection " +
		       std::to_string(shape.protection) + ", flags " + std::to_string(shape.flags) + ", mode " +
		       std::to_string(shape.mode) + ": " + step.name + "; " + ending;
	}
};

/* A child that has the mapping alone, not the file; it looks when it is told to, and stays until it is killed. */
class heir {
public:
	explicit heir(mmap_view &view)
	{
		EXPECT_EQ(pipe(orders_), 0);
		EXPECT_EQ(pipe(answers_), 0);
		child_ = start_child([&] {
			char byte = 'x';

			view.close_file();
			if (!view.is_inherited)
				view.lose();
			if (write(answers_[1], &byte, 1) != 1 || read(orders_[0], &byte, 1) != 1)
				return 1;
			byte = view.wrong().empty() ? 'y' : 'n';
			if (write(answers_[1], &byte, 1) == 1)
				pause();
			return 1;
		});
		EXPECT_EQ(answer(), 'x');
	}
	~heir()
	{
		EXPECT_EQ(kill(child_, SIGKILL), 0);
		EXPECT_EQ(end_of(child_), -SIGKILL);
		for (int *pair : {orders_, answers_}) {
			close(pair[0]);
			close(pair[1]);
		}
	}

	bool finds_it_right() { return write(orders_[1], "x", 1) == 1 && answer() == 'y'; }

private:
	char answer()
	{
		char byte = 0;

		return read(answers_[0], &byte, 1) == 1 ? byte : 0;
	}

	int orders_[2], answers_[2];
	pid_t child_;
};

void close_first(mmap_view &view)
{
	view.close_file();
	EXPECT_EQ(users_of("kring") > view.channel().users(), view.is_mapped());
	EXPECT_EQ(view.wrong(), "") << "closed";
	view.unmap();
}

/* The child's is the last, and its end is that of a killed process. */
void left_to_a_child(mmap_view &view)
{
	bool child_maps_it = view.is_mapped() && view.is_inherited;
	heir child{view};

	view.unmap();
	view.close_file();
	EXPECT_EQ(users_of("kring") > view.channel().users(), child_maps_it);
	EXPECT_TRUE(child.finds_it_right());
}

void unmap_first(mmap_view &view)
{
	view.unmap();
	EXPECT_EQ(view.wrong(), "") << "unmapped";
	view.close_file();
}

TEST_F(mmap_after, every_step_and_ending)
{
	const ending endings[] = {{"unmap, close", unmap_first},
				  {"close, unmap", close_first},
				  {"left to a child that is killed", left_to_a_child}};
	mmap_target channel;
	fault_guard guard;
	size_t cases = 0;

	for (const shape &shape : all_shapes(channel.size() / mmap_view::page))
		for (const mmap_step &step : mmap_steps)
			for (const ending &ending : endings) {
				if (shape.count < step.pages)
					continue;
				SCOPED_TRACE(describe(shape, step, ending.name));
				{
					mmap_view view{channel,	    shape.mode,	      shape.first,
						       shape.count, shape.protection, shape.flags};

					step.run(view);
					EXPECT_EQ(view.wrong(), "");
					ending.run(view);
				}
				EXPECT_TRUE(channel.is_as_before());
				ASSERT_FALSE(HasFailure());
				cases++;
			}
	EXPECT_GT(cases, 1000U);
	printf("matrix: %zu mappings, each with a step and an ending\n", cases);
}

/* The channel goes while it is mapped, with the file open or not: what was mapped stays as it was. */
TEST_F(mmap_after, destroyed_before_it_is_unmapped)
{
	fault_guard guard;
	size_t cases = 0;

	for (const mmap_step &step : mmap_steps)
		for (bool closed : {false, true}) {
			mmap_target channel;

			SCOPED_TRACE(std::string{step.name} + (closed ? "; closed" : "; open"));
			{
				mmap_view view{channel,	  O_RDWR,    0, channel.size() / mmap_view::page,
					       PROT_READ, MAP_SHARED};

				step.run(view);
				if (closed)
					view.close_file();
				channel.destroy();
				EXPECT_EQ(view.wrong(), "");
				EXPECT_EQ(in_child([&] {
						  if (!view.is_inherited)
							  view.lose();
						  return !view.wrong().empty();
					  }),
					  0);
			}
			EXPECT_TRUE(channel.is_as_before());
			ASSERT_FALSE(HasFailure());
			cases++;
		}
	printf("matrix: %zu mappings of channels that went before\n", cases);
}

} /* namespace */
} /* namespace kring::abi */
