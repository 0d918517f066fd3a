// SPDX-License-Identifier: GPL-2.0-only
/* What channels of every kind have: names, references, who made them. Their devices are in chardev.c. */

#include <linux/ctype.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "endpoint.h"

/* Innermost: for looking at the list, and changing it. */
static DEFINE_MUTEX(endpoints_lock);
static LIST_HEAD(endpoints);

static int check_name(const char *name)
{
	size_t length = name ? strnlen(name, KRING_NAME_MAX + 1) : 0;
	size_t i;

	if (!length)
		return refuse_channel(-EINVAL, "", "its name is empty");
	for (i = 0; i < length; i++)
		if (!isascii(name[i]) || !(isalnum(name[i]) || strchr("_.-", name[i])))
			return refuse_channel(-EINVAL, "?", "byte %zu of its name is none of [A-Za-z0-9_.-]", i + 1);
	if (length > KRING_NAME_MAX) {
		pr_err("channel '%.*s...' not created: its name is longer than %d bytes\n", KRING_NAME_MAX, name,
		       KRING_NAME_MAX);
		return -ENAMETOOLONG;
	}
	if (name[0] == '.')
		return refuse_channel(-EINVAL, name, "its name begins with a dot");
	return 0;
}

int endpoint_check(const char *name, unsigned int perm)
{
	int err = check_name(name);

	if (!err && perm & ~0666)
		err = refuse_channel(-EINVAL, name, "permission bits %#o are more than 0666", perm);
	return err;
}

/* Under endpoints_lock. */
static struct endpoint *find(const char *name)
{
	struct endpoint *endpoint;

	list_for_each_entry(endpoint, &endpoints, list)
		if (!strcmp(endpoint->name, name))
			return endpoint;
	return NULL;
}

int endpoint_init(struct endpoint *endpoint, const struct endpoint_kind *kind, const char *name, umode_t perm,
		  struct module *owner)
{
	int err = 0;

	endpoint->kind = kind;
	strscpy(endpoint->name, name, sizeof(endpoint->name));
	endpoint->perm = perm ?: 0600;
	endpoint->owner = owner;
	endpoint->created = ktime_get_real_ns();
	kref_init(&endpoint->ref);
	INIT_LIST_HEAD(&endpoint->list);

	mutex_lock(&endpoints_lock);
	if (find(name))
		err = refuse_channel(-EEXIST, name, "the name is taken");
	else
		list_add_tail(&endpoint->list, &endpoints);
	mutex_unlock(&endpoints_lock);
	return err;
}

void endpoint_forget(struct endpoint *endpoint)
{
	mutex_lock(&endpoints_lock);
	list_del_init(&endpoint->list);
	mutex_unlock(&endpoints_lock);
}

void endpoint_get(struct endpoint *endpoint)
{
	kref_get(&endpoint->ref);
}

static void endpoint_release(struct kref *ref)
{
	struct endpoint *endpoint = container_of(ref, struct endpoint, ref);

	endpoint_forget(endpoint);
	endpoint->kind->free(endpoint);
}

void endpoint_put(struct endpoint *endpoint)
{
	kref_put(&endpoint->ref, endpoint_release);
}

bool endpoint_is_dead(struct endpoint *endpoint)
{
	/* [endpoint:D] pairs with [endpoint:E]: what was written before the end. */
	return smp_load_acquire(&endpoint->dead);
}

void endpoint_end(struct endpoint *endpoint)
{
	gate_close(&endpoint->gate);
	/* [endpoint:E] pairs with [endpoint:D]: who sees the end sees all that was written. */
	smp_store_release(&endpoint->dead, true);
}

static bool is_own(const struct endpoint *endpoint)
{
	return endpoint->owner == THIS_MODULE;
}

struct endpoint *endpoint_find_own(const char *name)
{
	struct endpoint *endpoint;

	mutex_lock(&endpoints_lock);
	endpoint = find(name) ?: ERR_PTR(-ENOENT);
	if (!IS_ERR(endpoint) && !is_own(endpoint)) {
		pr_err("channel '%s' not destroyed: module '%s' made it, and ends it when it is unloaded\n", name,
		       endpoint_owner_name(endpoint));
		endpoint = ERR_PTR(-EPERM);
	}
	mutex_unlock(&endpoints_lock);
	return endpoint;
}

struct endpoint *endpoint_any_own(void)
{
	struct endpoint *endpoint, *found = NULL;

	mutex_lock(&endpoints_lock);
	list_for_each_entry(endpoint, &endpoints, list)
		if (is_own(endpoint))
			found = endpoint;
	mutex_unlock(&endpoints_lock);
	return found;
}

const char *endpoint_owner_name(const struct endpoint *endpoint)
{
	return endpoint->owner ? module_name(endpoint->owner) : "vmlinux";
}

static ssize_t kind_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	static const char * const names[] = {
		[KRING_KIND_TRACE] = "trace",
		[KRING_KIND_FIFO] = "fifo",
		[KRING_KIND_MIRROR] = "mirror",
		[KRING_KIND_BROADCAST] = "broadcast",
	};

	return sysfs_emit(buf, "%s\n", names[container_of(dev, struct endpoint, dev)->kind->id]);
}
static DEVICE_ATTR_RO(kind);

static ssize_t owner_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", endpoint_owner_name(container_of(dev, struct endpoint, dev)));
}
static DEVICE_ATTR_RO(owner);

static struct attribute *endpoint_attributes[] = { &dev_attr_kind.attr, &dev_attr_owner.attr, NULL };

const struct attribute_group endpoint_group = {
	.attrs = endpoint_attributes,
};
