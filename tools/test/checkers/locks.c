// SPDX-License-Identifier: GPL-2.0-only
/* Bugs of locks and contexts. None of them hangs: what is found is what could have happened. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/irq_work.h>
#include <linux/mutex.h>
#include <linux/preempt.h>
#include <linux/printk.h>
#include <linux/smp.h>
#include <linux/spinlock.h>

#include "bugs.h"

void lock_inversion(void)
{
	static DEFINE_MUTEX(one);
	static DEFINE_MUTEX(other);

	mutex_lock(&one);
	mutex_lock(&other);
	mutex_unlock(&other);
	mutex_unlock(&one);

	mutex_lock(&other);
	mutex_lock(&one);
	mutex_unlock(&one);
	mutex_unlock(&other);
}

static DEFINE_RAW_SPINLOCK(lock);

static void lock_and_unlock(struct irq_work *work)
{
	raw_spin_lock(&lock);
	raw_spin_unlock(&lock);
}

/* It could have come while the lock is held here. */
void lock_in_interrupt(void)
{
	struct irq_work work = IRQ_WORK_INIT_HARD(lock_and_unlock);

	irq_work_queue(&work);
	irq_work_sync(&work);
	lock_and_unlock(NULL);
}

void sleep_in_atomic(void)
{
	static DEFINE_MUTEX(mutex);

	preempt_disable();
	mutex_lock(&mutex);
	mutex_unlock(&mutex);
	preempt_enable();
}

void preemptible_cpu(void)
{
	pr_info("on CPU %d, or another one by now\n", smp_processor_id());
}
