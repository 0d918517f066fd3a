/* SPDX-License-Identifier: GPL-2.0-only */
/* BPF's ring buffer, filled by a program that the kernel runs many times, consumed by libbpf's loop. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <iterator>

#include "consume.hh"

namespace bench
{

namespace
{

constexpr int header_size = BPF_RINGBUF_HDR_SZ;
constexpr int records = ring_size / (payload_size + header_size) - 1;

bpf_insn insn(__u8 code, __u8 to, __u8 from, __s16 offset, __s32 value)
{
	bpf_insn made{};

	made.code = code;
	made.dst_reg = to & 0xf;
	made.src_reg = from & 0xf;
	made.off = offset;
	made.imm = value;
	return made;
}

/* bpf_ringbuf_output(map, {1, 2}, 16, BPF_RB_NO_WAKEUP); return 0; */
int load(int map)
{
	const bpf_insn program[] = {
		insn(BPF_ST | BPF_MEM | BPF_DW, BPF_REG_10, 0, -16, 1),
		insn(BPF_ST | BPF_MEM | BPF_DW, BPF_REG_10, 0, -8, 2),
		insn(BPF_LD | BPF_DW | BPF_IMM, BPF_REG_1, BPF_PSEUDO_MAP_FD, 0, map),
		insn(0, 0, 0, 0, 0),
		insn(BPF_ALU64 | BPF_MOV | BPF_X, BPF_REG_2, BPF_REG_10, 0, 0),
		insn(BPF_ALU64 | BPF_ADD | BPF_K, BPF_REG_2, 0, 0, -16),
		insn(BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_3, 0, 0, payload_size),
		insn(BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_4, 0, 0, BPF_RB_NO_WAKEUP),
		insn(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_ringbuf_output),
		insn(BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, 0),
		insn(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
	};

	return bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, "bench", "GPL", program, std::size(program), nullptr);
}

bool fill(int program)
{
	char packet[64]{};
	bpf_test_run_opts opts{};

	opts.sz = sizeof(opts);
	opts.data_in = packet;
	opts.data_size_in = sizeof(packet);
	opts.repeat = records;
	return !bpf_prog_test_run_opts(program, &opts);
}

int on_sample(void *ctx, void *data, size_t)
{
	static_cast<sum *>(ctx)->add(data);
	return 0;
}

bool consume(int map)
{
	return measure("consume.libbpf", [=](sum &sum) {
		ring_buffer *reader = ring_buffer__new(map, on_sample, &sum, nullptr);
		bool done = reader && ring_buffer__consume(reader) > 0;

		ring_buffer__free(reader);
		return done;
	});
}

} /* namespace */

bool libbpf_consumer()
{
	int map = bpf_map_create(BPF_MAP_TYPE_RINGBUF, "bench", 0, 0, ring_size, nullptr);
	int program = map < 0 ? -1 : load(map);

	if (program < 0 || !fill(program)) {
		fprintf(stderr, "consume: BPF's ring buffer was not filled: %s\n", strerror(errno));
		return false;
	}

	bool done = consume(map);

	close(program);
	close(map);
	return done;
}

} /* namespace bench */
