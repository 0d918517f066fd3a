/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The layout of a record and of a page's write word: pure arithmetic on the
 * structures of the UAPI header, shared with libkring.
 */
#ifndef KRING_CORE_RECORD_HH
#define KRING_CORE_RECORD_HH

#include "../../include/uapi/linux/kring.h"

namespace kring
{

constexpr __u32 record_header_size = sizeof(kring_record);
constexpr __u32 page_header_size = sizeof(kring_page);
constexpr __u32 long_stamp_size = sizeof(__u64);

/* The largest payload for pages of page_size bytes: its record fits an empty page with a long stamp. */
constexpr __u32 max_payload(__u32 page_size)
{
	__u32 room = page_size - page_header_size - record_header_size - long_stamp_size;

	return room < KRING_PAYLOAD_MAX ? room : KRING_PAYLOAD_MAX;
}

/* Bytes on the page of a record that is there, header and long stamp included. */
constexpr __u32 record_space(kring_record header)
{
	return KRING_RECORD_SPACE(header.size) + (header.type & KRING_RECORD_LONG_TIME ? long_stamp_size : 0);
}

/* The second half of a record's header, as it is written. */
constexpr __u32 size_and_type(__u32 size, __u32 type)
{
	return type << 16 | size;
}

/*
 * A page's base for its next lap. The lowest bits count, so that it differs from
 * what each of the movers nested in one another has sampled, though the clock
 * stand still: who comes late must not change a base that records rely on.
 */
constexpr __u64 next_base(__u64 now, __u64 old_base)
{
	constexpr __u64 version = 7; /* more than writers can be nested */

	return (now & ~version) | ((old_base + 1) & version);
}

/* Is the stamp's high half not that of the page's base? */
constexpr bool needs_long_stamp(__u64 stamp, __u64 base)
{
	return (stamp ^ base) >> 32;
}

/*
 * What a record of space bytes adds to its page's write word: its bytes, and one to the count.
 * A space may be too large for any page, up to 2^30: its sum with an offset does not wrap.
 */
constexpr __u64 record_step(__u32 space)
{
	return __u64{1} << 32 | space;
}

constexpr __u32 step_space(__u64 step)
{
	return static_cast<__u32>(step);
}

/*
 * How far a page is written: offset (31 bits), sealed (1), records that are not
 * discarded (31), lap (1). Published as the page's commit word, where sealed
 * reads final and the lap means nothing. One addition accounts for a record; a
 * sealed word's offset part is larger than any page, so one comparison tests
 * both for room.
 */
class write_word {
public:
	constexpr explicit write_word(__u64 word) : word_{word} {}

	/* An empty open page, in the lap after the one that this word is of. */
	constexpr write_word next_lap() const { return write_word{(~word_ & lap_bit) | page_header_size}; }
	static constexpr write_word empty() { return write_word{page_header_size}; }

	constexpr __u64 word() const { return word_; }
	constexpr __u32 offset() const { return KRING_COMMIT_OFFSET(word_); }
	constexpr __u32 count() const { return KRING_COMMIT_COUNT(word_); }
	constexpr bool is_sealed() const { return word_ & KRING_COMMIT_FINAL; }

	/* A long stamp's room is always kept, so that what fits does not depend on the time. */
	constexpr bool has_room(__u32 space, __u32 page_size) const
	{
		return static_cast<__u32>(word_) + space + long_stamp_size <= page_size;
	}
	/* Do both publish the same records? */
	constexpr bool same_records(write_word other) const { return !((word_ ^ other.word_) & ~KRING_COMMIT_FINAL); }
	constexpr write_word open() const { return write_word{word_ & ~KRING_COMMIT_FINAL}; }
	constexpr write_word sealed() const { return write_word{word_ | KRING_COMMIT_FINAL}; }
	constexpr write_word plus(__u64 step) const { return write_word{word_ + step}; }
	constexpr write_word minus(__u64 step) const { return write_word{word_ - step}; }
	constexpr write_word one_less() const { return write_word{word_ - record_step(0)}; }

private:
	static constexpr __u64 lap_bit = __u64{1} << 63;

	__u64 word_;
};

} /* namespace kring */

#endif
