/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ftrace's ring buffer, filled through trace_marker_raw; its pages by read() of
 * trace_pipe_raw and by mmap(), their records by libtraceevent.
 */
#include <fcntl.h>
extern "C" { /* its header does not say so */
#include <kbuffer.h>
}
#include <linux/trace_mmap.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include "consume.hh"

namespace bench
{

namespace
{

constexpr int records = 30000;

bool fail(const char *what)
{
	fprintf(stderr, "consume: ftrace: %s: %s\n", what, strerror(errno));
	return false;
}

int open_file(const char *name, int flags)
{
	return open((std::string{"/sys/kernel/tracing/"} + name).c_str(), flags);
}

bool set(const char *name, const char *value)
{
	int fd = open_file(name, O_WRONLY | O_TRUNC);
	bool done = fd >= 0 && write(fd, value, strlen(value)) > 0;

	close(fd);
	return done || fail(name);
}

/* A marker is an id and bytes: of 16 in all. */
bool fill()
{
	const __u32 marker[payload_size / 4] = {1, 2, 3, 4};

	if (!set("trace", " ") || !set("buffer_size_kb", "4096") || !set("tracing_on", "1"))
		return false;

	int fd = open_file("trace_marker_raw", O_WRONLY);
	bool done = fd >= 0;

	for (int written = 0; done && written < records; written++)
		done = write(fd, marker, sizeof(marker)) == sizeof(marker);
	close(fd);
	return done || fail("trace_marker_raw");
}

void walk(kbuffer *pages, void *page, sum &sum)
{
	unsigned long long stamp;

	kbuffer_load_subbuffer(pages, page);
	for (void *record = kbuffer_read_event(pages, &stamp); record; record = kbuffer_next_event(pages, &stamp))
		sum.add(record);
}

bool by_read(int fd, kbuffer *pages)
{
	std::vector<char> page(getpagesize());

	return measure("consume.ftrace.read", [&](sum &sum) {
		while (read(fd, page.data(), page.size()) > 0)
			walk(pages, page.data(), sum);
		return true;
	});
}

/* The reader's page comes again as long as there is nothing behind it. */
bool by_mmap(int fd, kbuffer *pages)
{
	void *memory = mmap(nullptr, getpagesize(), PROT_READ, MAP_SHARED, fd, 0);

	if (memory == MAP_FAILED)
		return fail("mmap");

	const trace_buffer_meta *meta = static_cast<trace_buffer_meta *>(memory);
	char *data = static_cast<char *>(mmap(nullptr, size_t{meta->subbuf_size} * meta->nr_subbufs, PROT_READ,
					      MAP_SHARED, fd, meta->meta_page_size));
	std::vector<__u64> gets;

	if (data == MAP_FAILED)
		return fail("mmap of the pages");

	bool done = measure("consume.ftrace.mmap", [&](sum &sum) {
		for (__u32 last = ~0U;;) {
			__u64 begin = __rdtsc();

			if (ioctl(fd, TRACE_MMAP_IOCTL_GET_READER))
				return fail("GET_READER");
			if (meta->reader.id == last)
				return true;
			gets.push_back(__rdtsc() - begin);
			last = meta->reader.id;
			walk(pages, data + size_t{last} * meta->subbuf_size, sum);
		}
	});
	if (done && gets.size() > 4)
		printf("acquire.ftrace %llu 1\n", gets[gets.size() / 2]);
	return done;
}

} /* namespace */

bool ftrace_consumers()
{
	int fd = open_file("per_cpu/cpu0/trace_pipe_raw", O_RDONLY | O_NONBLOCK);
	kbuffer *pages = kbuffer_alloc(KBUFFER_LSIZE_8, KBUFFER_ENDIAN_LITTLE);

	if (fd < 0 || !pages)
		return fail("trace_pipe_raw");
	return fill() && by_read(fd, pages) && fill() && by_mmap(fd, pages);
}

} /* namespace bench */
