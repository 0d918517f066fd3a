// SPDX-License-Identifier: GPL-2.0-only
/* A run of kring_load: a thread on each chosen CPU until all records are attempted. The caller serialises. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/limits.h>
#include <linux/printk.h>
#include <linux/sched/task.h>

#include "load.h"

static struct cpumask run_cpus;
static atomic_t threads_running = ATOMIC_INIT(0);

static int next_cpu(int cpu)
{
	int next = cpumask_next(cpu, &run_cpus);

	return next < nr_cpu_ids ? next : cpumask_first(&run_cpus);
}

/*
 * A thread ends only after it has seen that nothing is left. Whoever took the
 * last records on its CPU had interrupted it, and so has finished by then.
 */
static int run(void *data)
{
	int neighbour = next_cpu((long)data);
	unsigned int turns = 0;

	while (!kthread_should_stop() && atomic64_read(&load_left) > 0) {
		if (load_writes_from(KRING_LOAD_TASK))
			load_attempt(KRING_LOAD_TASK);
		load_kick(neighbour);
		if (load_options.burst && ++turns % load_options.burst == 0)
			fsleep(load_options.pause_us);
		cond_resched();
	}
	atomic_dec_return_release(&threads_running);
	return 0;
}

static int make_thread(int cpu)
{
	struct task_struct *thread = kthread_create_on_cpu(run, (void *)(long)cpu, cpu, "kring_load/%u");

	if (IS_ERR(thread))
		return PTR_ERR(thread);
	/* It may end before it is told to. */
	per_cpu(load_cpus.thread, cpu) = get_task_struct(thread);
	return 0;
}

static int make_threads(void)
{
	int error;
	int cpu;

	for_each_cpu(cpu, &run_cpus) {
		error = make_thread(cpu);
		if (error)
			return error;
	}
	atomic_set(&threads_running, cpumask_weight(&run_cpus));
	for_each_cpu(cpu, &run_cpus)
		wake_up_process(per_cpu(load_cpus.thread, cpu));
	return 0;
}

/* @cpus: a list such as 0,2-3; those that are online are used. Empty is all. */
int load_run_start(u64 records, const char *cpus)
{
	int error = 0;

	if (load_run_goes_on())
		return -EBUSY;
	if (records > S64_MAX) {
		pr_err("records=%llu: must be at most %lld\n", records, S64_MAX);
		return -EINVAL;
	}
	load_run_stop();
	cpus_read_lock();
	if (*cpus)
		error = cpulist_parse(cpus, &run_cpus);
	else
		cpumask_copy(&run_cpus, cpu_online_mask);
	if (!error && !cpumask_and(&run_cpus, &run_cpus, cpu_online_mask))
		error = -EINVAL;
	if (error) {
		pr_err("cpus=%s: no list of CPUs of which one is online; give such as 0,2-3\n", cpus);
	} else {
		atomic64_set(&load_left, records);
		error = make_threads();
	}
	cpus_read_unlock();
	if (error)
		load_run_stop();
	return error;
}

/* Returns when no thread runs; some interrupts may still be on their way. */
void load_run_stop(void)
{
	struct load_cpu *it;
	int cpu;

	atomic64_set(&load_left, 0);
	for_each_possible_cpu(cpu) {
		it = per_cpu_ptr(&load_cpus, cpu);
		if (!it->thread)
			continue;
		kthread_stop(it->thread);
		put_task_struct(it->thread);
		it->thread = NULL;
	}
	/* A thread that was stopped before its first instruction has not counted itself out. */
	atomic_set(&threads_running, 0);
}

bool load_run_goes_on(void)
{
	return atomic_read_acquire(&threads_running) > 0;
}
