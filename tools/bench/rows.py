# SPDX-License-Identifier: GPL-2.0-only
"""The rows of build/bench.json: what is compared with what, and the limits."""

from measure import BenchError

CLOCKS = {"local": "trace_clock_local", "mono": "ktime_get_mono_fast_ns",
          "counter": "rdtsc"}
SIZES = (0, 16, 64, 256)

RESERVE = "ring_buffer_lock_reserve + unlock_commit"
WRITE = "ring_buffer_write"
RELAY = "relay_write of payload and stamp"

OBSERVERS = (1, 4, 8)

PEERS = {"boost": "boost::lockfree::spsc_queue", "dpdk": "DPDK's rte_ring",
         "urcu": "liburcu's wfcqueue"}

# The largest ratios that are allowed.
LIMITS = {
    "insn.reserve_commit.16.local": 0.40,
    "insn.reserve_commit.16.mono": 0.40,
    "insn.reserve_commit.16.counter": 0.30,
    "insn.write.16.local": 0.40,
    "insn.write.16.mono": 0.40,
    "insn.write.16.counter": 0.30,
    # Fewer instructions than kfifo, for the same operation. But for one element
    # that goes in and out alone: its consumer looks at the producer each time,
    # and notes what it saw.
    "insn.fifo.put_get.16x32": 0.99,
    "insn.fifo.in_out.16": 0.99,
    "insn.fifo.in_out.16x32": 0.99,
    "insn.fifo.bytes.16": 0.99,
    "insn.fifo.records.16": 0.99,
    # The same cost, whatever the number of records.
    "insn.acquire.165": 1.02,
    "insn.acquire.495": 1.02,
    "insn.acquire.8175": 1.02,
    "insn.acquire.ftrace": 0.10,
    "insn.consume.in_place.run": 0.65,
    "insn.consume.observer.run": 0.77,
    "insn.consume.owner.run": 0.78,
    "insn.consume.typed": 1.02,
    "insn.consume.reader": 1.70,
    # Of one that has one consumer.
    "threads.broadcast.1_to_3.alone": 2.00,
}
# Rows that must be 0.
NONE = ("fast_path.lock", "fast_path.division")


def row(name, unit, kring, peer=None, peer_name=None):
    return {"name": name, "unit": unit, "kring": round(kring, 2),
            "peer": None if peer is None else round(peer, 2),
            "peer_name": peer_name,
            "ratio": None if peer is None else round(kring / peer, 3)}


def compare(unit, found, pairs):
    """A row for each of PAIRS: its name, both sides' names in FOUND, the peer."""
    try:
        return [row(name, unit, found[kring], found[peer], peer_name)
                for name, kring, peer, peer_name in pairs]
    except KeyError as error:
        raise BenchError(f"{error.args[0]} was not measured") from None


def instructions(found):
    pairs = [(f"insn.reserve_commit.{size}.local",
              f"kring.reserve_commit.{size}.local",
              f"ring_buffer.reserve_commit.{size}.local", RESERVE)
             for size in SIZES]
    pairs += [(f"insn.reserve_commit.16.{clock}",
               f"kring.reserve_commit.16.{clock}",
               f"ring_buffer.reserve_commit.16.{clock}", RESERVE)
              for clock in CLOCKS if clock != "local"]
    for clock, bare in CLOCKS.items():
        name, kring = f"insn.write.16.{clock}", f"kring.write.16.{clock}"
        pairs += [(name, kring, f"ring_buffer.write.16.{clock}", WRITE),
                  (f"{name}.relay", kring, f"relay.write.16.{clock}", RELAY),
                  (f"{name}.clock", kring, f"clock.{bare}", f"bare {bare}")]
    pairs += [(f"insn.fifo.{name}", f"fifo.{name}", f"kfifo.{name}", peer)
              for name, peer in (("put_get.16", "kfifo_put + kfifo_get"),
                                 ("put_get.16x32", "kfifo_put + kfifo_get"),
                                 ("in_out.16", "kfifo_in + kfifo_out"),
                                 ("in_out.16x32", "kfifo_in + kfifo_out"),
                                 ("bytes.16", "kfifo_in + kfifo_out of bytes"),
                                 ("records.16", "kfifo_in + kfifo_out of records"))]
    pairs += [("insn.mirror.put_get.16", "mirror.put_get.16", "kfifo.bytes.16",
               "kfifo_in + kfifo_out of bytes")]
    pairs += [(f"insn.acquire.{records}", f"acquire.{records}", "acquire.1",
               "acquire of a page with 1 record")
              for records in (165, 495, 8175)]
    return compare("instructions", found, pairs)


