/* SPDX-License-Identifier: GPL-2.0-only */
/* What is written while a channel ends is there before its readers are told the end, or is refused. */
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>
#include <sys/uio.h>

#include "abi_queue.hh"

namespace kring::abi
{
namespace
{

class end_of_writing : public clean_test {};

/* A page that comes when it is told to; who touches it before that waits for it. */
class late_page {
public:
	late_page()
		: at_{static_cast<char *>(
			  mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))},
		  faults_{static_cast<int>(syscall(SYS_userfaultfd, O_CLOEXEC))}
	{
		uffdio_api api{};
		uffdio_register range{};

		api.api = UFFD_API;
		EXPECT_EQ(error_of(ioctl(faults_.fd(), UFFDIO_API, &api)), 0);
		range.range = {reinterpret_cast<__u64>(at_), size};
		range.mode = UFFDIO_REGISTER_MODE_MISSING;
		EXPECT_EQ(error_of(ioctl(faults_.fd(), UFFDIO_REGISTER, &range)), 0);
	}
	~late_page() { munmap(at_, size); }
	late_page(const late_page &) = delete;

	char *at() const { return at_; }
	/* Until somebody waits for it. */
	void wait()
	{
		uffd_msg message;

		EXPECT_EQ(read(faults_.fd(), &message, sizeof(message)), static_cast<ssize_t>(sizeof(message)));
		EXPECT_EQ(message.event, UFFD_EVENT_PAGEFAULT);
	}
	void come()
	{
		const std::string bytes(size, 'x');
		uffdio_copy copy{};

		copy.dst = reinterpret_cast<__u64>(at_);
		copy.src = reinterpret_cast<__u64>(bytes.data());
		copy.len = size;
		EXPECT_EQ(error_of(ioctl(faults_.fd(), UFFDIO_COPY, &copy)), 0);
	}

	static constexpr size_t size = 4096;

private:
	char *at_;
	descriptor faults_;
};

std::vector<kring_control_create> all_kinds()
{
	kring_control_create fifo = creation_of("app", KRING_KIND_FIFO, 1 << 20), elements = fifo, records = fifo,
			     overwrites = creation_of("app", KRING_KIND_MIRROR, 1 << 20), mirror = overwrites,
			     broadcast = creation_of("app", KRING_KIND_BROADCAST, 64 << 15);

	elements.unit = 8;
	records.length = 2;
	mirror.mode = KRING_MODE_DISCARD;
	broadcast.unit = 1 << 15;
	return {fifo, elements, records, overwrites, mirror, broadcast, creation_of("app", KRING_KIND_TRACE)};
}

/* Nor does a program that holds up its own write() hold up the end. */
TEST_F(end_of_writing, of_a_buffer_that_is_not_there_yet)
{
	for (const kring_control_create &kind : all_kinds()) {
		made channel{kind};
		descriptor in = channel.open(O_WRONLY), out = channel.open(O_RDONLY | O_NONBLOCK);
		late_page page;
		ssize_t written = 0;
		{
			sleeper_in writer{SYS_write, [&] { written = error_of(write(in.fd(), page.at(), 8)); }};

			page.wait();
			EXPECT_EQ(channel.destroy(), 0);
			EXPECT_EQ(read_some(out.fd()), "");
			EXPECT_EQ(errno, 0) << "the end";
			page.come();
		}
		EXPECT_EQ(written, ENODEV) << "kind " << kind.kind;
		EXPECT_EQ(read_some(out.fd()), "") << "kind " << kind.kind;
		EXPECT_EQ(errno, 0) << "nothing comes after it";
	}
}

/* All of a write() that was there in part has been written, or what it says. */
TEST_F(end_of_writing, of_a_buffer_that_is_there_in_part)
{
	kring_control_create kind = creation_of("app", KRING_KIND_MIRROR, 1 << 20);

	for (kring_mode mode : {KRING_MODE_OVERWRITE, KRING_MODE_DISCARD}) {
		kind.mode = mode;
		made channel{kind};
		descriptor in = channel.open(O_WRONLY), out = channel.open(O_RDONLY | O_NONBLOCK);
		late_page first, second;
		const iovec parts[] = {{first.at(), 8}, {second.at(), 8}};
		ssize_t written = 0;
		{
			sleeper_in writer{SYS_writev, [&] { written = writev(in.fd(), parts, 2); }};

			first.wait();
			first.come();
			second.wait();
			EXPECT_EQ(channel.destroy(), 0);
			EXPECT_EQ(read_some(out.fd()), "xxxxxxxx");
			EXPECT_EQ(read_some(out.fd()), "");
			EXPECT_EQ(errno, 0) << "the end";
			second.come();
		}
		EXPECT_EQ(written, 8);
		EXPECT_EQ(read_some(out.fd()), "");
	}
}

/*
 * However closely they follow one another: what a reader finds after its first end was published after it. Of a
 * large record, it takes long to publish it.
 */
TEST_F(end_of_writing, at_any_moment)
{
	constexpr unsigned times = 100;

	for (const kring_control_create &kind : all_kinds())
		for (unsigned time = 0; time < times && !HasFailure(); time++) {
			const std::string text(kind.kind == KRING_KIND_BROADCAST ? 1 << 15 : 3000, 'x');
			made channel{kind};
			descriptor in = channel.open(O_WRONLY | O_NONBLOCK), out = channel.open(O_RDONLY | O_NONBLOCK);
			std::atomic<bool> over{false};
			std::thread writer{[&] {
				while (!over)
					write_some(in.fd(), text);
			}};
			std::thread reader{[&] {
				while (!read_some(out.fd()).empty() || errno)
					;
			}};

			usleep(time * 20);
			EXPECT_EQ(channel.destroy(), 0);
			reader.join();
			over = true;
			writer.join();
			EXPECT_EQ(write_some(in.fd(), text), -ENODEV);
			EXPECT_EQ(read_some(out.fd()), "") << "kind " << kind.kind;
			EXPECT_EQ(errno, 0);
		}
}

} /* namespace */
} /* namespace kring::abi */
