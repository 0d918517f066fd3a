// SPDX-License-Identifier: GPL-2.0-only
/* The clocks that stamp records, and what readers need to know of them. */

#include <linux/clocksource.h>
#include <linux/sched/clock.h>
#include <linux/timekeeping.h>

#ifdef CONFIG_X86
#include <asm/tsc.h>
#else
#include <linux/timex.h>
#endif
#ifdef CONFIG_ARM64
#include <asm/arch_timer.h>
#endif

#include "channel.h"

static const char * const clock_names[] = {
	[KRING_CLOCK_LOCAL] = "local",
	[KRING_CLOCK_MONO] = "mono",
	[KRING_CLOCK_BOOT] = "boot",
	[KRING_CLOCK_COUNTER] = "counter",
};

/* The core calls these from reserve: in any context, with preemption off. */
notrace u64 kring_clock_local(void)
{
	return local_clock();
}

notrace u64 kring_clock_mono(void)
{
	return ktime_get_mono_fast_ns();
}

notrace u64 kring_clock_boot(void)
{
	return ktime_get_boot_fast_ns();
}

notrace u64 kring_clock_counter(void)
{
	return get_cycles();
}

/* Ticks of the counter in a millisecond; 0 if it is no clock. */
static u32 counter_khz(void)
{
#if defined(CONFIG_X86)
	return boot_cpu_has(X86_FEATURE_TSC) && !check_tsc_unstable() ? tsc_khz : 0;
#elif defined(CONFIG_ARM64)
	return arch_timer_get_cntfrq() / 1000;
#else
	return 0;
#endif
}

int clock_check(enum kring_clock clock)
{
	if ((unsigned int)clock >= ARRAY_SIZE(clock_names))
		return -EINVAL;
	if (clock == KRING_CLOCK_COUNTER && !counter_khz())
		return -EOPNOTSUPP;
	return 0;
}

u64 clock_now(enum kring_clock clock)
{
	u64 now;

	preempt_disable();
	switch (clock) {
	case KRING_CLOCK_MONO:
		now = kring_clock_mono();
		break;
	case KRING_CLOCK_BOOT:
		now = kring_clock_boot();
		break;
	case KRING_CLOCK_COUNTER:
		now = kring_clock_counter();
		break;
	default:
		now = kring_clock_local();
		break;
	}
	preempt_enable();
	return now;
}

void clock_describe(enum kring_clock clock, struct kring_meta *meta)
{
	unsigned long flags;

	meta->time_mult = 1;
	if (clock != KRING_CLOCK_COUNTER)
		return;

	/* No limit to the seconds: readers multiply in 128 bits. */
	clocks_calc_mult_shift(&meta->time_mult, &meta->time_shift, counter_khz(), NSEC_PER_MSEC, 0);
	local_irq_save(flags);
	meta->time_ns = ktime_get_ns();
	meta->time_ticks = kring_clock_counter();
	local_irq_restore(flags);
}

const char *clock_name(enum kring_clock clock)
{
	return clock_names[clock];
}

const char *mode_name(enum kring_mode mode)
{
	return mode == KRING_MODE_DISCARD ? "discard" : "overwrite";
}
