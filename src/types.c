// SPDX-License-Identifier: GPL-2.0-only
/* The record types of a channel: C structs by name, for tools to decode by BTF. */

#include <linux/kernfs.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "channel.h"

/*
 * The id of this very type; 0 for none, -EEXIST if the name is another one's. A
 * module that was loaded anew may have given the struct another layout: it gets
 * a new id, and what is left of the old one keeps its own.
 */
static int find_type(struct channel *channel, const struct record_type *type)
{
	u32 i;

	for (i = 0; i < channel->nr_types; i++) {
		const struct record_type *known = &channel->types[i];

		if (strcmp(known->name, type->name))
			continue;
		if (strcmp(known->module, type->module))
			return -EEXIST;
		if (known->loaded == type->loaded)
			return known->size == type->size ? i + 1 : -EEXIST;
	}
	return 0;
}

static int add_type(struct channel *channel, const struct record_type *type)
{
	struct record_type *types;

	if (channel->nr_types == KRING_TYPE_MAX)
		return -ENOSPC;
	types = krealloc_array(channel->types, channel->nr_types + 1, sizeof(*types), GFP_KERNEL);
	if (!types)
		return -ENOMEM;
	channel->types = types;
	types[channel->nr_types++] = *type;
	return channel->nr_types;
}

int __kring_register_type(struct kring_channel *public, const char *name, size_t size, struct module *owner)
{
	struct channel *channel = to_channel(public);
	struct record_type type = { .size = size };
	int id;

	if (!*name || strscpy(type.name, name, sizeof(type.name)) < 0 ||
	    size > kring_core_max_payload(channel->page_size)) {
		pr_err("channel '%s': type '%s' of %zu bytes: a name has 1 to %d bytes, a record at most %u\n",
		       channel->endpoint.name, name, size, KRING_TYPE_NAME_MAX,
		       kring_core_max_payload(channel->page_size));
		return -EINVAL;
	}
	strscpy(type.module, owner ? module_name(owner) : "vmlinux", sizeof(type.module));
	if (owner && owner->mkobj.kobj.sd)
		type.loaded = owner->mkobj.kobj.sd->id;

	mutex_lock(&channel->lock);
	id = find_type(channel, &type);
	if (!id)
		id = add_type(channel, &type);
	mutex_unlock(&channel->lock);

	if (id == -EEXIST)
		pr_err("channel '%s': type '%s' is registered with another size or by another module\n",
		       channel->endpoint.name, name);
	return id;
}
EXPORT_SYMBOL_GPL(__kring_register_type);

char *types_show(struct channel *channel)
{
	const size_t line_max = sizeof(struct record_type) + 56;
	size_t used = 0;
	size_t room;
	char *text;
	u32 i;

	mutex_lock(&channel->lock);
	room = channel->nr_types * line_max + 1;
	text = kvzalloc(room, GFP_KERNEL);
	for (i = 0; text && i < channel->nr_types; i++) {
		struct record_type *type = &channel->types[i];

		used += scnprintf(text + used, room - used, "%u %u %s %llu %s\n", i + 1, type->size, type->module,
				  type->loaded, type->name);
	}
	mutex_unlock(&channel->lock);
	return text ?: ERR_PTR(-ENOMEM);
}
