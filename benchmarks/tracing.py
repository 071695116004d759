"""Time what tracing adds to a fork: nothing, lessonkit's tracer and strace, side by side.

    python benchmarks/tracing.py [--forks 300] [--rounds 7] [--json]

The program forks, lets the child end, and waits, so many times; it takes the time itself,
without its start. The three take turns in every round, so that what else runs on this host
hits them alike. A fork under lessonkit's tracer counts only if its timeline holds it.
Overhead is the median over the rounds of (traced - plain).
"""

from __future__ import annotations

import argparse
import json
import os
import select
import shutil
import signal
import statistics
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress

from lessonkit.sandbox import kernel
from lessonkit.sandbox.tracer import WALL, Tracer, child_signal_fd, install_filter

GOAL = 1.0
STRACE = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=process,signal"]
PROGRAM = """
import os, sys, time
count = int(sys.argv[1])
began = time.perf_counter()
for _ in range(count):
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
print((time.perf_counter() - began) / count * 1e6)
"""


def by_command(prefix: list[str]) -> Callable[[int], float]:
    """Measure the program under the command *prefix*; microseconds per fork."""

    def measure(forks: int) -> float:
        argv = [*prefix, sys.executable, "-I", "-S", "-c", PROGRAM, str(forks)]
        return float(subprocess.run(argv, stdout=subprocess.PIPE, check=True).stdout)

    return measure


def by_tracer(forks: int) -> float:
    """Measure it under lessonkit's tracer, with a loop like that of the sandbox's init."""
    wake = child_signal_fd()
    go, go_write = os.pipe()
    output, output_write = os.pipe()
    program = os.fork()
    if program == 0:
        with suppress(BaseException):
            signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
            os.close(go_write)
            os.dup2(output_write, 1)
            os.read(go, 1)
            kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
            install_filter()
            argv = [sys.executable, "-I", "-S", "-c", PROGRAM, str(forks)]
            os.execv(sys.executable, argv)
        os._exit(99)
    os.close(output_write)
    tracer = Tracer(max_events=forks * 10)
    tracer.seize(program)
    os.close(go)
    os.close(go_write)
    poller = select.poll()
    poller.register(wake, select.POLLIN)
    ended = False
    while not ended:
        poller.poll()
        os.read(wake, 4096)
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG | WALL)
            except ChildProcessError:
                break
            if pid == 0:
                break
            ended = not tracer.on_status(pid, status) or ended
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
    with open(output) as text:
        result = float(text.read())
    os.close(wake)
    seen = [event.kind for event in tracer.events]
    if not seen.count("fork") == forks == seen.count("reap") - 1:
        raise SystemExit(f"the tracer missed something: {seen.count('fork')} of {forks} forks")
    return result


def main() -> None:
    """Print the table; exit 1 when the tracer costs more than GOAL times strace."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--forks", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    ways = {"plain": by_command([]), "lessonkit": by_tracer}
    if shutil.which("strace"):
        ways["strace -f"] = by_command(STRACE)
        ways["strace -f --seccomp-bpf"] = by_command([STRACE[0], "--seccomp-bpf", *STRACE[1:]])
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(options.rounds):
        for name, measure in ways.items():
            times[name].append(measure(options.forks))
    added = {
        name: statistics.median(t - p for t, p in zip(times[name], times["plain"], strict=True))
        for name in ways
    }
    rows = {
        name: {"us_per_fork": statistics.median(times[name]), "added_us": added[name]}
        for name in ways
    }
    ratio = added["lessonkit"] / added["strace -f"] if "strace -f" in added else None
    if options.json:
        print(json.dumps({"rows": rows, "added_to_strace_ratio": ratio}))
    else:
        print(f"{'':26}{'us per fork':>12}{'added':>9}{'of strace -f':>14}")
        for name, row in rows.items():
            share = f"{row['added_us'] / added['strace -f']:.2f}" if ratio is not None else ""
            print(f"{name:26}{row['us_per_fork']:12.0f}{row['added_us']:9.0f}{share:>14}")
        if ratio is None:
            print("strace is not installed: nothing to compare with")
    raise SystemExit(0 if ratio is None or ratio <= GOAL else 1)


if __name__ == "__main__":
    main()
