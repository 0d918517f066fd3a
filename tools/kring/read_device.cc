/* SPDX-License-Identifier: GPL-2.0-only */
/* `kring read` of channels that are no traces: what read() gives, as it comes. */
#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

#include "command.hh"
#include "failure.hh"
#include "handles.hh"
#include "interrupt.hh"
#include "output.hh"

namespace
{

constexpr size_t much = 1 << 20;

std::string hex_of(std::string_view bytes)
{
	std::string hex;

	for (unsigned char byte : bytes)
		hex += fmt::format("{:02x}", byte);
	return hex;
}

bool is_text(std::string_view bytes)
{
	return std::all_of(bytes.begin(), bytes.end(), [](char c) { return (c >= ' ' && c <= '~') || c == '\t'; });
}

class device_reading {
public:
	device_reading(const read_options &options, const kring_channel_info &info);
	~device_reading() { close(fd_); }
	device_reading(const device_reading &) = delete;

	int run();

private:
	/* False: that was all, for good, or for now with --drain. */
	bool read_once();
	void print(std::string_view bytes);
	void print_elements(std::string_view bytes);
	void print_images(std::string_view bytes);
	void print_item(std::string_view payload, const std::string &json_begin, const std::string &text_begin);
	bool is_enough() const { return options_.count && records_ >= options_.count; }
	size_t room() const;

	const read_options &options_;
	const kring_channel_info &info_;
	const bool is_stream_; /* of bytes without bounds */
	output out_;
	int fd_; /* behind it, so that errno is that of open() */
	std::string buffer_;
	__u64 records_ = 0, lost_ = 0;
};

device_reading::device_reading(const read_options &options, const kring_channel_info &info)
	: options_{options}, info_{info}, is_stream_{info.kind == KRING_KIND_MIRROR ||
						     (info.kind == KRING_KIND_FIFO && !info.length && info.unit == 1)},
	  fd_{open((std::string{"/dev/kring/"} + info.name).c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)}
{
	if (fd_ < 0 && errno == EBUSY)
		throw failure{
			fmt::format("another program, or the kernel, reads channel '{}': see `held` and `locked` in "
				    "/sys/class/kring/{}",
				    info.name, info.name)};
	if (fd_ < 0)
		throw channel_failure(info.name, errno);
	buffer_.resize(room());
}

/* Whole elements, no more than are asked for. A fifo gives one record at a time, a broadcast as many as fit. */
size_t device_reading::room() const
{
	if (info_.kind != KRING_KIND_FIFO || info_.length)
		return info_.kind == KRING_KIND_BROADCAST && options_.count ? KRING_BROADCAST_SPACE(info_.unit) : much;

	__u64 count = std::max<__u64>(much / info_.unit, 1);

	if (options_.count && !is_stream_)
		count = std::min(count, options_.count - records_);
	return count * info_.unit;
}

int device_reading::run()
{
	catch_interrupts();
	while (!is_interrupted() && read_once() && !is_enough() && !out_.is_closed())
		;
	out_.flush();
	if (!options_.quiet && !out_.is_closed())
		warn(fmt::format("{} {} read, {} lost", records_, is_stream_ ? "bytes" : "records", lost_));
	return exit_done;
}

bool device_reading::read_once()
{
	ssize_t got = read(fd_, buffer_.data(), room());

	if (got > 0) {
		print({buffer_.data(), static_cast<size_t>(got)});
		return true;
	}
	out_.flush();
	if (got == 0) {
		warn(fmt::format("channel '{}' is gone", info_.name));
		return false;
	}
	if (errno != EAGAIN && errno != EINTR)
		throw channel_failure(info_.name, errno);
	if (options_.drain)
		return false;
	wait_for(fd_, 1.0);
	return true;
}

void device_reading::print(std::string_view bytes)
{
	if (info_.kind == KRING_KIND_BROADCAST)
		return print_images(bytes);
	if (info_.kind == KRING_KIND_FIFO && info_.length) {
		print_item(bytes, "", "");
		records_++;
	} else if (!is_stream_) {
		print_elements(bytes);
	} else {
		if (options_.json)
			print_item(bytes, "", "");
		else
			out_.text(bytes);
		records_ += bytes.size();
	}
}

void device_reading::print_elements(std::string_view bytes)
{
	for (size_t at = 0; at < bytes.size(); at += info_.unit, records_++)
		print_item(bytes.substr(at, info_.unit), "", "");
}

void device_reading::print_images(std::string_view bytes)
{
	for (size_t at = 0; at < bytes.size() && !is_enough();) {
		kring_broadcast_image image;

		memcpy(&image, bytes.data() + at, sizeof(image));
		if (image.lost && options_.json)
			out_.line(R"({{"lost":{}}})", image.lost);
		else if (image.lost)
			out_.line("--- lost {} records ---", image.lost);
		lost_ += image.lost;
		print_item(bytes.substr(at + sizeof(image), image.size), fmt::format(R"("seq":{},)", image.seq),
			   fmt::format("[{}] ", image.seq));
		records_++;
		at += KRING_BROADCAST_SPACE(image.size);
	}
}

/* What is no text is written as hex. */
void device_reading::print_item(std::string_view payload, const std::string &json_begin, const std::string &text_begin)
{
	if (options_.json)
		out_.line(R"({{{}"size":{},"{}":{}}})", json_begin, payload.size(), is_text(payload) ? "text" : "hex",
			  json_string(is_text(payload) ? std::string{payload} : hex_of(payload)));
	else
		out_.line("{}{}", text_begin, is_text(payload) ? std::string{payload} : hex_of(payload));
}

} /* namespace */

int run_read_device(const read_options &options, const kring_channel_info &info)
{
	for (auto [is_given, option] : {std::pair{!options.cpus.empty(), "--cpus"},
					{options.from != "oldest", "--from"},
					{options.own, "--own"},
					{!options.filter.empty(), "--filter"},
					{options.unordered, "--unordered"}})
		if (is_given)
			throw usage_failure{fmt::format("{} is for traces, and channel '{}' is a {}", option, info.name,
							kring_kind_name(info.kind))};
	return device_reading{options, info}.run();
}
