"""Time what tracing adds to a fork: nothing, lessonkit's tracer and strace, side by side.

    python benchmarks/tracing.py [--forks 300] [--rounds 7] [--json]

The program forks, lets the child end, and waits, so many times; it takes the time itself,
without its start, and tells the median. They take turns in every round, so that what else
runs on this host hits them alike. A fork under lessonkit's tracer counts only if its timeline
holds it. What is added is the median over the rounds of (traced - plain).

The rows "forked" are for what the sandbox does: the program is not exec'd but runs in a copy of
this interpreter, which is larger and slower to fork, so these rows have a plain row of their
own. "With lines" the tracer also reads where in the program's text each call stands.
"""

from __future__ import annotations

import argparse
import functools
import gc
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
NAME = "program.py"
STRACE = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=process,signal"]
PROGRAM = """
import os, sys, time
times = []
for _ in range(int(sys.argv[1])):
    began = time.perf_counter()
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    times.append(time.perf_counter() - began)
print(sorted(times)[len(times) // 2] * 1e6)
"""


def by_command(prefix: list[str]) -> Callable[[int], float]:
    """Measure the program under the command *prefix*; microseconds per fork."""

    def measure(forks: int) -> float:
        argv = [*prefix, sys.executable, "-I", "-S", "-c", PROGRAM, str(forks)]
        return float(subprocess.run(argv, stdout=subprocess.PIPE, check=True).stdout)

    return measure


def by_tracer(
    forks: int, *, exec_it: bool = True, traced: bool = True, lines: bool = False
) -> float:
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
            if traced:
                install_filter(lines=lines)
            argv = [sys.executable, "-I", "-S", "-c", PROGRAM, str(forks)]
            if exec_it:
                os.execv(sys.executable, argv)
            sys.argv = ["-c", str(forks)]
            exec(compile(PROGRAM, NAME, "exec"), {})
            sys.stdout.flush()
            os._exit(0)
        os._exit(99)
    os.close(output_write)
    gc.disable()  # as in init, for whom the launcher has done it
    tracer = Tracer(max_events=forks * 10)
    if lines:
        tracer.tell_lines_of({NAME: PROGRAM})
    if traced:
        tracer.seize(program)
    os.close(go)
    os.close(go_write)
    poller = select.poll()
    poller.register(wake, select.POLLIN)
    ended = False
    while not ended:
        poller.poll()
        os.read(wake, 128)
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG | WALL)
            except ChildProcessError:
                break
            if pid == 0:
                break
            ended = not traced or not tracer.on_status(pid, status) or ended
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
    with open(output) as text:
        result = float(text.read())
    os.close(wake)
    gc.enable()
    if not traced:
        return result
    places = {(event.kind, event.line) for event in tracer.events}
    numbers = {text.strip(): number for number, text in enumerate(PROGRAM.split("\n"), 1)}
    wanted = {
        ("fork", numbers["pid = os.fork()"]),
        ("exit", numbers["os._exit(0)"]),
        ("reap", numbers["os.waitpid(pid, 0)"]),
    }
    if lines and not wanted <= places:
        raise SystemExit(f"the tracer does not know the lines: {sorted(places, key=str)}")
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
    ways: dict[str, Callable[[int], float]] = {"plain": by_command([]), "lessonkit": by_tracer}
    if shutil.which("strace"):
        ways["strace -f"] = by_command(STRACE)
        ways["strace -f --seccomp-bpf"] = by_command([STRACE[0], "--seccomp-bpf", *STRACE[1:]])
    forked = functools.partial(by_tracer, exec_it=False)
    ways["forked: plain"] = functools.partial(forked, traced=False)
    ways["forked: lessonkit"] = forked
    ways["forked: with lines"] = functools.partial(forked, lines=True)
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(options.rounds):
        for name, measure in ways.items():
            times[name].append(measure(options.forks))
    added = {
        name: statistics.median(t - p for t, p in zip(times[name], times[base], strict=True))
        for name in ways
        for base in ["forked: plain" if name.startswith("forked") else "plain"]
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
