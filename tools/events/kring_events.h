/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The records of kring_events.ko, one C struct for each kind of event, named
 * after the kernel's tracepoint. A program may use a record in place as its
 * struct: the fields have fixed widths and there is no hidden padding.
 *
 * In all of them: pid is a thread's id as the initial pid namespace has it, and
 * 0 is an idle task; prio is the kernel's priority, 0 to 99 real time (0 is the
 * highest), 100 to 139 nice -20 to 19; names end with a NUL and are cut if they
 * are longer than their field.
 */
#ifndef KRING_EVENTS_H
#define KRING_EVENTS_H

#include <linux/types.h>

/**
 * struct sched_switch - the CPU goes from one task to another
 * @prev_comm:  name of the task that leaves
 * @prev_pid:   its id
 * @prev_prio:  its priority
 * @prev_state: why it leaves, in ftrace's encoding: 0 runnable; 1 interruptible,
 *              2 uninterruptible sleep; 4 stopped; 8 traced; 0x10 dead; 0x20
 *              zombie; 0x40 parked; 0x80 idle; 0x100 runnable, but preempted
 * @next_comm:  name of the task that comes
 * @next_pid:   its id
 * @next_prio:  its priority
 */
struct sched_switch {
	char	prev_comm[16];
	__s32	prev_pid;
	__s32	prev_prio;
	__u32	prev_state;
	char	next_comm[16];
	__s32	next_pid;
	__s32	next_prio;
};

/**
 * struct sched_wakeup - a task becomes runnable
 * @comm:       its name
 * @pid:        its id
 * @prio:       its priority
 * @target_cpu: the CPU that it is to run on
 * @first:      1 for a new task's first time (tracepoint sched_wakeup_new), else 0
 */
struct sched_wakeup {
	char	comm[16];
	__s32	pid;
	__s32	prio;
	__s32	target_cpu;
	__u32	first;
};

/**
 * struct irq_handler_entry - a handler of a device interrupt is about to run
 * @irq:  interrupt number, as in /proc/interrupts
 * @name: of the handler, usually its driver or device
 */
struct irq_handler_entry {
	__s32	irq;
	char	name[28];
};

/**
 * struct irq_handler_exit - the handler has run
 * @irq: interrupt number
 * @ret: 0 it was not for this handler; 1 handled; 2 handled, and a thread is woken for the rest
 */
struct irq_handler_exit {
	__s32	irq;
	__u32	ret;
};

/**
 * struct softirq_raise - a softirq is marked to be run on this CPU
 * @vec:    its number
 * @action: its name, as in /proc/softirqs
 */
struct softirq_raise {
	__u32	vec;
	char	action[12];
};

/**
 * struct softirq_entry - a softirq's handler is about to run
 * @vec:    its number
 * @action: its name
 */
struct softirq_entry {
	__u32	vec;
	char	action[12];
};

/**
 * struct softirq_exit - the softirq's handler has run
 * @vec:    its number
 * @action: its name
 */
struct softirq_exit {
	__u32	vec;
	char	action[12];
};

/**
 * struct sys_enter - a system call begins
 * @pid:  caller
 * @nr:   the system call's number in the caller's ABI; -1 none
 * @args: its arguments as the caller passed them; those beyond what the call takes mean nothing
 */
struct sys_enter {
	__s32	pid;
	__s32	nr;
	__u64	args[6];
};

/**
 * struct sys_exit - a system call ends
 * @pid: caller
 * @nr:  the system call's number, -1 after a return from a signal handler
 * @ret: what it returns: a negative errno in case of failure
 */
struct sys_exit {
	__s32	pid;
	__s32	nr;
	__s64	ret;
};

#endif /* KRING_EVENTS_H */
