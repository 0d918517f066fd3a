/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Queues between one producer and one consumer, with the same verbs: kring's
 * spsc_fifo, and those that Debian has packages of. Each holds at least
 * `capacity` elements of T.
 */
#ifndef KRING_BENCH_QUEUES_HH
#define KRING_BENCH_QUEUES_HH

#include <atomic>
#include <cstdlib>
#include <memory>
#include <vector>

/* liburcu's queue inlined, as all others here are. */
#define _LGPL_SOURCE
#include <boost/lockfree/spsc_queue.hpp>
#include <rte_ring_elem.h>
#include <urcu/wfcqueue.h>

#include "../../../src/core/platform_kernel.hh"
#include "../../../src/core/spsc_fifo.hh"

namespace bench
{

constexpr unsigned int capacity = 1024;

template <class T> class kring_queue {
public:
	static constexpr const char *name = "spsc";

	kring_queue() { fifo_.init(memory_.data(), capacity, sizeof(T)); }
	bool put(const T &element) { return fifo_.put(element); }
	bool get(T &element) { return fifo_.get(element); }
	unsigned int put_many(const T *from, unsigned int count) { return fifo_.in(from, count); }
	unsigned int get_many(T *to, unsigned int count) { return fifo_.out(to, count); }

private:
	std::vector<T> memory_ = std::vector<T>(capacity);
	kring::spsc_fifo<kring::platform_kernel> fifo_{};
};

template <class T> class boost_queue {
public:
	static constexpr const char *name = "boost";

	bool put(const T &element) { return queue_.push(element); }
	bool get(T &element) { return queue_.pop(element); }
	unsigned int put_many(const T *from, unsigned int count)
	{
		return static_cast<unsigned int>(queue_.push(from, count));
	}
	unsigned int get_many(T *to, unsigned int count) { return static_cast<unsigned int>(queue_.pop(to, count)); }

private:
	boost::lockfree::spsc_queue<T> queue_{capacity};
};

/* DPDK's, for one producer and one consumer. */
template <class T> class dpdk_queue {
public:
	static constexpr const char *name = "dpdk";

	dpdk_queue()
	{
		auto bytes = rte_ring_get_memsize_elem(sizeof(T), 2 * capacity);

		ring_.reset(static_cast<rte_ring *>(std::aligned_alloc(64, (static_cast<size_t>(bytes) + 63) & ~63UL)));
		if (!ring_ || rte_ring_init(ring_.get(), "bench", 2 * capacity, RING_F_SP_ENQ | RING_F_SC_DEQ))
			std::abort();
	}
	bool put(const T &element) { return rte_ring_sp_enqueue_elem(ring_.get(), copy(element), sizeof(T)) == 0; }
	bool get(T &element) { return rte_ring_sc_dequeue_elem(ring_.get(), &element, sizeof(T)) == 0; }
	unsigned int put_many(const T *from, unsigned int count)
	{
		return rte_ring_sp_enqueue_burst_elem(ring_.get(), from, sizeof(T), count, nullptr);
	}
	unsigned int get_many(T *to, unsigned int count)
	{
		return rte_ring_sc_dequeue_burst_elem(ring_.get(), to, sizeof(T), count, nullptr);
	}

private:
	struct release {
		void operator()(rte_ring *ring) const { std::free(ring); }
	};

	static void *copy(const T &element) { return const_cast<T *>(&element); }

	std::unique_ptr<rte_ring, release> ring_;
};

/* liburcu's wait-free queue links nodes; they come from a pool, and are used again when the consumer is done. */
template <class T> class urcu_queue {
public:
	static constexpr const char *name = "urcu";

	urcu_queue() { cds_wfcq_init(&head_, &tail_); }
	bool put(const T &element)
	{
		node &next = nodes_[put_ % capacity];

		if (next.used.load(std::memory_order_acquire))
			return false;
		next.element = element;
		next.used.store(true, std::memory_order_relaxed);
		cds_wfcq_node_init(&next.link);
		cds_wfcq_enqueue(cds_wfcq_head_cast(&head_), &tail_, &next.link);
		put_++;
		return true;
	}
	bool get(T &element)
	{
		cds_wfcq_node *link = __cds_wfcq_dequeue_nonblocking(cds_wfcq_head_cast(&head_), &tail_);

		if (!link || link == CDS_WFCQ_WOULDBLOCK)
			return false;
		take(link, element);
		return true;
	}
	unsigned int put_many(const T *from, unsigned int count)
	{
		unsigned int done = 0;

		while (done < count && put(from[done]))
			done++;
		return done;
	}
	/* As its documentation has it: all at once into a queue of one's own, and from there one by one. */
	unsigned int get_many(T *to, unsigned int count)
	{
		unsigned int done = 0;

		if (cds_wfcq_empty(cds_wfcq_head_cast(&own_head_), &own_tail_))
			__cds_wfcq_splice_nonblocking(cds_wfcq_head_cast(&own_head_), &own_tail_,
						      cds_wfcq_head_cast(&head_), &tail_);
		while (done < count) {
			cds_wfcq_node *link =
				__cds_wfcq_dequeue_nonblocking(cds_wfcq_head_cast(&own_head_), &own_tail_);

			if (!link || link == CDS_WFCQ_WOULDBLOCK)
				break;
			take(link, to[done++]);
		}
		return done;
	}

private:
	struct node {
		cds_wfcq_node link; /* first, so that a link is a node */
		std::atomic<bool> used;
		T element;
	};

	static void take(cds_wfcq_node *link, T &element)
	{
		node *taken = reinterpret_cast<node *>(link);

		element = taken->element;
		taken->used.store(false, std::memory_order_release);
	}
	struct own {
		own(cds_wfcq_head *head, cds_wfcq_tail *tail) { cds_wfcq_init(head, tail); }
	};

	cds_wfcq_head head_;
	alignas(64) cds_wfcq_tail tail_;
	alignas(64) cds_wfcq_head own_head_;
	cds_wfcq_tail own_tail_;
	own init_own_{&own_head_, &own_tail_};
	alignas(64) std::vector<node> nodes_ = std::vector<node>(capacity);
	u_int64_t put_ = 0;
};

} /* namespace bench */

#endif
