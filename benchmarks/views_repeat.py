"""What one repeat of benchmarks/views.py saw, and its figures."""

from __future__ import annotations

import contextlib
import math
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from lessonkit import procfs
from tests.browser.notebooks import OpenNotebook

__all__ = ["Repeat", "best", "percentile", "processor_share"]

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, kw_only=True, slots=True)
class Repeat:
    """What one repeat saw, in ms; `processor` is CPU % of one core, by program."""

    ready: list[float]
    painted: list[float]
    wait: list[float]
    work: list[float]
    content_bytes: list[int]
    wire_bytes: list[int]
    processor: dict[str, float]
    lost: int = 0
    presented: list[float] = field(default_factory=list)

    def row(self) -> dict[str, float]:
        """The figures of the table."""
        ours = [painted - wait for painted, wait in zip(self.painted, self.wait, strict=True)]
        updates = max(1, len(self.work))
        return {
            "bytes": sum(self.content_bytes) / updates,
            "on_wire": sum(self.wire_bytes) / updates,
            "kernel_ms": percentile(self.work, 0.5),
            "ready_p50": percentile(self.ready, 0.5),
            "ready_p95": percentile(self.ready, 0.95),
            "painted_p50": percentile(self.painted, 0.5),
            "painted_p95": percentile(self.painted, 0.95),
            "ours_p95": percentile(ours, 0.95),
            "kernel_cpu": self.processor.get("kernel", 0.0),
            "browser_cpu": self.processor.get("browser", 0.0),
            "lost": self.lost,
            "presented_p95": percentile(self.presented, 0.95),
        }


def percentile(values: list[float], part: float) -> float:
    """The smallest of the values that at least this part of them does not exceed."""
    return sorted(values)[max(0, math.ceil(len(values) * part) - 1)] if values else 0.0


def cpu_seconds(kernel_pid: int) -> dict[str, float]:
    """CPU time so far of the kernel and of the browser, which this program started."""
    used = {"kernel": 0.0, "browser": 0.0}
    for process in procfs.tree_below(os.getpid(), procfs.snapshot().processes):
        seconds = (process.user_ticks + process.system_ticks) / TICKS
        if process.pid == kernel_pid:
            used["kernel"] += seconds
        elif process.comm.startswith(("chrom", "headless_shell", "google-chrome")):
            used["browser"] += seconds
    return used


@contextlib.contextmanager
def processor_share(notebook: OpenNotebook) -> Iterator[dict[str, float]]:
    """While entered, measure; filled in at the end."""
    pid = notebook.python("__import__('os').getpid()")
    share: dict[str, float] = {}
    before, began = cpu_seconds(pid), time.monotonic()
    yield share
    took, after = time.monotonic() - began, cpu_seconds(pid)
    share.update({name: (after[name] - before[name]) / took * 100 for name in before})


def best(repeats: Iterator[Repeat], by: str = "painted_p95") -> dict[str, float]:
    """The figures of the repeat that the machine disturbed least."""
    return min((repeat.row() for repeat in repeats), key=lambda row: row[by])