# What a program reads with, and libbpf's or ftrace's way to do the same.
CONSUMERS = ("in_place.run", "in_place.checked", "observer.run", "observer.next",
             "owner.run", "reader", "typed", "typed.in_place")
LIBBPF = "libbpf's ring_buffer__consume"
FTRACE = "GET_READER, mmap and kbuffer"


def consumers(found):
    pairs = [(f"insn.consume.{name}", f"consume.{name}", "consume.libbpf", LIBBPF)
             for name in CONSUMERS]
    pairs += [("insn.consume.owner.run.mmap", "consume.owner.run",
               "consume.ftrace.mmap", FTRACE),
              ("insn.consume.copy.next.read", "consume.copy.next",
               "consume.ftrace.read", "read() of trace_pipe_raw and kbuffer"),
              ("insn.acquire.ftrace", "acquire.165", "acquire.ftrace",
               "GET_READER of ftrace")]
    return (compare("instructions", found, pairs) +
            compare("virtual ns", found, [("wake", "wake.kring", "wake.eventfd",
                                           "eventfd: kring gathers for 1 ms")]))


def times(found):
    mono = "bare clock_gettime(CLOCK_MONOTONIC)"
    pairs = [(f"native.{name}", name, "clock.counter", "bare rdtsc")
             for name in ("write.16", "reserve_commit.16", "reserve_commit.64",
                          "reserve_commit.256")]
    pairs += [(f"native.{name}", name, "clock.mono", mono)
              for name in ("write.16.mono", "reserve_commit.16.mono")]
    pairs += [(f"native.observers.{count}{name}", f"observers/{count}/1/{pause}",
               f"observers/{count}/0/{pause}", f"beside observers of another ring{words}")
              for name, pause, words in (("", 0, ""),
                                         (".pausing", 20, "; at the end each waits 20 us"))
              for count in OBSERVERS]
    pairs += [(f"native.mirror.{size}", f"mirror/{size}", f"memcpy/{size}",
               "memcpy in and out") for size in (16, 64, 256, 1024, 4096)]
    return compare("ns", found, pairs)


def queues(found):
    """The spsc fifo beside each packaged queue, and beside the best of them."""
    pairs = []
    for size in (8, 16, 64):
        for how in ("", ".batched"):
            peers = {peer: found[f"{peer}.{size}{how}"] for peer in PEERS}
            best = min(peers, key=peers.get)
            pairs += [(f"threads.spsc.{size}{how}.{peer}", f"spsc.{size}{how}",
                       f"{peer}.{size}{how}", PEERS[peer]
                       + (", the best of these" if peer == best else ""))
                      for peer in PEERS]
    return compare("ns", found, pairs)


def broadcast(found):
    peer = "boost::lockfree::queue, one for each consumer"
    pairs = [(f"threads.broadcast.{shape}", f"broadcast.{shape}",
              f"boost.{shape}", peer)
             for shape in ("1_to_1", "1_to_3", "3_to_3")]
    pairs += [(f"threads.broadcast.{shape}.alone", f"broadcast.{shape}",
               "broadcast.1_to_1", "itself 1 to 1")
              for shape in ("1_to_3", "3_to_3")]
    pairs += [(f"threads.broadcast.write.{others}", f"broadcast.write.{others}",
               "broadcast.write", "itself without consumers")
              for others in ("beside_1", "beside_3")]
    return compare("ns between threads", found, pairs)


def code(path):
    return [row("fast_path.lock", "occurrences", path.locks),
            row("fast_path.division", "occurrences", path.divisions)]


def exceeded(found):
    """A line for each limit that a row is beyond."""
    by_name = {each["name"]: each for each in found}
    for name, limit in LIMITS.items():
        each = by_name[name]
        if each["ratio"] > limit:
            yield (f"{name}: {each['kring']} {each['unit']}, "
                   f"{each['ratio']:.3f}x of {each['peer_name']} "
                   f"({each['peer']}), at most {limit:.2f}x")
    for name in NONE:
        if by_name[name]["kring"]:
            yield f"{name}: {by_name[name]['kring']}, must be 0"
