/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where programs find a channel, whatever its kind: embedded in each, it has a
 * name, an owner, the device /dev/kring/<name> with its folder in sysfs, an end.
 *
 * Lifetime. Who made a channel holds one reference, each open file and each
 * user of a sysfs attribute (through the device) another. Its end takes the
 * device node and the sysfs folder away and frees the name; the memory goes
 * with the last reference.
 *
 * The end has three states, which endpoint_end() goes through:
 *
 *   alive   programs publish what they write, inside the gate
 *   ending  the gate is closed: no write() comes in any more, but one may be
 *           inside, and whoever finds nothing to read waits as before
 *   dead    nobody is inside: what is found after this was seen is all
 *
 * So a write() that says what it has written published it before the channel
 * was dead, and who is told the end of the file had all of it, or was told of
 * its loss. Modules are not let in: whoever destroys a channel has ended its
 * own calls before, and those are published.
 */
#ifndef KRING_ENDPOINT_H
#define KRING_ENDPOINT_H

#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/types.h>

#include <uapi/linux/kring.h>

#include "gate.h"

#undef pr_fmt
#define pr_fmt(fmt) "kring: " fmt

struct endpoint;

/**
 * struct endpoint_kind - what differs from kind to kind
 * @id:      which one it is
 * @fops:    of an open /dev/kring/<name>; endpoint_of() has whose it is
 * @groups:  attributes in sysfs, &endpoint_group among them
 * @destroy: ends a channel that its maker, who calls this, uses no more
 * @free:    gives back the memory of one that is not referenced any more, or was made only in part
 */
struct endpoint_kind {
	enum kring_kind id;
	const struct file_operations *fops;
	const struct attribute_group **groups;
	void (*destroy)(struct endpoint *endpoint);
	void (*free)(struct endpoint *endpoint);
};

/**
 * struct endpoint - see the head of this file
 * @kind:  of the channel
 * @name:  of the channel; nobody else's while it is in @list
 * @owner: module that made the channel; kring itself for those that programs made
 * @perm:  of the device node
 * @created: when, in nanoseconds (CLOCK_REALTIME)
 * @gate:  of programs that write; closed when the channel is ending
 * @dead:  nothing more will be written; see endpoint_is_dead()
 * @ref:   see Lifetime
 * @list:  in the list of all
 * @dev:   of the class kring
 * @cdev:  of /dev/kring/<name>
 */
struct endpoint {
	const struct endpoint_kind *kind;
	char name[KRING_NAME_MAX + 1];
	struct module *owner;
	umode_t perm;
	u64 created;
	struct gate gate;
	bool dead;
	struct kref ref;
	struct list_head list;
	struct device dev;
	struct cdev cdev;
};

/* Says why a channel is not created; is @err. */
#define refuse_channel(err, name, fmt, ...)						\
	({										\
		pr_err("channel '%s' not created: " fmt "\n", name, ##__VA_ARGS__);	\
		(err);									\
	})

/*
 * What every kind asks of a name and of permission bits: 0, or -EINVAL or -ENAMETOOLONG and a line in the log.
 * Before it, no name is to be printed.
 */
int endpoint_check(const char *name, unsigned int perm);

/*
 * Takes a checked name, or says that it is taken: -EEXIST. Then there is one
 * reference; endpoint_put() frees the name, too.
 */
int endpoint_init(struct endpoint *endpoint, const struct endpoint_kind *kind, const char *name, umode_t perm,
		  struct module *owner);

void endpoint_get(struct endpoint *endpoint);
void endpoint_put(struct endpoint *endpoint);

/* Nothing is to be begun any more. */
static inline bool endpoint_is_ending(const struct endpoint *endpoint)
{
	return gate_is_closed(&endpoint->gate);
}

/* What is found after this says so is all that there will be. */
bool endpoint_is_dead(struct endpoint *endpoint);
/* Its maker writes no more; waits for programs that are publishing. */
void endpoint_end(struct endpoint *endpoint);

/* Frees the name, once the device is gone; not the reference. */
void endpoint_forget(struct endpoint *endpoint);

/* One that programs had made, which stays while no other may end it; or an ERR_PTR: -ENOENT, or -EPERM a module's. */
struct endpoint *endpoint_find_own(const char *name);
/* Any that programs had made; NULL if there is none. */
struct endpoint *endpoint_any_own(void);

/* Who made it, for people. */
const char *endpoint_owner_name(const struct endpoint *endpoint);

/* kind and owner, in sysfs. */
extern const struct attribute_group endpoint_group;

/* chardev.c: the class and its devices */
int chardev_init(void);
void chardev_exit(void);
/* Makes /dev/kring/<name> and the sysfs folder. On failure nothing is left behind. */
int chardev_add(struct endpoint *endpoint);
/* Does nothing if chardev_add() failed or was not called. */
void chardev_remove(struct endpoint *endpoint);

static inline struct endpoint *endpoint_of(const struct inode *inode)
{
	return container_of(inode->i_cdev, struct endpoint, cdev);
}

#endif
