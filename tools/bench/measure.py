# SPDX-License-Identifier: GPL-2.0-only
"""Runs what measures: kring_bench.ko in a guest, the native build here."""

import json
import re
import statistics
import subprocess

# Its memcpy() is made of plain instructions: where a CPU has a fast "rep movsb",
# each byte would count as one.
CPU = "qemu64"

# What kernel/kring_pages.c makes.
PAGES = ("bench_pages_large", "bench_pages_16", "bench_pages_0",
         "bench_pages_order4")

REPETITIONS = 15


class BenchError(Exception):
    """Nothing was measured; says why."""


def writers(top, spec, out):
    """Instructions of the kernel's side: writing a record, acquiring a page."""
    return guest(top, spec, out,
                 f"cat /sys/kernel/debug/kring_bench && acquire {' '.join(PAGES)}")


def consumers(top, spec, out):
    """Instructions of programs that consume records, by name."""
    return guest(top, spec, out, "consume && wake && acquire bench_pages_16")


def guest(top, spec, out, line):
    """Instructions for one of each thing that LINE measures in a guest, by name."""
    modules = top / "build" / spec
    command = [
        top / "tools/vm/run", "--kernel", spec, "--icount", "--cpu", CPU,
        "--timeout", "180", "--log", out / "guest.log",
        # an emulated counter is good enough to be a clock
        "--cmdline", "tsc=reliable",
        "--insmod", modules / "kring.ko", "--insmod", modules / "kring_bench.ko",
        *(f"--file={out / name}" for name in ("acquire", "consume", "wake")),
        "--", line]
    result = subprocess.run(command, stdout=subprocess.PIPE, text=True,
                            check=False)
    if result.returncode:
        raise BenchError(f"the guest failed, status {result.returncode}: "
                         f"{result.stdout.strip()[-200:]} (its messages are in "
                         f"{out / 'guest.log'})")
    counts = re.findall(r"^([\w.]+) (\d+) (\d+)\r?$", result.stdout, re.M)
    return {name: int(total) / int(times) for name, total, times in counts}


def native(out):
    """The median of each benchmark's nanoseconds, by name.

    Their repetitions are interleaved at random, so that what else this machine
    does for a while is not one benchmark's alone.
    """
    report = out / "native.json"
    result = subprocess.run([
        out / "native", f"--benchmark_repetitions={REPETITIONS}",
        "--benchmark_enable_random_interleaving=true",
        "--benchmark_min_time=0.03", f"--benchmark_out={report}",
        "--benchmark_out_format=json"],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        check=False)
    if result.returncode:
        raise BenchError(f"{out / 'native'} failed, status "
                         f"{result.returncode}: {result.stderr.strip()[-200:]}")
    times = {}
    for run in json.loads(report.read_text())["benchmarks"]:
        if run.get("error_occurred"):
            raise BenchError(f"native {run['name']}: {run['error_message']}")
        if run["run_type"] == "iteration":
            times.setdefault(run["run_name"], []).append(run["cpu_time"])
    return {name: statistics.median(each) for name, each in times.items()}


def between_threads(out):
    """The least of each benchmark's nanoseconds a record, by name.

    The least, because threads share this machine's processors with whatever
    else it does, and wait for one another meanwhile.
    """
    report = out / "native-broadcast.json"
    program = out / "native-broadcast"
    result = subprocess.run([
        program, f"--benchmark_repetitions={REPETITIONS}",
        "--benchmark_enable_random_interleaving=true",
        f"--benchmark_out={report}", "--benchmark_out_format=json"],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        check=False)
    if result.returncode:
        raise BenchError(f"{program} failed, status {result.returncode}: "
                         f"{result.stderr.strip()[-200:]}")
    times = {}
    for run in json.loads(report.read_text())["benchmarks"]:
        if run.get("error_occurred"):
            raise BenchError(f"{run['name']}: {run['error_message']}")
        if run["run_type"] == "iteration":
            name = run["name"].partition("/")[0]
            times[name] = min(times.get(name, run["real_time"]), run["real_time"])
    return times


def queues(out):
    """Nanoseconds for an element to go from one thread to another, by name."""
    result = subprocess.run([out / "queues"], stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True, check=False)
    if result.returncode:
        raise BenchError(f"{out / 'queues'} failed, status {result.returncode}: "
                         f"{result.stderr.strip()[-200:]}")
    return {name: float(each) for name, each in
            re.findall(r"^([\w.]+) ([\d.]+)$", result.stdout, re.M)}
