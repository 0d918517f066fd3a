/* SPDX-License-Identifier: GPL-2.0-only */
/* What is explored: a ring, what its CPUs do, and how much may come together. */
#ifndef KRING_EXPLORE_SCENARIO_HH
#define KRING_EXPLORE_SCENARIO_HH

#include <span>
#include <string>

#include "machine.hh"

namespace kring::explore
{

enum class act : __u8 {
	/* of writers */
	write,	       /* a record */
	write_min,     /* without payload */
	write_max,     /* the largest that there can be */
	write_big,     /* one byte larger than that */
	discard,       /* a record, withdrawn */
	discard_under, /* two records, one nested in the other, the outer one withdrawn */
	write_around,  /* likewise, the inner one withdrawn */
	burst,	       /* a page of records and one more */
	wrap,	       /* a ring of them, and one more */
	disable,
	enable,
	later,	 /* time goes by until stamps have another high half */
	earlier, /* the clock jumps back as far */

	/* of the reader */
	take,  /* acquires, looks, releases */
	die,   /* acquires, and is gone; another one takes over */
	peek,  /* asks whether there is something */
	count, /* the ledger */

	/* of an observer */
	poll,
	newest, /* jumps behind all that there is */

	/* of producers of a broadcast ring */
	produce,	/* a record */
	produce_lap,	/* as many as there are slots */
	produce_around, /* opens a record, writes another one, commits the first */
	withdraw,	/* opens a record, discards it */
	stop,		/* opens a record and leaves it */
	go_on,		/* commits the one that was left */
	give_back,	/* discards the one that was left */

	/* of consumers */
	consume, /* looks, copies, confirms */
	ask,	 /* whether there is something */
	join,	 /* starts behind all that there is */
	rejoin,	 /* starts with the oldest record */

	/* of the producer of a linear ring */
	put,	      /* an element */
	put_some,     /* three, or as many as there is room for */
	put_in_place, /* likewise; but of those that were prepared, not the last one */
	put_batch,    /* in parts, seen at once */
	put_never,    /* in parts, and not published */

	/* of its consumer */
	get,
	get_some,
	get_in_place,
	get_batch,
	look, /* copies, and takes after that */

	/* of anybody */
	length,
};

const char *name_of(act what);

/* How a ring came to where it is: records of the scenario's size were written, spans taken, records written again. */
struct past {
	u32 fill;
	u32 takes;
	u32 refill;
};

struct scenario {
	const char *name;
	u32 pages; /* of the list; or slots of a broadcast ring; or elements of a linear one */
	bool overwrite;
	std::span<const past> pasts;
	std::span<const act> writer;
	std::span<const act> nested = {}; /* each a way to interrupt a writer */
	/* At most one of them with acts of the reader; of a broadcast ring they may produce, too. */
	std::span<const act> readers[machine::cpus - 1] = {};
	bounds quick;
	bounds check;
	bounds thorough;
	u32 size = 40; /* of `write`, bytes of payload */
	u64 tick = 1;  /* of the clock, each time it is read */
	u32 kind = 0;  /* of the linear rings, which */
};

extern const std::span<const scenario> scenarios;

/* What a scenario with one of its pasts is, in words. */
std::string about(const scenario &scenario, const past &past);

/* Prepares for a scenario with one of its pasts; then runs it once. */
void set_up(const scenario &scenario, const past &past);

/* nullptr, or what was found to be wrong. */
const char *run_once(const bounds &bounds);

} /* namespace kring::explore */

#endif
