"""Repeat for a long time what the tests do once: nothing may be left, nothing may slow down.

    python benchmarks/soak.py [--runs 10000] [--skip-exercises]

First many runs in one process: descriptors, processes, mounts, cgroups and files before
and after are compared, the memory of client and launcher is printed, and the last hundred
runs are compared with the first. Then exercises, lessons and grading on every kind of host, the
whole course through Jupyter as root and as an ordinary user, sixty-three submissions of all lessons
graded by stock nbgrader and by ours, the whole corpus of odd ones, a grader killed a hundred times
with a made-up engine and a hundred times with the real one; and every exercise's programs, twenty
times each, while the machine is loaded.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from lessonkit import Limits, procfs, run
from lessonkit.sandbox import close, pool

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Soak; exit code 1 when something was left or an exercise failed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--skip-exercises", action="store_true")
    options = parser.parse_args()
    status = 0 if soak_runs(options.runs) else 1
    hosts = ("real/test_exercises_on_hosts", "real/test_lessons_on_hosts", "grading/test_on_hosts")
    course = ("course/test_whole_course", "course/test_stock_grading", "lessons/test_check_command")
    course += ("browser/test_lessons_in_lab",)
    grading = tuple(f"grading/test_{n}" for n in ("repair_nbgrader", "fuzz_repair", "fuzz_judge"))
    stock = ("batch/test_like_stock", "batch/test_like_stock_lessons", "batch/test_corpus")
    status = _tests("LESSONKIT_ALL_HOSTS", "1", *hosts, *course, *grading, *stock) or status
    killed = (
        "batch/test_interruptions",
        "batch/test_interruptions_for_real",
        "grading/test_crowded",
    )
    status = _tests("LESSONKIT_SOAK", "1", *killed) or status
    if not options.skip_exercises:
        status = soak_exercises() or status
    return status


def soak_runs(count: int) -> bool:
    """Run *count* programs of several kinds; True when nothing is left of them."""
    run(_answer)
    close()
    before = _traces()
    seconds: list[float] = []
    memory: list[tuple[int, int]] = []
    for number in range(count):
        kind, work = KINDS[0] if number % 4 else random.choice(KINDS)
        began = time.perf_counter()
        work()
        if kind == "answer":
            seconds.append(time.perf_counter() - began)
        if number in (count // 10, count - 1):
            memory.append((_rss(os.getpid()), _rss(pool._keep({}).launcher.pid)))
        if number % 1000 == 999:
            print(f"  {number + 1} runs, median {_ms(seconds[-200:]):.1f} ms", flush=True)
    close()
    after = _traces()
    print(f"{count} runs in one process")
    first, last = _ms(seconds[:100]), _ms(seconds[-100:])
    print(f"  first 100: {first:.2f} ms   last 100: {last:.2f} ms   ratio {last / first:.2f}")
    for name, place in (("client", 0), ("launcher", 1)):
        early, late = (m[place] / 1024 for m in memory)
        print(f"  memory of the {name}: {early:.0f} KiB after a tenth, {late:.0f} KiB at the end")
    for name, found in before.items():
        if after[name] != found:
            print(f"  LEFT BEHIND, {name}: before {found}, after {after[name]}")
    return before == after


def soak_exercises() -> int:
    """Every solution of the corpus twenty times, beside three busy processes."""
    os.environ["LESSONKIT_LOAD"] = "3"
    return _tests("LESSONKIT_REPEATS", "20", "real/test_exercises")


def _tests(variable: str, value: str, *names: str) -> int:
    """Run these files of tests/ with that variable; pytest's exit code."""
    command = [sys.executable, "-m", "pytest", "-q", "--timeout", "300"]
    command += [f"tests/{name}.py" for name in names]
    environment = {**os.environ, variable: value}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def _answer() -> int:
    return 42


def _leave_zombies_and_daemon() -> None:
    import signal
    import time

    for _ in range(3):
        if os.fork() == 0:
            os._exit(1)
    if os.fork() == 0:
        os.setsid()
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if os.fork() == 0:
            time.sleep(60)
        os._exit(0)


KINDS: list[tuple[str, Callable[[], object]]] = [
    ("answer", lambda: run(_answer)),
    ("source", lambda: run("print('x' * 5000)")),
    ("argv", lambda: run(["true"])),
    ("leaves", lambda: run(_leave_zombies_and_daemon)),
    ("traced", lambda: run(_leave_zombies_and_daemon, trace="exact")),
    ("wall", lambda: run("while True: pass", limits=Limits(wall_seconds=0.05))),
    ("output", lambda: run("while True: print('x' * 999)", limits=Limits(output_bytes=9999))),
]


def _traces() -> dict[str, object]:
    """All that a run could leave: what must be the same before and after."""
    return {
        "descriptors": len(os.listdir("/proc/self/fd")),
        "processes": len(procfs.snapshot(root_pid=os.getpid()).processes),
        "mounts": len(Path("/proc/self/mountinfo").read_text().splitlines()),
        "files in /tmp": sorted(p.name for p in Path("/tmp").glob("lessonkit-box-*")),
        "cgroups": sorted(str(p) for p in Path("/sys/fs/cgroup").glob("*/**/lessonkit-box-*")),
        "threads": len(os.listdir("/proc/self/task")),
    }


def _rss(pid: int) -> int:
    process = procfs.read_process(pid)
    return 0 if process is None else process.rss_bytes


def _ms(values: list[float]) -> float:
    return statistics.median(values) * 1000


if __name__ == "__main__":
    sys.exit(main())
