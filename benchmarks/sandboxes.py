"""Time a function's way through the full sandbox against what people would take instead.

    python benchmarks/sandboxes.py [--rounds 60]

All cases take turns, round by round, in one process, so that a busy machine is busy for
all of them. Printed: median and tenth percentile in milliseconds, and the ratio to bare
bwrap and to bwrap + Python.
"""

from __future__ import annotations

import argparse
import multiprocessing
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

from lessonkit import run
from lessonkit.sandbox import close, pool
from lessonkit.sandbox.box import Box
from lessonkit.sandbox.jobs import make_job

ONE = "lessonkit, next box waiting"
BWRAP = "bwrap --unshare-all, true"
PYTHON = "bwrap --unshare-all, Python + cloudpickle + json"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=60)
    rounds = parser.parse_args().rounds
    cases = _cases()
    times: dict[str, list[float]] = {name: [] for name in cases}
    for number in range(rounds + 3):
        for name, case in cases.items():
            took = case()
            if number >= 3:  # the first rounds fill caches
                times[name].append(took * 1000)
    close()
    _print(times)


def _print(times: dict[str, list[float]]) -> None:
    medians = {name: statistics.median(values) for name, values in times.items()}
    print(f"{'function or program -> result, ms':<50} median     p10  /bwrap  /bwrap+Python")
    for name, values in times.items():
        ratios = "".join(
            f"{medians[name] / medians[base]:>8.2f}" if base in medians else "       -"
            for base in (BWRAP, PYTHON)
        )
        print(f"{name:<50} {medians[name]:6.1f}  {sorted(values)[len(values) // 10]:6.1f}{ratios}")
    for name in ("bwrap", "nsjail", "isolate"):
        if shutil.which(name) is None:
            print(f"not measured: {name} is not installed")


def _cases() -> dict[str, Callable[[], float]]:
    cases: dict[str, Callable[[], float]] = {
        ONE: _after_a_pause(lambda: run(_answer)),
        "lessonkit, ten in a row, each": _in_a_row(10, lambda: run(_answer)),
        "lessonkit, box made on demand": _timed(_cold),
        "multiprocessing, forkserver": _timed(_forkserver),
        "subprocess, true": _timed(lambda: _call("true")),
        "subprocess, Python + cloudpickle + json": _timed(
            lambda: _call(sys.executable, "-I", "-c", "import cloudpickle, json")
        ),
    }
    if shutil.which("bwrap"):
        box = ["bwrap", "--unshare-all", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev"]
        box += ["--tmpfs", "/tmp"]
        cases[BWRAP] = _timed(lambda: _call(*box, "true"))
        cases[PYTHON] = _timed(
            lambda: _call(*box, sys.executable, "-I", "-c", "import cloudpickle, json")
        )
    if shutil.which("nsjail"):
        cases["nsjail -Mo, true"] = _timed(lambda: _call("nsjail", "-Mo", "-Q", "--", "/bin/true"))
    if shutil.which("isolate"):
        subprocess.run(["isolate", "--init"], check=True, stdout=subprocess.DEVNULL)
        cases["isolate --run, true"] = _timed(lambda: _call("isolate", "--run", "--", "/bin/true"))
    return cases


def _answer() -> int:
    return 42


def _cold() -> None:
    kept = pool._keep({})  # the bench looks behind the door on purpose
    job, blob = make_job(mode="source", blob=b"print(42)")
    Box(kept.launcher).run_job(job, blob)


def _forkserver() -> None:
    process = multiprocessing.get_context("forkserver").Process(target=_answer)
    process.start()
    process.join()


def _call(*words: str) -> None:
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _timed(work: Callable[[], object]) -> Callable[[], float]:
    def case() -> float:
        began = time.perf_counter()
        work()
        return time.perf_counter() - began

    return case


def _in_a_row(count: int, work: Callable[[], object]) -> Callable[[], float]:
    """As a loop or a check with many runs: nothing has time to come to rest."""
    timed = _timed(lambda: [work() for _ in range(count)])
    return lambda: timed() / count


def _after_a_pause(work: Callable[[], object]) -> Callable[[], float]:
    """As a person's run: what the run before it started has come to rest."""
    timed = _timed(work)

    def case() -> float:
        time.sleep(0.03)
        return timed()

    return case


if __name__ == "__main__":
    main()
