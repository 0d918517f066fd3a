/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The module parameters name, size, order, mode, clock and perm of a module that
 * has one channel, and the channel made from them. For one file of the module,
 * which defines CHANNEL_NAME, the default name, and pr_fmt() beforehand.
 */
#ifndef KRING_CHANNEL_PARAMS_H
#define KRING_CHANNEL_PARAMS_H

#include <linux/ctype.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/kring.h>
#include <linux/limits.h>
#include <linux/moduleparam.h>
#include <linux/overflow.h>
#include <linux/printk.h>
#include <linux/string.h>

static char *channel_name = CHANNEL_NAME;
module_param_named(name, channel_name, charp, 0444);
MODULE_PARM_DESC(name, "of the channel, /dev/kring/<name> (default " CHANNEL_NAME ")");

static char *channel_size = "1M";
module_param_named(size, channel_size, charp, 0444);
MODULE_PARM_DESC(size, "bytes of each CPU's ring; K, M, G may follow (default 1M)");

static unsigned int channel_order;
module_param_named(order, channel_order, uint, 0444);
MODULE_PARM_DESC(order, "a page of a ring is PAGE_SIZE << order bytes, 0 to 4 (default 0)");

static char *channel_mode = "overwrite";
module_param_named(mode, channel_mode, charp, 0444);
MODULE_PARM_DESC(mode, "when a ring is full: overwrite the oldest records, or discard new ones (default overwrite)");

static char *channel_clock = "local";
module_param_named(clock, channel_clock, charp, 0444);
MODULE_PARM_DESC(clock, "of the time stamps: local, mono, boot or counter (default local)");

static ushort channel_perm;
module_param_named(perm, channel_perm, ushort, 0444);
MODULE_PARM_DESC(perm, "permission bits of /dev/kring/<name>, such as 0644 (default 0600)");

/* memparse() would take what is left of a number too large for it. */
static int __init channel_parse_size(const char *text, size_t *size)
{
	static const char units[] = "KMG";
	char digits[24];
	const char *unit = text;
	unsigned long long number;
	unsigned int shift = 0;

	if (!*text || strscpy(digits, text, sizeof(digits)) < 0)
		return -EINVAL;
	unit = strchr(units, toupper(text[strlen(text) - 1]));
	if (unit) {
		digits[strlen(text) - 1] = '\0';
		shift = 10 * (unit - units + 1);
	}
	if (kstrtoull(digits, 0, &number) || !number || check_shl_overflow(number, shift, size))
		return -EINVAL;
	return 0;
}

/* The channel, or an ERR_PTR and one line in the kernel log that says why. */
static struct kring_channel *__init channel_from_params(void)
{
	static const char * const modes[] = {
		[KRING_MODE_OVERWRITE] = "overwrite",
		[KRING_MODE_DISCARD] = "discard",
	};
	static const char * const clocks[] = {
		[KRING_CLOCK_LOCAL] = "local",
		[KRING_CLOCK_MONO] = "mono",
		[KRING_CLOCK_BOOT] = "boot",
		[KRING_CLOCK_COUNTER] = "counter",
	};
	struct kring_config config = { .order = channel_order, .perm = channel_perm };
	int mode = match_string(modes, ARRAY_SIZE(modes), channel_mode);
	int clock = match_string(clocks, ARRAY_SIZE(clocks), channel_clock);

	if (channel_parse_size(channel_size, &config.size)) {
		pr_err("size=%s: not a size; give bytes of each CPU's ring, such as 65536, 64K or 4M\n",
		       channel_size);
		return ERR_PTR(-EINVAL);
	}
	if (mode < 0) {
		pr_err("mode=%s: no such mode; there are overwrite and discard\n", channel_mode);
		return ERR_PTR(-EINVAL);
	}
	if (clock < 0) {
		pr_err("clock=%s: no such clock; there are local, mono, boot and counter\n", channel_clock);
		return ERR_PTR(-EINVAL);
	}
	config.mode = mode;
	config.clock = clock;
	return kring_create(channel_name, &config);
}

#endif /* KRING_CHANNEL_PARAMS_H */
