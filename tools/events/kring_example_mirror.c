// SPDX-License-Identifier: GPL-2.0-only
/*
 * kring_example_mirror: keeps the last 1000 bytes of text that was written to
 * /sys/kernel/debug/kring_example_mirror, and gives them to who reads it. There
 * may be any number of both.
 */
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/kring_mirror.h>
#include <linux/module.h>

static struct kring_mirror_locked text;
static struct dentry *file;

static ssize_t read_text(struct file *file, char __user *to, size_t size, loff_t *pos)
{
	ssize_t taken = kring_mirror_locked_to_user(&text, to, size);

	return taken == -EAGAIN ? 0 : taken;
}

static ssize_t write_text(struct file *file, const char __user *from, size_t size, loff_t *pos)
{
	return kring_mirror_locked_force_from_user(&text, from, size, NULL);
}

static const struct file_operations text_fops = {
	.owner = THIS_MODULE,
	.read = read_text,
	.write = write_text,
};

static int __init example_init(void)
{
	int error = kring_mirror_locked_alloc(&text, 1000, GFP_KERNEL);

	if (error)
		return error;
	file = debugfs_create_file("kring_example_mirror", 0600, NULL, NULL, &text_fops);
	return 0;
}

static void __exit example_exit(void)
{
	debugfs_remove(file);
	kring_mirror_locked_free(&text);
}

module_init(example_init);
module_exit(example_exit);
MODULE_DESCRIPTION("Keeps the last text that was written to it in a kring_mirror");
MODULE_LICENSE("GPL");
