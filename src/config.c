// SPDX-License-Identifier: GPL-2.0-only
/* What a trace channel may be: its configuration, checked; what follows from them for it and its readers. */

#include <linux/mm.h>
#include <linux/sizes.h>

#include "channel.h"

#define DEFAULT_SIZE SZ_1M

static int check_rest(const char *name, const struct kring_config *config)
{
	int err;

	if (config->order > KRING_ORDER_MAX)
		return refuse_channel(-EINVAL, name, "page order %u is not 0 to %d", config->order, KRING_ORDER_MAX);
	if (config->mode != KRING_MODE_OVERWRITE && config->mode != KRING_MODE_DISCARD)
		return refuse_channel(-EINVAL, name, "mode %d is neither overwrite (0) nor discard (1)", config->mode);
	if (config->flags & ~KRING_CREATE_DISABLED)
		return refuse_channel(-EINVAL, name, "flags %#x are not known", config->flags);

	err = clock_check(config->clock);
	if (err == -EOPNOTSUPP)
		return refuse_channel(err, name, "this machine's counter is not stable enough to be a clock");
	if (err)
		return refuse_channel(err, name, "clock %d is not 0 to 3: local, mono, boot, counter", config->clock);
	return 0;
}

int config_check(const char *name, const struct kring_config *config)
{
	return endpoint_check(name, config->perm) ?: check_rest(name, config);
}

/* Sizes are kept in whole pages; sums cannot overflow once the number of pages is known to be small. */
int config_apply(struct channel *channel, const struct kring_config *config)
{
	size_t size = config->size ?: DEFAULT_SIZE;
	size_t pages;

	channel->order = config->order;
	channel->page_size = PAGE_SIZE << config->order;
	pages = size / channel->page_size + !!(size % channel->page_size);
	if (pages > KRING_CORE_PAGES_MAX)
		return refuse_channel(-E2BIG, channel->endpoint.name, "%zu bytes are %zu pages of %u bytes, a ring has at most %u: use a larger page order or a smaller size",
			      size, pages, channel->page_size, KRING_CORE_PAGES_MAX);

	channel->list_pages = max_t(size_t, pages, KRING_CORE_PAGES_MIN);
	channel->nr_pages = channel->list_pages + 1;
	channel->size = (size_t)channel->list_pages * channel->page_size;
	channel->shared_size = PAGE_ALIGN(kring_core_shared_size(channel->list_pages));
	channel->mode = config->mode;
	channel->public.clock = config->clock;
	channel->enabled = !(config->flags & KRING_CREATE_DISABLED);
	return 0;
}

void config_describe(struct channel *channel)
{
	struct kring_meta *meta = channel->meta;

	BUILD_BUG_ON(sizeof(*meta) > PAGE_SIZE);
	meta->magic = KRING_MAGIC;
	meta->version = KRING_ABI_VERSION;
	meta->size = sizeof(*meta);
	meta->mode = channel->mode;
	meta->clock = channel->public.clock;
	meta->page_size = channel->page_size;
	meta->created = channel->endpoint.created;
	meta->pages = channel->nr_pages;
	meta->nr_cpus = nr_cpu_ids;
	meta->rings = PAGE_SIZE;
	meta->pages_offset = channel->shared_size;
	meta->ring_stride = channel->shared_size + (u64)channel->nr_pages * channel->page_size;
	meta->map_size = meta->rings + nr_cpu_ids * meta->ring_stride;
	clock_describe(channel->public.clock, meta);
}
