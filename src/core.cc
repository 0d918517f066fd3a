/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Instantiates the core's templates for the kernel platform and hands them out
 * through the seam. No logic.
 */
#include "core.h"

#include <new>

#include "core/page_observer.hh"
#include "core/page_ring.hh"
#include "core/page_ring_reader.hh"
#include "core/platform_kernel.hh"

using kring::page_slot;
using kring::page_span;
using platform = kring::platform_kernel;

struct kring_core {
	kring::page_ring<platform> ring;
	kring::page_ring_reader<platform> reader;

	page_slot *slots() { return reinterpret_cast<page_slot *>(this + 1); }
	const page_slot *slots() const { return reinterpret_cast<const page_slot *>(this + 1); }
};

namespace
{

struct clock_local {
	[[gnu::always_inline]] static __u64 now() { return kring_clock_local(); }
};

struct clock_mono {
	[[gnu::always_inline]] static __u64 now() { return kring_clock_mono(); }
};

struct clock_boot {
	[[gnu::always_inline]] static __u64 now() { return kring_clock_boot(); }
};

/* The one clock that is cheaper to read than to call. */
struct clock_counter {
	[[gnu::always_inline]] static __u64 now()
	{
#if defined(__x86_64__)
		return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
		__u64 ticks;

		asm volatile("mrs %0, cntvct_el0" : "=r"(ticks));
		return ticks;
#else
		return kring_clock_counter();
#endif
	}
};

/* The ring as an observer in the kernel sees it. */
class core_view {
public:
	explicit core_view(const kring_core &core, const kring_ring &shared) : core_{core}, shared_{shared} {}
	const kring_ring &ring() const { return shared_; }
	const kring_page &page(__u32 id) const { return *core_.slots()[id].header; }
	__u32 pages() const { return core_.ring.list_pages() + 1; }

private:
	const kring_core &core_;
	const kring_ring &shared_;
};

static_assert(kring::ring_view<core_view>);

core_view view_of(const kring_core *core)
{
	return core_view{*core, core->ring.shared()};
}

using observer = kring::page_observer<platform>;

static_assert(sizeof(observer) == sizeof(kring_core_observer));
static_assert(sizeof(page_span) == sizeof(kring_core_span));
static_assert(static_cast<int>(kring::status::stopped) == KRING_CORE_STOPPED);
static_assert(kring::min_list_pages == KRING_CORE_PAGES_MIN && kring::max_list_pages == KRING_CORE_PAGES_MAX);

observer &observer_of(kring_core_observer *memory)
{
	return *reinterpret_cast<observer *>(memory);
}

kring_core_status seam(kring::status status)
{
	return static_cast<kring_core_status>(status);
}

kring_core_span seam(const page_span &span)
{
	return {span.seq, span.first, span.page, span.start, span.end, span.count};
}

} /* namespace */

unsigned long kring_core_size(__u32 list_pages)
{
	return sizeof(kring_core) + (list_pages + 1UL) * sizeof(page_slot);
}

unsigned long kring_core_shared_size(__u32 list_pages)
{
	return sizeof(kring_ring) + kring::directory_entries(list_pages) * sizeof(__u32);
}

__u32 kring_core_max_payload(__u32 page_size)
{
	return kring::max_payload(page_size);
}

kring_core *kring_core_init(void *memory, const kring_core_config *config)
{
	kring_core *core = new (memory) kring_core;

	for (__u32 id = 0; id <= config->list_pages; id++)
		core->slots()[id].header = static_cast<kring_page *>(config->pages[id]);
	core->ring.init({
		.geometry = {config->cpu, config->page_size, config->list_pages, config->clock},
		.overwrite = config->overwrite,
		.now = config->now,
		.slots = core->slots(),
		.shared = config->shared,
		.owner = config->owner,
		.stopped = config->stopped,
	});
	core->reader.init(core->ring);
	return core;
}

void *kring_core_reserve_local(kring_core *core, __u64 step, __u32 size_and_type)
{
	return core->ring.reserve<clock_local>(step, size_and_type);
}

void *kring_core_reserve_mono(kring_core *core, __u64 step, __u32 size_and_type)
{
	return core->ring.reserve<clock_mono>(step, size_and_type);
}

void *kring_core_reserve_boot(kring_core *core, __u64 step, __u32 size_and_type)
{
	return core->ring.reserve<clock_boot>(step, size_and_type);
}

void *kring_core_reserve_counter(kring_core *core, __u64 step, __u32 size_and_type)
{
	return core->ring.reserve<clock_counter>(step, size_and_type);
}

void kring_core_commit(kring_core *core, const void *payload)
{
	if (!core->ring.commit(payload))
		kring_nothing_was_open();
}

void kring_core_discard(kring_core *core, const void *payload)
{
	if (!core->ring.discard(payload))
		kring_nothing_was_open();
}

void kring_core_set_enabled(kring_core *core, bool enabled)
{
	core->ring.set_enabled(enabled);
}

kring_core_status kring_core_acquire(kring_core *core, kring_core_span *span)
{
	page_span found{};
	kring::status status = core->reader.acquire(found);

	*span = seam(found);
	return seam(status);
}

kring_core_status kring_core_release(kring_core *core)
{
	return seam(core->reader.release());
}

void kring_core_abandon(kring_core *core)
{
	core->reader.abandon();
}

bool kring_core_readable(const kring_core *core)
{
	return core->reader.readable();
}

__u64 kring_core_overwritten(const kring_core *core)
{
	return core->reader.overwritten();
}

__u32 kring_core_fault(const kring_core *core)
{
	return core->ring.fault();
}

bool kring_core_is_complete(const kring_core *core)
{
	return core->ring.is_complete();
}

kring_core_status kring_core_ledger(const kring_core *core, kring_ledger *ledger)
{
	kring::ring_ledger found{};
	bool exact = core->reader.ledger(found);

	ledger->committed = found.committed;
	ledger->read = found.read;
	ledger->overwritten = found.overwritten;
	ledger->unread = found.unread;
	ledger->pages = core->ring.list_pages();
	ledger->pages_unread = found.pages_unread;
	ledger->discarded = core->ring.discarded();
	for (__u32 cause = 0; cause < KRING_NR_DROPS; cause++)
		ledger->dropped[cause] = core->ring.dropped(cause);
	ledger->fault = core->ring.fault();
	return exact ? KRING_CORE_OK : KRING_CORE_BUSY;
}

void kring_core_seek_newest(const kring_core *core, kring_core_observer *memory)
{
	observer_of(memory).seek_newest(view_of(core));
}

kring_core_status kring_core_look(const kring_core *core, kring_core_observer *memory, kring_core_span *span)
{
	page_span found{};
	kring::status status = observer_of(memory).look(view_of(core), found);

	*span = seam(found);
	return seam(status);
}

bool kring_core_confirm(const kring_core *core, kring_core_observer *memory, const kring_core_span *span)
{
	return observer_of(memory).confirm(view_of(core),
					   {span->seq, span->first, span->page, span->start, span->end, span->count});
}

__u64 kring_core_bytes_published(const kring_core *core)
{
	return observer::bytes_published(view_of(core));
}

__u64 kring_core_bytes_observed(const kring_core *core, const kring_core_observer *memory)
{
	return reinterpret_cast<const observer *>(memory)->bytes_passed(view_of(core));
}

__u64 kring_core_bytes_consumed(const kring_core *core)
{
	return core->reader.bytes_passed();
}

__u64 kring_core_lost(const kring_core_observer *memory)
{
	return reinterpret_cast<const observer *>(memory)->lost();
}
