/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Five ways to tell a full ring from an empty one, each in the least code that
 * shows it: rings of ints for one thread. Documentation/rings.rst says what each
 * costs, and what becomes of it between two threads; full_or_empty_test.cc runs
 * them.
 */
#ifndef KRING_EXAMPLES_FULL_OR_EMPTY_HH
#define KRING_EXAMPLES_FULL_OR_EMPTY_HH

namespace examples
{

/* [one-slot-free] Equal indices are empty; one slot is never used, so that full is one before that. */
template <unsigned int N> class one_slot_free {
public:
	static constexpr unsigned int capacity = N - 1;

	bool put(int value)
	{
		if ((in_ + 1) % N == out_)
			return false;
		slots_[in_] = value;
		in_ = (in_ + 1) % N;
		return true;
	}
	bool get(int &value)
	{
		if (in_ == out_)
			return false;
		value = slots_[out_];
		out_ = (out_ + 1) % N;
		return true;
	}

private:
	int slots_[N] = {};
	unsigned int in_ = 0;
	unsigned int out_ = 0;
};
/* [end] */

/* [fill-count] One index and how many there are; both sides change the count. */
template <unsigned int N> class fill_count {
public:
	static constexpr unsigned int capacity = N;

	bool put(int value)
	{
		if (count_ == N)
			return false;
		slots_[(out_ + count_) % N] = value;
		count_++;
		return true;
	}
	bool get(int &value)
	{
		if (count_ == 0)
			return false;
		value = slots_[out_];
		out_ = (out_ + 1) % N;
		count_--;
		return true;
	}

private:
	int slots_[N] = {};
	unsigned int out_ = 0;
	unsigned int count_ = 0;
};
/* [end] */

/* [mirror-bit] Each index knows, by one bit, in which of two laps it is. */
template <unsigned int N> class mirror_bit {
public:
	static constexpr unsigned int capacity = N;

	bool put(int value)
	{
		if (in_.at == out_.at && in_.mirror != out_.mirror)
			return false;
		slots_[in_.at] = value;
		in_.move();
		return true;
	}
	bool get(int &value)
	{
		if (in_.at == out_.at && in_.mirror == out_.mirror)
			return false;
		value = slots_[out_.at];
		out_.move();
		return true;
	}

private:
	struct index {
		unsigned int at = 0;
		bool mirror = false;

		void move()
		{
			if (++at == N) {
				at = 0;
				mirror = !mirror;
			}
		}
	};

	int slots_[N] = {};
	index in_;
	index out_;
};
/* [end] */

/* [free-running] Positions are never reduced; N divides 2^32, and masks them where a slot is meant. */
template <unsigned int N> class free_running {
public:
	static_assert(N && (N & (N - 1)) == 0);
	static constexpr unsigned int capacity = N;

	bool put(int value)
	{
		if (in_ - out_ == N)
			return false;
		slots_[in_++ & (N - 1)] = value;
		return true;
	}
	bool get(int &value)
	{
		if (in_ == out_)
			return false;
		value = slots_[out_++ & (N - 1)];
		return true;
	}

private:
	int slots_[N] = {};
	unsigned int in_ = 0U - 3; /* about to wrap: nothing depends on where they begin */
	unsigned int out_ = 0U - 3;
};
/* [end] */

/* [last-operation] Equal indices mean what the last operation left behind: full after a put, else empty. */
template <unsigned int N> class last_operation {
public:
	static constexpr unsigned int capacity = N;

	bool put(int value)
	{
		if (in_ == out_ && was_put_)
			return false;
		slots_[in_] = value;
		in_ = (in_ + 1) % N;
		was_put_ = true;
		return true;
	}
	bool get(int &value)
	{
		if (in_ == out_ && !was_put_)
			return false;
		value = slots_[out_];
		out_ = (out_ + 1) % N;
		was_put_ = false;
		return true;
	}

private:
	int slots_[N] = {};
	unsigned int in_ = 0;
	unsigned int out_ = 0;
	bool was_put_ = false;
};
/* [end] */

} /* namespace examples */

#endif
