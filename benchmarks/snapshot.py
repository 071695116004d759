"""Time one photograph of all processes: lessonkit, psutil and ps, side by side.

    python benchmarks/snapshot.py [--processes 50,500,2000] [--rounds 7] [--json]

Starts its own sleeping processes and ends them by pid. The numbers of processes are those
that each tool really found, so what else runs on this host is in all the columns alike.
psutil is asked as its documentation advises, by `process_iter` with the attributes that a
`ProcessInfo` holds too: with its cache filled, and from scratch.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psutil

from lessonkit import procfs

GOAL = 1 / 3
ATTRIBUTES = ["pid", "ppid", "name", "status", "create_time", "uids", "num_threads", "cpu_times"]
PR_SET_PDEATHSIG = 1


@contextmanager
def sleepers(count: int) -> Iterator[list[int]]:
    """Start *count* processes that wait for a signal; end and reap every one afterwards."""
    libc = ctypes.CDLL(None, use_errno=True)
    pids: list[int] = []
    try:
        for _ in range(count):
            pid = os.fork()
            if pid == 0:
                libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
                while True:
                    signal.pause()
            pids.append(pid)
        yield pids
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        for pid in pids:
            os.waitpid(pid, 0)


def lessonkit_snapshot() -> int:
    """Take ours; like the others, return how many processes were found."""
    return len(procfs.snapshot().processes)


def psutil_cached() -> int:
    """Ask psutil, which remembers the processes of its last pass."""
    return sum(1 for _ in psutil.process_iter(ATTRIBUTES))


def psutil_fresh() -> int:
    """Ask psutil as the first call of a program does."""
    psutil.process_iter.cache_clear()
    return psutil_cached()


def ps() -> int:
    """Run ps, the start of its own process included."""
    command = ["ps", "-eo", "pid,ppid,stat,comm"]
    output = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    return output.count(b"\n") - 1


TOOLS: dict[str, Callable[[], int]] = {
    "lessonkit": lessonkit_snapshot,
    "psutil": psutil_cached,
    "psutil, fresh": psutil_fresh,
    "ps": ps,
}


def measure(rounds: int) -> dict[str, dict[str, float]]:
    """Run the tools in turn, so that a busy moment does not hit one of them only."""
    times: dict[str, list[float]] = {name: [] for name in TOOLS}
    found = {name: tool() for name, tool in TOOLS.items()}  # fills caches, untimed
    for _ in range(rounds):
        for name, tool in TOOLS.items():
            began = time.perf_counter()
            tool()
            times[name].append(time.perf_counter() - began)
    return {
        name: {
            "processes": found[name],
            "median_ms": statistics.median(times[name]) * 1000,
            "best_ms": min(times[name]) * 1000,
            "us_per_process": statistics.median(times[name]) * 1e6 / found[name],
        }
        for name in TOOLS
    }


def main() -> int:
    """Measure with each number of processes and print a table, or JSON."""
    parser = argparse.ArgumentParser(description="Time one photograph of all processes.")
    parser.add_argument("--processes", default="50,500,2000", help="how many, such as 50,500")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()

    results: dict[str, dict[str, dict[str, float]]] = {}
    for count in map(int, options.processes.split(",")):
        with sleepers(count):
            results[str(count)] = measure(options.rounds)
    if options.json:
        print(json.dumps(results))
        return 0
    print(
        f"{'':>9} {'tool':14} {'found':>6} {'median ms':>10} {'best ms':>8} {'us/proc':>8}   ratio"
    )
    for count_text, tools in results.items():
        ours = tools["lessonkit"]["median_ms"]
        for name, row in tools.items():
            print(
                f"{count_text + ' more':>9} {name:14} {row['processes']:6.0f} "
                f"{row['median_ms']:10.2f} {row['best_ms']:8.2f} {row['us_per_process']:8.1f}"
                f"   {ours / row['median_ms']:.2f}"
            )
    worst = max(t["lessonkit"]["median_ms"] / t["psutil"]["median_ms"] for t in results.values())
    verdict = "reached" if worst <= GOAL else "MISSED"
    print(f"ratio = lessonkit / tool. Goal: at most {GOAL:.2f} of psutil: {verdict} ({worst:.2f})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
